//! What is in a list, and which of several values a field has.

use kith_cel::{Field as CelField, Kind, Value};
use kith_kernel::Failure;
use serde_json::json;

use super::{MAX_MEMBERS, Stored};
use crate::catalog::{FieldType, SlotKind, Storage};
use crate::query::expr::list::literal_array;
use crate::query::expr::{Compiler, Part, Term};
use crate::query::path::Leaf;
use crate::query::sql::{Fragment, Param, sql};
use crate::query::value;
use crate::search::text::sort_key;

impl<'c> Compiler<'_, 'c> {
    /// `"value" in list_field`
    pub(super) fn fast_member(
        &mut self,
        value: &Value,
        path: &CelField<Leaf<'c>>,
    ) -> Result<Option<Fragment>, Failure> {
        let Some(stored) = self.stored(path)? else {
            return Ok(None);
        };
        let Stored { at, own, field, .. } = stored;
        match (&field.kind, &field.storage, value) {
            (FieldType::Relations { .. }, Storage::Links, Value::Id(id)) => {
                let Some(target) = field
                    .kind
                    .target()
                    .and_then(|key| self.builder.catalog.by_key(key))
                else {
                    return Ok(None);
                };
                let (link, item) = (self.builder.alias(), self.builder.alias());
                let id = self.builder.params.own(Param::Uuid(*id));
                let field_id = self.builder.params.add(Param::Uuid(field.id.0));
                let tenant = self.builder.tenant(item, target);
                Ok(Some(sql!(
                    "{}.id IN (SELECT {}.from_id FROM records.link {} JOIN {} {} ON {} AND {}.id = {}.to_id AND {}.deleted_at IS NULL WHERE {}.workspace_id = {} AND {}.to_id = {} AND {}.field_id = {})",
                    at,
                    link,
                    link,
                    target.table.name,
                    item,
                    tenant,
                    item,
                    link,
                    item,
                    link,
                    self.builder.workspace(),
                    link,
                    id,
                    link,
                    field_id
                )))
            }
            (_, Storage::Custom { .. }, Value::Text(text)) if own && !field.unique => {
                Ok(Some(self.containing(at, field, json!([text]))))
            }
            (kind, Storage::Column(_) | Storage::Custom { .. }, Value::Text(text))
                if kind.is_list() =>
            {
                let Some(found) = self.by_unique(&stored, std::slice::from_ref(text)) else {
                    return Ok(None);
                };
                let text = self.builder.params.text(text.as_str());
                let Term::One(list) = self.leaf(at, Leaf::Field(field))? else {
                    return Ok(None);
                };
                Ok(Some(sql!("({} AND {} = ANY({}))", found, text, list)))
            }
            _ => Ok(None),
        }
    }

    /// `field in ["a", "b"]`
    pub(super) fn fast_in(
        &mut self,
        path: &CelField<Leaf<'c>>,
        items: &[Part<'c>],
    ) -> Result<Option<Fragment>, Failure> {
        let Some(stored) = self.stored(path)? else {
            return Ok(None);
        };
        if items.is_empty() || stored.field.storage == Storage::Computed {
            return Ok(None);
        }
        let Stored { at, own, field, .. } = stored;
        let custom = own && matches!(field.storage, Storage::Custom { .. });
        if custom && value::slot(field).is_none() && items.len() <= MAX_MEMBERS {
            let mut found = Vec::new();
            for item in items {
                let Kind::Literal(value) = &item.kind else {
                    return Ok(None);
                };
                match self.inside(at, field, value) {
                    Some(sql) => found.push(sql),
                    None => return Ok(None),
                }
            }
            return Ok(Some(sql!("({})", Fragment::join(found, " OR "))));
        }
        if custom
            && let Some(slot) = value::slot(field)
            && slot.kind == SlotKind::Text
            && let Some(Param::Texts(texts)) = literal_array(items)
        {
            let keys = texts.iter().map(|text| sort_key(text)).collect();
            let keys = self.builder.params.own(Param::Texts(keys));
            let Term::One(exact) = self.leaf(at, Leaf::Field(field))? else {
                return Ok(None);
            };
            let texts = self.builder.params.own(Param::Texts(texts));
            return Ok(Some(sql!(
                "({}.{} = ANY({}) AND {} = ANY({}))",
                at,
                slot.column(),
                keys,
                exact,
                texts
            )));
        }
        let Some(array) = literal_array(items) else {
            return Ok(None);
        };
        if let (Param::Texts(texts), FieldType::Text {}, Storage::Column(_)) =
            (&array, &field.kind, &field.storage)
            && let Some(found) = self.by_unique(&stored, texts)
        {
            let Term::One(value) = self.leaf(at, Leaf::Field(field))? else {
                return Ok(None);
            };
            let array = self.builder.params.own(array);
            return Ok(Some(sql!("({} AND {} = ANY({}))", found, value, array)));
        }
        let Term::One(value) = self.leaf(at, Leaf::Field(field))? else {
            return Ok(None);
        };
        let array = self.builder.params.own(array);
        Ok(Some(sql!("{} = ANY({})", value, array)))
    }
}
