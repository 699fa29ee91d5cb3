//! Functions, by name.

use crate::error::brief;
use crate::syntax::{Expr, Identifier};
use crate::{CelError, Pattern, Span, Type, Value};

use super::checker::{Checker, Outcome, call, convert, typed};
use super::function::{Function, Part, Unit};
use super::literals;
use super::names::suggestion;
use super::operators::{days, minus_one, not_empty};
use super::schema::Schema;
use super::tree::{Checked, Kind};

/// A function as its users know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What it gives.
    pub summary: &'static str,
    /// The least and the greatest number of arguments, the receiver included.
    pub(super) arity: (usize, usize),
}

macro_rules! functions {
    ($($name:literal $min:literal..=$max:literal $usage:literal $summary:literal)+) => {
        /// Every function, for documentation and for editors that complete names.
        pub const FUNCTIONS: &[Signature] = &[$(Signature {
            name: $name,
            usage: $usage,
            summary: $summary,
            arity: ($min, $max),
        },)+];
    };
}

functions! {
    "contains" 2..=2 "text.contains(text)" "whether the text contains the other"
    "icontains" 2..=2 "text.icontains(text)" "the same in any case"
    "startsWith" 2..=2 "text.startsWith(text)" "whether the text starts with the other"
    "endsWith" 2..=2 "text.endsWith(text)" "whether the text ends with the other"
    "matches" 2..=2 "text.matches(\"pattern\")" "whether the regular expression matches the text"
    "size" 1..=1 "size(text or list)" "the number of characters or items"
    "lower" 1..=1 "lower(text)" "the text in lower case"
    "lowerAscii" 1..=1 "lowerAscii(text)" "the text with A to Z in lower case"
    "upperAscii" 1..=1 "upperAscii(text)" "the text with a to z in upper case"
    "trim" 1..=1 "trim(text)" "the text without white space around it"
    "has" 1..=1 "has(field)" "whether the field has a value"
    "coalesce" 2..=64 "coalesce(value, value, …)" "the first value that is not null"
    "min" 2..=64 "min(value, value, …)" "the least value that is not null"
    "max" 2..=64 "max(value, value, …)" "the greatest value that is not null"
    "abs" 1..=1 "abs(number or money)" "the number without its sign"
    "round" 1..=2 "round(number, places)" "the number rounded to so many places, or to a whole one"
    "floor" 1..=1 "floor(number)" "the greatest whole number that is not greater"
    "ceil" 1..=1 "ceil(number)" "the least whole number that is not less"
    "int" 1..=1 "int(number)" "the number cut to a whole one"
    "double" 1..=1 "double(number, money or JSON)" "the number with decimal places"
    "string" 1..=1 "string(value)" "the value as text"
    "bool" 1..=1 "bool(JSON)" "the boolean in JSON"
    "now" 0..=0 "now()" "the present moment"
    "today" 0..=0 "today()" "the present day"
    "me" 0..=0 "me()" "the user who asks"
    "date" 1..=1 "date(text or timestamp)" "the day"
    "timestamp" 1..=1 "timestamp(text or date)" "the moment, of a date its beginning"
    "duration" 1..=1 "duration(text)" "the length of time, such as \"24h\", \"1h30m\" or \"7d\""
    "daysSince" 1..=1 "daysSince(date or timestamp)" "how many days ago it was"
    "daysUntil" 1..=1 "daysUntil(date or timestamp)" "in how many days it is"
    "getFullYear" 1..=1 "time.getFullYear()" "the year"
    "getQuarter" 1..=1 "time.getQuarter()" "the quarter, 1 to 4"
    "getMonth" 1..=1 "time.getMonth()" "the month, 0 to 11"
    "getDate" 1..=1 "time.getDate()" "the day of the month, 1 to 31"
    "getDayOfMonth" 1..=1 "time.getDayOfMonth()" "the day of the month, 0 to 30"
    "getDayOfWeek" 1..=1 "time.getDayOfWeek()" "the day of the week, 0 (Sunday) to 6"
    "getDayOfYear" 1..=1 "time.getDayOfYear()" "the day of the year, 0 to 365"
    "getHours" 1..=1 "time.getHours()" "the hour, 0 to 23; of a duration all its hours"
    "getMinutes" 1..=1 "time.getMinutes()" "the minute; of a duration all its minutes"
    "getSeconds" 1..=1 "time.getSeconds()" "the second; of a duration all its seconds"
    "getMilliseconds" 1..=1 "time.getMilliseconds()" "the milliseconds within the second; of a duration all of them"
}

impl<S: Schema> Checker<'_, S> {
    pub(super) fn call(
        &mut self,
        receiver: Option<&Expr>,
        name: &Identifier,
        arguments: &[Expr],
        span: &Span,
    ) -> Outcome<S> {
        let Some(signature) = FUNCTIONS.iter().find(|f| f.name == name.text) else {
            return Err(self.unknown_function(name));
        };
        let given: Vec<&Expr> = receiver.into_iter().chain(arguments).collect();
        let (least, most) = signature.arity;
        if given.len() < least || given.len() > most {
            return Err(self.mistyped(span, format!("expected `{}`", signature.usage)));
        }
        if name.text == "has" {
            return self.has(given[0], span);
        }
        let mut parts = Vec::with_capacity(given.len());
        for argument in given {
            parts.push(self.expr(argument)?);
        }
        self.function(signature, parts, span)
    }

    fn unknown_function(&self, name: &Identifier) -> CelError {
        let text = name.text.as_str();
        let message = match text {
            "exists" | "all" => format!("expected `list.{text}(item, condition)`"),
            "map" | "filter" | "exists_one" | "existsOne" => {
                format!("`{text}` is not supported; use `exists`, `all` or `size`")
            }
            _ => {
                let known = FUNCTIONS.iter().map(|f| f.name).chain(["exists", "all"]);
                format!(
                    "there is no function `{}`{}",
                    brief(text),
                    suggestion(text, known)
                )
            }
        };
        self.unknown(&name.span, message)
    }

    fn has(&mut self, argument: &Expr, span: &Span) -> Outcome<S> {
        let part = self.expr(argument)?;
        if !matches!(part.kind, Kind::Field(_) | Kind::Json { .. }) {
            let message = format!(
                "`has` takes a field, but {} is none",
                self.quote(&part.span)
            );
            return Err(self.mistyped(&part.span, message));
        }
        if let Type::List(_) = part.ty {
            return Ok(not_empty(part, span));
        }
        let operand = Box::new(part);
        Ok(typed(
            Kind::IsNull {
                operand,
                negated: true,
            },
            Type::Bool,
            span,
        ))
    }

    fn function(
        &mut self,
        signature: &Signature,
        parts: Vec<Checked<S::Field>>,
        span: &Span,
    ) -> Outcome<S> {
        let name = signature.name;
        let texts = |function, ty| {
            let parts = parts
                .iter()
                .map(|part| self.coerce(part.clone(), &Type::Text))
                .collect::<Result<_, _>>()?;
            Ok(call(function, parts, ty, span))
        };
        match name {
            "contains" => return texts(Function::Contains, Type::Bool),
            "icontains" => return texts(Function::ContainsIgnoringCase, Type::Bool),
            "startsWith" => return texts(Function::StartsWith, Type::Bool),
            "endsWith" => return texts(Function::EndsWith, Type::Bool),
            "lower" => return texts(Function::Lower, Type::Text),
            "lowerAscii" => return texts(Function::LowerAscii, Type::Text),
            "upperAscii" => return texts(Function::UpperAscii, Type::Text),
            "trim" => return texts(Function::Trim, Type::Text),
            "now" => return Ok(call(Function::Now, Vec::new(), Type::Timestamp, span)),
            "today" => return Ok(call(Function::Today, Vec::new(), Type::Date, span)),
            "me" => return Ok(call(Function::Me, Vec::new(), Type::user(), span)),
            "coalesce" => return self.choice(Function::Coalesce, parts, span),
            "min" => return self.choice(Function::Least, parts, span),
            "max" => return self.choice(Function::Greatest, parts, span),
            _ => {}
        }
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else {
            return Err(self.mistyped(span, format!("expected `{}`", signature.usage)));
        };
        match name {
            "matches" => self.matches(first, parts.next().as_ref(), span),
            "size" => self.size(first, signature, span),
            "abs" | "round" | "floor" | "ceil" | "int" | "double" => {
                self.numeric(name, first, parts.next(), signature, span)
            }
            "string" => self.text(first, signature, span),
            "bool" => Ok(Checked {
                span: span.clone(),
                ..self.coerce(first, &Type::Bool)?
            }),
            "date" => match (&first.ty, &first.kind) {
                (Type::Date, _) => Ok(first),
                (Type::Text, Kind::Literal(_)) => self.coerce(first, &Type::Date),
                (Type::Timestamp, _) => Ok(call(Function::ToDate, vec![first], Type::Date, span)),
                _ => Err(self.unsuitable(&first, signature)),
            },
            "timestamp" => match (&first.ty, &first.kind) {
                (Type::Timestamp | Type::Date, _) | (Type::Text, Kind::Literal(_)) => {
                    self.coerce(first, &Type::Timestamp)
                }
                _ => Err(self.unsuitable(&first, signature)),
            },
            "duration" => match (&first.ty, &first.kind) {
                (Type::Duration, _) | (Type::Text, Kind::Literal(_)) => {
                    self.coerce(first, &Type::Duration)
                }
                _ => Err(self.unsuitable(&first, signature)),
            },
            "daysSince" | "daysUntil" => {
                let day = match self.time(first, signature)? {
                    part if part.ty == Type::Timestamp => {
                        convert(Function::ToDate, part, Type::Date)
                    }
                    part => part,
                };
                let today = call(Function::Today, Vec::new(), Type::Date, span);
                Ok(match name {
                    "daysSince" => days(today, day, span),
                    _ => days(day, today, span),
                })
            }
            _ => self.part_of_time(name, first, signature, span),
        }
    }

    /// An argument that a function does not take.
    fn unsuitable(&self, part: &Checked<S::Field>, signature: &Signature) -> CelError {
        let literal =
            matches!(signature.name, "date" | "timestamp" | "duration") && part.ty.is_text();
        let hint = if literal {
            "; the text has to be a literal"
        } else {
            ""
        };
        let message = format!(
            "expected `{}`, but {} is {}{hint}",
            signature.usage,
            self.quote(&part.span),
            part.ty
        );
        self.mistyped(&part.span, message)
    }

    fn size(&self, of: Checked<S::Field>, signature: &Signature, span: &Span) -> Outcome<S> {
        match of.ty {
            Type::Text | Type::Select(_) => Ok(call(Function::Length, vec![of], Type::Int, span)),
            Type::List(_) => Ok(call(Function::Count, vec![of], Type::Int, span)),
            _ => Err(self.unsuitable(&of, signature)),
        }
    }

    fn matches(
        &self,
        text: Checked<S::Field>,
        pattern: Option<&Checked<S::Field>>,
        span: &Span,
    ) -> Outcome<S> {
        let text = Box::new(self.coerce(text, &Type::Text)?);
        let Some(Checked {
            kind: Kind::Literal(Value::Text(source)),
            span: place,
            ..
        }) = pattern
        else {
            let place = pattern.map_or(span, |pattern| &pattern.span);
            return Err(self.mistyped(place, "expected a pattern as a literal text"));
        };
        let pattern = Pattern::parse(source).map_err(|problem| self.mistyped(place, problem))?;
        Ok(typed(Kind::Matches { text, pattern }, Type::Bool, span))
    }

    fn numeric(
        &self,
        name: &str,
        of: Checked<S::Field>,
        places: Option<Checked<S::Field>>,
        signature: &Signature,
        span: &Span,
    ) -> Outcome<S> {
        let of = match of.ty {
            Type::Int | Type::Decimal | Type::Money => of,
            Type::Json => self.coerce(of, &Type::Decimal)?,
            _ => return Err(self.unsuitable(&of, signature)),
        };
        if name == "abs" {
            let ty = of.ty.clone();
            return Ok(call(Function::Abs, vec![of], ty, span));
        }
        if name == "int" && of.ty == Type::Int {
            return Ok(of);
        }
        let of = self.coerce(of, &Type::Decimal)?;
        match name {
            "int" => Ok(call(Function::ToInt, vec![of], Type::Int, span)),
            "floor" => Ok(call(Function::Floor, vec![of], Type::Decimal, span)),
            "ceil" => Ok(call(Function::Ceil, vec![of], Type::Decimal, span)),
            "round" => {
                let zero = typed(Kind::Literal(Value::Int(0)), Type::Int, span);
                let places = places.unwrap_or(zero);
                if !matches!(places.kind, Kind::Literal(Value::Int(0..=9))) {
                    let message = "expected a whole number from 0 to 9, as a literal";
                    return Err(self.mistyped(&places.span, message));
                }
                Ok(call(Function::Round, vec![of, places], Type::Decimal, span))
            }
            _ => Ok(of),
        }
    }

    fn text(&self, of: Checked<S::Field>, signature: &Signature, span: &Span) -> Outcome<S> {
        match of.ty {
            Type::Text | Type::Json => self.coerce(of, &Type::Text),
            Type::Select(_) => Ok(Checked {
                ty: Type::Text,
                ..of
            }),
            Type::Bool | Type::Int | Type::Decimal | Type::Date | Type::Id | Type::Record(_) => {
                Ok(call(Function::ToText, vec![of], Type::Text, span))
            }
            _ => Err(self.unsuitable(&of, signature)),
        }
    }

    /// A date or a timestamp; a literal text is read as whichever of them it is.
    fn time(&self, part: Checked<S::Field>, signature: &Signature) -> Outcome<S> {
        match (&part.ty, &part.kind) {
            (Type::Date | Type::Timestamp, _) => Ok(part),
            (Type::Text, Kind::Literal(Value::Text(text))) => {
                let ty = if literals::date(text).is_ok() {
                    Type::Date
                } else {
                    Type::Timestamp
                };
                self.coerce(part, &ty)
            }
            _ => Err(self.unsuitable(&part, signature)),
        }
    }

    fn part_of_time(
        &self,
        name: &str,
        of: Checked<S::Field>,
        signature: &Signature,
        span: &Span,
    ) -> Outcome<S> {
        let unit = match name {
            "getHours" => Some(Unit::Hours),
            "getMinutes" => Some(Unit::Minutes),
            "getSeconds" => Some(Unit::Seconds),
            "getMilliseconds" => Some(Unit::Milliseconds),
            _ => None,
        };
        if let (Some(unit), Type::Duration) = (unit, &of.ty) {
            return Ok(call(Function::Total(unit), vec![of], Type::Int, span));
        }
        let of = self.time(of, signature)?;
        // A day has no hours; its beginning has.
        let of = if unit.is_some() {
            self.coerce(of, &Type::Timestamp)?
        } else {
            of
        };
        let (part, from_zero) = match name {
            "getFullYear" => (Part::Year, false),
            "getQuarter" => (Part::Quarter, false),
            "getMonth" => (Part::Month, true),
            "getDate" => (Part::Day, false),
            "getDayOfMonth" => (Part::Day, true),
            "getDayOfWeek" => (Part::DayOfWeek, false),
            "getDayOfYear" => (Part::DayOfYear, true),
            "getHours" => (Part::Hour, false),
            "getMinutes" => (Part::Minute, false),
            "getSeconds" => (Part::Second, false),
            _ => (Part::Millisecond, false),
        };
        let part = call(Function::Part(part), vec![of], Type::Int, span);
        Ok(if from_zero {
            minus_one(part, span)
        } else {
            part
        })
    }

    /// `coalesce`, `min` and `max`: one of several values of one type.
    fn choice(&self, function: Function, parts: Vec<Checked<S::Field>>, span: &Span) -> Outcome<S> {
        let parts = self.unify(parts)?;
        let ty = parts.first().map_or(Type::Null, |part| part.ty.clone());
        let problem = match (&ty, function) {
            (Type::List(_), _) => Some("lists can't be chosen from"),
            (_, Function::Coalesce) => None,
            (Type::Money, _) => Some("amounts may be in different currencies; use `.amount`"),
            (Type::Json, _) => {
                Some("say of which type the JSON values are: `string(…)` or `double(…)`")
            }
            (ty, _) if !ty.is_ordered() => Some("these values have no order"),
            _ => None,
        };
        match problem {
            Some(problem) => Err(self.mistyped(span, problem)),
            None => Ok(call(function, parts, ty, span)),
        }
    }
}
