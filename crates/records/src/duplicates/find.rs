//! Finding records that a new one may be a duplicate of, by the indexes of unique values and of
//! search.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kith_contracts::access::{Action, Permit, authorise};
use kith_kernel::{Actor, Failure, RecordId};
use kith_store::{Class, StoreError};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::compare::{Code, Known, Reason, domain_of, reasons, words};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::value::{Accept, Value};

/// How many records are told.
const LIMIT: usize = 5;
/// How many records are compared with each value.
const CANDIDATES: usize = 50;
/// How many values of a list are looked for.
const VALUES: usize = 3;

/// Who has unique values. By the primary key of `unique_value`.
const TAKEN: &str = "SELECT u.field_id, u.value, u.record_id FROM records.unique_value u \
    JOIN unnest($3::uuid[], $4::text[]) AS v(field, value) ON u.field_id = v.field AND u.value = v.value \
    WHERE u.workspace_id = $1 AND u.object_id = $2";

/// A record that a new one may be a duplicate of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Likely {
    pub(super) id: Uuid,
    pub(super) name: String,
    /// What tells it apart from others of its name.
    pub(super) detail: Option<String>,
    pub(super) reasons: Vec<Reason>,
}

impl Records {
    /// The likeliest records, as far as `values` go. What of them isn't acceptable yet is left
    /// out: somebody may be typing.
    pub(super) async fn duplicates(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        object: &Object,
        values: &Map<String, Json>,
        except: Option<RecordId>,
    ) -> Result<Vec<Likely>, Failure> {
        let permit = authorise(actor, Action::Read, Some(&object.key))?;
        let accept = Accept {
            settings: &actor.settings,
            catalog,
        };
        let accepted: Vec<(usize, Value)> = (values.iter())
            .filter_map(|(name, json)| {
                let at = object.position(name)?;
                let value = accept.json(&object.fields()[at].kind, json).ok()?;
                Some((at, value))
            })
            .collect();
        let known = known(object, &accepted);
        let mut found: BTreeMap<Uuid, Likely> = BTreeMap::new();
        self.add_taken(&permit, object, &accepted, &mut found)
            .await?;
        let is_unique = |key: &str| object.field_by_key(key).is_some_and(|field| field.unique);
        let mut probes: Vec<String> = Vec::new();
        if let Some(name) = &known.name {
            let words = words(name, known.is_company);
            probes.push(words.join(" "));
            // A first name is misspelt, shortened or an initial more often than a last name.
            if let ([first, .., last], false) = (words.as_slice(), known.is_company)
                && let Some(initial) = first.chars().next()
            {
                probes.push(format!("{last} {initial}"));
            }
        }
        if !is_unique("emails") {
            probes.extend(known.emails.iter().take(VALUES).cloned());
        }
        probes.extend(known.phones.iter().take(VALUES).cloned());
        if known.is_company {
            probes.extend(known.domains.iter().take(VALUES).cloned());
        }
        for probe in probes {
            let hits = (self.alike(&permit, catalog, object, &probe, CANDIDATES)).await?;
            for hit in hits {
                let reasons = reasons(&known, &hit);
                if reasons.is_empty() {
                    continue;
                }
                let detail = || {
                    let of_company = if known.is_company {
                        hit.domain.clone()
                    } else {
                        hit.company.clone()
                    };
                    (hit.emails.first().cloned()).or(of_company)
                };
                let likely = found.entry(hit.id).or_insert_with(|| Likely {
                    id: hit.id,
                    name: hit.name.clone(),
                    detail: None,
                    reasons: Vec::new(),
                });
                likely.detail = detail();
                for reason in reasons {
                    let known = (likely.reasons.iter())
                        .any(|known| known.code == reason.code || known.field == reason.field);
                    if !known {
                        likely.reasons.push(reason);
                    }
                }
            }
        }
        if let Some(except) = except {
            found.remove(&except.0);
        }
        let mut likely: Vec<Likely> = found.into_values().collect();
        for one in &mut likely {
            one.reasons.sort_by_key(|reason| reason.code);
        }
        likely.sort_by_key(|one| {
            let strongest = one
                .reasons
                .first()
                .map_or(Code::SimilarName, |reason| reason.code);
            (strongest, Reverse(one.reasons.len()), Reverse(one.id))
        });
        likely.truncate(LIMIT);
        Ok(likely)
    }

    /// Adds the records that have a value that nobody else may have.
    async fn add_taken(
        &self,
        permit: &Permit,
        object: &Object,
        accepted: &[(usize, Value)],
        found: &mut BTreeMap<Uuid, Likely>,
    ) -> Result<(), Failure> {
        let (mut fields, mut keys) = (Vec::new(), Vec::new());
        for (at, value) in accepted {
            let field = &object.fields()[*at];
            if field.unique && !field.retired {
                for key in value.unique_keys().into_iter().take(VALUES) {
                    fields.push(field.id);
                    keys.push(key);
                }
            }
        }
        if fields.is_empty() {
            return Ok(());
        }
        let workspace = permit.workspace();
        let params: [&(dyn kith_store::ToSql + Sync); 4] = [&workspace, &object.id, &fields, &keys];
        let rows = (self.store())
            .read(workspace, Class::Interactive, TAKEN, &params)
            .await?;
        let mut taken: Vec<(RecordId, Reason)> = Vec::with_capacity(rows.len());
        for row in &rows {
            let field: kith_kernel::FieldId = row.try_get(0).map_err(StoreError::from)?;
            let Some(field) = object.fields().iter().find(|known| known.id == field) else {
                continue;
            };
            let code = match field.key.as_str() {
                "emails" => Code::SameEmail,
                "domain" if object.key == "company" => Code::SameDomain,
                _ => Code::SameValue,
            };
            let reason = Reason {
                code,
                field: field.name.clone(),
                value: row.try_get(1).map_err(StoreError::from)?,
            };
            taken.push((row.try_get(2).map_err(StoreError::from)?, reason));
        }
        let ids: Vec<RecordId> = taken.iter().map(|(id, _)| *id).collect();
        // By the primary key; the table's name is the catalog's.
        let table = object.table.name;
        let sql = format!(
            "SELECT id, name FROM {table} WHERE workspace_id = $1 AND id = ANY($2) AND deleted_at IS NULL"
        );
        let rows = (self.store())
            .read(workspace, Class::Interactive, &sql, &[&workspace, &ids])
            .await?;
        for row in &rows {
            let id: Uuid = row.try_get(0).map_err(StoreError::from)?;
            let reasons = (taken.iter())
                .filter(|(record, _)| record.0 == id)
                .map(|(_, reason)| reason.clone());
            let likely = Likely {
                id,
                name: row.try_get(1).map_err(StoreError::from)?,
                detail: None,
                reasons: reasons.collect(),
            };
            found.insert(id, likely);
        }
        Ok(())
    }
}

/// What the values say of the record to be.
fn known(object: &Object, accepted: &[(usize, Value)]) -> Known {
    let of = |key: &str| {
        let at = object.position_by_key(key)?;
        (accepted.iter()).find_map(|(given, value)| (*given == at).then_some(value))
    };
    let text = |key: &str| match of(key) {
        Some(Value::Text(text)) if !text.trim().is_empty() => Some(text.as_str()),
        _ => None,
    };
    let list = |key: &str| match of(key) {
        Some(Value::List(items)) => items.clone(),
        _ => Vec::new(),
    };
    let parts: Vec<&str> = [text("first_name"), text("last_name")]
        .into_iter()
        .flatten()
        .collect();
    let name = match (text("name"), parts.is_empty()) {
        (Some(name), _) => Some(name.to_owned()),
        // A first name alone says nothing.
        (None, _) => (parts.len() == 2).then(|| parts.join(" ")),
    };
    let emails = list("emails");
    let is_company = object.key == "company";
    let addresses = [text("domain"), text("website")].into_iter().flatten();
    let domains = (addresses.map(str::to_owned))
        .chain(emails.iter().cloned())
        .filter(|_| is_company)
        .filter_map(|address| domain_of(&address));
    let mut domains: Vec<String> = domains.collect();
    domains.dedup();
    Known {
        name,
        domains,
        emails: emails.iter().map(|email| email.to_lowercase()).collect(),
        phones: list("phones"),
        is_company,
    }
}
