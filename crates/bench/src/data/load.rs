//! Loading the data straight into the tables, past the server.

use std::collections::HashMap;

use anyhow::Context;
use bytes::Bytes;
use futures_util::SinkExt;
use kith_records::catalog::standard::OBJECTS;
use kith_records::search::text::words;
use tokio_postgres::Client;
use uuid::Uuid;

use super::copy::Rows;
use super::{Kind, Workspace, company, deal, person};
use crate::report::say;

/// How much is sent at once.
const CHUNK: usize = 256 << 10;

const SHARED: &str = "workspace_id, id, version, created_at, created_by, updated_at, updated_by, \
    owner_id, name, sort_key, search_text, custom";

/// The indexes that are cheaper to build over all rows than to keep up row by row: all but those
/// that constraints need.
const INDEXES: &str = "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i \
    WHERE indrelid = ANY(ARRAY['records.person', 'records.company', 'records.deal']::regclass[]) \
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)";

/// Fills the workspaces. `client` is a superuser's: row-level security and foreign keys, which
/// the data keeps, would cost more time than all the rest.
pub(crate) async fn load(client: &Client, workspaces: &[Workspace]) -> anyhow::Result<()> {
    client
        .batch_execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        .await?;
    let indexes = client.query(INDEXES, &[]).await?;
    let indexes: Vec<(String, String)> =
        indexes.iter().map(|row| (row.get(0), row.get(1))).collect();
    for (name, _) in &indexes {
        client.batch_execute(&format!("DROP INDEX {name}")).await?;
    }
    for workspace in workspaces {
        say(&format!(
            "loading workspace {}: {:?}",
            workspace.number, workspace.sizes
        ));
        load_workspace(client, workspace).await?;
    }
    say(&format!("building {} indexes", indexes.len()));
    for (name, definition) in &indexes {
        client
            .batch_execute(definition)
            .await
            .with_context(|| format!("building {name}"))?;
    }
    client
        .batch_execute("SET session_replication_role = DEFAULT")
        .await?;
    for table in ["person", "company", "deal", "unique_value", "search_word"] {
        client
            .batch_execute(&format!("VACUUM (ANALYZE, FREEZE) records.{table}"))
            .await?;
    }
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}

async fn load_workspace(client: &Client, workspace: &Workspace) -> anyhow::Result<()> {
    let mut seen = HashMap::new();
    let mut unique = Rows::new();
    let sizes = workspace.sizes;
    let domains = Taken::of(Kind::Company, "domain")?;
    fill(
        client,
        workspace,
        Kind::Company,
        sizes.companies,
        company::COLUMNS,
        |index, rows| {
            let (folded, domain) = company::push(workspace, index, rows);
            domains.push(workspace, index, &domain, &mut unique);
            count(&folded, &mut seen);
        },
    )
    .await?;
    let emails = Taken::of(Kind::Person, "emails")?;
    fill(
        client,
        workspace,
        Kind::Person,
        sizes.people,
        person::COLUMNS,
        |index, rows| {
            let (folded, email) = person::push(workspace, index, rows);
            emails.push(workspace, index, &email, &mut unique);
            count(&folded, &mut seen);
        },
    )
    .await?;
    fill(
        client,
        workspace,
        Kind::Deal,
        sizes.deals,
        deal::COLUMNS,
        |index, rows| {
            count(&deal::push(workspace, index, rows), &mut seen);
        },
    )
    .await?;
    let columns = "workspace_id, object_id, field_id, value, record_id";
    copy(client, &format!("records.unique_value ({columns})"), unique).await?;
    let mut words = Rows::new();
    for (word, uses) in seen {
        words.plain(workspace.id);
        words.text(&word);
        words.plain(uses);
        words.end_row();
    }
    copy(
        client,
        "records.search_word (workspace_id, word, uses)",
        words,
    )
    .await
}

fn count(folded: &str, seen: &mut HashMap<String, u64>) {
    for word in words(folded) {
        match seen.get_mut(word) {
            Some(uses) => *uses += 1,
            None => {
                seen.insert(word.to_owned(), 1);
            }
        }
    }
}

/// Loads `count` records of a kind.
async fn fill(
    client: &Client,
    workspace: &Workspace,
    kind: Kind,
    count: u64,
    columns: &str,
    mut push: impl FnMut(u64, &mut Rows),
) -> anyhow::Result<()> {
    let slots = workspace
        .custom_fields(kind)
        .iter()
        .filter_map(|field| field.slot.clone());
    let slots: Vec<String> = slots.map(|slot| format!(", {slot}")).collect();
    let slots = slots.concat();
    let table = kind.name();
    let sql = format!("COPY records.{table} ({SHARED}{slots}, {columns}) FROM STDIN");
    let mut sink = std::pin::pin!(client.copy_in(&sql).await?);
    let mut rows = Rows::new();
    for index in 0..count {
        push(index, &mut rows);
        if rows.len() >= CHUNK {
            sink.send(Bytes::from(rows.take())).await?;
        }
    }
    sink.send(Bytes::from(rows.take())).await?;
    sink.close()
        .await
        .with_context(|| format!("loading {table}"))
}

async fn copy(client: &Client, target: &str, mut rows: Rows) -> anyhow::Result<()> {
    let mut sink = std::pin::pin!(client.copy_in(&format!("COPY {target} FROM STDIN")).await?);
    sink.send(Bytes::from(rows.take())).await?;
    sink.close()
        .await
        .with_context(|| format!("loading {target}"))
}

/// Adds the columns [`SHARED`] but the last one; `texts` are name, sort key and search text.
pub(super) fn push_shared(
    workspace: &Workspace,
    kind: Kind,
    index: u64,
    texts: [&String; 3],
    rows: &mut Rows,
) {
    rows.plain(workspace.id);
    rows.plain(workspace.record_id(kind, index));
    rows.plain(1);
    // One record a minute, so that the order of creation is that of the ids.
    let created =
        jiff::Timestamp::from_second(1_640_995_200 + i64::try_from(index).unwrap_or(0) * 60);
    let created = created.unwrap_or_default();
    rows.plain(created);
    rows.plain(workspace.user);
    rows.plain(created);
    rows.plain(workspace.user);
    rows.maybe((index % 20 < 19).then_some(workspace.user));
    for text in texts {
        rows.text(text);
    }
}

/// The values of a unique field that are taken.
struct Taken {
    object: Uuid,
    field: Uuid,
    kind: Kind,
}

impl Taken {
    fn of(kind: Kind, field: &str) -> anyhow::Result<Self> {
        let object = OBJECTS.iter().find(|object| object.key == kind.name());
        let object = object.context("an unknown object")?;
        let field = object.field(field).context("an unknown field")?;
        Ok(Self {
            object: object.id.0,
            field: field.id.0,
            kind,
        })
    }

    fn push(&self, workspace: &Workspace, index: u64, value: &str, rows: &mut Rows) {
        rows.plain(workspace.id);
        rows.plain(self.object);
        rows.plain(self.field);
        rows.text(value);
        rows.plain(workspace.record_id(self.kind, index));
        rows.end_row();
    }
}
