//! What a new workspace begins with: a pipeline, so that the first deal has somewhere to go.

use std::sync::Arc;

use kith_kernel::{
    Actor, ActorKind, Failure, RecordId, Role, Scope, UserId, WorkspaceId, WorkspaceSettings,
};
use kith_store::{Class, Tx};
use uuid::Uuid;

use crate::Records;
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::{Change, Origin, Writer};
use crate::value::Value;

/// Notes that the workspace has begun; no row where it had before.
const BEGIN: &str = "INSERT INTO records.catalog_version (workspace_id, version) VALUES ($1, 1) \
    ON CONFLICT DO NOTHING RETURNING version";

/// The stages of the first pipeline: name, probability in percent, kind, days until a deal rots.
const STAGES: [(&str, i64, &str, Option<i64>); 6] = [
    ("Qualification", 10, "open", Some(14)),
    ("Discovery", 25, "open", Some(21)),
    ("Proposal", 50, "open", Some(21)),
    ("Negotiation", 75, "open", Some(14)),
    ("Won", 100, "won", None),
    ("Lost", 0, "lost", None),
];

impl Records {
    /// Gives a workspace its first pipeline, once.
    pub(crate) async fn begin_workspace(
        &self,
        workspace: WorkspaceId,
        settings: Arc<WorkspaceSettings>,
    ) -> Result<(), Failure> {
        let catalog = self.catalogs().get(workspace).await?;
        if catalog.version > 0 {
            return Ok(());
        }
        let actor = Actor {
            workspace,
            user: UserId(Uuid::nil()),
            kind: ActorKind::System,
            role: Role::Administrator,
            scopes: Arc::from(Scope::ALL),
            settings,
        };
        let writer = Writer {
            actor: &actor,
            catalog: &catalog,
            clock: self.clock(),
            origin: Origin::Request,
            words: None,
        };
        let tx = self.store().begin(workspace, Class::Interactive).await?;
        if tx.query_opt(BEGIN, &[&workspace]).await?.is_some() {
            let pipeline = [
                ("name", Value::Text("Sales".to_owned())),
                ("is_default", Value::Bool(true)),
            ];
            let pipeline = create_in(&tx, &writer, "pipeline", &pipeline).await?;
            for (position, (name, probability, kind, rotting)) in (0_i64..).zip(STAGES) {
                let values = [
                    ("name", Value::Text(name.to_owned())),
                    ("pipeline", Value::Id(pipeline.0)),
                    ("position", Value::Int(position)),
                    ("probability", Value::Int(probability)),
                    ("kind", Value::Text(kind.to_owned())),
                    ("rotting_days", rotting.map_or(Value::Null, Value::Int)),
                ];
                create_in(&tx, &writer, "stage", &values).await?;
            }
        }
        tx.commit().await?;
        self.catalogs().forget(workspace);
        Ok(())
    }
}

async fn create_in(
    tx: &Tx,
    writer: &Writer<'_>,
    object: &str,
    values: &[(&str, Value)],
) -> Result<RecordId, RecordsError> {
    let object: &Object = (writer.catalog.by_key(object)).ok_or_else(Failure::not_found)?;
    let id = RecordId::new(writer.clock);
    let values = (values.iter())
        .filter_map(|(key, value)| Some((object.position_by_key(key)?, value.clone())))
        .collect();
    let changes = vec![Change::Create { id, values }];
    for outcome in writer.apply_in(tx, object, changes).await? {
        outcome.map_err(Failure::from)?;
    }
    Ok(id)
}
