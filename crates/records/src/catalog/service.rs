//! Shaping the catalog: objects and fields are made, renamed, changed and retired while the
//! server runs.

use kith_contracts::access::{Action, authorise};
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, ErrorCode, EventId, Failure, FieldId, ObjectId};
use kith_store::{Class, Tx};
use serde_json::{Map, Value as Json};

use super::definition::{FieldDefinition, ObjectDefinition};
use super::draft::{check_options, field_name, field_type, label, object_name, refuse};
use super::show::{show_field, show_object};
use super::store::{next_in, put_field_in, put_object_in, read_in};
use super::{Catalog, Field, FieldType, Object, Slot, Storage};
use crate::Records;
use crate::value::Accept;

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

/// A field's type can't be changed, but what it says beside its values can.
fn changed_kind(
    catalog: &Catalog,
    owner: &Object,
    field: &Field,
    members: Map<String, Json>,
) -> Result<FieldType, Failure> {
    if members.is_empty() {
        return Ok(field.kind.clone());
    }
    let mut members = members;
    let shown = show_field(catalog, field);
    members
        .entry("type")
        .or_insert_with(|| shown["type"].clone());
    if let Some(known) = shown.as_object() {
        for member in [
            "object", "relation", "function", "field", "filter", "max", "prefix", "digits",
        ] {
            if let Some(value) = known.get(member).filter(|value| !value.is_null()) {
                members.entry(member).or_insert_with(|| value.clone());
            }
        }
    }
    let kind = field_type(catalog, owner, members)?;
    let same = std::mem::discriminant(&kind) == std::mem::discriminant(&field.kind)
        && kind.target() == field.kind.target();
    if !same
        || (field.standard
            && !matches!(
                kind,
                FieldType::Select { .. } | FieldType::MultiSelect { .. }
            ))
    {
        return Err(refuse(
            "type",
            "fixed",
            "can't be changed: make a new field, move the values, and retire this one",
        ));
    }
    if let (
        FieldType::Select { options: was } | FieldType::MultiSelect { options: was },
        FieldType::Select { options } | FieldType::MultiSelect { options },
    ) = (&field.kind, &kind)
    {
        let kept =
            |option: &super::SelectOption| options.iter().any(|new| new.value == option.value);
        if let Some(lost) = was.iter().find(|option| !kept(option)) {
            return Err(refuse(
                "options",
                "option_in_use",
                format!(
                    "must keep `{}`: set its `retired` to true instead of leaving it out",
                    lost.value
                ),
            ));
        }
        check_options(&mut options.clone())?;
    }
    Ok(kind)
}

/// Members of a field's definition beside its type; absent ones stay as they are.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldDraft {
    name: Option<String>,
    label: Option<String>,
    description: Option<String>,
    required: Option<bool>,
    unique: Option<bool>,
    indexed: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    default: Option<Json>,
    #[serde(default, deserialize_with = "present")]
    validation: Option<Json>,
    #[serde(default, deserialize_with = "present")]
    validation_message: Option<Json>,
    retired: Option<bool>,
}

/// A member that may be null, which is not the same as absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    serde::Deserialize::deserialize(deserializer).map(Some)
}

impl FieldDraft {
    const MEMBERS: [&'static str; 10] = [
        "name",
        "label",
        "description",
        "required",
        "unique",
        "indexed",
        "default",
        "validation",
        "validation_message",
        "retired",
    ];

    /// The draft, and the members that describe the type.
    fn split(members: Map<String, Json>) -> Result<(Self, Map<String, Json>), Failure> {
        let (own, kind): (Map<_, _>, Map<_, _>) =
            (members.into_iter()).partition(|(name, _)| Self::MEMBERS.contains(&name.as_str()));
        let draft = serde_json::from_value(Json::Object(own)).map_err(|error| {
            Failure::new(
                ErrorCode::ValidationFailed,
                format!("The definition is not acceptable: {error}."),
            )
        })?;
        Ok((draft, kind))
    }

    fn apply(
        self,
        actor: &Actor,
        catalog: &Catalog,
        owner: &Object,
        known: Option<&Field>,
        definition: &mut FieldDefinition,
    ) -> Result<(), Failure> {
        let standard = known.is_some_and(|field| field.standard);
        if let Some(name) = self.name.as_ref().filter(|name| **name != definition.name) {
            if standard {
                return Err(refuse(
                    "name",
                    "fixed",
                    "of a standard field can't be changed; its label can",
                ));
            }
            definition.name = field_name(name)?;
        }
        if let Some(other) = owner.field(&definition.name)
            && other.key != definition.key
        {
            return Err(Failure::new(
                ErrorCode::Duplicate,
                format!(
                    "{} has a field with the name `{}`.",
                    owner.label, definition.name
                ),
            )
            .field("name", "duplicate"));
        }
        if let Some(text) = &self.label {
            definition.label = label("label", text, 100)?;
        }
        if let Some(text) = &self.description {
            definition.description = label("description", text, 1_000)?;
        }
        if let Some(retired) = self.retired {
            let needed =
                known.is_some_and(|field| standard && (field.required || field.name == "name"));
            if retired && needed {
                return Err(refuse(
                    "retired",
                    "fixed",
                    "can't be set: records can't do without this field",
                ));
            }
            definition.retired = retired;
        }
        if let Some(required) = self.required {
            let computed =
                definition.kind.is_computed() || known.is_some_and(|field| field.read_only);
            if required && computed {
                return Err(refuse(
                    "required",
                    "computed",
                    "can't be set for a field that is computed",
                ));
            }
            definition.required = required;
        }
        self.apply_indexes(owner, known, definition)?;
        let accept = Accept {
            settings: &actor.settings,
            catalog,
        };
        if let Some(default) = self.default {
            accept
                .json(&definition.kind, &default)
                .map_err(|refusal| refuse("default", refusal.code, refusal.message))?;
            definition.default = (!default.is_null()).then_some(default);
        }
        let text = |member: &str, value: Option<Json>, now: Option<String>| match value {
            None => Ok(now),
            Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(refuse(member, "wrong_type", "must be text or null")),
        };
        definition.validation = text("validation", self.validation, definition.validation.take())?;
        let message = definition.validation_message.take();
        definition.validation_message =
            text("validation_message", self.validation_message, message)?;
        if let Some(message) = &definition.validation_message {
            label("validation_message", message, 300)?;
        }
        Ok(())
    }

    fn apply_indexes(
        &self,
        owner: &Object,
        known: Option<&Field>,
        definition: &mut FieldDefinition,
    ) -> Result<(), Failure> {
        let standard = known.is_some_and(|field| field.standard);
        let changed = |wanted: Option<bool>, now: bool| wanted.is_some_and(|wanted| wanted != now);
        let (unique, indexed) = (
            changed(self.unique, definition.unique),
            changed(self.indexed, definition.slot.is_some()),
        );
        if standard && (unique || changed(self.indexed, known.is_some_and(|field| field.indexed))) {
            return Err(refuse(
                "indexed",
                "fixed",
                "and `unique` of standard fields can't be changed",
            ));
        }
        if standard {
            return Ok(());
        }
        if unique {
            definition.unique = !definition.unique;
            if definition.unique && !definition.kind.can_be_unique() {
                return Err(refuse(
                    "unique",
                    "unsuitable_type",
                    "is for text, number, emails, phones and links",
                ));
            }
            definition.building |= definition.unique;
        }
        if indexed && definition.slot.is_some() {
            definition.slot = None;
            definition.indexed = false;
        } else if indexed {
            let slot = free_slot(owner, &definition.kind)?;
            definition.slot = Some(slot.column().to_owned());
            definition.building = true;
        }
        Ok(())
    }
}

fn free_slot(owner: &Object, kind: &FieldType) -> Result<Slot, Failure> {
    let Some(kind) = kind.slot_kind() else {
        return Err(refuse(
            "indexed",
            "unsuitable_type",
            "is for text, select, number, decimal, currency, rating, date, datetime, user and relation",
        ));
    };
    let taken = |slot: &Slot| {
        (owner.fields().iter()).any(|field| field.storage == Storage::Custom { slot: Some(*slot) })
    };
    (1..=kind.columns())
        .map(|number| Slot { kind, number })
        .find(|slot| !taken(slot))
        .ok_or_else(|| {
            limit(format!(
                "{} has all of its {} indexes for fields of this kind in use. Take the index from another field first.",
                owner.label,
                kind.columns()
            ))
        })
}
