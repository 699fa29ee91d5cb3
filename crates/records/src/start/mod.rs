//! Where a workspace stands: whether there is anything in it to show.

use std::fmt::Write as _;

use axum::extract::State;
use kith_contracts::access::{Action, authorise};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Routes};
use kith_kernel::{Actor, Failure};
use kith_store::Class;
use serde_json::{Map, Value, json};

use crate::Records;

/// Objects that are there from the start, with records that nobody entered.
const GIVEN: [&str; 2] = ["pipeline", "stage"];

/// Adds the route.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    let objects =
        Schema::map(Schema::boolean()).about("Whether there are records, by plural name.");
    routes
        .tag("Start", "Whether there is anything to show yet.")
        .get(
            "/start",
            Access::Authenticated,
            read,
            Operation::new("get_start", "Tell whether there are any records").answers(
                200,
                "Whether there are.",
                Schema::object()
                    .required("has_records", Schema::boolean())
                    .required("objects", objects),
            ),
        )
}

async fn read(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
) -> Answer<Json<Value>> {
    Ok(Json(records.start(&actor).await?))
}

impl Records {
    /// Which objects have live records. Of each, one index is looked into.
    async fn start(&self, actor: &Actor) -> Result<Value, Failure> {
        authorise(actor, Action::Read, None)?;
        let catalog = self.catalog(actor).await?;
        let objects: Vec<_> = (catalog.objects().iter())
            .filter(|object| !object.retired && !GIVEN.contains(&object.key.as_str()))
            .collect();
        let mut sql = String::from("SELECT ARRAY[");
        for (place, object) in objects.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            let table = object.table.name;
            // By the index of lists; the object's id is the catalog's, never a client's text.
            let _ = write!(
                sql,
                "{comma}EXISTS (SELECT FROM {table} WHERE workspace_id = $1 AND deleted_at IS NULL"
            );
            if let Some(id) = object.table.object {
                let _ = write!(sql, " AND object_id = '{id}'");
            }
            sql.push(')');
        }
        sql.push(']');
        let workspace = actor.workspace;
        let rows = (self.store())
            .read(workspace, Class::Interactive, &sql, &[&workspace])
            .await?;
        let there: Vec<bool> = (rows.first())
            .map_or(Ok(Vec::new()), |row| row.try_get(0))
            .map_err(Failure::internal)?;
        let shown: Map<String, Value> = (objects.iter().zip(&there))
            .map(|(object, there)| (object.plural.clone(), json!(there)))
            .collect();
        Ok(json!({ "has_records": there.contains(&true), "objects": shown }))
    }
}
