//! Groups of records and what they come to: board totals, reports, charts.

mod answer;
mod key;
mod metric;
mod order;
mod plan;
mod request;

pub use plan::{AggregatePlan, plan};
pub use request::{AGGREGATE_PARAMETERS, AggregateRequest, MAX_GROUPS};
