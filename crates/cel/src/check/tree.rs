//! The checked tree: what the compiler to SQL and the evaluator work on.

use crate::{Pattern, Span, Type, Value};

use super::function::Function;

/// A part of a checked expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<F> {
    /// What it is.
    pub kind: Kind<F>,
    /// The type of its values; each may be null unless it is a list.
    pub ty: Type,
    /// Where it stands in the source.
    pub span: Span,
}

/// What a part of a checked expression is. Operands have the types that the operator works on:
/// conversions are parts of their own ([`Function::ToDecimal`] and its like).
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<F> {
    /// A value that stands in the source.
    Literal(Value),
    /// A field of the record, of a related one, or of a quantifier's variable.
    Field(Field<F>),
    /// An item inside JSON; null if there is none or if it is JSON's null.
    Json {
        /// The JSON that it is inside.
        of: Box<Checked<F>>,
        /// The way to it; never empty.
        path: Vec<Step>,
    },
    /// The item of a list at an index from 0; null past the end.
    Item {
        /// The list.
        of: Box<Checked<F>>,
        /// Which item.
        index: u32,
    },
    /// `!operand`
    Not(Box<Checked<F>>),
    /// `-operand` of a number, an amount or a duration.
    Negate(Box<Checked<F>>),
    /// Two or more operands, none of which is itself an `And`.
    And(Vec<Checked<F>>),
    /// Two or more operands, none of which is itself an `Or`.
    Or(Vec<Checked<F>>),
    /// A comparison of two values of one type. A literal stands on the right.
    Compare {
        /// How they are compared.
        op: CompareOp,
        /// The left operand.
        left: Box<Checked<F>>,
        /// The right operand, of the same type (any two of texts and selects, or of ids and
        /// records, count as the same).
        right: Box<Checked<F>>,
    },
    /// Whether the operand is null; never null itself.
    IsNull {
        /// What is looked at; never a list.
        operand: Box<Checked<F>>,
        /// Whether it is asked that it is *not* null.
        negated: bool,
    },
    /// Arithmetic. The operands' types are one of:
    /// two ints, two decimals (any operator, giving the same);
    /// two amounts (`+`, `-` give an amount, `/` a decimal);
    /// an amount and a decimal (`*`, `/` give an amount);
    /// two timestamps (`-` gives a duration); a timestamp and a duration (`+`, `-`);
    /// two durations (`+`, `-`); two dates (`-` gives an int: days);
    /// a date and an int (`+`, `-`: days).
    Arithmetic {
        /// The operator.
        op: ArithmeticOp,
        /// The left operand.
        left: Box<Checked<F>>,
        /// The right operand.
        right: Box<Checked<F>>,
    },
    /// Two or more texts joined by `+`.
    Concat(Vec<Checked<F>>),
    /// Whether `item` equals one of `list`'s.
    In {
        /// What is looked for.
        item: Box<Checked<F>>,
        /// A list of the same type: a [`Kind::List`], a field, or JSON made a list.
        list: Box<Checked<F>>,
    },
    /// Whether a text matches a pattern anywhere.
    Matches {
        /// The text.
        text: Box<Checked<F>>,
        /// The pattern.
        pattern: Pattern,
    },
    /// A function of its arguments.
    Call {
        /// The function.
        function: Function,
        /// Its arguments, the receiver first.
        arguments: Vec<Checked<F>>,
    },
    /// `condition ? then : otherwise`; what is not true gives `otherwise`.
    Conditional {
        /// What decides.
        condition: Box<Checked<F>>,
        /// The result if it is true.
        then: Box<Checked<F>>,
        /// The result if it is false or null.
        otherwise: Box<Checked<F>>,
    },
    /// A list that stands in the source.
    List(Vec<Checked<F>>),
    /// `list.exists(v, predicate)` or `list.all(v, predicate)`; never null.
    Quantify {
        /// Which of the two.
        quantifier: Quantifier,
        /// What is gone through.
        list: Box<Checked<F>>,
        /// The variable's number, by which [`Root::Variable`] refers to it.
        variable: u32,
        /// What an item has to fulfil.
        predicate: Box<Checked<F>>,
    },
}

/// A path of fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<F> {
    /// Where the path begins.
    pub root: Root,
    /// The schema's handles, outermost first. Empty only for a variable itself.
    pub path: Vec<F>,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// At the record that the expression is about.
    Record,
    /// At the item that the quantifier with this `variable` is at. Numbers count the
    /// quantifiers around: the outermost has 0.
    Variable(u32),
}

/// A step into JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of an object.
    Key(String),
    /// The item of an array, from 0.
    Index(u32),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareOp {
    /// The operator that says the same with the operands swapped.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }
}

/// An operator of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`: cut towards zero, ints to whole ones, decimals to nine places, amounts to four.
    Div,
    /// `%`: has the sign of the left operand.
    Rem,
}

/// Which items of a list have to fulfil a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one makes it true.
    Exists,
    /// Every one makes it true.
    All,
}

impl<F> Checked<F> {
    /// Calls `visit` for this part and every part of it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match &self.kind {
            Kind::Literal(_) | Kind::Field(_) => {}
            Kind::Json { of: one, .. }
            | Kind::Item { of: one, .. }
            | Kind::Not(one)
            | Kind::Negate(one)
            | Kind::Matches { text: one, .. }
            | Kind::IsNull { operand: one, .. } => one.walk(visit),
            Kind::Compare { left, right, .. }
            | Kind::Arithmetic { left, right, .. }
            | Kind::In {
                item: left,
                list: right,
            }
            | Kind::Quantify {
                list: left,
                predicate: right,
                ..
            } => {
                left.walk(visit);
                right.walk(visit);
            }
            Kind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                condition.walk(visit);
                then.walk(visit);
                otherwise.walk(visit);
            }
            Kind::And(parts)
            | Kind::Or(parts)
            | Kind::Concat(parts)
            | Kind::List(parts)
            | Kind::Call {
                arguments: parts, ..
            } => {
                for part in parts {
                    part.walk(visit);
                }
            }
        }
    }

    /// The paths of fields that the expression reads, those of variables included.
    pub fn fields(&self) -> Vec<&Field<F>> {
        let mut fields = Vec::new();
        self.walk(&mut |part| {
            if let Kind::Field(field) = &part.kind {
                fields.push(field);
            }
        });
        fields
    }

    /// Whether the result depends on the time or on who asks: `now()`, `today()`, `me()` or
    /// the likes of `daysSince`.
    pub fn is_volatile(&self) -> bool {
        let mut volatile = false;
        self.walk(&mut |part| {
            volatile |= matches!(
                part.kind,
                Kind::Call {
                    function: Function::Now | Function::Today | Function::Me,
                    ..
                }
            );
        });
        volatile
    }
}
