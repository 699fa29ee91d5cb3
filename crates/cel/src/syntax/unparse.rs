//! From a tree to canonical text: single spaces, no parentheses that are not needed.

use std::fmt;

use super::ast::{BinaryOp, Expr, ExprKind, Expression, Literal, UnaryOp};
use super::text;

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self, CONDITIONAL, f)
    }
}

/// How tightly a part holds together; what holds less than its place demands is put in parentheses.
const CONDITIONAL: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const RELATION: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;
const UNARY: u8 = 6;
const PRIMARY: u8 = 7;

fn binary_level(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Add | BinaryOp::Sub => SUM,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => PRODUCT,
        _ => RELATION,
    }
}

fn is_number(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Literal(Literal::Int(_) | Literal::Decimal(_) | Literal::Uint(_))
    )
}

fn level(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Conditional { .. } => CONDITIONAL,
        ExprKind::Or(_) => OR,
        ExprKind::And(_) => AND,
        ExprKind::Binary { op, .. } => binary_level(*op),
        ExprKind::Unary { .. } => UNARY,
        ExprKind::Literal(Literal::Int(value)) if *value < 0 => UNARY,
        ExprKind::Literal(Literal::Decimal(value)) if value.is_sign_negative() => UNARY,
        _ => PRIMARY,
    }
}

fn write(expr: &Expr, least: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if level(expr) < least {
        return in_parentheses(expr, f);
    }
    match &expr.kind {
        ExprKind::Literal(literal) => write_literal(literal, f),
        ExprKind::Name(name) => f.write_str(name),
        ExprKind::Member { of, name } => {
            write_receiver(of, f)?;
            write!(f, ".{}", name.text)
        }
        ExprKind::Index { of, index } => {
            write_receiver(of, f)?;
            write!(f, "[{index}]")
        }
        ExprKind::Call {
            receiver,
            name,
            arguments,
        } => {
            if let Some(receiver) = receiver {
                write_receiver(receiver, f)?;
                f.write_str(".")?;
            }
            write!(f, "{}(", name.text)?;
            write_joined(arguments, ", ", CONDITIONAL, f)?;
            f.write_str(")")
        }
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => {
            f.write_str("!")?;
            write(operand, UNARY, f)
        }
        ExprKind::Unary {
            op: UnaryOp::Negate,
            operand,
        } => {
            f.write_str("-")?;
            // `-5` reads as a literal, `-(5)` as an operation.
            if is_number(operand) && level(operand) == PRIMARY {
                in_parentheses(operand, f)
            } else {
                write(operand, UNARY, f)
            }
        }
        ExprKind::And(operands) => write_joined(operands, " && ", AND + 1, f),
        ExprKind::Or(operands) => write_joined(operands, " || ", OR + 1, f),
        ExprKind::Binary { op, left, right } => {
            let level = binary_level(*op);
            write(left, level, f)?;
            write!(f, " {} ", op.symbol())?;
            write(right, level + 1, f)
        }
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            write(condition, OR, f)?;
            f.write_str(" ? ")?;
            write(then, OR, f)?;
            f.write_str(" : ")?;
            write(otherwise, CONDITIONAL, f)
        }
        ExprKind::List(items) => {
            f.write_str("[")?;
            write_joined(items, ", ", CONDITIONAL, f)?;
            f.write_str("]")
        }
        ExprKind::Map(entries) => {
            f.write_str("{")?;
            for (i, (key, value)) in entries.iter().enumerate() {
                let comma = if i == 0 { "" } else { ", " };
                write!(f, "{comma}{key}: {value}")?;
            }
            f.write_str("}")
        }
    }
}

fn in_parentheses(expr: &Expr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("(")?;
    write(expr, CONDITIONAL, f)?;
    f.write_str(")")
}

fn write_receiver(expr: &Expr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_number(expr) {
        in_parentheses(expr, f)
    } else {
        write(expr, PRIMARY, f)
    }
}

fn write_joined(
    parts: &[Expr],
    between: &str,
    least: u8,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(between)?;
        }
        write(part, least, f)?;
    }
    Ok(())
}

fn write_literal(literal: &Literal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match literal {
        Literal::Null => f.write_str("null"),
        Literal::Bool(value) => write!(f, "{value}"),
        Literal::Int(value) => write!(f, "{value}"),
        Literal::Uint(value) => write!(f, "{value}u"),
        Literal::Decimal(value) => {
            let value = value.normalize();
            let point = if value.scale() == 0 { ".0" } else { "" };
            write!(f, "{value}{point}")
        }
        Literal::Text(value) => text::write(value, f),
    }
}
