//! The SQL of representative requests.

mod junk;
mod plans;
mod scan;

use std::collections::HashMap;
use std::sync::Arc;

use kith_contracts::access::{Action, Permit, authorise};
use kith_kernel::{
    Actor, ActorKind, ApiTokenId, Currency, Failure, FieldId, ObjectId, Role, Scope, UserId,
    WorkspaceId, WorkspaceSettings,
};
use uuid::Uuid;

use super::{ListRequest, Moment, Subject};
use crate::catalog::{
    Catalog, Field, FieldType, Object, RollUpFunction, SelectOption, Slot, SlotKind, Storage,
    Table, standard,
};

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn permit() -> Permit {
    let actor = Actor {
        workspace: WorkspaceId(id(1)),
        user: UserId(id(2)),
        kind: ActorKind::Token(ApiTokenId(id(3))),
        role: Role::Administrator,
        scopes: Arc::from(Scope::ALL),
        settings: Arc::new(WorkspaceSettings {
            currency: Currency::EUR,
            region: "DE".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            locale: "de-DE".to_owned(),
        }),
    };
    authorise(&actor, Action::Read, None).unwrap()
}

pub(super) fn moment() -> Moment {
    Moment {
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        zone_name: "Europe/Berlin".to_owned(),
        user: UserId(id(2)),
    }
}

fn custom(number: u32, name: &str, kind: FieldType, slot: Option<Slot>) -> Field {
    let mut field = crate::catalog::standard::custom_name();
    field.id = FieldId(id(0x0f00 + u128::from(number)));
    field.key = format!("f{number}");
    field.name = name.to_owned();
    field.storage = match kind {
        FieldType::Formula { .. } | FieldType::RollUp { .. } => Storage::Computed,
        FieldType::Relations { .. } => Storage::Links,
        _ => Storage::Custom { slot },
    };
    field.kind = kind;
    field.standard = false;
    field.required = false;
    field.indexed = slot.is_some();
    field
}

fn option(value: &str) -> SelectOption {
    SelectOption {
        value: value.to_owned(),
        label: value.to_owned(),
        color: None,
        retired: false,
    }
}

fn formula(expression: &str) -> FieldType {
    FieldType::Formula {
        expression: expression.to_owned(),
    }
}

/// The standard objects, with custom fields on people, companies and deals, and a custom object.
pub(super) fn catalog() -> Catalog {
    let slot = |kind, number| Some(Slot { kind, number });
    let mut more: HashMap<&str, Vec<Field>> = HashMap::new();
    more.insert(
        "person",
        vec![
            custom(
                1,
                "tier",
                FieldType::Select {
                    options: vec![option("gold"), option("silver")],
                },
                slot(SlotKind::Text, 1),
            ),
            custom(2, "score", FieldType::Decimal {}, slot(SlotKind::Number, 1)),
            custom(
                3,
                "likes",
                FieldType::MultiSelect {
                    options: vec![option("tea"), option("coffee")],
                },
                None,
            ),
            custom(4, "nickname", FieldType::Text {}, None),
            custom(5, "budget", FieldType::Currency {}, None),
            custom(6, "met_on", FieldType::Date {}, slot(SlotKind::Time, 1)),
            custom(7, "seen_at", FieldType::DateTime {}, None),
            custom(
                8,
                "greeting",
                formula("\"Dear \" + name + (company == null ? \"\" : \" of \" + company.name)"),
                None,
            ),
            custom(9, "extra", FieldType::Json {}, None),
            custom(10, "vip", FieldType::Boolean {}, None),
        ],
    );
    more.insert(
        "company",
        vec![
            custom(
                21,
                "deals_won",
                FieldType::RollUp {
                    object: "deal".into(),
                    relation: "company".into(),
                    function: RollUpFunction::Sum,
                    field: Some("amount".into()),
                    filter: Some("stage.kind == \"won\"".into()),
                },
                None,
            ),
            custom(
                22,
                "people_count",
                FieldType::RollUp {
                    object: "person".into(),
                    relation: "company".into(),
                    function: RollUpFunction::Count,
                    field: None,
                    filter: None,
                },
                None,
            ),
            custom(
                23,
                "won_per_head",
                formula("employees > 0 ? deals_won / double(employees) : null"),
                None,
            ),
            custom(24, "circular", formula("circular2 + 1"), None),
            custom(25, "circular2", formula("circular + 1"), None),
        ],
    );
    let mut objects: Vec<Object> = (standard::OBJECTS.iter())
        .map(|object| {
            let mut fields = object.fields().to_vec();
            fields.extend(more.remove(object.key.as_str()).unwrap_or_default());
            object.clone().with_fields(fields)
        })
        .collect();
    let project = ObjectId(id(0x0b01));
    let table = Table {
        name: "records.custom_record",
        object: Some(project),
    };
    let mut fields = standard::system_fields();
    fields.push(standard::custom_name());
    fields.push(custom(
        31,
        "client",
        FieldType::Relation {
            object: "company".into(),
        },
        None,
    ));
    fields.push(custom(
        32,
        "members",
        FieldType::Relations {
            object: "person".into(),
        },
        None,
    ));
    fields.push(custom(
        33,
        "parent",
        FieldType::Relation {
            object: "o1".into(),
        },
        slot(SlotKind::Id, 1),
    ));
    let mut object = Object::bare(project, "o1", "projects", table).with_fields(fields);
    object.name = "project".to_owned();
    object.searchable = true;
    objects.push(object);
    Catalog::new(1, objects)
}

/// Plans with the catalog above.
pub(super) fn with<T>(
    plural: &str,
    plan: impl FnOnce(&Subject<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (catalog, permit, moment) = (catalog(), permit(), moment());
    let object = catalog.by_plural(plural).unwrap();
    plan(&Subject {
        catalog: &catalog,
        object,
        permit: &permit,
        moment: &moment,
    })
}

/// The request of a query string without encoding.
pub(super) fn request(parameters: &str) -> ListRequest {
    let pairs = parameters.split(" & ").filter(|pair| !pair.is_empty());
    ListRequest::from_pairs(pairs.map(|pair| pair.split_once('=').unwrap())).unwrap()
}

fn or_refusal(result: Result<String, Failure>) -> String {
    result.unwrap_or_else(|failure| format!("{failure} {:?}", failure.fields))
}

/// The statement of a page. The cursor `@` stands for that of a page before.
fn page(plural: &str, parameters: &str) -> String {
    let (parameters, from) = match parameters.strip_suffix(" & cursor=@") {
        Some(rest) => (rest, true),
        None => (parameters, false),
    };
    or_refusal(with(plural, |subject| {
        let mut request = request(parameters);
        let plan = super::list::plan(subject, &request)?;
        if !from {
            return Ok(plan.page.sql);
        }
        request.cursor = Some(plan.some_cursor());
        Ok(super::list::plan(subject, &request)?.page.sql)
    }))
}

fn aggregate(plural: &str, parameters: &str) -> String {
    let pairs = parameters
        .split(" & ")
        .filter_map(|pair| pair.split_once('='));
    let request = super::aggregate::AggregateRequest::from_pairs(pairs).unwrap();
    or_refusal(with(plural, |subject| {
        super::aggregate::plan(subject, &request).map(|plan| plan.groups.sql)
    }))
}

fn get(plural: &str, fields: &str) -> String {
    let fields = Some(fields).filter(|fields| !fields.is_empty());
    or_refusal(with(plural, |subject| {
        super::get::plan(subject, fields).map(|plan| plan.record.sql)
    }))
}
