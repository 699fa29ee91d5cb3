//! Tests of the language as a whole, over a small CRM.

mod fixture;
mod smoke;
