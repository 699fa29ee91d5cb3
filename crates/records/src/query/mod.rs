//! The planner: what may be asked of records, compiled to SQL.
