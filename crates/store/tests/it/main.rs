//! The store against a real PostgreSQL.

mod tenancy;
mod world;
