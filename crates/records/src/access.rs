//! What other services may know of records.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use kith_contracts::access::{Action, authorise};
use kith_contracts::{RecordAccess, RecordFacts, RecordRef};
use kith_kernel::{Actor, Failure, RecordId};
use kith_store::{Class, StoreError};
use tokio_postgres::Row;

use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::value::{email, phone};

#[async_trait]
impl RecordAccess for Records {
    async fn visible(
        &self,
        actor: &Actor,
        records: &[RecordRef],
    ) -> Result<Vec<Option<RecordFacts>>, Failure> {
        let catalog = self.catalog(actor).await?;
        let mut facts = vec![None; records.len()];
        let mut by_object: BTreeMap<&str, (&Object, Vec<usize>)> = BTreeMap::new();
        for (at, record) in records.iter().enumerate() {
            let Some(object) = object(&catalog, &record.object) else {
                continue;
            };
            if authorise(actor, Action::Read, Some(&object.key)).is_ok() {
                let of = by_object.entry(&object.key);
                of.or_insert_with(|| (object, Vec::new())).1.push(at);
            }
        }
        for (object, places) in by_object.into_values() {
            let ids: Vec<RecordId> = places.iter().map(|at| records[*at].id).collect();
            let found = self.facts(actor, object, &ids).await?;
            for at in places {
                facts[at] = found.get(&records[at].id).cloned();
            }
        }
        Ok(facts)
    }

    fn email(&self, text: &str) -> Result<String, String> {
        email(text).map_err(|refusal| refusal.message)
    }

    fn phone(&self, text: &str, region: &str) -> Result<String, String> {
        phone(text, region).map_err(|refusal| refusal.message)
    }
}

impl Records {
    async fn facts(
        &self,
        actor: &Actor,
        object: &Object,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, RecordFacts>, Failure> {
        let company = match object.key.as_str() {
            "person" | "deal" => "company_id",
            _ => "NULL::uuid",
        };
        // By the primary key.
        let sql = format!(
            "SELECT id, name, {company} FROM {} WHERE workspace_id = $1 AND id = ANY($2) \
             AND deleted_at IS NULL{}",
            object.table.name,
            object.table.object.map_or("", |_| " AND object_id = $3")
        );
        let workspace = actor.workspace;
        let rows = match &object.table.object {
            None => {
                let params: kith_store::Params<'_> = &[&workspace, &ids];
                (self
                    .store()
                    .read(workspace, Class::Interactive, &sql, params))
                .await?
            }
            Some(of) => {
                let params: kith_store::Params<'_> = &[&workspace, &ids, of];
                (self
                    .store()
                    .read(workspace, Class::Interactive, &sql, params))
                .await?
            }
        };
        let fact = |row: &Row| -> Result<_, StoreError> {
            let id = row.try_get(0)?;
            let facts = RecordFacts {
                object: object.key.clone(),
                id,
                name: row.try_get(1)?,
                company: row.try_get(2)?,
            };
            Ok((id, facts))
        };
        Ok(rows.iter().map(fact).collect::<Result<_, _>>()?)
    }
}

fn object<'c>(catalog: &'c Catalog, name: &str) -> Option<&'c Object> {
    (catalog.by_plural(name))
        .or_else(|| catalog.by_name(name))
        .or_else(|| catalog.by_key(name).filter(|object| !object.retired))
}
