//! From characters to words, one at a time.

use crate::{CelError, Span};

use super::number;
use super::text;
use super::token::{Token, TokenKind};
use crate::error::{Fault, brief};

/// Reads words from a source that is known to be short and free of NUL.
pub(super) struct Lexer<'s> {
    source: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, at: 0 }
    }

    /// The next word; [`TokenKind::End`] for ever after the last.
    pub(super) fn next(&mut self) -> Result<Token, CelError> {
        self.skip_blank();
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(Token {
                kind: TokenKind::End,
                span: start..start,
            });
        };
        let second = rest[first.len_utf8()..].chars().next();
        let kind = if first.is_ascii_digit()
            || (first == '.' && second.is_some_and(|c| c.is_ascii_digit()))
        {
            self.number()?
        } else if matches!(first, '"' | '\'') {
            self.text(false)?
        } else if matches!(first, 'r' | 'R') && matches!(second, Some('"' | '\'')) {
            self.at += 1;
            self.text(true)?
        } else if matches!(first, 'b' | 'B')
            && (matches!(second, Some('"' | '\''))
                || (matches!(second, Some('r' | 'R'))
                    && rest.get(2..).is_some_and(|r| r.starts_with(['"', '\'']))))
        {
            return Err(self.fault(
                start..start + 1,
                "bytes are not supported; write a text without the `b`",
            ));
        } else if first.is_ascii_alphabetic() || first == '_' {
            self.name()
        } else {
            self.symbol(first)?
        };
        Ok(Token {
            kind,
            span: start..self.at,
        })
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn fault(&self, span: Span, message: impl Into<String>) -> CelError {
        CelError::Syntax(Fault::new(self.source, span, message))
    }

    /// Skips white space and comments, which run from `//` to the end of their line.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
            self.at += rest.len() - blank.len();
            if !blank.starts_with("//") {
                return;
            }
            self.at += blank.find('\n').unwrap_or(blank.len());
        }
    }

    fn name(&mut self) -> TokenKind {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        self.at += length;
        match &rest[..length] {
            "true" => TokenKind::True,
            "false" => TokenKind::False,
            "null" => TokenKind::Null,
            "in" => TokenKind::In,
            name => TokenKind::Name(name.to_owned()),
        }
    }

    fn symbol(&mut self, first: char) -> Result<TokenKind, CelError> {
        let double = match self.rest().get(..2) {
            Some("||") => Some(TokenKind::Or),
            Some("&&") => Some(TokenKind::And),
            Some("==") => Some(TokenKind::Eq),
            Some("!=") => Some(TokenKind::Ne),
            Some("<=") => Some(TokenKind::Le),
            Some(">=") => Some(TokenKind::Ge),
            _ => None,
        };
        if let Some(kind) = double {
            self.at += 2;
            return Ok(kind);
        }
        let kind = match first {
            '?' => TokenKind::Question,
            ':' => TokenKind::Colon,
            '<' => TokenKind::Lt,
            '>' => TokenKind::Gt,
            '+' => TokenKind::Plus,
            '-' => TokenKind::Minus,
            '*' => TokenKind::Star,
            '/' => TokenKind::Slash,
            '%' => TokenKind::Percent,
            '!' => TokenKind::Not,
            '.' => TokenKind::Dot,
            ',' => TokenKind::Comma,
            '(' => TokenKind::OpenParen,
            ')' => TokenKind::CloseParen,
            '[' => TokenKind::OpenBracket,
            ']' => TokenKind::CloseBracket,
            '{' => TokenKind::OpenBrace,
            '}' => TokenKind::CloseBrace,
            other => {
                let message = match other {
                    '=' => "expected `==` to compare, found `=`".to_owned(),
                    '&' => "expected `&&`, found `&`".to_owned(),
                    '|' => "expected `||`, found `|`".to_owned(),
                    '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' | '\u{201e}' => {
                        format!("expected a straight quote such as `\"`, found `{other}`")
                    }
                    c if c.is_control() => format!("unexpected character U+{:04X}", u32::from(c)),
                    c => format!("unexpected character `{c}`"),
                };
                return Err(self.fault(self.at..self.at + other.len_utf8(), message));
            }
        };
        self.at += 1;
        Ok(kind)
    }

    fn number(&mut self) -> Result<TokenKind, CelError> {
        let start = self.at;
        let rest = self.rest();
        let hexadecimal = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X"));
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut length;
        let mut exact = false;
        let value = if let Some(hexadecimal) = hexadecimal {
            let count = hexadecimal
                .find(|c: char| !c.is_ascii_hexdigit())
                .unwrap_or(hexadecimal.len());
            length = count + 2;
            u64::from_str_radix(&hexadecimal[..count], 16)
        } else {
            length = digits(rest);
            let fraction = rest[length..].strip_prefix('.').map_or(0, digits);
            if fraction > 0 {
                length += fraction + 1;
                exact = true;
            }
            if let Some(exponent) = rest[length..].strip_prefix(['e', 'E']) {
                let sign = usize::from(exponent.starts_with(['+', '-']));
                let count = digits(&exponent[sign..]);
                if count > 0 {
                    length += 1 + sign + count;
                    exact = true;
                }
            }
            rest[..length]
                .parse::<u64>()
                .or_else(|error| if exact { Ok(0) } else { Err(error) })
        };
        self.at += length;
        let unsigned = !exact && self.rest().starts_with(['u', 'U']);
        self.at += usize::from(unsigned);
        if length == 2 && hexadecimal.is_some() {
            return Err(self.fault(start..self.at, "expected hexadecimal digits after `0x`"));
        }
        let written = &self.source[start..self.at];
        if let Some(c) = self.rest().chars().next()
            && (c.is_ascii_alphanumeric() || c == '_')
        {
            let message = format!(
                "expected an operator after the number `{}`, found `{c}`",
                brief(written)
            );
            return Err(self.fault(self.at..self.at + 1, message));
        }
        if exact {
            return number::decimal(written)
                .map(TokenKind::Decimal)
                .map_err(|message| self.fault(start..self.at, message));
        }
        match value {
            Ok(value) if unsigned => Ok(TokenKind::Uint(value)),
            Ok(value) => Ok(TokenKind::Int(value)),
            Err(_) => Err(self.fault(
                start..self.at,
                "a whole number must be between -9223372036854775808 and 9223372036854775807",
            )),
        }
    }

    /// Reads a text whose quotes begin here.
    fn text(&mut self, raw: bool) -> Result<TokenKind, CelError> {
        let start = self.at;
        match text::read(self.rest(), raw) {
            Ok((value, length)) => {
                self.at += length;
                Ok(TokenKind::Text(value))
            }
            Err(problem) => {
                let span = start + problem.span.start..start + problem.span.end;
                Err(self.fault(span, problem.message))
            }
        }
    }
}
