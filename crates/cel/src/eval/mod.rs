//! Evaluation in memory, with the same answers as the SQL that the expression compiles to.

mod arithmetic;
mod evaluator;
mod functions;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kith_kernel::UserId;

use crate::{Value, time};

pub use evaluator::{accepts, evaluate};

/// Where the values of fields come from.
pub trait Resolve<F> {
    /// The value of the field at `path`, of the type that the schema gave it.
    fn value(&self, path: &[F]) -> Value;

    /// The value of the field at `path` behind an item of a list, for expressions such as
    /// `contacts.exists(c, c.city == "Oslo")`. Lists of plain values need none.
    fn member(&self, item: &Value, path: &[F]) -> Value {
        let _ = (item, path);
        Value::Null
    }
}

/// When, where and for whom an expression is evaluated.
#[derive(Clone, Debug)]
pub struct Context {
    /// What `now()` gives.
    pub now: Timestamp,
    /// The zone in which days begin. Has to be the one that the expression was checked with.
    pub time_zone: TimeZone,
    /// What `me()` gives.
    pub user: Option<UserId>,
}

impl Context {
    /// What `now()` gives: whole microseconds.
    pub fn moment(&self) -> Timestamp {
        time::bounded(self.now).unwrap_or(self.now)
    }

    /// What `today()` gives.
    pub fn today(&self) -> Date {
        time::local(self.moment(), &self.time_zone).date()
    }
}
