//! Kith's expression language: CEL (Common Expression Language), type-checked against a
//! catalog, evaluated in memory with the answers that SQL gives, and written back as text.
//!
//! [`Expression::parse`] → [`check`] or [`check_as`] against a [`Schema`] → [`Checked`], which
//! [`evaluate`] and [`accepts`] run over a [`Resolve`], and a planner compiles to SQL. This page
//! is the reference that both have to follow.
//!
//! # Syntax
//!
//! CEL's, without bytes, maps, messages and leading points. Loosest first: `?:`, `||`, `&&`,
//! `== != < <= > >= in`, `+ -`, `* / %`, `! -`, `.name .name(…) [index]`. `//` begins a comment.
//! Texts stand in `"…"`, `'…'`, `"""…"""` or `'''…'''`, with `r` before them without escapes. A
//! number with a point or an exponent is an exact decimal, never a float.
//!
//! # Types
//!
//! | type | values | literals |
//! |---|---|---|
//! | [`Type::Bool`] | | `true`, `false` |
//! | [`Type::Int`] | 64 bits | `5`, `-5`, `0xFF`, `5u` |
//! | [`Type::Decimal`] | exact, nine decimal places, \|x\| < 10^19; see [`decimal`] | `1.5`, `2e3` |
//! | [`Type::Text`] | compared byte by byte | `"a"` |
//! | [`Type::Select`] | one of fixed keys; a text that has `==`, `!=`, `in` but no order | `"open"` |
//! | [`Type::Date`] | years 1 to 9999 | `date("2026-11-21")` |
//! | [`Type::Timestamp`] | microseconds, [`FIRST_MOMENT`] to [`LAST_MOMENT`] | `timestamp("2026-11-21T09:30:00Z")` |
//! | [`Type::Duration`] | microseconds, at most [`MAX_DURATION_MICROS`] | `duration("1h30m")`, `duration("7d")` |
//! | [`Type::Id`], [`Type::Record`] | UUID | |
//! | [`Type::Money`] | amount and currency, four decimal places; `.amount`, `.currency` | |
//! | [`Type::Json`] | `.member`, `["member"]`, `[0]` | |
//! | [`Type::List`] | without nulls; `[0]` gives null past the end | `["a", "b"]` |
//!
//! Where types meet, in a comparison, a list, `?:`, `coalesce`, `min`, `max`:
//! an int becomes a decimal; a date becomes the timestamp at which it begins in the schema's time
//! zone; money that meets a number becomes its amount; JSON that meets a text, a number or a
//! boolean becomes that, or null if it is something else; a record becomes its id. A *literal*
//! text becomes the date, timestamp, duration, id, amount (`"1500.00 EUR"`) or option that it
//! meets; that it isn't one is an error with its position. A decimal literal without a fraction
//! that is compared with an int becomes an int.
//!
//! # Null
//!
//! A value of any type but a list may be null: *unknown*, as in SQL.
//!
//! - `x == null` and `x != null` are never null themselves; `has(x)` is `x != null`.
//!   No other operator takes the literal `null`.
//! - Every other operator and function gives null if an operand is null. So `x != "a"` is null
//!   for a null `x`, and a record without `x` is found by neither `x == "a"` nor `x != "a"`.
//! - `&&`, `||` and `!` are Kleene's: `false && null` is false, `true || null` is true, else null.
//! - `x in list` is `x == a || x == b || …`: false for an empty list, even if `x` is null.
//! - `c ? a : b` gives `b` if `c` is null.
//! - `coalesce` gives its first value that isn't null; `min` and `max` leave nulls out.
//! - A list is never null: one that is missing is empty. `has(list)` is `size(list) > 0`.
//! - `exists` is true if the condition is *true* for an item, `all` if it is *true* for every
//!   item; otherwise they are false, never null.
//! - Behind a null relation everything is null (and lists are empty).
//! - A filter accepts what is true: neither false nor null.
//!
//! # Operators
//!
//! - `==`, `!=`: not for lists and JSON. Amounts in different currencies are not equal.
//! - `<`, `<=`, `>`, `>=`: numbers, texts, dates, timestamps, durations, money. Amounts in
//!   different currencies give null.
//! - Ints: `+ - * / %`, `/` cut to a whole number, `%` with the sign of the left operand
//!   (`x % -1` is 0). Out of 64 bits: null.
//! - Decimals: `+ - * / %` exact, products and quotients *cut* after the ninth place. Out of
//!   range: null.
//! - Division by zero, and remainder: null.
//! - Money: `money ± money` and `money / money` (a decimal) in one currency, else null;
//!   `money * number`, `money / number`: calculated as decimals, then cut after the fourth place.
//! - Texts: `+` joins them.
//! - Times: `timestamp ± duration`, `timestamp - timestamp` (a duration), `duration ± duration`,
//!   `date ± int` (days), `date ± duration` (its whole days, cut towards zero), `date - date`
//!   (days, an int). Out of range: null.
//!
//! # Functions
//!
//! [`FUNCTIONS`] lists them. Each may be written `f(x, y)` or `x.f(y)`.
//! [`Function`] says what each is to the compiler; only those are left after the check:
//! `has` is [`Kind::IsNull`], `daysSince(x)` is `today() - date(x)`, `getMonth` is
//! [`Part::Month`] minus one, `date("…")` a literal, and so on. `date`, `timestamp` and `duration`
//! of a text take literals only.
//!
//! Days begin in the schema's time zone ([`Schema::time_zone`], [`Context::time_zone`]), also for
//! parts of timestamps. A local time that clocks skip or show twice is read as PostgreSQL's
//! `AT TIME ZONE` reads it.
//!
//! `text.matches("pattern")` takes a literal in a subset of regular expressions that PostgreSQL
//! and Rust read alike; see [`Pattern`]. It matches anywhere in the text unless anchored.
//!
//! # Bounds
//!
//! [`MAX_SOURCE`] bytes, a tree of [`MAX_DEPTH`] levels and [`MAX_NODES`] parts,
//! [`MAX_QUANTIFIERS`] of `exists` and `all` inside each other, [`MAX_STEPS`] parts visited by an
//! evaluation. No input makes the parser, the checker or the evaluator panic or recurse without
//! bound.

mod check;
pub mod decimal;
mod error;
mod eval;
mod limits;
mod pattern;
mod syntax;
mod text;
mod time;
mod types;
mod value;

pub use check::{
    ArithmeticOp, Binding, Checked, CompareOp, FUNCTIONS, Field, Function, Kind, Part, Quantifier,
    Root, Schema, Signature, Step, Unit, check, check_as,
};
pub use error::{CelError, Fault, Span};
pub use eval::{Context, Resolve, accepts, evaluate};
pub use limits::{MAX_DEPTH, MAX_NODES, MAX_QUANTIFIERS, MAX_SOURCE, MAX_STEPS};
pub use pattern::Pattern;
pub use syntax::{BinaryOp, Expr, ExprKind, Expression, Identifier, Literal, UnaryOp};
pub use text::{WHITE_SPACE, lower};
pub use time::MAX_DURATION_MICROS;
pub use types::{Options, Type};
pub use value::{FIRST_DAY, FIRST_MOMENT, LAST_DAY, LAST_MOMENT, Value};

#[cfg(test)]
mod tests;
