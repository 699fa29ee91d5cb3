//! Comparisons and arithmetic, with NULL where CEL has null.

use kith_cel::{ArithmeticOp, CompareOp, Kind, Type};
use kith_kernel::Failure;

use super::{Compiler, Part, Term};
use crate::query::sql::{Fragment, sql};

pub(super) fn symbol(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::Ne => "<>",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

/// A comparison of two values of one type.
pub(super) fn compare(op: CompareOp, left: &Term, right: &Term) -> Fragment {
    match (left, right) {
        (
            Term::Money {
                units: a,
                currency: c,
            },
            Term::Money {
                units: b,
                currency: d,
            },
        ) => match op {
            // Amounts in different currencies differ, if both are known; they have no order.
            CompareOp::Eq => sql!(
                "CASE WHEN {} = {} THEN {} = {} WHEN {} IS NOT NULL AND {} IS NOT NULL THEN false END",
                c,
                d,
                a,
                b,
                a,
                b
            ),
            CompareOp::Ne => sql!(
                "CASE WHEN {} = {} THEN {} <> {} WHEN {} IS NOT NULL AND {} IS NOT NULL THEN true END",
                c,
                d,
                a,
                b,
                a,
                b
            ),
            _ => sql!(
                "CASE WHEN {} = {} THEN {} {} {} END",
                c,
                d,
                a,
                symbol(op),
                b
            ),
        },
        (
            Term::One(a) | Term::Money { units: a, .. },
            Term::One(b) | Term::Money { units: b, .. },
        ) => {
            sql!("({} {} {})", a, symbol(op), b)
        }
    }
}

impl<'c> Compiler<'_, 'c> {
    pub(super) fn negate(&mut self, operand: &Part<'c>) -> Result<Term, Failure> {
        let term = self.term(operand)?;
        Ok(match (term, &operand.ty) {
            (Term::Money { units, currency }, _) => Term::Money {
                units: sql!("records.whole(-{}::numeric)", units),
                currency,
            },
            (Term::One(sql), Type::Int) => Term::One(sql!("records.whole(-{}::numeric)", sql)),
            (Term::One(sql), Type::Decimal) => Term::One(sql!("records.exact(-{})", sql)),
            (Term::One(sql), _) => Term::One(sql!("(-{})", sql)),
        })
    }

    /// A decimal within the bounds of arithmetic: what a field holds may be outside of them.
    fn bounded(&mut self, part: &Part<'c>) -> Result<Fragment, Failure> {
        let sql = self.scalar(part)?;
        Ok(match part.kind {
            Kind::Field(_) | Kind::Conditional { .. } | Kind::Call { .. } => {
                sql!("records.exact({})", sql)
            }
            _ => sql,
        })
    }

    pub(super) fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        left: &Part<'c>,
        right: &Part<'c>,
    ) -> Result<Term, Failure> {
        use Type::{Date, Decimal, Duration, Int, Money, Timestamp};
        Ok(Term::One(match (&left.ty, &right.ty) {
            (Int, Int) => {
                let (a, b) = (self.scalar(left)?, self.scalar(right)?);
                match op {
                    ArithmeticOp::Add => sql!("records.whole({}::numeric + {})", a, b),
                    ArithmeticOp::Sub => sql!("records.whole({}::numeric - {})", a, b),
                    ArithmeticOp::Mul => sql!("records.whole({}::numeric * {})", a, b),
                    ArithmeticOp::Div => {
                        sql!(
                            "records.whole(div({}::numeric, NULLIF({}, 0)::numeric))",
                            a,
                            b
                        )
                    }
                    ArithmeticOp::Rem => sql!("({}::numeric % NULLIF({}, 0)::numeric)", a, b),
                }
            }
            (Decimal, Decimal) => {
                let (a, b) = (self.bounded(left)?, self.bounded(right)?);
                decimals(op, &a, &b)
            }
            (Money, Money) => {
                let (
                    Term::Money {
                        units: a,
                        currency: c,
                    },
                    Term::Money {
                        units: b,
                        currency: d,
                    },
                ) = (self.term(left)?, self.term(right)?)
                else {
                    return Ok(Term::One(Fragment::fixed("NULL::numeric")));
                };
                let same = sql!("records.same({}, {})", &c, &d);
                match op {
                    ArithmeticOp::Add => return Ok(money(sql!("{}::numeric + {}", a, b), same)),
                    ArithmeticOp::Sub => return Ok(money(sql!("{}::numeric - {}", a, b), same)),
                    _ => {
                        let ratio = decimals(
                            ArithmeticOp::Div,
                            &sql!("({} * 0.0001)", a),
                            &sql!("({} * 0.0001)", b),
                        );
                        sql!("CASE WHEN {} IS NOT NULL THEN {} END", same, ratio)
                    }
                }
            }
            (Money, Decimal) => {
                let Term::Money { units, currency } = self.term(left)? else {
                    return Ok(Term::One(Fragment::fixed("NULL::numeric")));
                };
                let by = self.bounded(right)?;
                let amount = decimals(op, &sql!("({} * 0.0001)", units), &by);
                return Ok(money(sql!("trunc({} * 10000)", amount), currency));
            }
            (Timestamp, Timestamp) => {
                let (a, b) = (self.scalar(left)?, self.scalar(right)?);
                sql!("records.between({}, {})", a, b)
            }
            (Timestamp, Duration) => {
                let (a, b) = (self.scalar(left)?, self.scalar(right)?);
                match op {
                    ArithmeticOp::Sub => sql!("records.later({}, -{})", a, b),
                    _ => sql!("records.later({}, {})", a, b),
                }
            }
            (Duration, Duration) => {
                let (a, b) = (self.scalar(left)?, self.scalar(right)?);
                match op {
                    ArithmeticOp::Sub => sql!("records.duration({} - {})", a, b),
                    _ => sql!("records.duration({} + {})", a, b),
                }
            }
            (Date, Date) => {
                let (a, b) = (self.scalar(left)?, self.scalar(right)?);
                sql!("({} - {})", a, b)
            }
            (Date, _) => {
                let (a, b) = (self.scalar(left)?, self.scalar(right)?);
                match op {
                    ArithmeticOp::Sub => sql!("records.later_day({}, -{}::numeric)", a, b),
                    _ => sql!("records.later_day({}, {}::numeric)", a, b),
                }
            }
            _ => Fragment::fixed("NULL"),
        }))
    }
}

/// An amount of so many units, if that is a whole number of 64 bits and the currency is known.
fn money(units: Fragment, currency: Fragment) -> Term {
    Term::Money {
        units: sql!(
            "CASE WHEN {} IS NOT NULL THEN records.whole({}) END",
            &currency,
            units
        ),
        currency,
    }
}

fn decimals(op: ArithmeticOp, a: &Fragment, b: &Fragment) -> Fragment {
    match op {
        ArithmeticOp::Add => sql!("records.exact({} + {})", a, b),
        ArithmeticOp::Sub => sql!("records.exact({} - {})", a, b),
        ArithmeticOp::Mul => sql!("records.exact({} * {})", a, b),
        // Multiplied by 10^-9, because PostgreSQL rounds what it divides.
        ArithmeticOp::Div => sql!(
            "records.exact(div({} * 1000000000, NULLIF({}, 0)) * 0.000000001)",
            a,
            b
        ),
        ArithmeticOp::Rem => sql!("({} % NULLIF({}, 0))", a, b),
    }
}
