//! Conditions: which operators there are for which values, and the expression of each.

use kith_cel::{BinaryOp, Expr, ExprKind, Literal, UnaryOp};
use serde_json::Value;

use super::operand::{Class, Operand, Unit, binary, call, literal, method, part, path, plus};
use super::tree::Chip;

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// How a field is compared.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Operator { $($(#[$doc])* $name,)+ }

        impl Operator {
            /// Every operator.
            pub(super) const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in the API.
            pub(super) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

operators! {
    Is = "is",
    /// Also where there is no value.
    IsNot = "is_not",
    /// Only where there is a value.
    IsOther = "is_other",
    AnyOf = "any_of",
    /// Also where there is no value.
    NoneOf = "none_of",
    Contains = "contains",
    /// Also where there is no value.
    NotContains = "not_contains",
    StartsWith = "starts_with",
    EndsWith = "ends_with",
    Includes = "includes",
    NotIncludes = "not_includes",
    Gt = "gt",
    Gte = "gte",
    Lt = "lt",
    Lte = "lte",
    Between = "between",
    Before = "before",
    After = "after",
    OnOrBefore = "on_or_before",
    OnOrAfter = "on_or_after",
    During = "during",
    Empty = "empty",
    NotEmpty = "not_empty",
}

use Operator::{
    After, AnyOf, Before, Between, Contains, During, Empty, EndsWith, Gt, Gte, Includes, Is, IsNot,
    IsOther, Lt, Lte, NoneOf, NotContains, NotEmpty, NotIncludes, OnOrAfter, OnOrBefore,
    StartsWith,
};

impl Operator {
    /// The operator of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The operators that such values have.
    pub(super) fn for_class(class: Class) -> &'static [Self] {
        match class {
            Class::Text => &[
                Is,
                IsNot,
                IsOther,
                AnyOf,
                NoneOf,
                Contains,
                NotContains,
                StartsWith,
                EndsWith,
                Empty,
                NotEmpty,
            ],
            Class::Option | Class::User | Class::Record => {
                &[Is, IsNot, IsOther, AnyOf, NoneOf, Empty, NotEmpty]
            }
            Class::Number | Class::Money => &[
                Is, IsNot, IsOther, Gt, Gte, Lt, Lte, Between, Empty, NotEmpty,
            ],
            Class::Bool => &[Is, Empty, NotEmpty],
            Class::Day | Class::Moment => &[
                Is, IsNot, Before, After, OnOrBefore, OnOrAfter, Between, During, Empty, NotEmpty,
            ],
            Class::Texts => &[
                Includes,
                NotIncludes,
                AnyOf,
                NoneOf,
                Contains,
                NotContains,
                Empty,
                NotEmpty,
            ],
            Class::Options => &[Includes, NotIncludes, AnyOf, NoneOf, Empty, NotEmpty],
            Class::Records => &[Empty, NotEmpty],
            Class::Other => &[],
        }
    }

    /// Reads a client's value for this operator.
    pub(super) fn read(
        self,
        class: Class,
        value: Option<&Value>,
    ) -> Result<Option<Operand>, String> {
        match (self, value) {
            (Empty | NotEmpty, None) => Ok(None),
            (Empty | NotEmpty, Some(_)) => Err(format!("`{}` takes no value.", self.as_str())),
            (_, None) => Err(format!("`{}` needs a value.", self.as_str())),
            (AnyOf | NoneOf, Some(json)) => Operand::read_list(class, json).map(Some),
            (Between, Some(json)) => Operand::read_ends(class, json).map(Some),
            (During, Some(json)) => Operand::read_period(json).map(Some),
            (_, Some(json)) => Operand::read(class, json).map(Some),
        }
    }
}

impl Chip {
    /// The condition in the expression language.
    pub(super) fn expr(&self, class: Class) -> Expr {
        let field = || path(&self.field);
        let value = || (self.value.as_ref()).map_or_else(|| literal(Literal::Null), Operand::expr);
        let is_list = class.item() != class;
        match self.operator {
            Is => compare(&self.field, class, BinaryOp::Eq, self.value.as_ref()),
            IsNot => or_empty(
                field(),
                compare(&self.field, class, BinaryOp::Ne, self.value.as_ref()),
            ),
            IsOther => compare(&self.field, class, BinaryOp::Ne, self.value.as_ref()),
            AnyOf if is_list => any_item(field(), binary(BinaryOp::In, path(ITEM), value())),
            NoneOf if is_list => not(any_item(field(), binary(BinaryOp::In, path(ITEM), value()))),
            AnyOf => binary(BinaryOp::In, field(), value()),
            NoneOf => or_empty(field(), not(binary(BinaryOp::In, field(), value()))),
            Contains if is_list => any_item(field(), method(path(ITEM), ICONTAINS, vec![value()])),
            NotContains if is_list => not(any_item(
                field(),
                method(path(ITEM), ICONTAINS, vec![value()]),
            )),
            Contains => method(field(), ICONTAINS, vec![value()]),
            NotContains => or_empty(field(), not(method(field(), ICONTAINS, vec![value()]))),
            StartsWith => in_any_case(field(), STARTS_WITH, value()),
            EndsWith => in_any_case(field(), ENDS_WITH, value()),
            Includes => binary(BinaryOp::In, value(), field()),
            NotIncludes => not(binary(BinaryOp::In, value(), field())),
            Gt | After => compare(&self.field, class, BinaryOp::Gt, self.value.as_ref()),
            Gte | OnOrAfter => compare(&self.field, class, BinaryOp::Ge, self.value.as_ref()),
            Lt | Before => compare(&self.field, class, BinaryOp::Lt, self.value.as_ref()),
            Lte | OnOrBefore => compare(&self.field, class, BinaryOp::Le, self.value.as_ref()),
            Between => match &self.value {
                Some(Operand::List(ends)) => part(ExprKind::And(vec![
                    compare(&self.field, class, BinaryOp::Ge, ends.first()),
                    compare(&self.field, class, BinaryOp::Le, ends.get(1)),
                ])),
                _ => literal(Literal::Null),
            },
            During => match self.value {
                Some(Operand::Period(unit, offset)) => {
                    during(day_of(&self.field, class), unit, offset)
                }
                _ => literal(Literal::Null),
            },
            Empty if is_list => binary(BinaryOp::Eq, call("size", vec![field()]), zero()),
            NotEmpty if is_list => binary(BinaryOp::Gt, call("size", vec![field()]), zero()),
            Empty => binary(BinaryOp::Eq, field(), literal(Literal::Null)),
            NotEmpty => binary(BinaryOp::Ne, field(), literal(Literal::Null)),
        }
    }
}

/// The variable of quantifiers.
pub(super) const ITEM: &str = "item";
pub(super) const ICONTAINS: &str = "icontains";
pub(super) const STARTS_WITH: &str = "startsWith";
pub(super) const ENDS_WITH: &str = "endsWith";

/// `field op value`. Where a moment is compared with a day, the whole of that day counts: its
/// begin where that decides, so that an index helps, else the day of the moment.
fn compare(field: &str, class: Class, op: BinaryOp, value: Option<&Operand>) -> Expr {
    let by_day = class == Class::Moment
        && matches!(value, Some(Operand::Day(_) | Operand::FromToday(_)))
        && !matches!(op, BinaryOp::Lt | BinaryOp::Ge);
    let left = if by_day {
        day_of(field, class)
    } else {
        path(field)
    };
    let right = value.map_or_else(|| literal(Literal::Null), Operand::expr);
    binary(op, left, right)
}

/// The day of a date or of a moment.
pub(super) fn day_of(field: &str, class: Class) -> Expr {
    match class {
        Class::Moment => call("date", vec![path(field)]),
        _ => path(field),
    }
}

/// `day` lies in the period so many units after the present one.
pub(super) fn during(day: Expr, unit: Unit, offset: i64) -> Expr {
    let today = || call("today", Vec::new());
    let days = match unit {
        Unit::Week => 7,
        _ => 1,
    };
    let (left, right) = (number(day, unit), number(today(), unit));
    binary(BinaryOp::Eq, left, plus(right, offset * days))
}

/// What all days of a period have in common: the Monday of a week, a number of the others.
pub(super) fn number(day: Expr, unit: Unit) -> Expr {
    let int = |value| literal(Literal::Int(value));
    let get = |day: &Expr, function| method(day.clone(), function, Vec::new());
    let years =
        |day: &Expr, per_year| binary(BinaryOp::Mul, get(day, "getFullYear"), int(per_year));
    match unit {
        Unit::Week => {
            let since_sunday = binary(BinaryOp::Add, get(&day, "getDayOfWeek"), int(6));
            let since_monday = binary(BinaryOp::Rem, since_sunday, int(7));
            binary(BinaryOp::Sub, day, since_monday)
        }
        Unit::Month => binary(BinaryOp::Add, years(&day, 12), get(&day, "getMonth")),
        Unit::Quarter => binary(BinaryOp::Add, years(&day, 4), get(&day, "getQuarter")),
        Unit::Year => get(&day, "getFullYear"),
    }
}

fn or_empty(field: Expr, condition: Expr) -> Expr {
    let empty = binary(BinaryOp::Eq, field, literal(Literal::Null));
    part(ExprKind::Or(vec![empty, condition]))
}

pub(super) fn not(operand: Expr) -> Expr {
    part(ExprKind::Unary {
        op: UnaryOp::Not,
        operand: Box::new(operand),
    })
}

fn any_item(list: Expr, condition: Expr) -> Expr {
    method(list, "exists", vec![path(ITEM), condition])
}

fn in_any_case(field: Expr, function: &str, value: Expr) -> Expr {
    let lower = |of| call("lower", vec![of]);
    method(lower(field), function, vec![lower(value)])
}

fn zero() -> Expr {
    literal(Literal::Int(0))
}
