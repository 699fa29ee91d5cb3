//! The objects and fields that every workspace has.
//!
//! Each has a fixed number, from which its id follows: numbers are never given twice.

use std::sync::LazyLock;

use kith_kernel::{FieldId, ObjectId};
use uuid::Uuid;

use super::{Field, FieldType, Object, SelectOption, Storage, Table};

/// The first of the ids of standard objects and fields (a UUID version 8, RFC 9562).
const ID_BASE: u128 = 0x6b69_7468_0000_8000_8000_0000_0000_0000;

/// The standard objects, in the order in which people meet them.
pub static OBJECTS: LazyLock<Vec<Object>> = LazyLock::new(|| {
    vec![
        company(),
        person(),
        lead(),
        deal(),
        pipeline(),
        stage(),
        product(),
        line_item(),
        task(),
        note(),
    ]
});

/// The fields that every object has, standard or custom, before its own.
pub fn system_fields() -> Vec<Field> {
    let only_read = |field: Field| Field {
        read_only: true,
        ..field
    };
    let mut fields: Vec<Field> = vec![
        only_read(field(1, "version", "Version", FieldType::Number {})),
        only_read(indexed(field(
            2,
            "created_at",
            "Created",
            FieldType::DateTime {},
        ))),
        only_read(field(3, "created_by", "Created by", FieldType::User {})),
        only_read(field(4, "updated_at", "Updated", FieldType::DateTime {})),
        only_read(field(5, "updated_by", "Updated by", FieldType::User {})),
        only_read(field(6, "deleted_at", "Deleted", FieldType::DateTime {})),
        Field {
            storage: Storage::Column("owner_id"),
            ..indexed(field(7, "owner", "Owner", FieldType::User {}))
        },
        unique(field(8, "external_id", "External id", FieldType::Text {})),
    ];
    for field in &mut fields {
        field.id = field_id(0, number_of(field.id));
    }
    fields
}

/// The field of a custom object that names its records.
pub fn custom_name() -> Field {
    let mut name = required(indexed(field(9, "name", "Name", FieldType::Text {})));
    name.id = field_id(0, 9);
    name
}

/// When somebody was last in touch, and when that will be next: copies of what interactions know.
fn contact(first: u32) -> [Field; 2] {
    let time = |number, name, label| {
        only_read(indexed(field(number, name, label, FieldType::DateTime {})))
    };
    [
        time(first, "last_contacted_at", "Last contacted"),
        time(first + 1, "next_activity_at", "Next activity"),
    ]
}

fn company() -> Object {
    object(
        1,
        ["company", "companies", "Company", "Companies"],
        "Organisations that you sell to, buy from or work with.",
        [
            vec![
                required(indexed(field(1, "name", "Name", FieldType::Text {}))),
                unique(field(2, "domain", "Domain", FieldType::Text {})),
                field(3, "website", "Website", FieldType::Text {}),
                indexed(field(4, "industry", "Industry", FieldType::Text {})),
                field(
                    5,
                    "kind",
                    "Kind",
                    select(&["prospect", "customer", "partner", "supplier", "other"]),
                ),
                field(6, "emails", "E-mails", FieldType::Emails {}),
                field(7, "phones", "Phones", FieldType::Phones {}),
                field(8, "address", "Address", FieldType::Address {}),
                field(9, "employees", "Employees", FieldType::Number {}),
                money(10, "annual_revenue", "Annual revenue"),
                field(11, "founded_year", "Founded", FieldType::Number {}),
                relation(12, "parent", "Parent company", "company"),
                field(13, "description", "Description", FieldType::LongText {}),
                field(14, "links", "Links", FieldType::Links {}),
            ],
            contact(15).into(),
        ]
        .concat(),
    )
}

fn person() -> Object {
    object(
        2,
        ["person", "people", "Person", "People"],
        "The people whom you deal with.",
        [
            vec![
                only_read(indexed(field(1, "name", "Name", FieldType::Text {}))),
                field(2, "first_name", "First name", FieldType::Text {}),
                field(3, "last_name", "Last name", FieldType::Text {}),
                unique(field(4, "emails", "E-mails", FieldType::Emails {})),
                field(5, "phones", "Phones", FieldType::Phones {}),
                field(6, "job_title", "Job title", FieldType::Text {}),
                field(7, "department", "Department", FieldType::Text {}),
                relation(8, "company", "Company", "company"),
                links(9, "companies", "Further companies", "company"),
                field(10, "address", "Address", FieldType::Address {}),
                field(11, "birthday", "Birthday", FieldType::Date {}),
                field(12, "links", "Links", FieldType::Links {}),
                field(13, "source", "Source", FieldType::Text {}),
                field(14, "description", "Description", FieldType::LongText {}),
                field(
                    15,
                    "tags",
                    "Tags",
                    FieldType::MultiSelect { options: vec![] },
                ),
            ],
            contact(16).into(),
        ]
        .concat(),
    )
}

fn lead() -> Object {
    object(
        3,
        ["lead", "leads", "Lead", "Leads"],
        "People and companies of whom it isn't known yet whether they will buy.",
        vec![
            only_read(indexed(field(1, "name", "Name", FieldType::Text {}))),
            field(2, "first_name", "First name", FieldType::Text {}),
            field(3, "last_name", "Last name", FieldType::Text {}),
            field(4, "company_name", "Company", FieldType::Text {}),
            field(5, "emails", "E-mails", FieldType::Emails {}),
            field(6, "phones", "Phones", FieldType::Phones {}),
            field(7, "job_title", "Job title", FieldType::Text {}),
            default(
                indexed(field(
                    8,
                    "status",
                    "Status",
                    select(&["new", "working", "qualified", "unqualified", "converted"]),
                )),
                "new",
            ),
            field(9, "source", "Source", FieldType::Text {}),
            field(10, "industry", "Industry", FieldType::Text {}),
            field(11, "website", "Website", FieldType::Text {}),
            field(12, "address", "Address", FieldType::Address {}),
            field(13, "score", "Score", FieldType::Number {}),
            field(14, "description", "Description", FieldType::LongText {}),
        ],
    )
}

fn deal() -> Object {
    object(
        4,
        ["deal", "deals", "Deal", "Deals"],
        "Sales on their way from a first talk to a signature.",
        [
            vec![
                required(indexed(field(1, "name", "Name", FieldType::Text {}))),
                relation(2, "company", "Company", "company"),
                links(3, "people", "People", "person"),
                relation(4, "pipeline", "Pipeline", "pipeline"),
                relation(5, "stage", "Stage", "stage"),
                indexed(money(6, "amount", "Amount")),
                indexed(field(
                    7,
                    "expected_close",
                    "Expected close",
                    FieldType::Date {},
                )),
                field(8, "opened_on", "Opened", FieldType::Date {}),
                field(9, "closed_on", "Closed", FieldType::Date {}),
                field(10, "won_reason", "Reason won", FieldType::Text {}),
                field(11, "lost_reason", "Reason lost", FieldType::Text {}),
                relation(12, "product", "Main product", "product"),
                field(13, "source", "Source", FieldType::Text {}),
                field(14, "description", "Description", FieldType::LongText {}),
                only_read(field(
                    15,
                    "stage_entered_at",
                    "In stage since",
                    FieldType::DateTime {},
                )),
            ],
            contact(16).into(),
        ]
        .concat(),
    )
}

fn pipeline() -> Object {
    object(
        5,
        ["pipeline", "pipelines", "Pipeline", "Pipelines"],
        "The ways that deals go, stage by stage.",
        vec![
            required(indexed(field(1, "name", "Name", FieldType::Text {}))),
            default(field(2, "position", "Position", FieldType::Number {}), 0),
            default(
                field(3, "is_default", "Default", FieldType::Boolean {}),
                false,
            ),
        ],
    )
}

fn stage() -> Object {
    object(
        6,
        ["stage", "stages", "Stage", "Stages"],
        "The steps of a pipeline.",
        vec![
            required(indexed(field(1, "name", "Name", FieldType::Text {}))),
            required(relation(2, "pipeline", "Pipeline", "pipeline")),
            default(field(3, "position", "Position", FieldType::Number {}), 0),
            default(
                field(4, "probability", "Probability (%)", FieldType::Number {}),
                0,
            ),
            default(
                field(5, "kind", "Kind", select(&["open", "won", "lost"])),
                "open",
            ),
            field(
                6,
                "rotting_days",
                "Rotting after days",
                FieldType::Number {},
            ),
        ],
    )
}

fn product() -> Object {
    object(
        7,
        ["product", "products", "Product", "Products"],
        "What you sell.",
        vec![
            required(indexed(field(1, "name", "Name", FieldType::Text {}))),
            unique(field(2, "sku", "SKU", FieldType::Text {})),
            field(3, "family", "Family", FieldType::Text {}),
            money(4, "price", "Price"),
            default(field(5, "active", "Active", FieldType::Boolean {}), true),
            field(6, "description", "Description", FieldType::LongText {}),
        ],
    )
}

fn line_item() -> Object {
    object(
        8,
        ["line_item", "line_items", "Line item", "Line items"],
        "What a deal is about: products, quantities and prices.",
        vec![
            only_read(indexed(field(1, "name", "Name", FieldType::Text {}))),
            required(relation(2, "deal", "Deal", "deal")),
            relation(3, "product", "Product", "product"),
            field(4, "description", "Description", FieldType::Text {}),
            default(field(5, "quantity", "Quantity", FieldType::Decimal {}), "1"),
            money(6, "unit_price", "Unit price"),
            default(
                field(7, "discount", "Discount (%)", FieldType::Decimal {}),
                "0",
            ),
            Field {
                storage: Storage::Computed,
                ..field(
                    8,
                    "total",
                    "Total",
                    FieldType::Formula {
                        expression: "unit_price * quantity * (100 - discount) / 100".to_owned(),
                    },
                )
            },
        ],
    )
}

fn task() -> Object {
    object(
        9,
        ["task", "tasks", "Task", "Tasks"],
        "What somebody has to do, and by when.",
        vec![
            required(indexed(field(1, "name", "Task", FieldType::Text {}))),
            indexed(Field {
                storage: Storage::Column("assignee_id"),
                ..field(2, "assignee", "Assignee", FieldType::User {})
            }),
            indexed(field(3, "due_at", "Due", FieldType::DateTime {})),
            default(field(4, "done", "Done", FieldType::Boolean {}), false),
            only_read(field(5, "done_at", "Done at", FieldType::DateTime {})),
            default(
                field(
                    6,
                    "priority",
                    "Priority",
                    select(&["low", "normal", "high"]),
                ),
                "normal",
            ),
            default(
                field(
                    7,
                    "kind",
                    "Kind",
                    select(&["to_do", "call", "email", "meeting"]),
                ),
                "to_do",
            ),
            about(8),
            field(9, "description", "Description", FieldType::LongText {}),
        ],
    )
}

fn note() -> Object {
    object(
        10,
        ["note", "notes", "Note", "Notes"],
        "What somebody wrote down about a record.",
        vec![
            only_read(indexed(field(1, "name", "Title", FieldType::Text {}))),
            required(field(2, "body", "Note", FieldType::LongText {})),
            about(3),
        ],
    )
}

fn object(number: u32, names: [&str; 4], description: &str, own: Vec<Field>) -> Object {
    let [key, plural, label, label_plural] = names;
    let table = Table {
        name: match number {
            1 => "records.company",
            2 => "records.person",
            3 => "records.lead",
            4 => "records.deal",
            5 => "records.pipeline",
            6 => "records.stage",
            7 => "records.product",
            8 => "records.line_item",
            9 => "records.task",
            _ => "records.note",
        },
        object: None,
    };
    let mut fields = system_fields();
    fields.extend(own.into_iter().map(|field| Field {
        id: field_id(number, number_of(field.id)),
        ..field
    }));
    let id = ObjectId(Uuid::from_u128(ID_BASE | u128::from(number << 16)));
    let mut object = Object::bare(id, key, plural, table).with_fields(fields);
    label.clone_into(&mut object.label);
    label_plural.clone_into(&mut object.label_plural);
    description.clone_into(&mut object.description);
    object.searchable = !matches!(key, "pipeline" | "stage" | "line_item");
    object
}

fn field_id(object: u32, number: u32) -> FieldId {
    FieldId(Uuid::from_u128(
        ID_BASE | u128::from((object << 16) | number),
    ))
}

fn number_of(id: FieldId) -> u32 {
    let [.., high, low] = id.0.into_bytes();
    u32::from(high) << 8 | u32::from(low)
}

fn field(number: u32, name: &'static str, label: &str, kind: FieldType) -> Field {
    Field {
        id: field_id(0, number),
        key: name.to_owned(),
        name: name.to_owned(),
        label: label.to_owned(),
        description: String::new(),
        kind,
        storage: Storage::Column(name),
        standard: true,
        read_only: false,
        required: false,
        unique: false,
        indexed: false,
        encrypted: false,
        retired: false,
        default: None,
        validation: None,
        validation_message: None,
        version: 0,
        building: false,
        build_error: None,
    }
}

fn required(field: Field) -> Field {
    Field {
        required: true,
        ..field
    }
}

fn unique(field: Field) -> Field {
    Field {
        unique: true,
        ..field
    }
}

fn indexed(field: Field) -> Field {
    Field {
        indexed: true,
        ..field
    }
}

fn only_read(field: Field) -> Field {
    Field {
        read_only: true,
        ..field
    }
}

fn default(field: Field, value: impl Into<serde_json::Value>) -> Field {
    Field {
        default: Some(value.into()),
        ..field
    }
}

fn money(number: u32, name: &'static str, label: &str) -> Field {
    let currency = match name {
        "annual_revenue" => "annual_revenue_currency",
        "price" => "price_currency",
        "unit_price" => "unit_price_currency",
        _ => "amount_currency",
    };
    Field {
        storage: Storage::Money {
            units: name,
            currency,
        },
        ..field(number, name, label, FieldType::Currency {})
    }
}

fn relation(number: u32, name: &'static str, label: &str, target: &str) -> Field {
    let column = match name {
        "parent" => "parent_id",
        "company" => "company_id",
        "pipeline" => "pipeline_id",
        "stage" => "stage_id",
        "product" => "product_id",
        _ => "deal_id",
    };
    let kind = FieldType::Relation {
        object: target.to_owned(),
    };
    Field {
        storage: Storage::Column(column),
        ..indexed(field(number, name, label, kind))
    }
}

fn links(number: u32, name: &'static str, label: &str, target: &str) -> Field {
    let kind = FieldType::Relations {
        object: target.to_owned(),
    };
    Field {
        storage: Storage::Links,
        ..field(number, name, label, kind)
    }
}

fn about(number: u32) -> Field {
    Field {
        storage: Storage::AnyRecord {
            object: "about_object",
            id: "about_id",
        },
        ..indexed(field(number, "about", "About", FieldType::AnyRelation {}))
    }
}

fn select(values: &[&str]) -> FieldType {
    let options = (values.iter())
        .map(|value| {
            let mut label = value.replace('_', "-");
            if let Some(first) = label.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            SelectOption {
                value: (*value).to_owned(),
                label,
                color: None,
                retired: false,
            }
        })
        .collect();
    FieldType::Select { options }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_and_no_name_is_given_twice() {
        let mut ids = HashSet::new();
        for object in OBJECTS.iter() {
            assert!(ids.insert(object.id.0), "{}", object.key);
            let mut names = HashSet::new();
            for field in object.fields() {
                assert!(names.insert(&field.name), "{}.{}", object.key, field.name);
                let own = number_of(field.id) > 0 && field.id.0.as_u128() >> 16 & 0xffff != 0;
                assert!(
                    !own || ids.insert(field.id.0),
                    "{}.{}",
                    object.key,
                    field.name
                );
            }
        }
    }

    #[test]
    fn every_relation_points_to_an_object() {
        let keys: HashSet<&str> = OBJECTS.iter().map(|object| object.key.as_str()).collect();
        for field in OBJECTS.iter().flat_map(Object::fields) {
            assert!(field.kind.target().is_none_or(|key| keys.contains(key)));
        }
    }
}
