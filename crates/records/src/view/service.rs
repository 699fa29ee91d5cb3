//! What users do with views.

use http::{HeaderValue, StatusCode, header};
use kith_contracts::access::{Action, Permit, authorise};
use kith_http::etag;
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, ErrorCode, Failure, Role, ViewId};
use kith_store::{Class, Tx};
use serde_json::{Value, json};

use super::draft::{ViewDraft, refusal};
use super::model::{DefaultFor, Kind, Layout, View};
use super::{check, store};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::query::Subject;

impl Records {
    /// The views of one object, or of all, that the actor may see, after the one with the id
    /// `after`.
    pub(super) async fn views(
        &self,
        actor: &Actor,
        plural: Option<&str>,
        after: Option<ViewId>,
        limit: i64,
    ) -> Result<Vec<Value>, Failure> {
        let permit = authorise(actor, Action::Read, None)?;
        let catalog = self.catalog(actor).await?;
        let keys: Vec<&str> = match plural {
            Some(plural) => vec![&object(&catalog, plural)?.key],
            None => (catalog.objects().iter())
                .filter(|object| !object.retired)
                .map(|object| object.key.as_str())
                .collect(),
        };
        let (workspace, user) = (actor.workspace, actor.user);
        let views = store::list(self.store(), workspace, user, &keys, after, limit).await?;
        let show = |view| self.show_view(&permit, &catalog, view);
        Ok(views.into_iter().filter_map(show).collect())
    }

    /// One view.
    pub(super) async fn view(&self, actor: &Actor, id: ViewId) -> Result<Stored, Failure> {
        let permit = authorise(actor, Action::Read, None)?;
        let catalog = self.catalog(actor).await?;
        let view = store::find(self.store(), actor.workspace, actor.user, id).await?;
        let view = view.ok_or_else(Failure::not_found)?;
        self.answer_view(StatusCode::OK, &permit, &catalog, view)
    }

    /// Saves a new view.
    pub(super) async fn create_view(
        &self,
        actor: &Actor,
        draft: ViewDraft,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        let permit = authorise(actor, Action::KeepViews, None)?;
        let catalog = self.catalog(actor).await?;
        let mut faults = draft.faults();
        for (member, missing) in [
            ("object", draft.object.is_none()),
            ("name", draft.name.is_none()),
        ] {
            if missing {
                faults.push(kith_kernel::FieldError {
                    field: member.to_owned(),
                    code: "required",
                    message: "is required".to_owned(),
                });
            }
        }
        if !faults.is_empty() {
            return Err(refusal(faults));
        }
        let plural = draft.object.as_deref().unwrap_or_default();
        let object = catalog.by_plural(plural).ok_or_else(|| {
            let message = "There is no object of this plural name.".to_owned();
            Failure::new(ErrorCode::ValidationFailed, message).field("object", "unknown_object")
        })?;
        self.check_view(&permit, &catalog, object, &draft)?;
        let now = self.clock().now();
        let mut view = View {
            id: ViewId::new(self.clock()),
            object_key: object.key.clone(),
            owner: actor.user,
            owner_name: None,
            name: String::new(),
            kind: Kind::default(),
            shared: false,
            default: DefaultFor::None,
            layout: Layout::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let default = draft.default.unwrap_or_default();
        draft.apply(&mut view);
        if view.shared {
            authorise(actor, Action::ShareViews, None)?;
        }
        self.users().follow(actor.workspace).await?;
        let tx = self.begin_view(actor).await?;
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "records", actor, once, now).await?
        {
            tx.rollback().await?;
            return Ok(stored);
        }
        if !store::insert_in(&tx, actor.workspace, &view).await? {
            let message = format!(
                "You have {} views of these records, which is as many as are allowed. Delete one first.",
                store::LIMIT
            );
            return Err(Failure::new(ErrorCode::LimitExceeded, message));
        }
        set_default_in(&tx, actor, &view, default).await?;
        let saved = store::lock_in(&tx, actor.workspace, actor.user, view.id).await?;
        let saved = saved.ok_or_else(|| Failure::internal("a new view can't be read"))?;
        let answer = self.answer_view(StatusCode::CREATED, &permit, &catalog, saved)?;
        let place = HeaderValue::from_str(&format!("/api/v1/views/{}", view.id))
            .map_err(Failure::internal)?;
        let answer = answer.header(header::LOCATION, place);
        if let Some(once) = &once {
            complete_in(&tx, "records", actor, once, &answer).await?;
        }
        tx.commit().await?;
        Ok(answer)
    }

    /// Changes a view, or only for whom it opens first.
    pub(super) async fn update_view(
        &self,
        actor: &Actor,
        id: ViewId,
        draft: ViewDraft,
        if_version: Option<i64>,
    ) -> Result<Stored, Failure> {
        let permit = authorise(actor, Action::KeepViews, None)?;
        let catalog = self.catalog(actor).await?;
        let faults = draft.faults();
        if !faults.is_empty() {
            return Err(refusal(faults));
        }
        let tx = self.begin_view(actor).await?;
        let before = lock_in(&tx, actor, id, if_version).await?;
        let object = living(&catalog, &before)?;
        if let Some(plural) = &draft.object
            && *plural != object.plural
        {
            let message = "A view stays with its object. Save a new one instead.";
            return Err(Failure::new(ErrorCode::ValidationFailed, message).field("object", "fixed"));
        }
        self.check_view(&permit, &catalog, object, &draft)?;
        let default = draft.default;
        let mut after = before.clone();
        draft.apply(&mut after);
        if after != before {
            may_change(actor, &before)?;
            if after.shared {
                authorise(actor, Action::ShareViews, None)?;
            }
            if before.shared && !after.shared {
                if store::is_everyones_in(&tx, actor.workspace, &before).await? {
                    authorise(actor, Action::Administer, None)?;
                }
                store::forget_others_in(&tx, actor.workspace, &after).await?;
            }
            store::changed(&mut after, self.clock().now());
            store::update_in(&tx, actor.workspace, &after).await?;
        }
        if let Some(default) = default.filter(|default| *default != before.default) {
            set_default_in(&tx, actor, &after, default).await?;
        }
        let saved = store::lock_in(&tx, actor.workspace, actor.user, id).await?;
        tx.commit().await?;
        match saved {
            Some(saved) => self.answer_view(StatusCode::OK, &permit, &catalog, saved),
            // An administrator has made somebody else's view private, and so lost sight of it.
            None => self.answer_view(StatusCode::OK, &permit, &catalog, after),
        }
    }

    /// Deletes a view for good.
    pub(super) async fn delete_view(
        &self,
        actor: &Actor,
        id: ViewId,
        if_version: Option<i64>,
    ) -> Result<(), Failure> {
        authorise(actor, Action::KeepViews, None)?;
        let tx = self.begin_view(actor).await?;
        let view = lock_in(&tx, actor, id, if_version).await?;
        may_change(actor, &view)?;
        store::delete_in(&tx, actor.workspace, id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn begin_view(&self, actor: &Actor) -> Result<Tx, Failure> {
        Ok((self.store().begin(actor.workspace, Class::Interactive)).await?)
    }

    fn check_view(
        &self,
        permit: &Permit,
        catalog: &Catalog,
        object: &Object,
        draft: &ViewDraft,
    ) -> Result<(), Failure> {
        let moment = self.moment(permit.actor());
        let subject = Subject {
            catalog,
            object,
            permit,
            moment: &moment,
        };
        check::check(&subject, draft)
    }

    fn answer_view(
        &self,
        status: StatusCode,
        permit: &Permit,
        catalog: &Catalog,
        view: View,
    ) -> Result<Stored, Failure> {
        let version = view.version;
        let shown = self.show_view(permit, catalog, view);
        let shown = shown.ok_or_else(Failure::not_found)?;
        Ok(Stored::json(status, &shown)?.header(header::ETAG, etag(version)))
    }

    /// A view as the API shows it; `None` where its object is retired.
    fn show_view(&self, permit: &Permit, catalog: &Catalog, mut view: View) -> Option<Value> {
        let object = living(catalog, &view).ok()?;
        let moment = self.moment(permit.actor());
        let subject = Subject {
            catalog,
            object,
            permit,
            moment: &moment,
        };
        let problem = check::problem(&subject, &view.layout);
        check::living(&subject, &mut view.layout);
        let layout = view.layout;
        Some(json!({
            "id": view.id,
            "object": object.plural,
            "name": view.name,
            "kind": view.kind,
            "shared": view.shared,
            "owner": { "id": view.owner, "name": view.owner_name },
            "default": view.default,
            "columns": layout.columns,
            "filter": layout.filter,
            "sort": layout.sort,
            "group_by": layout.group_by,
            "date_field": layout.date_field,
            "density": layout.density,
            "footers": layout.footers,
            "problem": problem,
            "version": view.version,
            "created_at": view.created_at,
            "updated_at": view.updated_at,
        }))
    }
}

/// The object of this plural name.
fn object<'c>(catalog: &'c Catalog, plural: &str) -> Result<&'c Object, Failure> {
    catalog.by_plural(plural).ok_or_else(|| {
        let message = "There is no object of this plural name.";
        Failure::new(ErrorCode::InvalidRequest, message).field("object", "unknown_object")
    })
}

/// The view's object, unless it is retired: then nothing of it is there.
fn living<'c>(catalog: &'c Catalog, view: &View) -> Result<&'c Object, Failure> {
    (catalog.by_key(&view.object_key))
        .filter(|object| !object.retired)
        .ok_or_else(Failure::not_found)
}

async fn lock_in(
    tx: &Tx,
    actor: &Actor,
    id: ViewId,
    if_version: Option<i64>,
) -> Result<View, Failure> {
    let view = store::lock_in(tx, actor.workspace, actor.user, id).await?;
    let view = view.ok_or_else(Failure::not_found)?;
    match if_version {
        Some(version) if version != view.version => Err(Failure::new(
            ErrorCode::VersionMismatch,
            "Somebody else changed the view meanwhile. Read it again, then repeat your change.",
        )
        .detail("current_version", view.version)),
        _ => Ok(view),
    }
}

/// A shared view is changed by its owner, as long as they may share views, and by administrators.
fn may_change(actor: &Actor, view: &View) -> Result<(), Failure> {
    if !view.shared {
        return Ok(());
    }
    authorise(actor, Action::ShareViews, None)?;
    if view.owner == actor.user || actor.role == Role::Administrator {
        return Ok(());
    }
    Err(Failure::new(
        ErrorCode::Forbidden,
        "This view is somebody else's. Save one of your own, or ask its owner or an administrator.",
    ))
}

/// Sets for whom the view opens first.
async fn set_default_in(
    tx: &Tx,
    actor: &Actor,
    view: &View,
    default: DefaultFor,
) -> Result<(), Failure> {
    let workspace = actor.workspace;
    match default {
        DefaultFor::Mine => {
            store::choose_in(tx, workspace, view, actor.user).await?;
        }
        DefaultFor::Everyone => {
            authorise(actor, Action::Administer, None)?;
            if !view.shared {
                return Err(Failure::new(
                    ErrorCode::ValidationFailed,
                    "Only a shared view can open first for everybody.",
                )
                .field("default", "not_shared"));
            }
            store::forget_in(tx, workspace, view, actor.user).await?;
            store::choose_in(tx, workspace, view, store::EVERYBODY).await?;
        }
        DefaultFor::None => {
            store::forget_in(tx, workspace, view, actor.user).await?;
            if view.default == DefaultFor::Everyone {
                authorise(actor, Action::Administer, None)?;
                store::forget_in(tx, workspace, view, store::EVERYBODY).await?;
            }
        }
    }
    Ok(())
}
