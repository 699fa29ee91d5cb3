//! The walk over the checked tree.

use std::cmp::Ordering;

use crate::check::{
    ArithmeticOp, Checked, CompareOp, Field, Function, Kind, Quantifier, Root, Step,
};
use crate::{CelError, MAX_STEPS, Pattern, Type, Value};

use super::{Context, Resolve, arithmetic, functions};

/// The value of `expression`.
///
/// # Errors
/// [`CelError::TooCostly`].
pub fn evaluate<F>(
    expression: &Checked<F>,
    fields: &impl Resolve<F>,
    context: &Context,
) -> Result<Value, CelError> {
    let mut evaluator = Evaluator {
        fields,
        context,
        items: Vec::new(),
        steps: 0,
    };
    evaluator.value(expression)
}

/// Whether `filter` is true: neither false nor null.
///
/// # Errors
/// [`CelError::TooCostly`].
pub fn accepts<F>(
    filter: &Checked<F>,
    fields: &impl Resolve<F>,
    context: &Context,
) -> Result<bool, CelError> {
    evaluate(filter, fields, context).map(|value| value == Value::Bool(true))
}

struct Evaluator<'a, R> {
    fields: &'a R,
    context: &'a Context,
    /// The items that the quantifiers around are at, outermost first.
    items: Vec<Value>,
    steps: u32,
}

impl<R> Evaluator<'_, R> {
    fn value<F>(&mut self, part: &Checked<F>) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        self.step()?;
        match &part.kind {
            Kind::Literal(value) => Ok(value.clone()),
            Kind::Field(field) => Ok(self.field(field, &part.ty)),
            Kind::Json { of, path } => self.json(of, path),
            Kind::Item { of, index } => self.item(of, *index),
            Kind::Not(operand) => self.value(operand).map(|value| not(&value)),
            Kind::Negate(operand) => self.value(operand).map(|value| arithmetic::negate(&value)),
            Kind::And(operands) => self.chain(operands, false),
            Kind::Or(operands) => self.chain(operands, true),
            Kind::Compare { op, left, right } => self.compare(*op, left, right),
            Kind::IsNull { operand, negated } => self
                .value(operand)
                .map(|value| Value::Bool(value.is_null() != *negated)),
            Kind::Arithmetic { op, left, right } => self.arithmetic(*op, left, right),
            Kind::Concat(parts) => self.concat(parts),
            Kind::In { item, list } => self.contained(item, list),
            Kind::Matches { text, pattern } => self.value(text).map(|text| matches(&text, pattern)),
            Kind::Call {
                function,
                arguments,
            } => self.call(*function, arguments),
            Kind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                let holds = self.holds(condition)?;
                self.value(if holds { then } else { otherwise })
            }
            Kind::List(items) => self.values(items).map(Value::List),
            Kind::Quantify {
                quantifier,
                list,
                predicate,
                ..
            } => self.quantify(*quantifier, list, predicate),
        }
    }

    fn step(&mut self) -> Result<(), CelError> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(CelError::TooCostly);
        }
        Ok(())
    }

    /// Whether a part is true: neither false nor null.
    fn holds<F>(&mut self, part: &Checked<F>) -> Result<bool, CelError>
    where
        R: Resolve<F>,
    {
        self.value(part).map(|value| value == Value::Bool(true))
    }

    fn json<F>(&mut self, of: &Checked<F>, path: &[Step]) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        Ok(match self.value(of)? {
            Value::Json(json) => inside(&json, path),
            _ => Value::Null,
        })
    }

    fn item<F>(&mut self, of: &Checked<F>, index: u32) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        let items = self.list(of)?;
        let item = usize::try_from(index)
            .ok()
            .and_then(|index| items.into_iter().nth(index));
        Ok(item.unwrap_or(Value::Null))
    }

    fn compare<F>(
        &mut self,
        op: CompareOp,
        left: &Checked<F>,
        right: &Checked<F>,
    ) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        let left = self.value(left)?;
        let right = self.value(right)?;
        Ok(compare(op, &left, &right).into())
    }

    fn arithmetic<F>(
        &mut self,
        op: ArithmeticOp,
        left: &Checked<F>,
        right: &Checked<F>,
    ) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        let left = self.value(left)?;
        let right = self.value(right)?;
        Ok(arithmetic::apply(op, &left, &right))
    }

    fn concat<F>(&mut self, parts: &[Checked<F>]) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        let mut text = String::new();
        for part in parts {
            match self.value(part)? {
                Value::Text(part) => text.push_str(&part),
                _ => return Ok(Value::Null),
            }
        }
        Ok(Value::Text(text))
    }

    fn call<F>(&mut self, function: Function, parts: &[Checked<F>]) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        let arguments = self.values(parts)?;
        Ok(functions::apply(function, &arguments, self.context))
    }

    fn quantify<F>(
        &mut self,
        quantifier: Quantifier,
        list: &Checked<F>,
        predicate: &Checked<F>,
    ) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        // `exists` ends at the first true, `all` at the first that is not.
        let sought = quantifier == Quantifier::Exists;
        for item in self.list(list)? {
            self.items.push(item);
            let holds = self.holds(predicate);
            self.items.pop();
            if holds? == sought {
                return Ok(Value::Bool(sought));
            }
        }
        Ok(Value::Bool(!sought))
    }

    fn values<F>(&mut self, parts: &[Checked<F>]) -> Result<Vec<Value>, CelError>
    where
        R: Resolve<F>,
    {
        parts.iter().map(|part| self.value(part)).collect()
    }

    fn list<F>(&mut self, part: &Checked<F>) -> Result<Vec<Value>, CelError>
    where
        R: Resolve<F>,
    {
        Ok(match self.value(part)? {
            Value::List(items) => items,
            _ => Vec::new(),
        })
    }

    fn field<F>(&self, field: &Field<F>, ty: &Type) -> Value
    where
        R: Resolve<F>,
    {
        let value = match field.root {
            Root::Record => self.fields.value(&field.path),
            Root::Variable(number) => {
                let item = usize::try_from(number).ok().and_then(|n| self.items.get(n));
                match item {
                    Some(item) if field.path.is_empty() => item.clone(),
                    Some(item) => self.fields.member(item, &field.path),
                    None => Value::Null,
                }
            }
        };
        match (value, ty) {
            (Value::Null, Type::List(_)) => Value::List(Vec::new()),
            (Value::Json(serde_json::Value::Null), _) => Value::Null,
            (Value::Int(value), Type::Decimal) => Value::Decimal(value.into()),
            (value, _) => value,
        }
    }

    /// Kleene's `&&` (decided by a false) or `||` (decided by a true).
    fn chain<F>(&mut self, operands: &[Checked<F>], decides: bool) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        let mut known = true;
        for operand in operands {
            match self.value(operand)? {
                Value::Bool(value) if value == decides => return Ok(Value::Bool(decides)),
                Value::Bool(_) => {}
                _ => known = false,
            }
        }
        Ok(if known {
            Value::Bool(!decides)
        } else {
            Value::Null
        })
    }

    /// As a chain of `==` joined by `||`.
    fn contained<F>(&mut self, item: &Checked<F>, list: &Checked<F>) -> Result<Value, CelError>
    where
        R: Resolve<F>,
    {
        let item = self.value(item)?;
        let mut known = true;
        for other in self.list(list)? {
            self.step()?;
            match item.equals(&other) {
                Some(true) => return Ok(Value::Bool(true)),
                Some(false) => {}
                None => known = false,
            }
        }
        Ok(if known {
            Value::Bool(false)
        } else {
            Value::Null
        })
    }
}

fn not(value: &Value) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(!value),
        _ => Value::Null,
    }
}

fn matches(text: &Value, pattern: &Pattern) -> Value {
    match text {
        Value::Text(text) => Value::Bool(pattern.matches(text)),
        _ => Value::Null,
    }
}

fn compare(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    match op {
        CompareOp::Eq => left.equals(right),
        CompareOp::Ne => left.equals(right).map(|equal| !equal),
        CompareOp::Lt => left.order(right).map(Ordering::is_lt),
        CompareOp::Le => left.order(right).map(Ordering::is_le),
        CompareOp::Gt => left.order(right).map(Ordering::is_gt),
        CompareOp::Ge => left.order(right).map(Ordering::is_ge),
    }
}

/// What `path` leads to; JSON's null is null.
fn inside(json: &serde_json::Value, path: &[Step]) -> Value {
    let mut at = json;
    for step in path {
        let next = match step {
            Step::Key(key) => at.as_object().and_then(|object| object.get(key)),
            Step::Index(index) => usize::try_from(*index)
                .ok()
                .and_then(|index| at.as_array().and_then(|array| array.get(index))),
        };
        match next {
            Some(next) => at = next,
            None => return Value::Null,
        }
    }
    match at {
        serde_json::Value::Null => Value::Null,
        found => Value::Json(found.clone()),
    }
}
