//! From an expression to a tree. Whatever no condition can show stays an expression, so that
//! nothing is lost.

use kith_cel::{BinaryOp, Expr, ExprKind, Literal, UnaryOp};

use super::chip::{ENDS_WITH, ICONTAINS, ITEM, Operator, STARTS_WITH, day_of, number};
use super::operand::{Class, Operand, Unit, call, offset, path, path_text};
use super::render::class_of;
use super::tree::{Chip, Tree};
use crate::query::CatalogSchema;

/// The tree of a checked expression. Its root is a group.
pub(super) fn parse(schema: &CatalogSchema<'_>, expr: &Expr) -> Tree {
    match tree(schema, expr) {
        group @ (Tree::All(_) | Tree::Any(_)) => group,
        part => Tree::All(vec![part]),
    }
}

fn tree(schema: &CatalogSchema<'_>, expr: &Expr) -> Tree {
    if let Some(chip) = chip(schema, expr) {
        return Tree::Chip(chip);
    }
    match &expr.kind {
        ExprKind::And(parts) => collapse(Tree::All, items(schema, parts, between)),
        ExprKind::Or(parts) => collapse(Tree::Any, items(schema, parts, or_empty)),
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => Tree::Not(Box::new(tree(schema, operand))),
        _ => Tree::Expression(expr.to_string()),
    }
}

/// Two operands that one condition may show.
type Pair = fn(&CatalogSchema<'_>, &Expr, &Expr) -> Option<Chip>;

/// The members of a group, where two neighbours may be one condition.
fn items(schema: &CatalogSchema<'_>, parts: &[Expr], pair: Pair) -> Vec<Tree> {
    let mut trees = Vec::with_capacity(parts.len());
    let mut rest = parts;
    while let [first, others @ ..] = rest {
        if let [second, ..] = others
            && let Some(chip) = pair(schema, first, second)
        {
            trees.push(Tree::Chip(chip));
            rest = &others[1..];
        } else {
            trees.push(tree(schema, first));
            rest = others;
        }
    }
    trees
}

fn collapse(group: fn(Vec<Tree>) -> Tree, mut trees: Vec<Tree>) -> Tree {
    match trees.len() {
        1 => trees.remove(0),
        _ => group(trees),
    }
}

fn make(field: String, operator: Operator, value: Option<Operand>) -> Chip {
    Chip {
        field,
        operator,
        value,
    }
}

/// The condition that an expression without `&&` and `||` is.
fn chip(schema: &CatalogSchema<'_>, expr: &Expr) -> Option<Chip> {
    match &expr.kind {
        ExprKind::Binary {
            op: BinaryOp::In,
            left,
            right,
        } => member(schema, left, right),
        ExprKind::Binary { op, left, right } => compared(schema, *op, left, right)
            .or_else(|| counted(schema, *op, left, right))
            .or_else(|| during(schema, *op, left, right)),
        ExprKind::Call {
            receiver: Some(receiver),
            name,
            arguments,
        } => called(schema, receiver, &name.text, arguments),
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => negated(schema, operand),
        ExprKind::Name(_) | ExprKind::Member { .. } => {
            let (field, class) = field(schema, expr)?;
            let value = Some(Operand::Bool(true));
            (class == Class::Bool).then(|| make(field, Operator::Is, value))
        }
        _ => None,
    }
}

/// A path and what its values are.
fn field(schema: &CatalogSchema<'_>, expr: &Expr) -> Option<(String, Class)> {
    let text = path_text(expr)?;
    let class = class_of(schema, &text).ok()?;
    Some((text, class))
}

fn allowed(class: Class, operator: Operator) -> Option<Operator> {
    Operator::for_class(class)
        .contains(&operator)
        .then_some(operator)
}

/// `field in [a, b]`, `a in field`
fn member(schema: &CatalogSchema<'_>, left: &Expr, right: &Expr) -> Option<Chip> {
    if let Some((name, class)) = field(schema, right) {
        let operator = allowed(class, Operator::Includes)?;
        let value = Operand::of(class, left)?;
        return Some(make(name, operator, Some(value)));
    }
    let (name, class) = field(schema, left)?;
    let operator = allowed(class, Operator::AnyOf)?;
    let value = Operand::list_of(class, right)?;
    Some(make(name, operator, Some(value)))
}

/// `field == value`, `date(field) > day` and their like.
fn compared(schema: &CatalogSchema<'_>, op: BinaryOp, left: &Expr, right: &Expr) -> Option<Chip> {
    let (by_day, inner) = match &left.kind {
        ExprKind::Call {
            receiver: None,
            name,
            arguments,
        } if name.text == "date" && arguments.len() == 1 => (true, &arguments[0]),
        _ => (false, left),
    };
    let (name, class) = field(schema, inner)?;
    if by_day && class != Class::Moment {
        return None;
    }
    if !by_day && right.kind == ExprKind::Literal(Literal::Null) {
        let operator = match op {
            BinaryOp::Eq => Operator::Empty,
            BinaryOp::Ne => Operator::NotEmpty,
            _ => return None,
        };
        return Some(make(name, allowed(class, operator)?, None));
    }
    let is_time = matches!(class, Class::Day | Class::Moment);
    let operator = match (op, is_time) {
        (BinaryOp::Eq, _) => Operator::Is,
        (BinaryOp::Ne, _) => Operator::IsOther,
        (BinaryOp::Gt, true) => Operator::After,
        (BinaryOp::Ge, true) => Operator::OnOrAfter,
        (BinaryOp::Lt, true) => Operator::Before,
        (BinaryOp::Le, true) => Operator::OnOrBefore,
        (BinaryOp::Gt, false) => Operator::Gt,
        (BinaryOp::Ge, false) => Operator::Gte,
        (BinaryOp::Lt, false) => Operator::Lt,
        (BinaryOp::Le, false) => Operator::Lte,
        _ => return None,
    };
    let value = Operand::of(class, right)?;
    let chip = make(name, allowed(class, operator)?, Some(value));
    says(&chip, class, op, left, right).then_some(chip)
}

/// Whether the condition means what the expression does: a moment may be compared with a day in
/// several ways.
fn says(chip: &Chip, class: Class, op: BinaryOp, left: &Expr, right: &Expr) -> bool {
    if class != Class::Moment {
        return true;
    }
    match chip.expr(class).kind {
        ExprKind::Binary {
            op: meant,
            left: subject,
            right: value,
        } => {
            let same_value = *value == *right || matches!(chip.value, Some(Operand::Moment(_)));
            // `date(field) < day` is what `field < day` says.
            let begin = matches!(op, BinaryOp::Lt | BinaryOp::Ge)
                && matches!(chip.value, Some(Operand::Day(_) | Operand::FromToday(_)))
                && *left == day_of(&chip.field, class);
            meant == op && same_value && (*subject == *left || begin)
        }
        _ => false,
    }
}

/// `size(list) == 0`, `size(list) > 0`
fn counted(schema: &CatalogSchema<'_>, op: BinaryOp, left: &Expr, right: &Expr) -> Option<Chip> {
    let ExprKind::Call {
        receiver: None,
        name,
        arguments,
    } = &left.kind
    else {
        return None;
    };
    let [list] = arguments.as_slice() else {
        return None;
    };
    if name.text != "size" || right.kind != ExprKind::Literal(Literal::Int(0)) {
        return None;
    }
    let (name, class) = field(schema, list)?;
    let operator = match op {
        BinaryOp::Eq => Operator::Empty,
        BinaryOp::Gt => Operator::NotEmpty,
        _ => return None,
    };
    // The size of a text is another thing.
    (class.item() != class).then(|| make(name, operator, None))
}

/// `due.getFullYear() == today().getFullYear() + 1` and its like.
fn during(schema: &CatalogSchema<'_>, op: BinaryOp, left: &Expr, right: &Expr) -> Option<Chip> {
    if op != BinaryOp::Eq {
        return None;
    }
    let today = call("today", Vec::new());
    let (name, class) = first_path(left, 0).and_then(|path| field(schema, path))?;
    if !matches!(class, Class::Day | Class::Moment) {
        return None;
    }
    Unit::ALL.into_iter().find_map(|unit| {
        if *left != number(day_of(&name, class), unit) {
            return None;
        }
        let base = number(today.clone(), unit);
        let away = if *right == base {
            0
        } else {
            let (of, away) = offset(right);
            (*of == base).then_some(away)?
        };
        let days = if unit == Unit::Week { 7 } else { 1 };
        let value = Operand::Period(unit, away / days);
        (away % days == 0).then(|| make(name.clone(), Operator::During, Some(value)))
    })
}

/// The path that stands leftmost.
fn first_path(expr: &Expr, depth: usize) -> Option<&Expr> {
    if depth > 8 {
        return None;
    }
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Member { .. } => Some(expr),
        ExprKind::Binary { left, .. } => first_path(left, depth + 1),
        ExprKind::Call {
            receiver,
            arguments,
            ..
        } => {
            let first = receiver.as_deref().or_else(|| arguments.first())?;
            first_path(first, depth + 1)
        }
        _ => None,
    }
}

/// `field.icontains("x")`, `lower(field).startsWith(lower("x"))`, `list.exists(…)`
fn called(
    schema: &CatalogSchema<'_>,
    receiver: &Expr,
    function: &str,
    arguments: &[Expr],
) -> Option<Chip> {
    match (function, arguments) {
        (ICONTAINS, [text]) => {
            let (name, class) = field(schema, receiver)?;
            let operator = allowed(class, Operator::Contains).filter(|_| class == Class::Text)?;
            Some(make(name, operator, Some(Operand::of(class, text)?)))
        }
        (STARTS_WITH | ENDS_WITH, [text]) => {
            let (name, class) = field(schema, lowered(receiver)?)?;
            let operator = match function {
                STARTS_WITH => Operator::StartsWith,
                _ => Operator::EndsWith,
            };
            let value = Operand::of(class, lowered(text)?)?;
            Some(make(name, allowed(class, operator)?, Some(value)))
        }
        ("exists", [variable, condition]) if *variable == path(ITEM) => {
            let (name, class) = field(schema, receiver)?;
            let (operator, value) = match &condition.kind {
                ExprKind::Binary {
                    op: BinaryOp::In,
                    left,
                    right,
                } if **left == path(ITEM) => (Operator::AnyOf, Operand::list_of(class, right)?),
                ExprKind::Call {
                    receiver: Some(of),
                    name,
                    arguments,
                } if name.text == ICONTAINS && **of == path(ITEM) && arguments.len() == 1 => {
                    (Operator::Contains, Operand::of(class, &arguments[0])?)
                }
                _ => return None,
            };
            let operator = allowed(class, operator).filter(|_| class.item() != class)?;
            Some(make(name, operator, Some(value)))
        }
        _ => None,
    }
}

fn lowered(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call {
            receiver: None,
            name,
            arguments,
        } if name.text == "lower" && arguments.len() == 1 => arguments.first(),
        _ => None,
    }
}

/// `!done`, `!("vip" in tags)`: lists and conditions that are true or false and never unknown.
fn negated(schema: &CatalogSchema<'_>, operand: &Expr) -> Option<Chip> {
    if matches!(operand.kind, ExprKind::Name(_) | ExprKind::Member { .. }) {
        let (field, class) = field(schema, operand)?;
        let value = Some(Operand::Bool(false));
        return (class == Class::Bool).then(|| make(field, Operator::Is, value));
    }
    let inner = chip(schema, operand)?;
    let class = class_of(schema, &inner.field).ok()?;
    let operator = match inner.operator {
        Operator::Includes => Operator::NotIncludes,
        Operator::AnyOf if class.item() != class => Operator::NoneOf,
        Operator::Contains if class.item() != class => Operator::NotContains,
        _ => return None,
    };
    Some(Chip { operator, ..inner })
}

/// `field >= a && field <= b`
fn between(schema: &CatalogSchema<'_>, first: &Expr, second: &Expr) -> Option<Chip> {
    let (least, greatest) = (chip(schema, first)?, chip(schema, second)?);
    let ends = matches!(
        (least.operator, greatest.operator),
        (Operator::Gte, Operator::Lte) | (Operator::OnOrAfter, Operator::OnOrBefore)
    );
    if !ends || least.field != greatest.field {
        return None;
    }
    let value = Operand::List(vec![least.value?, greatest.value?]);
    Some(make(least.field, Operator::Between, Some(value)))
}

/// `field == null || field != a`
fn or_empty(schema: &CatalogSchema<'_>, first: &Expr, second: &Expr) -> Option<Chip> {
    let empty = chip(schema, first)?;
    if empty.operator != Operator::Empty {
        return None;
    }
    let (operator, inner) = match &second.kind {
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => {
            let inner = chip(schema, operand)?;
            let operator = match inner.operator {
                Operator::AnyOf => Operator::NoneOf,
                Operator::Contains => Operator::NotContains,
                _ => return None,
            };
            (operator, inner)
        }
        _ => (Operator::IsNot, other(schema, second)?),
    };
    let class = class_of(schema, &inner.field).ok()?;
    let fits = inner.field == empty.field && class.item() == class;
    fits.then(|| allowed(class, operator)).flatten()?;
    Some(Chip { operator, ..inner })
}

/// `field != a`
fn other(schema: &CatalogSchema<'_>, expr: &Expr) -> Option<Chip> {
    let ExprKind::Binary {
        op: BinaryOp::Ne,
        left,
        right,
    } = &expr.kind
    else {
        return None;
    };
    // Dates have no operator of their own for it, but `is` with the same operands does.
    let same = compared(schema, BinaryOp::Eq, left, right)?;
    (same.operator == Operator::Is).then_some(same)
}
