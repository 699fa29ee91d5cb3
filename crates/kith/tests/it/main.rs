//! The real binary, on ports and in folders of its own.

mod cli;
mod faults;
mod roles;
mod running;
mod serve;
