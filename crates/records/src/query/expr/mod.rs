//! From a checked CEL expression to SQL, with the answers that `kith_cel` defines.
//!
//! Where nothing depends on whether a condition is false or null, which is everywhere but below
//! `!` and the like, conditions are written so that an index serves them ([`fast`]); elsewhere
//! exactly, with NULL for CEL's null.

mod fast;
mod field;
mod function;
mod list;
mod operator;

pub(crate) use fast::like;

use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kith_cel::{Checked, Kind, Type, Value};
use kith_kernel::{ErrorCode, Failure, FieldId, UserId};

use super::path::{Entity, Leaf};
use super::schema::CatalogSchema;
use super::sql::{Fragment, Param, sql};
use super::tables::{Alias, Builder, Tables};

/// The longest SQL text that an expression may become, in bytes.
pub(crate) const MAX_SQL: usize = 200_000;

/// A checked part whose fields are the catalog's.
pub(crate) type Part<'c> = Checked<Leaf<'c>>;

/// When, where and for whom expressions are evaluated.
#[derive(Clone, Debug)]
pub struct Moment {
    /// What `now()` gives.
    pub now: Timestamp,
    /// The zone in which days begin.
    pub zone: TimeZone,
    /// The zone's IANA name.
    pub zone_name: String,
    /// What `me()` gives.
    pub user: UserId,
}

/// The value of a part in SQL.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    /// An expression of the SQL type that the CEL type goes with: `numeric` or `bigint` for
    /// numbers, `numeric` microseconds for durations.
    One(Fragment),
    /// Ten-thousandths and the currency's code. The value is null where the former is.
    Money { units: Fragment, currency: Fragment },
}

/// What a path begins at.
enum Frame<'c> {
    /// A record with the tables joined to it; the alias is the record's own.
    Record {
        tables: Rc<std::cell::RefCell<Tables<'c>>>,
        at: Alias,
        entity: Entity<'c>,
    },
    /// An item of a list.
    Item(Term),
}

/// Compiles the expressions of one statement.
pub(crate) struct Compiler<'b, 'c> {
    pub(crate) builder: &'b mut Builder<'c>,
    pub(crate) schema: &'b CatalogSchema<'c>,
    pub(crate) moment: &'b Moment,
    /// The record, then the quantifiers' variables.
    frames: Vec<Frame<'c>>,
    /// The computed fields that are being inlined.
    pub(crate) open: Vec<FieldId>,
    /// Whether the records are those in the recycle bin, which have no unique values.
    pub(crate) deleted: bool,
    /// Whether an inverted index serves a part of the condition.
    pub(crate) by_content: bool,
}

impl<'b, 'c> Compiler<'b, 'c> {
    pub(crate) fn new(
        builder: &'b mut Builder<'c>,
        schema: &'b CatalogSchema<'c>,
        moment: &'b Moment,
    ) -> Self {
        Self {
            builder,
            schema,
            moment,
            frames: Vec::new(),
            open: Vec::new(),
            deleted: false,
            by_content: false,
        }
    }

    /// Compiles with the record at `at`, which is `tables`' root or joined there.
    pub(crate) fn at<T>(
        &mut self,
        tables: &mut Tables<'c>,
        at: Alias,
        entity: Entity<'c>,
        compile: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let taken = std::mem::replace(tables, Tables::new(tables.root, tables.entity));
        let shared = Rc::new(std::cell::RefCell::new(taken));
        let frame = Frame::Record {
            tables: Rc::clone(&shared),
            at,
            entity,
        };
        // A computed field sees its own record only, not the variables around.
        let outer = std::mem::replace(&mut self.frames, vec![frame]);
        let result = compile(self);
        self.frames = outer;
        std::mem::swap(tables, &mut shared.borrow_mut());
        result
    }

    /// A condition of which only matters whether it is true.
    pub(crate) fn condition(&mut self, part: &Part<'c>) -> Result<Fragment, Failure> {
        match &part.kind {
            Kind::And(operands) => self.chain(operands, " AND "),
            Kind::Or(operands) => self.chain(operands, " OR "),
            _ => match self.fast(part)? {
                Some(sql) => Ok(sql),
                None => self.scalar(part),
            },
        }
    }

    fn chain(&mut self, operands: &[Part<'c>], joint: &'static str) -> Result<Fragment, Failure> {
        let operands = (operands.iter())
            .map(|operand| self.condition(operand))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(sql!("({})", Fragment::join(operands, joint)))
    }

    /// The value of a part of any type but money and lists.
    pub(crate) fn scalar(&mut self, part: &Part<'c>) -> Result<Fragment, Failure> {
        match self.term(part)? {
            Term::One(sql) => Ok(sql),
            Term::Money { units, .. } => Ok(units),
        }
    }

    /// The value of a part of any type but lists.
    pub(crate) fn term(&mut self, part: &Part<'c>) -> Result<Term, Failure> {
        let term = self.compile(part)?;
        let length = match &term {
            Term::One(sql) => sql.as_str().len(),
            Term::Money { units, currency } => units.as_str().len() + currency.as_str().len(),
        };
        if length > MAX_SQL {
            return Err(too_complex());
        }
        Ok(term)
    }

    fn compile(&mut self, part: &Part<'c>) -> Result<Term, Failure> {
        Ok(Term::One(match &part.kind {
            Kind::Literal(value) => return Ok(self.literal(value, &part.ty)),
            Kind::Field(field) => return self.field(field),
            Kind::Json { of, path } => self.json(of, path)?,
            Kind::Item { of, index } => self.item(of, *index)?,
            Kind::Not(operand) => sql!("(NOT {})", self.scalar(operand)?),
            Kind::Negate(operand) => return self.negate(operand),
            Kind::And(operands) => {
                let operands = self.scalars(operands)?;
                sql!("({})", Fragment::join(operands, " AND "))
            }
            Kind::Or(operands) => {
                let operands = self.scalars(operands)?;
                sql!("({})", Fragment::join(operands, " OR "))
            }
            Kind::Compare { op, left, right } => {
                let left = self.term(left)?;
                let right = self.term(right)?;
                operator::compare(*op, &left, &right)
            }
            Kind::IsNull { operand, negated } => {
                let operand = self.scalar(operand)?;
                match negated {
                    true => sql!("({} IS NOT NULL)", operand),
                    false => sql!("({} IS NULL)", operand),
                }
            }
            Kind::Arithmetic { op, left, right } => return self.arithmetic(*op, left, right),
            Kind::Concat(parts) => {
                let parts = self.scalars(parts)?;
                sql!("({})", Fragment::join(parts, " || "))
            }
            Kind::In { item, list } => self.contained(item, list)?,
            Kind::Matches { text, pattern } => {
                let text = self.scalar(text)?;
                let pattern = self.builder.params.text(pattern.as_str());
                sql!("({} ~ {})", text, pattern)
            }
            Kind::Call {
                function,
                arguments,
            } => return self.call(*function, arguments),
            Kind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.condition(condition)?;
                let then = self.term(then)?;
                let otherwise = self.term(otherwise)?;
                return Ok(both(&then, &otherwise, |then, otherwise| {
                    sql!(
                        "CASE WHEN {} THEN {} ELSE {} END",
                        &condition,
                        then,
                        otherwise
                    )
                }));
            }
            Kind::List(_) => self.array(part)?,
            Kind::Quantify {
                quantifier,
                list,
                predicate,
                ..
            } => self.quantify(*quantifier, list, predicate)?,
        }))
    }

    pub(crate) fn scalars(&mut self, parts: &[Part<'c>]) -> Result<Vec<Fragment>, Failure> {
        parts.iter().map(|part| self.scalar(part)).collect()
    }

    /// A value that stands in the source, as a parameter.
    fn literal(&mut self, value: &Value, ty: &Type) -> Term {
        if let Value::Money(money) = value {
            return Term::Money {
                units: self.builder.params.own(Param::Int(money.units)),
                currency: self.builder.params.text(money.currency.code()),
            };
        }
        if let (Value::Null, Type::Money) = (value, ty) {
            return Term::Money {
                units: Fragment::fixed("NULL::int8"),
                currency: Fragment::fixed("NULL::text"),
            };
        }
        Term::One(match param(value) {
            Some(param) => self.builder.params.own(param),
            None => Fragment::fixed(null_of(ty)),
        })
    }
}

/// The parameter of a value; `None` for null.
pub(crate) fn param(value: &Value) -> Option<Param> {
    Some(match value {
        Value::Bool(value) => Param::Bool(*value),
        Value::Int(value) => Param::Int(*value),
        Value::Decimal(value) => Param::Numeric(*value),
        Value::Text(value) => Param::Text(value.clone()),
        Value::Date(value) => Param::Date(*value),
        Value::Timestamp(value) => Param::Time(*value),
        Value::Duration(value) => {
            Param::Numeric(i64::try_from(value.as_micros()).unwrap_or(i64::MAX).into())
        }
        Value::Id(value) => Param::Uuid(*value),
        Value::Money(value) => Param::Int(value.units),
        Value::Json(value) => Param::Json(value.clone()),
        Value::Null | Value::List(_) => return None,
    })
}

/// The SQL type that goes with a CEL type.
pub(crate) fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::Int | Type::Decimal | Type::Duration | Type::Money => "numeric",
        Type::Date => "date",
        Type::Timestamp => "timestamptz",
        Type::Id | Type::Record(_) => "uuid",
        Type::Json => "jsonb",
        Type::Text | Type::Select(_) | Type::Null | Type::List(_) => "text",
    }
}

fn null_of(ty: &Type) -> &'static str {
    match type_name(ty) {
        "bool" => "NULL::bool",
        "numeric" => "NULL::numeric",
        "date" => "NULL::date",
        "timestamptz" => "NULL::timestamptz",
        "uuid" => "NULL::uuid",
        "jsonb" => "NULL::jsonb",
        _ => "NULL::text",
    }
}

/// Joins two terms of one type, member by member.
fn both(a: &Term, b: &Term, join: impl Fn(&Fragment, &Fragment) -> Fragment) -> Term {
    match (a, b) {
        (
            Term::Money { units, currency },
            Term::Money {
                units: other,
                currency: other_currency,
            },
        ) => Term::Money {
            units: join(units, other),
            currency: join(currency, other_currency),
        },
        (
            Term::One(a) | Term::Money { units: a, .. },
            Term::One(b) | Term::Money { units: b, .. },
        ) => Term::One(join(a, b)),
    }
}

/// The refusal of an expression that becomes too large a statement.
pub(crate) fn too_complex() -> Failure {
    Failure::new(
        ErrorCode::LimitExceeded,
        "The expression is too complex. Make it shorter, or refer to fewer formulas and roll-ups.",
    )
}
