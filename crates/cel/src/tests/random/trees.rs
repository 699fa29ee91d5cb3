//! Any tree, sensible or not.

use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::{BinaryOp, Expr, ExprKind, Identifier, Literal, UnaryOp};

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: 0..0 }
}

fn identifier() -> impl Strategy<Value = String> {
    "[A-Za-z_][A-Za-z0-9_]{0,4}".prop_filter("a keyword", |name| {
        !["in", "true", "false", "null"].contains(&name.as_str())
    })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(Literal::Int),
        (-20_i64..20).prop_map(Literal::Int),
        any::<u64>().prop_map(Literal::Uint),
        (any::<i64>(), 0_u32..=9)
            .prop_map(|(digits, scale)| Literal::Decimal(Decimal::new(digits, scale))),
        "[^\0]{0,8}".prop_map(Literal::Text),
    ]
}

fn binary_op() -> impl Strategy<Value = BinaryOp> {
    prop::sample::select(vec![
        BinaryOp::Eq,
        BinaryOp::Ne,
        BinaryOp::Lt,
        BinaryOp::Le,
        BinaryOp::Gt,
        BinaryOp::Ge,
        BinaryOp::In,
        BinaryOp::Add,
        BinaryOp::Sub,
        BinaryOp::Mul,
        BinaryOp::Div,
        BinaryOp::Rem,
    ])
}

pub(super) fn any_tree() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        literal().prop_map(|literal| expr(ExprKind::Literal(literal))),
        identifier().prop_map(|name| expr(ExprKind::Name(name))),
    ];
    leaf.prop_recursive(6, 60, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let name = || identifier().prop_map(|text| Identifier { text, span: 0..0 });
        prop_oneof![
            (boxed(), name()).prop_map(|(of, name)| expr(ExprKind::Member { of, name })),
            (boxed(), boxed()).prop_map(|(of, index)| expr(ExprKind::Index { of, index })),
            (prop::option::of(boxed()), name(), vec(inner.clone(), 0..3)).prop_map(
                |(receiver, name, arguments)| expr(ExprKind::Call {
                    receiver,
                    name,
                    arguments
                })
            ),
            (any::<bool>(), boxed()).prop_map(|(not, operand)| {
                let op = if not { UnaryOp::Not } else { UnaryOp::Negate };
                expr(ExprKind::Unary { op, operand })
            }),
            vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::And(parts))),
            vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::Or(parts))),
            (binary_op(), boxed(), boxed()).prop_map(|(op, left, right)| expr(ExprKind::Binary {
                op,
                left,
                right
            })),
            (boxed(), boxed(), boxed()).prop_map(|(condition, then, otherwise)| {
                expr(ExprKind::Conditional {
                    condition,
                    then,
                    otherwise,
                })
            }),
            vec(inner.clone(), 0..4).prop_map(|items| expr(ExprKind::List(items))),
            vec((inner.clone(), inner), 0..3).prop_map(|entries| expr(ExprKind::Map(entries))),
        ]
    })
}
