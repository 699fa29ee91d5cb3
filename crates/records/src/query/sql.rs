//! SQL text that nothing a user wrote can get into.
//!
//! A [`Fragment`] is made by [`sql!`] from a literal template and from parts that are safe by their
//! type: other fragments, `'static` names and small numbers. A value becomes a parameter.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use kith_kernel::WorkspaceId;
use rust_decimal::Decimal;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// A piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Fragment(String);

impl Fragment {
    /// A fragment that is the same for everybody.
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// What [`sql!`] expands to; call that instead.
    pub(crate) fn assembled(text: String) -> Self {
        Self(text)
    }

    /// The fragments with `separator` between them.
    pub(crate) fn join(parts: impl IntoIterator<Item = Self>, separator: &'static str) -> Self {
        let mut text = String::new();
        for (position, part) in parts.into_iter().enumerate() {
            if position > 0 {
                text.push_str(separator);
            }
            text.push_str(&part.0);
        }
        Self(text)
    }

    /// The SQL text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What may stand in SQL text.
pub(crate) trait Safe: fmt::Display {}
impl Safe for Fragment {}
impl Safe for &Fragment {}
impl Safe for &'static str {}
impl Safe for usize {}
impl Safe for u32 {}

/// Lets only [`Safe`] things through.
pub(crate) fn safe<T: Safe>(part: T) -> T {
    part
}

/// A [`Fragment`] of a literal template, as in `format!`, with [`Safe`] arguments. The template
/// can't name variables: only arguments that are given are checked.
macro_rules! sql {
    ($template:literal $(, $argument:expr)* $(,)?) => {
        $crate::query::sql::Fragment::assembled(format!(
            concat!($template)
            $(, $crate::query::sql::safe($argument))*
        ))
    };
}
pub(crate) use sql;

/// A value that a statement is given.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after the type that it holds")]
pub enum Param {
    Uuid(Uuid),
    Text(String),
    Bool(bool),
    Int(i64),
    Numeric(Decimal),
    Date(Date),
    Time(Timestamp),
    Json(serde_json::Value),
    Texts(Vec<String>),
    Uuids(Vec<Uuid>),
    Ints(Vec<i64>),
    Numerics(Vec<Decimal>),
    Dates(Vec<Date>),
    Times(Vec<Timestamp>),
}

impl Param {
    /// The type that the placeholder is cast to, so that no operator has to guess it.
    fn type_name(&self) -> &'static str {
        match self {
            Self::Uuid(_) => "uuid",
            Self::Text(_) => "text",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int8",
            Self::Numeric(_) => "numeric",
            Self::Date(_) => "date",
            Self::Time(_) => "timestamptz",
            Self::Json(_) => "jsonb",
            Self::Texts(_) => "text[]",
            Self::Uuids(_) => "uuid[]",
            Self::Ints(_) => "int8[]",
            Self::Numerics(_) => "numeric[]",
            Self::Dates(_) => "date[]",
            Self::Times(_) => "timestamptz[]",
        }
    }

    fn inner(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Uuid(value) => value,
            Self::Text(value) => value,
            Self::Bool(value) => value,
            Self::Int(value) => value,
            Self::Numeric(value) => value,
            Self::Date(value) => value,
            Self::Time(value) => value,
            Self::Json(value) => value,
            Self::Texts(value) => value,
            Self::Uuids(value) => value,
            Self::Ints(value) => value,
            Self::Numerics(value) => value,
            Self::Dates(value) => value,
            Self::Times(value) => value,
        }
    }
}

impl ToSql for Param {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.inner().to_sql_checked(ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The parameters of a statement in the making. The first is always the workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    values: Vec<Param>,
}

impl Params {
    /// Takes `value` in and gives its placeholder, `$n::type`. An equal value has the same one.
    pub(crate) fn add(&mut self, value: Param) -> Fragment {
        let name = value.type_name();
        let place = match self.values.iter().position(|known| *known == value) {
            Some(place) => place,
            None => {
                self.values.push(value);
                self.values.len() - 1
            }
        };
        sql!("${}::{}", place + 1, name)
    }

    /// Takes in a value that must not share its placeholder, so that the statement's text does
    /// not depend on which values happen to be equal.
    pub(crate) fn own(&mut self, value: Param) -> Fragment {
        let name = value.type_name();
        self.values.push(value);
        sql!("${}::{}", self.values.len(), name)
    }

    pub(crate) fn text(&mut self, value: impl Into<String>) -> Fragment {
        self.own(Param::Text(value.into()))
    }

    /// The statement of `text` with these parameters. Those that the text does not mention are
    /// left out, because PostgreSQL could not tell their types.
    pub(crate) fn statement(self, text: &Fragment) -> Statement {
        let mut used = vec![false; self.values.len()];
        placeholders(&text.0, |number| {
            if let Some(used) = used.get_mut(number - 1) {
                *used = true;
            }
            number
        });
        let kept = |number: usize| used.iter().take(number).filter(|used| **used).count();
        let sql = placeholders(&text.0, kept);
        let values = self.values.into_iter().zip(&used);
        let params = values
            .filter(|(_, used)| **used)
            .map(|(value, _)| value)
            .collect();
        Statement { sql, params }
    }
}

/// `text` with each `$n` numbered anew.
fn placeholders(text: &str, mut number: impl FnMut(usize) -> usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let end = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        // A pattern's `$` has no number after it.
        if let Ok(old @ 1..) = after[..end].parse::<usize>() {
            out.push_str(&number(old).to_string());
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

/// A statement, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The text; the same for all requests of the same shape.
    pub sql: String,
    /// The values of `$1`, `$2`, ….
    pub params: Vec<Param>,
}

impl Statement {
    /// A text that only the same statement with the same values has.
    pub(crate) fn key(&self, workspace: WorkspaceId) -> String {
        format!("{workspace} {} {:?}", self.sql, self.params)
    }

    /// The parameters as the driver wants them.
    pub fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.params
            .iter()
            .map(|param| param as &(dyn ToSql + Sync))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_parameters() {
        let mut params = Params::default();
        let id = params.add(Param::Uuid(Uuid::nil()));
        let again = params.add(Param::Uuid(Uuid::nil()));
        let name = params.text("'; DROP TABLE x; --");
        let statement = params.statement(&sql!("SELECT {} = {}, {}", &id, again, name));
        assert_eq!(statement.sql, "SELECT $1::uuid = $1::uuid, $2::text");
        assert_eq!(statement.params.len(), 2);
    }

    #[test]
    fn values_that_are_not_mentioned_are_left_out() {
        let mut params = Params::default();
        params.text("workspace");
        params.text("unused");
        let used = params.text("used");
        let statement = params.statement(&sql!("{} ~ '^x$' AND $1", used));
        assert_eq!(statement.sql, "$2::text ~ '^x$' AND $1");
        assert_eq!(
            statement.params,
            [Param::Text("workspace".into()), Param::Text("used".into())]
        );
    }
}
