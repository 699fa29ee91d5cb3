//! Making the workspaces and filling them, once for each data directory.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::data::{self, CustomField, Kind, Sizes, Stage, Workspace, fields};
use crate::http::{self, Request};
use crate::options::Options;
use crate::report::say;
use crate::server::Server;

/// The file that says what a data directory has been filled with.
const NOTE: &str = "bench.json";

/// The workspaces of the data directory: those that are there, or new ones.
pub(crate) async fn prepare(server: &Server, options: &Options) -> anyhow::Result<Vec<Workspace>> {
    let note = options.data.join(NOTE);
    let filled = json!({
        "seed": options.seed, "people": options.people, "companies": options.companies,
        "deals": options.deals, "workspaces": options.workspaces, "others": options.others,
    });
    if note.exists() {
        return existing(server, options, &note, &filled).await;
    }
    let mut workspaces = Vec::new();
    for number in 0..=options.workspaces {
        let sizes = if number == 0 {
            Sizes {
                people: options.people,
                companies: options.companies,
                deals: options.deals,
            }
        } else {
            Sizes::in_proportion(options.others)
        };
        let token = create(server, &format!("Bench {number}"))?;
        workspaces.push(describe(server, number, &token, sizes, options.seed).await?);
    }
    let superuser = server.superuser().await?;
    let mut client = server.client().await?;
    if let Some(large) = workspaces.first_mut() {
        for kind in [Kind::Person, Kind::Company, Kind::Deal] {
            let fields = custom_fields(&mut client, &superuser, large, kind).await?;
            large.fields.push((kind, fields));
        }
    }
    data::load(&superuser, &workspaces).await?;
    let tokens: Vec<&str> = workspaces
        .iter()
        .map(|workspace| workspace.token.as_str())
        .collect();
    fs::write(
        &note,
        json!({ "filled": filled, "tokens": tokens }).to_string(),
    )?;
    Ok(workspaces)
}

async fn existing(
    server: &Server,
    options: &Options,
    note: &Path,
    wanted: &Value,
) -> anyhow::Result<Vec<Workspace>> {
    let text = fs::read_to_string(note)?;
    let known: Value = serde_json::from_str(&text)?;
    if known["filled"] != *wanted {
        bail!(
            "{} was filled with {}; remove it or name another with --data",
            options.data.display(),
            known["filled"]
        );
    }
    say(&format!("using the data in {}", options.data.display()));
    let token = known["tokens"][0].as_str().context("no token")?;
    let sizes = Sizes {
        people: options.people,
        companies: options.companies,
        deals: options.deals,
    };
    Ok(vec![describe(server, 0, token, sizes, options.seed).await?])
}

/// Makes a workspace and returns its administrator's token.
pub(crate) fn create(server: &Server, name: &str) -> anyhow::Result<String> {
    let email = format!("{}@bench.example", name.to_lowercase().replace(' ', "."));
    let arguments = [
        "init",
        "--workspace",
        name,
        "--email",
        &email,
        "--password-stdin",
        "--print-token",
    ];
    let printed = server.command(&arguments, "a passphrase for the bench\n", "")?;
    let token = printed.split_whitespace().next_back();
    token
        .map(str::to_owned)
        .context("kith init printed no token")
}

/// The steps of the pipeline that a workspace begins with.
const STAGES: &str = "SELECT s.id, s.kind, s.pipeline_id FROM records.stage s \
    JOIN records.pipeline p ON p.workspace_id = s.workspace_id AND p.id = s.pipeline_id \
    WHERE s.workspace_id = $1 AND p.is_default ORDER BY s.position";

async fn describe(
    server: &Server,
    number: u64,
    token: &str,
    sizes: Sizes,
    seed: u64,
) -> anyhow::Result<Workspace> {
    let mut client = server.client().await?;
    let me = client
        .send(&Request::get("/api/v1/users/me", token))
        .await?
        .json()?;
    let workspace = client
        .send(&Request::get("/api/v1/workspace", token))
        .await?
        .json()?;
    let workspace = id(&workspace["id"])?;
    // The first request that needs the catalog gives a workspace its pipeline.
    client
        .send(&Request::get("/api/v1/objects", token))
        .await?
        .json()?;
    let stages = server
        .superuser()
        .await?
        .query(STAGES, &[&workspace])
        .await?;
    let pipeline = stages
        .first()
        .context("a new workspace has no stages")?
        .get(2);
    let stages = stages.iter();
    Ok(Workspace {
        number,
        id: workspace,
        user: id(&me["id"])?,
        token: token.to_owned(),
        sizes,
        seed,
        pipeline,
        stages: stages
            .map(|row| Stage {
                id: row.get(0),
                kind: row.get(1),
            })
            .collect(),
        fields: Vec::new(),
    })
}

fn id(value: &Value) -> anyhow::Result<uuid::Uuid> {
    let text = value
        .as_str()
        .with_context(|| format!("not an id: {value}"))?;
    Ok(text.parse()?)
}

/// Where a custom field's values go: its key, and its slot where it has one.
const PLACES: &str = "SELECT definition->>'name', definition->>'key', definition->>'slot' \
    FROM records.catalog_field WHERE workspace_id = $1 AND object_id = $2";

async fn custom_fields(
    client: &mut http::Client,
    superuser: &Client,
    workspace: &Workspace,
    kind: Kind,
) -> anyhow::Result<Vec<CustomField>> {
    let path = format!("/api/v1/objects/{}/fields", kind.name());
    for wanted in &fields::WANTED {
        let request = Request::json("POST", &path, &workspace.token, &wanted.request());
        client
            .send(&request)
            .await?
            .json()
            .with_context(|| format!("making the field {}", wanted.name))?;
    }
    let objects = &kith_records::catalog::standard::OBJECTS;
    let object = objects
        .iter()
        .find(|object| object.key == kind.name())
        .context("an unknown object")?;
    let rows = superuser
        .query(PLACES, &[&workspace.id, &object.id.0])
        .await?;
    fields::WANTED
        .iter()
        .map(|wanted| {
            let row = rows.iter().find(|row| row.get::<_, &str>(0) == wanted.name);
            let row = row.with_context(|| format!("the field {} is not there", wanted.name))?;
            Ok(CustomField {
                key: row.get(1),
                slot: row.get(2),
                values: wanted.values,
            })
        })
        .collect()
}
