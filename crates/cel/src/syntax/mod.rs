//! From text to a tree and back.

mod ast;
mod lexer;
mod number;
mod parser;
mod text;
mod token;
mod unparse;

pub use ast::{BinaryOp, Expr, ExprKind, Expression, Identifier, Literal, UnaryOp};
