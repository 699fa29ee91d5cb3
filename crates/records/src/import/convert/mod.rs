//! From the rows of a file to values of fields.

mod cell;
mod name;

use kith_kernel::{RecordId, WorkspaceSettings};
use kith_tabular::{Cell, Row, RowIssue};
use serde::{Deserialize, Serialize};

use super::plan::{By, Compiled, Empty, Input, Key, Mode, OnInvalid, Source, Target};
use crate::search::text::sort_key;
use crate::value::{Accept, Address, Refusal, Value};

pub(crate) use cell::Text;
pub(crate) use name::split as split_name;

/// What is wrong with a row, or with one of its cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The column at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The stable code.
    pub code: String,
    /// What would be accepted, as the end of a sentence that begins with the field's name.
    pub message: String,
    /// The value that was not taken, cut to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Reason {
    /// A reason that concerns a whole row.
    pub(crate) fn row(code: &str, message: impl Into<String>) -> Self {
        Self {
            column: None,
            field: None,
            code: code.to_owned(),
            message: message.into(),
            value: None,
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(name) = self.column.as_deref().or(self.field.as_deref()) {
            write!(f, "{name}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.value {
            Some(value) => write!(f, " (was {value:?})"),
            None => Ok(()),
        }
    }
}

/// A row on its way to a record.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The row's number, as a spreadsheet shows it.
    pub(crate) number: u64,
    /// The line of the file.
    pub(crate) line: u64,
    /// What is known already, by the fields' places. Null clears.
    pub(crate) values: Vec<(usize, Value)>,
    /// Names of other records and of users, to be looked up.
    pub(crate) pending: Vec<Pending>,
    /// Which record it is; none where the key's cell is empty, or nothing is looked for.
    pub(crate) key: Option<Key>,
    /// What was left out, or why the row is rejected.
    pub(crate) reasons: Vec<Reason>,
    /// Whether the row is rejected.
    pub(crate) rejected: bool,
    /// The row as it stands in the file.
    pub(crate) cells: Vec<Cell>,
}

impl Prepared {
    /// The row with nothing but its relations to records of the same file; `None` without any.
    pub(crate) fn only_own(&self, compiled: &Compiled) -> Option<Self> {
        let own = |pending: &&Pending| matches!(&compiled.sources[pending.source].target, Target::Relation { to, .. } if to.own);
        let pending: Vec<Pending> = self.pending.iter().filter(own).cloned().collect();
        (!pending.is_empty()).then(|| Self {
            number: self.number,
            line: self.line,
            values: Vec::new(),
            pending,
            key: None,
            reasons: Vec::new(),
            rejected: false,
            cells: self.cells.clone(),
        })
    }
}

/// Names that one column of a row gives.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// The place in the plan's sources.
    pub(crate) source: usize,
    /// One name, or several where the relation is to many.
    pub(crate) names: Vec<String>,
}

/// Converts rows by a plan.
#[derive(Clone, Copy)]
pub(crate) struct Converter<'a> {
    pub(crate) compiled: &'a Compiled,
    pub(crate) settings: &'a WorkspaceSettings,
}

impl<'a> Converter<'a> {
    pub(crate) fn accept(&self) -> Accept<'a> {
        Accept {
            settings: self.settings,
            catalog: &self.compiled.catalog,
        }
    }

    /// The row's values, or why it has none; `None` for a row without any content.
    pub(crate) fn row(&self, row: Row) -> Option<Prepared> {
        if row.is_blank() && row.issues.is_empty() {
            return None;
        }
        let mut prepared = Prepared {
            number: row.number,
            line: row.line,
            values: Vec::with_capacity(self.compiled.sources.len()),
            pending: Vec::new(),
            key: None,
            reasons: Vec::new(),
            rejected: false,
            cells: Vec::new(),
        };
        issues(&row.issues, &mut prepared);
        if !prepared.rejected {
            let mut parts = Parts::default();
            for (position, source) in self.compiled.sources.iter().enumerate() {
                let refused = self.source(position, source, &row.cells, &mut prepared, &mut parts);
                for (refusal, text) in refused {
                    prepared
                        .reasons
                        .push(self.reason(source, refusal, Some(&text)));
                    prepared.rejected |= source.plan.on_invalid == OnInvalid::Reject;
                }
            }
            parts.finish(self, &mut prepared);
            self.key(&mut prepared);
        }
        prepared.cells = row.cells;
        Some(prepared)
    }

    /// A refusal, with the column and field that it concerns.
    pub(crate) fn reason(&self, source: &Source, refusal: Refusal, text: Option<&str>) -> Reason {
        let column = match source.from {
            Input::Column(at) => self.compiled.header.get(at).cloned(),
            Input::Constant(_) => None,
        };
        let path = source.plan.field.as_deref().unwrap_or_default();
        Reason {
            column,
            field: Some(format!("{path}{}", refusal.path)),
            code: refusal.code.to_owned(),
            message: refusal.message,
            value: text.map(excerpt),
        }
    }

    /// Puts what a source gives into `prepared`; answers with what it couldn't take.
    fn source(
        &self,
        position: usize,
        source: &Source,
        cells: &[Cell],
        prepared: &mut Prepared,
        parts: &mut Parts,
    ) -> Vec<(Refusal, String)> {
        let constant;
        let cell = match &source.from {
            Input::Column(at) => cells.get(*at).unwrap_or(&Cell::Empty),
            Input::Constant(text) => {
                constant = Cell::text(text.as_str());
                &constant
            }
        };
        let text = Text::of(cell, source);
        if let Text::Error(error) = &text {
            let message = format!("is the error {error} of a spreadsheet");
            return vec![(Refusal::new("spreadsheet_error", message), error.clone())];
        }
        let clears = self.compiled.plan.empty == Empty::Clear;
        let refused = |refusal: Refusal, text: &Text<'_>| vec![(refusal, text.shown())];
        match &source.target {
            Target::Relation { at, to: _ } => {
                let many = self.compiled.object().fields()[*at].kind.is_list();
                let names = if many {
                    text.items(source, true)
                } else {
                    text.single()
                };
                if !names.is_empty() {
                    prepared.pending.push(Pending {
                        source: position,
                        names,
                    });
                } else if clears {
                    set_if_absent(&mut prepared.values, *at, Value::Null);
                }
                Vec::new()
            }
            Target::User { at } => {
                let names = text.single();
                if !names.is_empty() {
                    prepared.pending.push(Pending {
                        source: position,
                        names,
                    });
                } else if clears {
                    set_if_absent(&mut prepared.values, *at, Value::Null);
                }
                Vec::new()
            }
            Target::Id => match text.single().first().map(|text| text.parse::<RecordId>()) {
                None => Vec::new(),
                Some(Ok(id)) => {
                    prepared.key = Some(Key::Id(id));
                    Vec::new()
                }
                Some(Err(_)) => refused(
                    Refusal::new("invalid_id", "must be the id of a record"),
                    &text,
                ),
            },
            Target::FullName { first, last } => {
                let full = text.single().pop().unwrap_or_default();
                let (given, family) = name::split(&full);
                for (at, part) in [(*first, given), (*last, family)] {
                    match part {
                        Some(part) => match self
                            .accept()
                            .text(&self.compiled.object().fields()[at].kind, &part)
                        {
                            Ok(value) => prepared.values.push((at, value)),
                            Err(refusal) => return refused(refusal, &text),
                        },
                        None if clears => prepared.values.push((at, Value::Null)),
                        None => {}
                    }
                }
                Vec::new()
            }
            Target::Part { at, part } => {
                let line = text.single().pop();
                match line
                    .as_deref()
                    .map(|line| address_part(*part, line))
                    .transpose()
                {
                    Ok(line) => {
                        parts.part(*at, *part, line.flatten());
                        Vec::new()
                    }
                    Err(refusal) => refused(refusal, &text),
                }
            }
            Target::Currency { at } => {
                let code = text.single().pop();
                match code.as_deref().map(kith_kernel::Currency::from_code) {
                    None => Vec::new(),
                    Some(Some(currency)) => {
                        parts.currencies.push((*at, currency));
                        Vec::new()
                    }
                    Some(None) => refused(
                        Refusal::new(
                            "unknown_currency",
                            "must be a currency code of ISO 4217, such as EUR",
                        ),
                        &text,
                    ),
                }
            }
            Target::Field { at } => {
                let field = &self.compiled.object().fields()[*at];
                let (value, refused) = self.value(&field.kind, source, &text);
                match value {
                    Value::Null if clears && refused.is_empty() => {
                        set_if_absent(&mut prepared.values, *at, Value::Null);
                    }
                    Value::Null => {}
                    value => append(&mut prepared.values, *at, value),
                }
                refused
            }
        }
    }

    /// Notes which record the row is about.
    fn key(&self, prepared: &mut Prepared) {
        let object = self.compiled.object();
        match self.compiled.by {
            // The id is there already. Without `by`, it has no meaning.
            Some(By::Id) => {}
            None => prepared.key = None,
            Some(By::Unique(at)) => {
                let value = prepared.values.iter().find(|(place, _)| *place == at);
                let mut keys = value
                    .map(|(_, value)| value.unique_keys())
                    .unwrap_or_default();
                if object.fields()[at].key == "domain" {
                    // The rules of companies bring domains to this form.
                    for key in &mut keys {
                        if let Ok(domain) = crate::value::domain(key) {
                            *key = domain;
                        }
                    }
                }
                prepared.key = (!keys.is_empty()).then_some(Key::Unique(keys));
            }
            Some(By::Name) => {
                let text = |name: &str| {
                    let at = object.position(name)?;
                    prepared
                        .values
                        .iter()
                        .find_map(|(place, value)| match value {
                            Value::Text(text) if *place == at => Some(text.clone()),
                            _ => None,
                        })
                };
                let parts = [text("first_name"), text("last_name")];
                let full = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
                let name = text("name").unwrap_or(full);
                let key = sort_key(&name);
                prepared.key = (!key.is_empty()).then_some(Key::Name(key));
            }
        }
        let lacks_key = prepared.key.is_none() && self.compiled.by.is_some();
        if lacks_key
            && (self.compiled.plan.mode == Mode::Update || self.compiled.by == Some(By::Id))
        {
            let by = self.compiled.plan.by.as_deref().unwrap_or_default();
            let message = format!("has no `{by}`, by which its record would be found");
            prepared.reasons.push(Reason::row("no_key", message));
            prepared.rejected = true;
        }
    }
}

/// What the reader found wrong with the row.
fn issues(issues: &[RowIssue], prepared: &mut Prepared) {
    for issue in issues {
        let code = match issue {
            RowIssue::NulReplaced { .. } => "nul_replaced",
            RowIssue::StrayQuote { .. } | RowIssue::UnclosedQuote { .. } => continue,
            _ => "damaged_row",
        };
        prepared.reasons.push(Reason::row(code, issue.to_string()));
        prepared.rejected |= issue.is_fault();
    }
}

/// Parts of values that several columns give together.
#[derive(Default)]
struct Parts {
    addresses: Vec<(usize, [Option<String>; 5])>,
    currencies: Vec<(usize, kith_kernel::Currency)>,
}

impl Parts {
    fn part(&mut self, at: usize, part: usize, line: Option<String>) {
        let found = self.addresses.iter().position(|(place, _)| *place == at);
        let index = found.unwrap_or_else(|| {
            self.addresses.push((at, Default::default()));
            self.addresses.len() - 1
        });
        let slot = &mut self.addresses[index].1[part];
        match (slot.as_mut(), line) {
            (_, None) => {}
            (None, line) => *slot = line,
            (Some(street), Some(line)) => {
                street.push('\n');
                street.push_str(&line);
            }
        }
    }

    fn finish(self, converter: &Converter<'_>, prepared: &mut Prepared) {
        for (at, lines) in self.addresses {
            let mut address = Address::default();
            for (part, line) in address.parts_mut().into_iter().zip(lines) {
                *part = line;
            }
            if address != Address::default() {
                append(&mut prepared.values, at, Value::Address(Box::new(address)));
            } else if converter.compiled.plan.empty == Empty::Clear {
                set_if_absent(&mut prepared.values, at, Value::Null);
            }
        }
        for (at, currency) in self.currencies {
            let amount = prepared.values.iter_mut().find(|(place, _)| *place == at);
            if let Some((_, Value::Money(money))) = amount {
                match kith_kernel::Money::from_decimal(money.to_decimal(), currency) {
                    Ok(converted) => *money = converted,
                    Err(error) => {
                        let field = &converter.compiled.object().fields()[at].name;
                        prepared.reasons.push(Reason {
                            field: Some(field.clone()),
                            ..Reason::row("invalid_amount", error.to_string())
                        });
                        prepared.rejected = true;
                    }
                }
            }
        }
    }
}

/// One part of an address; a street may have several lines.
fn address_part(part: usize, text: &str) -> Result<Option<String>, Refusal> {
    let text = if part == 0 {
        text.trim().to_owned()
    } else {
        one_line(text)
    };
    let limit = if part == 0 { 1_000 } else { 200 };
    if text.chars().count() > limit {
        return Err(Refusal::new(
            "too_long",
            format!("must have at most {limit} characters"),
        ));
    }
    if let Some(bad) = text
        .chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        let message = format!(
            "must not contain control characters; found U+{:04X}",
            u32::from(bad)
        );
        return Err(Refusal::new("control_character", message));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// The text in one line.
fn one_line(text: &str) -> String {
    let text = text.trim();
    if !text.contains(['\n', '\r']) {
        return text.to_owned();
    }
    text.split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Sets a value, or adds to the list or address that another column gave.
pub(crate) fn append(values: &mut Vec<(usize, Value)>, at: usize, value: Value) {
    match values.iter_mut().find(|(place, _)| *place == at) {
        None => values.push((at, value)),
        Some((_, known)) => {
            let former = std::mem::take(known);
            *known = crate::record::merged(&former, value);
        }
    }
}

fn set_if_absent(values: &mut Vec<(usize, Value)>, at: usize, value: Value) {
    if values.iter().all(|(place, _)| *place != at) {
        values.push((at, value));
    }
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
