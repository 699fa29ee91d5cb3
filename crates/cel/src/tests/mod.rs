//! Tests of the language as a whole, over a small CRM.

mod checks;
mod evaluation;
mod fixture;
mod guide;
mod parsing;
mod random;
mod times;
