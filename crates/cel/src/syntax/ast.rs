//! The tree of an expression as it was written.

use rust_decimal::Decimal;

use crate::{CelError, Span};

/// A parsed expression together with its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    pub(crate) source: String,
    pub(crate) root: Expr,
}

impl Expression {
    /// Parses `source`.
    ///
    /// # Errors
    /// [`CelError::Syntax`] and [`CelError::Limit`], with the position.
    pub fn parse(source: &str) -> Result<Self, CelError> {
        super::parser::parse(source).map(|root| Self {
            source: source.to_owned(),
            root,
        })
    }

    /// The text that was parsed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The outermost part.
    pub fn root(&self) -> &Expr {
        &self.root
    }
}

impl From<Expr> for Expression {
    /// An expression made by hand, with its canonical text as source. Positions in it are those
    /// of `root`, whatever they are.
    fn from(root: Expr) -> Self {
        Self {
            source: root.to_string(),
            root,
        }
    }
}

/// A part of an expression. Two parts are equal if they read the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, parentheses around it not included.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// A name and where it stands. Two are equal if they read the same.
#[derive(Clone, Debug)]
pub struct Identifier {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Identifier {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What a part of an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// A name on its own: a field or a variable.
    Name(String),
    /// `of.name`
    Member {
        /// What the member belongs to.
        of: Box<Expr>,
        /// The member.
        name: Identifier,
    },
    /// `of[index]`
    Index {
        /// The list or the JSON value.
        of: Box<Expr>,
        /// Which of its items.
        index: Box<Expr>,
    },
    /// `name(arguments)` or `receiver.name(arguments)`
    Call {
        /// What stands before the point.
        receiver: Option<Box<Expr>>,
        /// The function or macro.
        name: Identifier,
        /// What stands in the parentheses.
        arguments: Vec<Expr>,
    },
    /// `!operand` or `-operand`
    Unary {
        /// Which of the two.
        op: UnaryOp,
        /// To what it is applied.
        operand: Box<Expr>,
    },
    /// Two or more operands joined by `&&`.
    And(Vec<Expr>),
    /// Two or more operands joined by `||`.
    Or(Vec<Expr>),
    /// Two operands joined by any other operator.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// What stands to its left.
        left: Box<Expr>,
        /// What stands to its right.
        right: Box<Expr>,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// What decides.
        condition: Box<Expr>,
        /// The result if it is true.
        then: Box<Expr>,
        /// The result if it is not.
        otherwise: Box<Expr>,
    },
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{a: b, c: d}`
    Map(Vec<(Expr, Expr)>),
}

/// A literal. Numbers may be negative, as in `-5`.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `5`, `-5`, `0xFF`
    Int(i64),
    /// `5u`
    Uint(u64),
    /// `1.5`, `2e3`: exact, at most nine decimal places, below 10^19.
    Decimal(Decimal),
    /// `"text"`
    Text(String),
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// An operator between two operands, other than `&&` and `||`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
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
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl BinaryOp {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}
