//! What a text contains, begins or ends with.

use kith_cel::{Function, Kind, Root, Value};
use kith_kernel::Failure;

use super::Stored;
use crate::catalog::{SlotKind, Storage};
use crate::query::expr::{Compiler, Part};
use crate::query::path::Leaf;
use crate::query::sql::{Fragment, sql};
use crate::query::value;
use crate::search::text::{fold, sort_key};

impl<'c> Compiler<'_, 'c> {
    /// Functions of a name: its folded form is indexed, and what folds to something else can't
    /// be it.
    pub(super) fn fast_text(
        &mut self,
        function: Function,
        text: &Part<'c>,
        sought: &str,
        whole: &Part<'c>,
    ) -> Result<Option<Fragment>, Failure> {
        let Kind::Field(path) = &text.kind else {
            return Ok(None);
        };
        if !matches!(
            function,
            Function::Contains
                | Function::ContainsIgnoringCase
                | Function::StartsWith
                | Function::EndsWith
        ) {
            return Ok(None);
        }
        let Some(stored) = self.stored(path)? else {
            return Ok(None);
        };
        let Stored {
            at,
            own: true,
            field,
            ..
        } = stored
        else {
            return Ok(None);
        };
        let folded = fold(sought);
        let slot = match (&field.storage, value::slot(field)) {
            (Storage::Column("name"), _) => None,
            (_, Some(slot)) if slot.kind == SlotKind::Text => Some(slot),
            _ => return Ok(None),
        };
        if function == Function::StartsWith {
            let from = sort_key(sought);
            if from.is_empty() {
                return Ok(None);
            }
            let column = slot.map_or("sort_key", crate::catalog::Slot::column);
            let to = self.builder.params.text(format!("{from}\u{10ffff}"));
            let from = self.builder.params.text(from);
            let exact = self.scalar(whole)?;
            return Ok(Some(sql!(
                "({}.{} >= {} AND {}.{} < {} AND {})",
                at,
                column,
                from,
                at,
                column,
                to,
                exact
            )));
        }
        if slot.is_some() || folded.chars().count() < 3 {
            return Ok(None);
        }
        self.by_content = true;
        let like = self.builder.params.text(like(&folded));
        let exact = self.scalar(whole)?;
        Ok(Some(sql!(
            "({}.search_text LIKE {} AND {})",
            at,
            like,
            exact
        )))
    }

    /// A pattern that the record's folded name fits wherever the condition `part` is true.
    pub(crate) fn name_like(&mut self, part: &Part<'c>) -> Option<Fragment> {
        let operands = match &part.kind {
            Kind::And(operands) => operands.as_slice(),
            _ => std::slice::from_ref(part),
        };
        let sought = operands.iter().find_map(name_contains)?;
        let folded = fold(sought);
        (folded.chars().count() >= 3).then(|| self.builder.params.text(like(&folded)))
    }
}

/// What the record's own name has to contain for `part` to be true.
fn name_contains<'p>(part: &'p Part<'_>) -> Option<&'p str> {
    let Kind::Call {
        function: Function::Contains | Function::ContainsIgnoringCase,
        arguments,
    } = &part.kind
    else {
        return None;
    };
    match arguments.as_slice() {
        [
            Part {
                kind: Kind::Field(path),
                ..
            },
            Part {
                kind: Kind::Literal(Value::Text(sought)),
                ..
            },
        ] if path.root == Root::Record => match path.path.as_slice() {
            [Leaf::Field(field)] if field.storage == Storage::Column("name") => Some(sought),
            _ => None,
        },
        _ => None,
    }
}

/// The pattern of texts that contain `part`.
pub(crate) fn like(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for character in part.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
