//! What stands between operators: literals, names, calls, lists, what is in parentheses.

use crate::CelError;
use crate::error::Fault;

use super::{LOWEST, Parser, Tall};
use crate::syntax::ast::{Expr, ExprKind, Identifier, Literal};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn number(&mut self, start: usize, negative: bool) -> Result<Tall, CelError> {
        let word = self.advance()?;
        let span = start..word.span.end;
        let literal = match word.kind {
            TokenKind::Decimal(value) if negative && !value.is_zero() => Literal::Decimal(-value),
            TokenKind::Decimal(value) => Literal::Decimal(value),
            TokenKind::Uint(value) => Literal::Uint(value),
            TokenKind::Int(value) => {
                let signed = if negative {
                    -i128::from(value)
                } else {
                    i128::from(value)
                };
                let Ok(value) = i64::try_from(signed) else {
                    let message = "a whole number must be between -9223372036854775808 and 9223372036854775807";
                    return Err(CelError::Syntax(Fault::new(self.source, span, message)));
                };
                Literal::Int(value)
            }
            _ => return Err(self.expected("a number")),
        };
        self.node(ExprKind::Literal(literal), span, 0)
    }

    pub(super) fn postfix(&mut self) -> Result<Tall, CelError> {
        let start = self.token.span.start;
        let primary = self.primary()?;
        self.postfixes(primary, start)
    }

    /// Reads what may follow a part: `.name`, `.name(…)` and `[…]`.
    pub(super) fn postfixes(&mut self, mut of: Tall, start: usize) -> Result<Tall, CelError> {
        loop {
            of = match self.token.kind {
                TokenKind::Dot => self.member(of, start)?,
                TokenKind::OpenBracket => self.index(of, start)?,
                _ => return Ok(of),
            };
        }
    }

    fn member(&mut self, of: Tall, start: usize) -> Result<Tall, CelError> {
        self.advance()?;
        let name = self.identifier("a name after `.`")?;
        if self.take(&TokenKind::OpenParen)? {
            return self.call(Some(of), name, start);
        }
        let below = of.height;
        let of = Box::new(of.expr);
        self.node(ExprKind::Member { of, name }, start..self.last_end, below)
    }

    fn index(&mut self, of: Tall, start: usize) -> Result<Tall, CelError> {
        self.advance()?;
        let index = self.expression(LOWEST)?;
        self.expect(&TokenKind::CloseBracket, "`]`")?;
        let below = of.height.max(index.height);
        let of = Box::new(of.expr);
        let index = Box::new(index.expr);
        self.node(ExprKind::Index { of, index }, start..self.last_end, below)
    }

    fn primary(&mut self) -> Result<Tall, CelError> {
        match self.token.kind {
            TokenKind::Name(_) => self.name(),
            TokenKind::OpenParen => self.parentheses(),
            TokenKind::OpenBracket => self.list_literal(),
            TokenKind::OpenBrace => self.map(),
            _ => self.literal(),
        }
    }

    fn parentheses(&mut self) -> Result<Tall, CelError> {
        self.advance()?;
        let inner = self.expression(LOWEST)?;
        self.expect(&TokenKind::CloseParen, "`)`")?;
        Ok(inner)
    }

    fn list_literal(&mut self) -> Result<Tall, CelError> {
        let start = self.advance()?.span.start;
        let (items, tallest) = self.list(&TokenKind::CloseBracket, "`,` or `]`")?;
        self.node(ExprKind::List(items), start..self.last_end, tallest)
    }

    fn literal(&mut self) -> Result<Tall, CelError> {
        let span = self.token.span.clone();
        let literal = match &self.token.kind {
            TokenKind::Int(_) | TokenKind::Uint(_) | TokenKind::Decimal(_) => {
                return self.number(span.start, false);
            }
            TokenKind::True => Literal::Bool(true),
            TokenKind::False => Literal::Bool(false),
            TokenKind::Null => Literal::Null,
            TokenKind::Text(value) => Literal::Text(value.clone()),
            _ => return Err(self.expected("a value, a field or `(`")),
        };
        self.advance()?;
        self.node(ExprKind::Literal(literal), span, 0)
    }

    fn identifier(&mut self, what: &str) -> Result<Identifier, CelError> {
        let TokenKind::Name(text) = &self.token.kind else {
            return Err(self.expected(what));
        };
        let text = text.clone();
        let span = self.advance()?.span;
        Ok(Identifier { text, span })
    }

    fn name(&mut self) -> Result<Tall, CelError> {
        let name = self.identifier("a name")?;
        let start = name.span.start;
        if self.take(&TokenKind::OpenParen)? {
            return self.call(None, name, start);
        }
        self.node(ExprKind::Name(name.text), name.span, 0)
    }

    /// Reads the arguments of a call whose `(` is already read.
    fn call(
        &mut self,
        receiver: Option<Tall>,
        name: Identifier,
        start: usize,
    ) -> Result<Tall, CelError> {
        let (arguments, tallest) = self.list(&TokenKind::CloseParen, "`,` or `)`")?;
        let below = receiver.as_ref().map_or(0, |of| of.height).max(tallest);
        let kind = ExprKind::Call {
            receiver: receiver.map(|of| Box::new(of.expr)),
            name,
            arguments,
        };
        self.node(kind, start..self.last_end, below)
    }

    /// Reads parts up to `close`, and the greatest of their heights. A last comma may stand.
    fn list(&mut self, close: &TokenKind, what: &str) -> Result<(Vec<Expr>, usize), CelError> {
        let mut items = Vec::new();
        let mut tallest = 0;
        while !self.take(close)? {
            let item = self.expression(LOWEST)?;
            tallest = tallest.max(item.height);
            items.push(item.expr);
            if !self.take(&TokenKind::Comma)? {
                self.expect(close, what)?;
                break;
            }
        }
        Ok((items, tallest))
    }

    fn map(&mut self) -> Result<Tall, CelError> {
        let start = self.advance()?.span.start;
        let mut entries = Vec::new();
        let mut tallest = 0;
        while !self.take(&TokenKind::CloseBrace)? {
            let key = self.expression(LOWEST)?;
            self.expect(&TokenKind::Colon, "`:` and a value")?;
            let value = self.expression(LOWEST)?;
            tallest = tallest.max(key.height).max(value.height);
            entries.push((key.expr, value.expr));
            if !self.take(&TokenKind::Comma)? {
                self.expect(&TokenKind::CloseBrace, "`,` or `}`")?;
                break;
            }
        }
        self.node(ExprKind::Map(entries), start..self.last_end, tallest)
    }
}
