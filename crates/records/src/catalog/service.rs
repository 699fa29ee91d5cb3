//! Shaping the catalog: objects and fields are made, renamed, changed and retired while the
//! server runs.

use kith_contracts::access::{Action, authorise};
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, ErrorCode, EventId, Failure, FieldId, ObjectId};
use kith_store::{Class, Tx};
use serde_json::{Map, Value as Json};

use super::definition::{FieldDefinition, ObjectDefinition};
use super::draft::{field_name, field_type, label, object_name, refuse};
use super::field_draft::{FieldDraft, changed_kind};
use super::show::{show_field, show_object};
use super::store::{next_in, put_field_in, put_object_in, read_in};
use super::{Catalog, Object};
use crate::Records;

/// The most custom objects of a workspace.
const OBJECTS: usize = 200;
/// The most fields of an object.
const FIELDS: usize = 500;

/// A change of the catalog in the making: the workspace's catalog is locked.
struct Change {
    tx: Tx,
    catalog: Catalog,
    version: i64,
    number: i64,
}

/// Members of an object's definition; absent ones stay as they are.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDraft {
    name: Option<String>,
    plural: Option<String>,
    label: Option<String>,
    label_plural: Option<String>,
    description: Option<String>,
    retired: Option<bool>,
}

impl Records {
    /// Makes a custom object.
    pub async fn create_object(
        &self,
        actor: &Actor,
        draft: ObjectDraft,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        let change = match self.begin_change(actor, once.as_ref()).await? {
            Ok(change) => change,
            Err(replay) => return Ok(replay),
        };
        if change
            .catalog
            .objects()
            .iter()
            .filter(|object| !object.standard)
            .count()
            >= OBJECTS
        {
            return Err(limit(format!(
                "A workspace has at most {OBJECTS} custom objects."
            )));
        }
        let needed = |member: &str, given: Option<String>| {
            given.ok_or_else(|| refuse(member, "required", "is required"))
        };
        let name = object_name("name", &needed("name", draft.name)?)?;
        let plural = draft.plural.unwrap_or_else(|| format!("{name}s"));
        let plural = object_name("plural", &plural)?;
        free_object_names(&change.catalog, None, &name, &plural)?;
        let title = label("label", &draft.label.unwrap_or_else(|| name.clone()), 100)?;
        let titles = draft.label_plural.unwrap_or_else(|| format!("{title}s"));
        let definition = ObjectDefinition {
            key: format!("o{}", change.number),
            label: title,
            label_plural: label("label_plural", &titles, 100)?,
            description: label("description", &draft.description.unwrap_or_default(), 1_000)?,
            retired: false,
            name,
            plural,
        };
        let id = ObjectId::new(self.clock());
        put_object_in(&change.tx, actor.workspace, id, 1, &definition).await?;
        let event = ("catalog.object_created", id.0, 1);
        self.finish_change(actor, change, once, event, |catalog| {
            let object = catalog.by_key(&definition.key)?;
            Some((http::StatusCode::CREATED, show_object(catalog, object), 1))
        })
        .await
    }

    /// Changes an object's names, labels and whether it is in use.
    pub async fn update_object(
        &self,
        actor: &Actor,
        name: &str,
        draft: ObjectDraft,
        if_version: Option<i64>,
    ) -> Result<Stored, Failure> {
        let Ok(change) = self.begin_change(actor, None).await? else {
            return Err(Failure::not_found());
        };
        let object = any_object(&change.catalog, name)?;
        demand_version(if_version, object.version)?;
        let renamed = draft.name.is_some() || draft.plural.is_some() || draft.retired.is_some();
        if object.standard && renamed {
            return Err(Failure::new(
                ErrorCode::ValidationFailed,
                "Standard objects keep their API names and can't be retired; their labels can be changed.",
            ));
        }
        let or = |given: Option<String>, now: &str| given.unwrap_or_else(|| now.to_owned());
        let new_name = or(draft.name, &object.name);
        let plural = or(draft.plural, &object.plural);
        if !object.standard {
            object_name("name", &new_name)?;
            object_name("plural", &plural)?;
            free_object_names(&change.catalog, Some(object), &new_name, &plural)?;
        }
        let definition = ObjectDefinition {
            key: object.key.clone(),
            name: new_name,
            plural,
            label: label("label", &or(draft.label, &object.label), 100)?,
            label_plural: label(
                "label_plural",
                &or(draft.label_plural, &object.label_plural),
                100,
            )?,
            description: label(
                "description",
                &or(draft.description, &object.description),
                1_000,
            )?,
            retired: draft.retired.unwrap_or(object.retired),
        };
        let (id, version) = (object.id, object.version + 1);
        put_object_in(&change.tx, actor.workspace, id, version, &definition).await?;
        let event = ("catalog.object_updated", id.0, version);
        self.finish_change(actor, change, None, event, |catalog| {
            let object = catalog.by_key(&definition.key)?;
            Some((http::StatusCode::OK, show_object(catalog, object), version))
        })
        .await
    }

    /// Makes a custom field.
    pub async fn create_field(
        &self,
        actor: &Actor,
        object: &str,
        members: Map<String, Json>,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        let change = match self.begin_change(actor, once.as_ref()).await? {
            Ok(change) => change,
            Err(replay) => return Ok(replay),
        };
        let owner = (change.catalog.by_name(object)).ok_or_else(Failure::not_found)?;
        if owner.fields().len() >= FIELDS {
            return Err(limit(format!("An object has at most {FIELDS} fields.")));
        }
        let (draft, kind_members) = FieldDraft::split(members)?;
        let kind = field_type(&change.catalog, owner, kind_members)?;
        let given = draft
            .name
            .clone()
            .ok_or_else(|| refuse("name", "required", "is required"))?;
        let name = field_name(&given)?;
        let mut definition = FieldDefinition {
            key: format!("f{}", change.number),
            label: name.clone(),
            name,
            description: String::new(),
            kind,
            required: false,
            unique: false,
            indexed: false,
            slot: None,
            encrypted: false,
            default: None,
            validation: None,
            validation_message: None,
            retired: false,
            building: false,
            build_error: None,
        };
        draft.apply(actor, &change.catalog, owner, None, &mut definition)?;
        // A new field has no values: its index and its uniqueness are complete at once.
        definition.building = false;
        definition.indexed = definition.slot.is_some();
        let id = FieldId::new(self.clock());
        let owner_key = owner.key.clone();
        put_field_in(&change.tx, actor.workspace, owner.id, id, 1, &definition).await?;
        let event = ("catalog.field_created", id.0, 1);
        self.finish_change(actor, change, once, event, |catalog| {
            let object = catalog.by_key(&owner_key)?;
            let field = object.field_by_key(&definition.key)?;
            Some((http::StatusCode::CREATED, show_field(catalog, field), 1))
        })
        .await
    }

    /// Changes a field's name, labels, properties and whether it is in use.
    pub async fn update_field(
        &self,
        actor: &Actor,
        object: &str,
        field: &str,
        members: Map<String, Json>,
        if_version: Option<i64>,
    ) -> Result<Stored, Failure> {
        let Ok(change) = self.begin_change(actor, None).await? else {
            return Err(Failure::not_found());
        };
        let owner = any_object(&change.catalog, object)?;
        let known = (owner.field(field).or_else(|| owner.field_by_key(field)))
            .ok_or_else(Failure::not_found)?;
        demand_version(if_version, known.version)?;
        let (draft, kind_members) = FieldDraft::split(members)?;
        let mut definition = FieldDefinition::of(known);
        definition.kind = changed_kind(&change.catalog, owner, known, kind_members)?;
        draft.apply(actor, &change.catalog, owner, Some(known), &mut definition)?;
        let (id, version) = (known.id, known.version + 1);
        let (owner_key, building) = (owner.key.clone(), definition.building);
        put_field_in(
            &change.tx,
            actor.workspace,
            owner.id,
            id,
            version,
            &definition,
        )
        .await?;
        let event = ("catalog.field_updated", id.0, version);
        let answer = self
            .finish_change(actor, change, None, event, |catalog| {
                let object = catalog.by_key(&owner_key)?;
                let field = object.field_by_key(&definition.key)?;
                Some((http::StatusCode::OK, show_field(catalog, field), version))
            })
            .await?;
        if building {
            self.poke_builder();
        }
        Ok(answer)
    }

    /// Locks the catalog, or finds the answer that the request got before.
    async fn begin_change(
        &self,
        actor: &Actor,
        once: Option<&Idempotency>,
    ) -> Result<Result<Change, Stored>, Failure> {
        authorise(actor, Action::ShapeCatalog, None)?;
        // A new workspace begins before its catalog changes.
        self.catalog(actor).await?;
        let tx = (self.store())
            .begin(actor.workspace, Class::Interactive)
            .await?;
        if let Some(once) = once {
            let claim = claim_in(&tx, "records", actor, once, self.clock().now()).await?;
            if let Claim::Replay(stored) = claim {
                tx.rollback().await?;
                return Ok(Err(stored));
            }
        }
        let (version, number) = next_in(&tx, actor.workspace).await?;
        let catalog = read_in(&tx, actor.workspace).await?.assemble();
        Ok(Ok(Change {
            tx,
            catalog,
            version,
            number,
        }))
    }

    /// Checks that the changed catalog holds together, writes the event and answers.
    async fn finish_change(
        &self,
        actor: &Actor,
        change: Change,
        once: Option<Idempotency>,
        event: (&str, uuid::Uuid, i64),
        show: impl FnOnce(&Catalog) -> Option<(http::StatusCode, Json, i64)>,
    ) -> Result<Stored, Failure> {
        /// One event of the catalog.
        const EVENT: &str = "INSERT INTO records.event \
            (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
            VALUES ($1, $2, $3, 'catalog', $4, $5, $6, $7, $8)";
        let tx = change.tx;
        let catalog = read_in(&tx, actor.workspace).await?.assemble();
        debug_assert_eq!(catalog.version, change.version);
        crate::expression::check_catalog(&catalog, actor)?;
        let Some((status, body, version)) = show(&catalog) else {
            return Err(Failure::not_found());
        };
        let now = self.clock().now();
        let who = serde_json::json!({ "user": actor.user });
        let id = EventId::new(self.clock());
        let (kind, subject, subject_version) = event;
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 8] = [
            &actor.workspace,
            &id,
            &kind,
            &subject,
            &subject_version,
            &who,
            &now,
            &body,
        ];
        tx.execute(EVENT, &params).await?;
        let answer =
            Stored::json(status, &body)?.header(http::header::ETAG, kith_http::etag(version));
        if let Some(once) = &once {
            complete_in(&tx, "records", actor, once, &answer).await?;
        }
        tx.commit().await?;
        self.catalogs().forget(actor.workspace);
        Ok(answer)
    }
}

fn any_object<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Object, Failure> {
    // A retired object is named by its key, to be brought back.
    (catalog.by_name(name).or_else(|| catalog.by_key(name))).ok_or_else(Failure::not_found)
}

fn free_object_names(
    catalog: &Catalog,
    own: Option<&Object>,
    name: &str,
    plural: &str,
) -> Result<(), Failure> {
    for object in catalog.objects() {
        if object.retired || own.is_some_and(|own| own.id == object.id) {
            continue;
        }
        for (member, wanted) in [("name", name), ("plural", plural)] {
            if object.name == wanted || object.plural == wanted {
                return Err(Failure::new(
                    ErrorCode::Duplicate,
                    format!("There is an object with the name `{wanted}`."),
                )
                .field(member, "duplicate"));
            }
        }
    }
    Ok(())
}

fn demand_version(wanted: Option<i64>, version: i64) -> Result<(), Failure> {
    match wanted {
        Some(wanted) if wanted != version => Err(Failure::new(
            ErrorCode::VersionMismatch,
            "Somebody else changed this meanwhile. Read it again, then repeat your change.",
        )
        .detail("current_version", version)),
        _ => Ok(()),
    }
}

fn limit(message: String) -> Failure {
    Failure::new(ErrorCode::LimitExceeded, message)
}
