//! Tests of the language as a whole, over a small CRM.

mod checks;
mod evaluation;
mod fixture;
mod parsing;
mod random;
mod times;
