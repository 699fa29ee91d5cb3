//! From words to a tree, by operator precedence.
//!
//! What calls itself is kept in small functions, so that the deepest expression needs little stack.

mod operand;

use crate::error::{Fault, brief};
use crate::{CelError, MAX_DEPTH, MAX_NODES, MAX_SOURCE, Span};

use super::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use super::lexer::Lexer;
use super::token::{Token, TokenKind};

/// Parses a whole source.
pub(super) fn parse(source: &str) -> Result<Expr, CelError> {
    if source.len() > MAX_SOURCE {
        let message = format!("an expression has at most {MAX_SOURCE} bytes");
        let from = (0..=MAX_SOURCE)
            .rev()
            .find(|at| source.is_char_boundary(*at));
        let span = from.unwrap_or(0)..source.len();
        return Err(CelError::Limit(Fault::new(source, span, message)));
    }
    if let Some(at) = source.find('\0') {
        let message = "an expression must not contain NUL";
        return Err(CelError::Syntax(Fault::new(source, at..at + 1, message)));
    }
    let mut lexer = Lexer::new(source);
    let token = lexer.next()?;
    let mut parser = Parser {
        source,
        lexer,
        token,
        last_end: 0,
        open: 0,
        nodes: 0,
    };
    let whole = parser.expression(LOWEST)?;
    if parser.token.kind != TokenKind::End {
        return Err(parser.expected("an operator or the end of the expression"));
    }
    Ok(whole.expr)
}

/// How tightly an operator binds.
const LOWEST: u8 = 0;
const CONDITIONAL: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const RELATION: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;

enum Infix {
    Conditional,
    Or,
    And,
    Binary(BinaryOp),
}

fn infix(kind: &TokenKind) -> Option<(Infix, u8)> {
    let binary = |op, power| Some((Infix::Binary(op), power));
    match kind {
        TokenKind::Question => Some((Infix::Conditional, CONDITIONAL)),
        TokenKind::Or => Some((Infix::Or, OR)),
        TokenKind::And => Some((Infix::And, AND)),
        TokenKind::Eq => binary(BinaryOp::Eq, RELATION),
        TokenKind::Ne => binary(BinaryOp::Ne, RELATION),
        TokenKind::Lt => binary(BinaryOp::Lt, RELATION),
        TokenKind::Le => binary(BinaryOp::Le, RELATION),
        TokenKind::Gt => binary(BinaryOp::Gt, RELATION),
        TokenKind::Ge => binary(BinaryOp::Ge, RELATION),
        TokenKind::In => binary(BinaryOp::In, RELATION),
        TokenKind::Plus => binary(BinaryOp::Add, SUM),
        TokenKind::Minus => binary(BinaryOp::Sub, SUM),
        TokenKind::Star => binary(BinaryOp::Mul, PRODUCT),
        TokenKind::Slash => binary(BinaryOp::Div, PRODUCT),
        TokenKind::Percent => binary(BinaryOp::Rem, PRODUCT),
        _ => None,
    }
}

/// A part and the height of its tree.
struct Tall {
    expr: Expr,
    height: usize,
}

struct Parser<'s> {
    source: &'s str,
    lexer: Lexer<'s>,
    /// The word that is looked at.
    token: Token,
    /// Where the word before it ended.
    last_end: usize,
    /// How many calls of `expression` and `unary` are open.
    open: usize,
    nodes: usize,
}

impl Parser<'_> {
    fn advance(&mut self) -> Result<Token, CelError> {
        let next = self.lexer.next()?;
        self.last_end = self.token.span.end;
        Ok(std::mem::replace(&mut self.token, next))
    }

    /// Goes on if the word is `kind`.
    fn take(&mut self, kind: &TokenKind) -> Result<bool, CelError> {
        let found = self.token.kind == *kind;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, kind: &TokenKind, what: &str) -> Result<(), CelError> {
        if self.take(kind)? {
            Ok(())
        } else {
            Err(self.expected(what))
        }
    }

    fn expected(&self, what: &str) -> CelError {
        let span = self.token.span.clone();
        let written = self.source.get(span.clone()).unwrap_or("");
        let found = match &self.token.kind {
            TokenKind::End => "the end of the expression".to_owned(),
            _ => format!("`{}`", brief(written)),
        };
        let hint = match written.to_ascii_lowercase().as_str() {
            "and" => "; write `&&`",
            "or" => "; write `||`",
            "is" => "; write `==`",
            _ => match self
                .source
                .get(..self.last_end)
                .map(str::to_ascii_lowercase)
            {
                Some(before) if before == "not" || before.ends_with(" not") => {
                    "; write `!` for `not`"
                }
                _ => "",
            },
        };
        let message = format!("expected {what}, found {found}{hint}");
        CelError::Syntax(Fault::new(self.source, span, message))
    }

    fn limit(&self, span: Span, message: String) -> CelError {
        CelError::Limit(Fault::new(self.source, span, message))
    }

    fn too_deep(&self, span: Span) -> CelError {
        self.limit(
            span,
            format!("an expression is nested at most {MAX_DEPTH} levels deep"),
        )
    }

    /// Counts a part that stands on parts whose greatest height is `below`.
    fn node(&mut self, kind: ExprKind, span: Span, below: usize) -> Result<Tall, CelError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.limit(span, format!("an expression has at most {MAX_NODES} parts")));
        }
        if below >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        Ok(Tall {
            expr: Expr { kind, span },
            height: below + 1,
        })
    }

    fn enter(&mut self) -> Result<(), CelError> {
        self.open += 1;
        if self.open > crate::limits::MAX_OPEN {
            return Err(self.too_deep(self.token.span.clone()));
        }
        Ok(())
    }

    /// Reads operands joined by operators that bind at least as tightly as `power`.
    fn expression(&mut self, power: u8) -> Result<Tall, CelError> {
        self.enter()?;
        let start = self.token.span.start;
        let mut left = self.unary()?;
        while let Some((operator, binds)) = infix(&self.token.kind) {
            if binds < power {
                break;
            }
            let word = self.advance()?.kind;
            left = match operator {
                Infix::Conditional => self.conditional(left, start)?,
                Infix::Or | Infix::And => self.chain(left, start, &word, binds)?,
                Infix::Binary(op) => {
                    let right = self.expression(binds + 1)?;
                    self.binary(op, left, right, start)?
                }
            };
        }
        self.open -= 1;
        Ok(left)
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: Tall,
        right: Tall,
        start: usize,
    ) -> Result<Tall, CelError> {
        let below = left.height.max(right.height);
        let kind = ExprKind::Binary {
            op,
            left: Box::new(left.expr),
            right: Box::new(right.expr),
        };
        self.node(kind, start..self.last_end, below)
    }

    fn conditional(&mut self, condition: Tall, start: usize) -> Result<Tall, CelError> {
        let then = self.expression(LOWEST)?;
        self.expect(&TokenKind::Colon, "`:` and what holds otherwise")?;
        let otherwise = self.expression(CONDITIONAL)?;
        let below = condition.height.max(then.height).max(otherwise.height);
        let kind = ExprKind::Conditional {
            condition: Box::new(condition.expr),
            then: Box::new(then.expr),
            otherwise: Box::new(otherwise.expr),
        };
        self.node(kind, start..self.last_end, below)
    }

    /// Reads the rest of `first && …` or `first || …`, whose first operator is already read.
    fn chain(
        &mut self,
        first: Tall,
        start: usize,
        word: &TokenKind,
        binds: u8,
    ) -> Result<Tall, CelError> {
        let mut below = first.height;
        let mut operands = vec![first.expr];
        loop {
            let operand = self.expression(binds + 1)?;
            below = below.max(operand.height);
            operands.push(operand.expr);
            if !self.take(word)? {
                break;
            }
        }
        let kind = match word {
            TokenKind::Or => ExprKind::Or(operands),
            _ => ExprKind::And(operands),
        };
        self.node(kind, start..self.last_end, below)
    }

    fn unary(&mut self) -> Result<Tall, CelError> {
        match self.token.kind {
            TokenKind::Not => self.prefixed(UnaryOp::Not),
            TokenKind::Minus => self.prefixed(UnaryOp::Negate),
            _ => self.postfix(),
        }
    }

    fn prefixed(&mut self, op: UnaryOp) -> Result<Tall, CelError> {
        self.enter()?;
        let start = self.advance()?.span.start;
        let number = matches!(self.token.kind, TokenKind::Int(_) | TokenKind::Decimal(_));
        let result = if op == UnaryOp::Negate && number {
            let number = self.number(start, true)?;
            self.postfixes(number, start)?
        } else {
            let operand = self.unary()?;
            self.applied(op, operand, start)?
        };
        self.open -= 1;
        Ok(result)
    }

    fn applied(&mut self, op: UnaryOp, operand: Tall, start: usize) -> Result<Tall, CelError> {
        let below = operand.height;
        let operand = Box::new(operand.expr);
        self.node(ExprKind::Unary { op, operand }, start..self.last_end, below)
    }
}
