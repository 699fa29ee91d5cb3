//! Any text: parsing, checking and evaluating never panic, and what is written reads back.
#![no_main]

use kith_cel::{Binding, Context, Expression, MAX_SOURCE, Resolve, Schema, Type, Value};
use libfuzzer_sys::fuzz_target;

/// A field for each first letter.
struct Letters;

impl Schema for Letters {
    type Field = char;

    fn root(&self, name: &str) -> Option<Binding<char>> {
        let field = name.chars().next()?;
        let ty = match field {
            'b' => Type::Bool,
            'i' => Type::Int,
            'd' => Type::Decimal,
            't' => Type::Text,
            'y' => Type::Date,
            's' => Type::Timestamp,
            'm' => Type::Money,
            'j' => Type::Json,
            'l' => Type::Text.list(),
            'r' => Type::user(),
            _ => return None,
        };
        Some(Binding { field, ty })
    }

    fn member(&self, of: &Type, name: &str) -> Option<Binding<char>> {
        matches!(of, Type::Record(_)).then(|| self.root(name))?
    }
}

struct Nothing;

impl Resolve<char> for Nothing {
    fn value(&self, path: &[char]) -> Value {
        match path.last() {
            Some('i') => Value::Int(i64::MIN),
            Some('t') => Value::Text("\u{130}ß".to_owned()),
            Some('l') => Value::List(vec![Value::Text("a".to_owned()); 3]),
            _ => Value::Null,
        }
    }
}

fuzz_target!(|source: &str| {
    let Ok(expression) = Expression::parse(source) else {
        return;
    };
    let text = expression.to_string();
    if text.len() <= MAX_SOURCE {
        let again = Expression::parse(&text).expect("canonical text parses");
        assert_eq!(again.root(), expression.root());
    }
    if let Ok(checked) = kith_cel::check(&expression, &Letters) {
        let context = Context {
            now: jiff::Timestamp::UNIX_EPOCH,
            time_zone: jiff::tz::TimeZone::UTC,
            user: None,
        };
        let _ = kith_cel::evaluate(&checked, &Nothing, &context);
    }
});
