//! Functions of CEL.

use kith_cel::{Function, Part as TimePart, Type, Unit, WHITE_SPACE};
use kith_kernel::Failure;

use super::{Compiler, Part, Term, both};
use crate::query::sql::{Fragment, Param, sql};

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";

impl<'c> Compiler<'_, 'c> {
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: &[Part<'c>],
    ) -> Result<Term, Failure> {
        Ok(Term::One(match (function, arguments) {
            (Function::Now, _) => self.builder.params.add(Param::Time(self.moment.now)),
            (Function::Today, _) => {
                let today = self.moment.zone.to_datetime(self.moment.now).date();
                self.builder.params.add(Param::Date(today))
            }
            (Function::Me, _) => self.builder.params.add(Param::Uuid(self.moment.user.0)),
            (Function::Coalesce, _) => return self.coalesce(arguments),
            (Function::Least, _) => {
                sql!("LEAST({})", Fragment::join(self.scalars(arguments)?, ", "))
            }
            (Function::Greatest, _) => {
                sql!(
                    "GREATEST({})",
                    Fragment::join(self.scalars(arguments)?, ", ")
                )
            }
            (Function::Count, [list]) => self.count(list)?,
            (Function::Amount, [money]) => match self.term(money)? {
                Term::Money { units, .. } => sql!("({} * 0.0001)", units),
                Term::One(other) => other,
            },
            (Function::Currency, [money]) => match self.term(money)? {
                Term::Money { units, currency } => {
                    sql!("CASE WHEN {} IS NOT NULL THEN {} END", units, currency)
                }
                Term::One(_) => Fragment::fixed("NULL::text"),
            },
            (Function::Abs, [operand]) if operand.ty == Type::Money => {
                return Ok(match self.term(operand)? {
                    Term::Money { units, currency } => Term::Money {
                        units: sql!("records.whole(abs({}::numeric))", units),
                        currency,
                    },
                    one @ Term::One(_) => one,
                });
            }
            (Function::JsonList, _) => Fragment::fixed("NULL"),
            (_, [first, second]) => {
                let (a, b) = (self.scalar(first)?, self.scalar(second)?);
                binary(function, &a, &b)
            }
            (_, [operand]) => {
                let sql = self.scalar(operand)?;
                self.unary(function, &sql, &operand.ty)
            }
            _ => Fragment::fixed("NULL"),
        }))
    }

    fn coalesce(&mut self, arguments: &[Part<'c>]) -> Result<Term, Failure> {
        let terms = (arguments.iter())
            .map(|argument| self.term(argument))
            .collect::<Result<Vec<_>, _>>()?;
        let mut terms = terms.into_iter().rev();
        let Some(last) = terms.next() else {
            return Ok(Term::One(Fragment::fixed("NULL")));
        };
        Ok(terms.fold(last, |rest, term| match (&term, &rest) {
            // The currency goes with the amount.
            (
                Term::Money { units, currency },
                Term::Money {
                    units: other,
                    currency: other_currency,
                },
            ) => Term::Money {
                units: sql!("COALESCE({}, {})", units, other),
                currency: sql!(
                    "CASE WHEN {} IS NOT NULL THEN {} ELSE {} END",
                    units,
                    currency,
                    other_currency
                ),
            },
            _ => both(&term, &rest, |term, rest| {
                sql!("COALESCE({}, {})", term, rest)
            }),
        }))
    }

    fn unary(&mut self, function: Function, x: &Fragment, ty: &Type) -> Fragment {
        match function {
            Function::Length => sql!("char_length({})", x),
            Function::Lower => sql!("lower({})", x),
            Function::UpperAscii => {
                let (lower, upper) = (
                    self.builder.params.add(Param::Text(LOWER.into())),
                    self.builder.params.add(Param::Text(UPPER.into())),
                );
                sql!("translate({}, {}, {})", x, lower, upper)
            }
            Function::LowerAscii => {
                let (lower, upper) = (
                    self.builder.params.add(Param::Text(LOWER.into())),
                    self.builder.params.add(Param::Text(UPPER.into())),
                );
                sql!("translate({}, {}, {})", x, upper, lower)
            }
            Function::Trim => {
                let space = self.builder.params.add(Param::Text(WHITE_SPACE.into()));
                sql!("btrim({}, {})", x, space)
            }
            Function::ToDecimal => sql!("{}::numeric", x),
            Function::ToInt => sql!("records.whole(trunc({}))", x),
            Function::ToText => match ty {
                Type::Bool => sql!(
                    "CASE {} WHEN true THEN 'true' WHEN false THEN 'false' END",
                    x
                ),
                Type::Int | Type::Decimal => sql!("trim_scale({}::numeric)::text", x),
                _ => sql!("({})::text", x),
            },
            Function::ToDate => {
                let zone = self.zone();
                sql!("({} AT TIME ZONE {})::date", x, zone)
            }
            Function::ToTimestamp => {
                let zone = self.zone();
                sql!("records.moment({}::timestamp AT TIME ZONE {})", x, zone)
            }
            Function::JsonText => {
                sql!(
                    "CASE WHEN jsonb_typeof({}) = 'string' THEN {} #>> '{{}}' END",
                    x,
                    x
                )
            }
            Function::JsonNumber => sql!(
                "CASE WHEN jsonb_typeof({}) = 'number' THEN records.exact(({} #>> '{{}}')::numeric) END",
                x,
                x
            ),
            Function::JsonBool => sql!(
                "CASE WHEN jsonb_typeof({}) = 'boolean' THEN ({} #>> '{{}}')::bool END",
                x,
                x
            ),
            Function::Part(part) => self.part(part, x, ty),
            Function::Total(unit) => sql!("div({}, {})", x, micros(unit)),
            Function::Abs if *ty == Type::Int => sql!("records.whole(abs({}::numeric))", x),
            Function::Abs => sql!("abs({})", x),
            Function::Floor => sql!("records.exact(floor({}))", x),
            Function::Ceil => sql!("records.exact(ceil({}))", x),
            _ => Fragment::fixed("NULL"),
        }
    }

    /// The time zone as a parameter.
    pub(crate) fn zone(&mut self) -> Fragment {
        let zone = self.moment.zone_name.clone();
        self.builder.params.add(Param::Text(zone))
    }

    fn part(&mut self, part: TimePart, x: &Fragment, ty: &Type) -> Fragment {
        let local = if *ty == Type::Timestamp {
            let zone = self.zone();
            sql!("({} AT TIME ZONE {})", x, zone)
        } else {
            x.clone()
        };
        let name = match part {
            TimePart::Year => "year",
            TimePart::Quarter => "quarter",
            TimePart::Month => "month",
            TimePart::Day => "day",
            TimePart::DayOfWeek => "dow",
            TimePart::DayOfYear => "doy",
            TimePart::Hour => "hour",
            TimePart::Minute => "minute",
            TimePart::Second => "second",
            // PostgreSQL's has the seconds in it.
            TimePart::Millisecond => {
                return sql!("(trunc(extract(milliseconds FROM {})) % 1000)", local);
            }
        };
        sql!("trunc(extract({} FROM {}))", name, local)
    }
}

fn binary(function: Function, a: &Fragment, b: &Fragment) -> Fragment {
    match function {
        Function::Contains => sql!("(strpos({}, {}) > 0)", a, b),
        Function::ContainsIgnoringCase => sql!("(strpos(lower({}), lower({})) > 0)", a, b),
        Function::StartsWith => sql!("starts_with({}, {})", a, b),
        Function::EndsWith => sql!("(right({}, char_length({})) = {})", a, b, b),
        Function::Round => sql!("records.exact(round({}, ({})::int4))", a, b),
        _ => Fragment::fixed("NULL"),
    }
}

fn micros(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "86400000000",
        Unit::Hours => "3600000000",
        Unit::Minutes => "60000000",
        Unit::Seconds => "1000000",
        Unit::Milliseconds => "1000",
    }
}
