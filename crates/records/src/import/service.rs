//! What clients do with imports.

use std::sync::Arc;

use axum::body::Body;
use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, ErrorCode, Failure, ImportId, WorkspaceId};
use kith_store::{Class, Tx};
use kith_tabular::Hint;
use tokio_postgres::types::Json;

use super::analyse::{Analysis, analyse, plan_of_preset};
use super::model::{Import, State};
use super::plan::{Compiled, Mode, Plan};
use super::preset;
use super::store::{self, NewImport};
use super::upload;
use crate::Records;
use crate::catalog::{Catalog, Object};

/// What comes with a file.
#[derive(Debug, Default)]
pub(crate) struct Sent<'a> {
    pub(crate) object: &'a str,
    pub(crate) file_name: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) preset: Option<&'a str>,
}

impl Records {
    /// Takes a file in and looks at it.
    pub(crate) async fn receive_import(
        &self,
        actor: &Actor,
        sent: Sent<'_>,
        body: Body,
    ) -> Result<Import, Failure> {
        let catalog = self.catalog(actor).await?;
        let object = importable(&catalog, actor, sent.object)?;
        let config = self.imports().config.clone();
        let id = ImportId::new(self.clock());
        let bytes = upload::store(&config, id, body).await?;
        let received = self
            .look_at(actor, &catalog, object, id, bytes, &sent)
            .await;
        if received.is_err() {
            upload::remove(&config, id).await?;
        }
        received
    }

    async fn look_at(
        &self,
        actor: &Actor,
        catalog: &Arc<Catalog>,
        object: &Object,
        id: ImportId,
        bytes: u64,
        sent: &Sent<'_>,
    ) -> Result<Import, Failure> {
        let path = self.imports().config.path(id);
        let (catalog, key) = (Arc::clone(catalog), object.key.clone());
        let settings = Arc::clone(&actor.settings);
        let file_name: String = sent.file_name.unwrap_or("file").chars().take(200).collect();
        let hint_name = file_name.clone();
        let content_type = sent.content_type.map(str::to_owned);
        let wanted = sent.preset.map(str::to_owned);
        let analysis = tokio::task::spawn_blocking(move || -> Result<Analysis, Failure> {
            let object = catalog.by_key(&key).ok_or_else(Failure::not_found)?;
            let hint = Hint {
                file_name: Some(&hint_name),
                content_type: content_type.as_deref(),
            };
            let mut analysis = analyse(&path, &hint, None, &catalog, object, &settings)?;
            if let Some(system) = wanted {
                let header: Vec<&str> = analysis
                    .columns
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect();
                let preset = preset::find(&system, &object.key, &header).ok_or_else(|| {
                    let message = format!(
                        "There is no preset `{}` for {}.",
                        short(&system),
                        object.plural
                    );
                    Failure::new(ErrorCode::InvalidRequest, message)
                        .field("preset", "unknown_preset")
                })?;
                analysis.proposal = plan_of_preset(&catalog, object, preset, &header);
                analysis.preset = Some(preset.system.to_owned());
            }
            Ok(analysis)
        })
        .await
        .map_err(Failure::internal)??;
        let new = NewImport {
            id,
            object_key: &object.key,
            file_name: &file_name,
            file_bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            analysis: &analysis,
            by: actor.user,
            at: self.clock().now(),
        };
        store::insert(self.store(), actor.workspace, &new).await?;
        self.import(actor, id).await
    }

    /// The import with this id, where the actor may know of it.
    pub(crate) async fn import(&self, actor: &Actor, id: ImportId) -> Result<Import, Failure> {
        let import = store::find(self.store(), actor.workspace, id)
            .await?
            .ok_or_else(Failure::not_found)?;
        authorise(actor, Action::Import, Some(&import.object_key))?;
        Ok(import)
    }

    /// Imports of the workspace, newest first.
    pub(crate) async fn list_imports(
        &self,
        actor: &Actor,
        before: Option<ImportId>,
        limit: i64,
    ) -> Result<Vec<Import>, Failure> {
        authorise(actor, Action::Import, None)?;
        Ok(store::list(self.store(), actor.workspace, before, limit).await?)
    }

    /// Sets what is to be done with the file.
    pub(crate) async fn plan_import(
        &self,
        actor: &Actor,
        id: ImportId,
        plan: Plan,
    ) -> Result<Import, Failure> {
        let import = self.import(actor, id).await?;
        let catalog = self.catalog(actor).await?;
        let mut analysis = import.analysis.clone();
        let mut changed = None;
        if let Some(dialect) = &plan.dialect
            && *dialect != analysis.dialect
        {
            let path = self.imports().config.path(id);
            let (dialect, key) = (dialect.clone(), import.object_key.clone());
            let (catalog, settings) = (Arc::clone(&catalog), Arc::clone(&actor.settings));
            analysis = tokio::task::spawn_blocking(move || -> Result<Analysis, Failure> {
                let object = catalog.by_key(&key).ok_or_else(Failure::not_found)?;
                Ok(analyse(
                    &path,
                    &Hint::default(),
                    Some(dialect),
                    &catalog,
                    object,
                    &settings,
                )?)
            })
            .await
            .map_err(Failure::internal)??;
            changed = Some(Json(&analysis));
        }
        compile(catalog, &import, &analysis, plan.clone())?;
        let tx = self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?;
        let set = "plan = $3, analysis = coalesce($4, analysis), dry_run = NULL";
        let done = store::set_in(
            &tx,
            actor.workspace,
            id,
            set,
            &[State::Ready],
            &[&Json(&plan), &changed],
        )
        .await?;
        self.settle(tx, done, actor, id).await
    }

    /// Finds out in the background what the import would do.
    pub(crate) async fn check_import(
        &self,
        actor: &Actor,
        id: ImportId,
    ) -> Result<Import, Failure> {
        let plan = self.startable(actor, id).await?;
        let set = "state = 'checking', plan = $3, dry_run = NULL, error = NULL, started_by = $4, queued_at = $5, \
            cancel_requested = false";
        self.queue(actor, id, set, &[State::Ready], &plan).await
    }

    /// Imports in the background, from where an earlier attempt stopped.
    pub(crate) async fn start_import(
        &self,
        actor: &Actor,
        id: ImportId,
    ) -> Result<Import, Failure> {
        let plan = self.startable(actor, id).await?;
        let set = "state = 'running', plan = $3, error = NULL, started_by = $4, queued_at = $5, \
            started_at = coalesce(started_at, $5), finished_at = NULL, cancel_requested = false";
        let from = [State::Ready, State::Failed, State::Cancelled];
        self.queue(actor, id, set, &from, &plan).await
    }

    /// The plan of an import that the actor may carry out.
    async fn startable(&self, actor: &Actor, id: ImportId) -> Result<Plan, Failure> {
        let import = self.import(actor, id).await?;
        let catalog = self.catalog(actor).await?;
        let plan = import
            .plan
            .clone()
            .unwrap_or_else(|| import.analysis.proposal.clone());
        if plan.mode != Mode::Update {
            authorise(actor, Action::Create, Some(&import.object_key))?;
        }
        if plan.mode != Mode::Create {
            authorise(actor, Action::Update, Some(&import.object_key))?;
        }
        compile(catalog, &import, &import.analysis, plan.clone())?;
        Ok(plan)
    }

    async fn queue(
        &self,
        actor: &Actor,
        id: ImportId,
        set: &'static str,
        from: &[State],
        plan: &Plan,
    ) -> Result<Import, Failure> {
        let now = self.clock().now();
        let tx = self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?;
        let done = store::set_in(
            &tx,
            actor.workspace,
            id,
            set,
            from,
            &[&Json(plan), &actor.user, &now],
        )
        .await?;
        let import = self.settle(tx, done, actor, id).await?;
        self.imports().poke();
        Ok(import)
    }

    /// Asks to stop the work under way. What is in, stays.
    pub(crate) async fn cancel_import(
        &self,
        actor: &Actor,
        id: ImportId,
    ) -> Result<Import, Failure> {
        self.import(actor, id).await?;
        let tx = self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?;
        let from = [State::Checking, State::Running];
        let done = store::set_in(
            &tx,
            actor.workspace,
            id,
            "cancel_requested = true",
            &from,
            &[],
        )
        .await?;
        let import = self.settle(tx, done, actor, id).await?;
        self.imports().cancel(id);
        Ok(import)
    }

    /// Undoes the import in the background.
    pub(crate) async fn undo_import(&self, actor: &Actor, id: ImportId) -> Result<Import, Failure> {
        let import = self.import(actor, id).await?;
        authorise(actor, Action::Delete, Some(&import.object_key))?;
        let now = self.clock().now();
        let tx = self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?;
        let set = "state = 'undoing', error = NULL, started_by = $3, queued_at = $4, cancel_requested = false";
        let from = [State::Completed, State::Cancelled, State::Failed];
        let done =
            store::set_in(&tx, actor.workspace, id, set, &from, &[&actor.user, &now]).await?;
        let import = self.settle(tx, done, actor, id).await?;
        self.imports().poke();
        Ok(import)
    }

    /// Forgets an import and its file. The records stay; they can't be undone any more.
    pub(crate) async fn delete_import(&self, actor: &Actor, id: ImportId) -> Result<(), Failure> {
        let import = self.import(actor, id).await?;
        let tx = self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?;
        if !store::delete_in(&tx, actor.workspace, id).await? {
            tx.rollback().await?;
            return Err(wrong_state(import.state));
        }
        tx.commit().await?;
        upload::remove(&self.imports().config, id).await
    }

    /// Commits a change of state, or says why there is none.
    async fn settle(
        &self,
        tx: Tx,
        done: bool,
        actor: &Actor,
        id: ImportId,
    ) -> Result<Import, Failure> {
        if !done {
            tx.rollback().await?;
            let import = self.import(actor, id).await?;
            return Err(wrong_state(import.state));
        }
        tx.commit().await?;
        self.import(actor, id).await
    }

    /// The compiled plan of an import that was started.
    pub(crate) async fn compiled(
        &self,
        workspace: WorkspaceId,
        import: &Import,
    ) -> Result<Compiled, Failure> {
        let catalog = self.catalogs().get(workspace).await?;
        let plan = import
            .plan
            .clone()
            .unwrap_or_else(|| import.analysis.proposal.clone());
        compile(catalog, import, &import.analysis, plan)
    }
}

fn compile(
    catalog: Arc<Catalog>,
    import: &Import,
    analysis: &Analysis,
    plan: Plan,
) -> Result<Compiled, Failure> {
    let header: Vec<String> = analysis
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    Compiled::new(catalog, &import.object_key, plan, &header)
}

fn wrong_state(state: State) -> Failure {
    let message = match state {
        State::Ready => "The import has not been started.",
        State::Checking | State::Running => {
            "The import is under way. Wait for its end, or cancel it."
        }
        State::Completed => "The import is complete. Undo it, or send the file again.",
        State::Cancelled | State::Failed => {
            "The import was stopped. Start it again to go on, or undo it."
        }
        State::Undoing => "The import is being undone.",
        State::Undone => "The import was undone. Send the file again to repeat it.",
    };
    Failure::new(ErrorCode::Conflict, message).detail("state", state.as_str())
}

/// The object of this plural or singular name, where the actor may import into it.
fn importable<'a>(catalog: &'a Catalog, actor: &Actor, name: &str) -> Result<&'a Object, Failure> {
    let object = (catalog.by_plural(name))
        .or_else(|| catalog.by_name(name))
        .ok_or_else(|| {
            let plurals = catalog.objects().iter().filter(|object| !object.retired);
            let names: Vec<&str> = plurals.map(|object| object.plural.as_str()).collect();
            let near = kith_kernel::nearest(name, names.iter().copied());
            let hint = near.map_or_else(
                || format!("one of: {}", names.join(", ")),
                |near| format!("`{near}`, perhaps"),
            );
            let message = format!("There is no object `{}`; give {hint}.", short(name));
            Failure::new(ErrorCode::InvalidRequest, message).field("object", "unknown_object")
        })?;
    authorise(actor, Action::Import, Some(&object.key))?;
    Ok(object)
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
