//! Help for tests: throw-away databases.
