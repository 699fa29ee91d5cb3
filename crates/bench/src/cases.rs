//! What is measured: the requests, the statements beside them, and what is wanted.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

use crate::capture::capture;
use crate::data::{Kind, Person, Workspace};
use crate::http::{Request, encode};
use crate::load::NextRequest;
use crate::options::Options;
use crate::pgbench::{Drawn, Reference};
use crate::random::Random;
use crate::server::Server;
use crate::words::{INDUSTRIES, JOB_TITLES};

/// How many statements are captured where requests differ.
const SAMPLES: usize = 12;

/// What a case has to reach.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    /// Of pgbench's rate.
    pub(crate) ratio: Option<f64>,
    pub(crate) p95: Option<Duration>,
    pub(crate) p99: Option<Duration>,
}

/// One line of the table.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) wanted: Wanted,
    pub(crate) next: NextRequest,
    pub(crate) reference: Option<Reference>,
}

/// The cases that are wanted.
pub(crate) async fn cases(
    server: &Server,
    workspace: &Workspace,
    options: &Options,
) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for plan in plans(workspace) {
        if options.wants(plan.name) {
            cases.push(plan.into_case(server, workspace).await?);
        }
    }
    Ok(cases)
}

/// Where a case's reference comes from.
enum Beside {
    /// The statements with this text that a sample of the requests leads to.
    Alone(&'static str),
    /// The first statement with this text: the page of a list, without counting its records.
    Page(&'static str),
    /// The same, in a transaction in one round trip, with other people in the sample's place.
    Pipelined(&'static str),
    Update,
    Nothing,
}

struct Plan {
    name: &'static str,
    wanted: Wanted,
    next: NextRequest,
    beside: Beside,
}

impl Plan {
    async fn into_case(self, server: &Server, workspace: &Workspace) -> anyhow::Result<Case> {
        let id = workspace.id.to_string();
        let drawn = Drawn {
            prefix: workspace.id_prefix(Kind::Person),
            count: workspace.sizes.people,
        };
        let mut random = Random::of(workspace.seed, 77, 0);
        let samples: Vec<Request> = (0..SAMPLES).map(|_| (self.next)(&mut random)).collect();
        let reference = match self.beside {
            Beside::Alone(table) => {
                let statements = capture(server, &samples, table).await?;
                Some(Reference::alone(&id, &statements))
            }
            Beside::Page(table) => {
                let mut statements = capture(server, &samples, table).await?;
                for captured in &mut statements {
                    captured.statements.truncate(1);
                }
                Some(Reference::alone(&id, &statements))
            }
            Beside::Pipelined(table) => {
                let statements = capture(server, &samples[..1], table).await?;
                let first = statements[0].statements.first().context("no statement")?;
                Some(Reference::pipelined(&id, first, &drawn))
            }
            Beside::Update => Some(Reference::update(&id, &workspace.user.to_string(), &drawn)),
            Beside::Nothing => None,
        };
        Ok(Case {
            name: self.name,
            wanted: self.wanted,
            next: self.next,
            reference,
        })
    }
}

fn plans(workspace: &Workspace) -> Vec<Plan> {
    let within = |milliseconds| Some(Duration::from_millis(milliseconds));
    let list = Wanted {
        p95: within(50),
        ..Wanted::default()
    };
    let filtered = Wanted {
        ratio: Some(0.6),
        ..list
    };
    let titles = JOB_TITLES
        .iter()
        .map(|title| format!("job_title == \"{title}\""));
    let regions = [
        "North", "East", "South", "West", "Alps", "Baltic", "Iberia", "Nordics",
    ];
    let regions = regions
        .iter()
        .map(|region| format!("region == \"{region}\""));
    let industries = INDUSTRIES
        .iter()
        .map(|name| format!("company.industry == \"{name}\""));
    let scores = (0..40).map(|n| format!("score >= {} && score < {}", n * 25, n * 25 + 10));
    let parts = [
        "berg", "dahl", "hoff", "lind", "mann", "rich", "stein", "strom", "wick", "zim",
    ];
    let parts = parts
        .iter()
        // As a condition that was clicked together says it.
        .map(|part| format!("name.icontains(\"{part}\")"));
    vec![
        plan(
            "one person by id",
            Wanted {
                ratio: Some(0.45),
                ..Wanted::default()
            },
            by_id(workspace),
            Beside::Pipelined("records.person"),
        ),
        plan(
            "50 people by a field, sorted by name",
            filtered,
            people(workspace, titles, "name"),
            Beside::Page("LIMIT 51"),
        ),
        plan(
            "50 people by a custom field, sorted by name",
            filtered,
            people(workspace, regions, "name"),
            Beside::Page("LIMIT 51"),
        ),
        plan(
            "50 people by their company's industry, sorted by name",
            list,
            people(workspace, industries, "name"),
            Beside::Page("LIMIT 51"),
        ),
        plan(
            "50 people by a numeric range, sorted by it",
            list,
            people(workspace, scores, "-score"),
            Beside::Page("LIMIT 51"),
        ),
        plan(
            "50 people by a part of the name, sorted by name",
            list,
            people(workspace, parts, "name"),
            Beside::Page("LIMIT 51"),
        ),
        plan(
            "search as one types",
            list,
            search(workspace),
            Beside::Alone("AS domain"),
        ),
        plan(
            "board totals of all deals",
            Wanted {
                p95: within(250),
                ..Wanted::default()
            },
            board(workspace),
            Beside::Alone("records.deal"),
        ),
        plan(
            "update one field of one person",
            Wanted {
                ratio: Some(0.5),
                ..Wanted::default()
            },
            update(workspace),
            Beside::Update,
        ),
        plan(
            "create a note",
            Wanted {
                p99: within(20),
                ..Wanted::default()
            },
            note(workspace),
            Beside::Nothing,
        ),
    ]
}

fn plan(name: &'static str, wanted: Wanted, next: NextRequest, beside: Beside) -> Plan {
    Plan {
        name,
        wanted,
        next,
        beside,
    }
}

fn any_person(workspace: &Workspace) -> impl Fn(&mut Random) -> String + Send + Sync + 'static {
    let (prefix, count) = (workspace.id_prefix(Kind::Person), workspace.sizes.people);
    move |random| format!("{prefix}{:012}", random.below(count))
}

fn by_id(workspace: &Workspace) -> NextRequest {
    let (person, token) = (any_person(workspace), workspace.token.clone());
    Arc::new(move |random| Request::get(&format!("/api/v1/people/{}", person(random)), &token))
}

/// A page of people, by one of some filters.
fn people(workspace: &Workspace, filters: impl Iterator<Item = String>, sort: &str) -> NextRequest {
    let requests: Vec<Request> = filters
        .map(|filter| {
            let filter = encode(&filter);
            let path = format!("/api/v1/people?filter={filter}&sort={sort}&limit=50");
            Request::get(&path, &workspace.token)
        })
        .collect();
    any_of(requests)
}

/// Beginnings of names, three letters and more, as they stand in the field while somebody types.
fn search(workspace: &Workspace) -> NextRequest {
    let mut random = Random::of(workspace.seed, 55, 0);
    let requests = (0..2_000)
        .map(|_| {
            let index = random.below(workspace.sizes.people);
            let person = Person::new(workspace.seed, workspace.number, index);
            let (full, last) = (person.name(), person.last);
            let whole = if random.chance(30) { full } else { last };
            let length = 3 + random.below((whole.len() - 3).max(1) as u64);
            let typed: String = whole
                .chars()
                .take(usize::try_from(length).unwrap_or(3))
                .collect();
            let path = format!("/api/v1/search?q={}", encode(typed.trim_end()));
            Request::get(&path, &workspace.token)
        })
        .collect();
    any_of(requests)
}

fn board(workspace: &Workspace) -> NextRequest {
    let metrics = encode("count,sum(amount),weighted_sum(amount)");
    let path = format!("/api/v1/deals/aggregate?group_by=stage.name&metrics={metrics}");
    any_of(vec![Request::get(&path, &workspace.token)])
}

fn update(workspace: &Workspace) -> NextRequest {
    let (person, token) = (any_person(workspace), workspace.token.clone());
    Arc::new(move |random| {
        let path = format!("/api/v1/people/{}", person(random));
        let body = json!({ "job_title": format!("Title {}", random.below(1_000)) });
        Request::json("PATCH", &path, &token, &body)
    })
}

fn note(workspace: &Workspace) -> NextRequest {
    let (person, token) = (any_person(workspace), workspace.token.clone());
    Arc::new(move |random| {
        let about = json!({ "object": "person", "id": person(random) });
        let body = json!({ "body": "Called back, wants an offer for next year.", "about": about });
        Request::json("POST", "/api/v1/notes", &token, &body)
    })
}

fn any_of(requests: Vec<Request>) -> NextRequest {
    Arc::new(move |random| {
        let index = random.below(requests.len() as u64);
        requests[usize::try_from(index).unwrap_or(0)].clone()
    })
}
