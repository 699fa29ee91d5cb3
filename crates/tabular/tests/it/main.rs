//! Tables read and written as their users have them.

mod files;
mod support;
