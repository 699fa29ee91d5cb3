//! The description of a workspace's records: each object's paths and schemas, from its catalog.

use http::Method;
use kith_http::Access;
use kith_http::openapi::{OpenApiPart, Operation, Schema};
use kith_kernel::ErrorCode;

use crate::catalog::{Catalog, Field, FieldType, Object, SelectOption};
use crate::value::Address;

/// What the API knows of the catalog's objects in use.
pub fn describe(catalog: &Catalog) -> OpenApiPart {
    let mut part = OpenApiPart::default();
    part.schema("Address", address());
    part.schema("HistoryEvent", history_event());
    part.schema("Duplicate", crate::duplicates::http::schema());
    for object in catalog.objects().iter().filter(|object| !object.retired) {
        describe_object(catalog, object, &mut part);
    }
    part
}

fn describe_object(catalog: &Catalog, object: &Object, part: &mut OpenApiPart) {
    let tag = &object.label_plural;
    part.tag(tag, &object.description);
    part.schema(&schema_name(object), read_schema(catalog, object));
    part.schema(
        &format!("{}Data", schema_name(object)),
        write_schema(object),
    );
    let collection = format!("/{}", object.plural);
    let one = format!("/{}/{{id}}", object.plural);
    for (method, path, operation) in [
        (Method::GET, collection.clone(), list(object)),
        (Method::POST, collection.clone(), create(object)),
        (Method::POST, format!("{collection}/query"), query(object)),
        (
            Method::POST,
            format!("{collection}/duplicates"),
            crate::duplicates::http::describe(&object.plural, &lower(object)),
        ),
        (
            Method::GET,
            format!("{collection}/aggregate"),
            aggregate(object),
        ),
        (Method::GET, format!("{collection}/export"), export(object)),
        (Method::POST, format!("{collection}/upsert"), upsert(object)),
        (Method::GET, one.clone(), get(object)),
        (Method::PATCH, one.clone(), update(object)),
        (Method::DELETE, one.clone(), delete(object)),
        (Method::POST, format!("{one}/restore"), restore(object)),
        (Method::GET, format!("{one}/history"), history(object)),
    ] {
        part.operation(tag, &method, &path, Access::Authenticated, operation);
    }
}

/// The name of an object's schema: its API name in camel case.
fn schema_name(object: &Object) -> String {
    (object.name.split('_'))
        .filter_map(|word| {
            let mut letters = word.chars();
            let first = letters.next()?.to_ascii_uppercase();
            Some(format!("{first}{}", letters.as_str()))
        })
        .collect()
}

fn shown(object: &Object) -> Schema {
    Schema::named(&schema_name(object))
}

fn data(object: &Object) -> Schema {
    Schema::named(&format!("{}Data", schema_name(object)))
}

fn id(operation: Operation) -> Operation {
    operation
        .path("id", Schema::uuid(), "The record's id.")
        .refuses(&[ErrorCode::NotFound])
}

const WRITE_REFUSALS: [ErrorCode; 4] = [
    ErrorCode::Forbidden,
    ErrorCode::ValidationFailed,
    ErrorCode::Duplicate,
    ErrorCode::Conflict,
];

const QUERY_REFUSALS: [ErrorCode; 4] = [
    ErrorCode::InvalidRequest,
    ErrorCode::InvalidExpression,
    ErrorCode::InvalidCursor,
    ErrorCode::QueryTimeout,
];

fn list(object: &Object) -> Operation {
    Operation::new(
        format!("list_{}", object.plural),
        format!("List {}", lower(object)),
    )
    .shared("Filter")
    .shared("Sort")
    .shared("Fields")
    .shared("Limit")
    .shared("Cursor")
    .shared("Count")
    .query(
        "deleted",
        Schema::boolean(),
        "List the recycle bin instead.",
    )
    .answers(200, "One page.", Schema::page_of(selected(object)))
    .refuses(&QUERY_REFUSALS)
}

/// What a list or a single read shows: all of it by default, a part of it by `fields`.
fn selected(object: &Object) -> Schema {
    Schema::any_of([shown(object), Schema::map(Schema::any())])
}

fn query(object: &Object) -> Operation {
    let body = Schema::object()
        .optional("filter", Schema::string())
        .optional("sort", Schema::string())
        .optional("fields", Schema::string())
        .optional(
            "limit",
            Schema::integer().with("minimum", 1).with("maximum", 200),
        )
        .optional("cursor", Schema::string())
        .optional("count", Schema::one_of_texts(&["capped", "exact", "none"]))
        .optional("deleted", Schema::boolean());
    Operation::new(
        format!("query_{}", object.plural),
        format!("List {}, by a body", lower(object)),
    )
    .about("The same as the list, for filters that are too long for an address.")
    .json(body)
    .answers(200, "One page.", Schema::page_of(selected(object)))
    .refuses(&QUERY_REFUSALS)
}

fn aggregate(object: &Object) -> Operation {
    let group = Schema::object().required("key", Schema::map(Schema::any()));
    Operation::new(
        format!("aggregate_{}", object.plural),
        format!("Count and sum up {}", lower(object)),
    )
    .query(
        "group_by",
        Schema::string(),
        "Fields, also of related records; dates by `:day`, `:week`, `:month`, `:quarter`, `:year`.",
    )
    .query(
        "metrics",
        Schema::string(),
        "Such as `count,sum(amount),avg(amount),min(amount),max(amount),weighted_sum(amount)`.",
    )
    .shared("Filter")
    .query(
        "sort",
        Schema::string(),
        "Group keys or metrics, `-` before those that descend.",
    )
    .query(
        "limit",
        Schema::integer().with("minimum", 1).with("maximum", 1000),
        "The most groups.",
    )
    .answers(
        200,
        "The groups.",
        Schema::object().required("groups", Schema::array(group)),
    )
    .refuses(&[
        ErrorCode::InvalidRequest,
        ErrorCode::InvalidExpression,
        ErrorCode::CurrencyMismatch,
        ErrorCode::QueryTimeout,
    ])
}

fn export(object: &Object) -> Operation {
    let file = || Schema::string().with("contentMediaType", "application/octet-stream");
    Operation::new(
        format!("export_{}", object.plural),
        format!("Take {} out as a file", lower(object)),
    )
    .query(
        "format",
        Schema::one_of_texts(&["csv", "xlsx", "ndjson"]),
        "The kind of file; CSV unless given.",
    )
    .query(
        "headers",
        Schema::one_of_texts(&["names", "labels"]),
        "What stands in the first row; API names unless given.",
    )
    .shared("Filter")
    .shared("Sort")
    .shared("Fields")
    .answers_with(200, "The file.", "text/csv", file())
    .answers_with(200, "The file.", "application/x-ndjson", file())
    .answers_with(
        200,
        "The file.",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        file(),
    )
    .refuses(&QUERY_REFUSALS)
    .refuses(&[ErrorCode::Forbidden])
}

fn create(object: &Object) -> Operation {
    Operation::new(
        format!("create_{}", object.name),
        format!("Create {}", a(object)),
    )
    .idempotent()
    .json(required_data(object))
    .answers(201, "The record.", shown(object))
    .answer_header(201, "ETag", "The record's version.")
    .answer_header(201, "Location", "The record's path.")
    .refuses(&WRITE_REFUSALS)
}

fn required_data(object: &Object) -> Schema {
    let names: Vec<&str> = (object.live_fields())
        .filter(|field| field.required && !field.read_only && field.default.is_none())
        .map(|field| field.name.as_str())
        .collect();
    match names.is_empty() {
        true => data(object),
        false => data(object).with("required", names),
    }
}

fn upsert(object: &Object) -> Operation {
    let unique: Vec<&str> = (object.live_fields())
        .filter(|field| field.unique)
        .map(|field| field.name.as_str())
        .collect();
    let body = Schema::object()
        .required(
            "by",
            Schema::one_of_texts(&unique).about("A unique field that `data` has a value for."),
        )
        .required("data", data(object))
        .closed();
    Operation::new(
        format!("upsert_{}", object.name),
        format!("Change {} by a unique value, or create it", a(object)),
    )
    .idempotent()
    .json(body)
    .answers(200, "The record, changed.", shown(object))
    .answers(201, "The record, created.", shown(object))
    .refuses(&WRITE_REFUSALS)
}

fn get(object: &Object) -> Operation {
    id(Operation::new(
        format!("get_{}", object.name),
        format!("Read {}", a(object)),
    ))
    .shared("Fields")
    .query(
        "as_of",
        Schema::date_time(),
        "Show the record as it was at this moment.",
    )
    .answers(200, "The record.", selected(object))
    .answer_header(200, "ETag", "The record's version.")
    .refuses(&[ErrorCode::InvalidRequest])
}

fn update(object: &Object) -> Operation {
    id(Operation::new(
        format!("update_{}", object.name),
        format!("Change {}", a(object)),
    ))
    .about("Members that are left out stay as they are; null takes a value away.")
    .if_match()
    .json(data(object))
    .answers(200, "The record.", shown(object))
    .answer_header(200, "ETag", "The record's version.")
    .refuses(&WRITE_REFUSALS)
}

fn delete(object: &Object) -> Operation {
    id(Operation::new(
        format!("delete_{}", object.name),
        format!("Move {} to the recycle bin", a(object)),
    ))
    .if_match()
    .answers_empty(204, "It is in the recycle bin.")
    .refuses(&[ErrorCode::Forbidden])
}

fn restore(object: &Object) -> Operation {
    id(Operation::new(
        format!("restore_{}", object.name),
        format!("Take {} back from the recycle bin", a(object)),
    ))
    .if_match()
    .idempotent()
    .answers(200, "The record.", shown(object))
    .refuses(&WRITE_REFUSALS)
}

fn history(object: &Object) -> Operation {
    let page = Schema::object()
        .required("data", Schema::array(Schema::named("HistoryEvent")))
        .required("page", Schema::named("PageInfo"));
    id(Operation::new(
        format!("history_of_{}", object.name),
        "Who changed which field when",
    ))
    .shared("Limit")
    .shared("Cursor")
    .answers(200, "The changes, newest first.", page)
    .refuses(&[ErrorCode::InvalidRequest, ErrorCode::InvalidCursor])
}

fn a(object: &Object) -> String {
    format!("a {}", object.label.to_lowercase())
}

fn lower(object: &Object) -> String {
    object.label_plural.to_lowercase()
}

fn read_schema(catalog: &Catalog, object: &Object) -> Schema {
    let mut schema = Schema::object().required("id", Schema::uuid());
    for field in object.live_fields() {
        let shown = shown_value(catalog, field).about(&field.label);
        schema = match field.kind.is_computed() {
            true => schema.optional(&field.name, shown),
            false => schema.required(&field.name, shown),
        };
    }
    schema
}

fn write_schema(object: &Object) -> Schema {
    let mut schema = Schema::object();
    for field in object.live_fields().filter(|field| !field.read_only) {
        schema = schema.optional(&field.name, accepted_value(field).about(&field.label));
    }
    schema.closed()
}

/// What is shown of a field.
fn shown_value(catalog: &Catalog, field: &Field) -> Schema {
    let record = || Schema::object().required("id", Schema::uuid());
    let shown = match &field.kind {
        FieldType::Text {} | FieldType::LongText {} | FieldType::Autonumber { .. } => {
            Schema::string()
        }
        FieldType::Number {} | FieldType::Rating { .. } if field.name == "version" => {
            return Schema::integer();
        }
        FieldType::Number {} | FieldType::Rating { .. } => Schema::integer(),
        FieldType::Decimal {} => Schema::named("Decimal"),
        FieldType::Currency {} => Schema::named("Money"),
        FieldType::Boolean {} => Schema::boolean(),
        FieldType::Date {} => Schema::date(),
        FieldType::DateTime {} if field.name == "created_at" || field.name == "updated_at" => {
            return Schema::date_time();
        }
        FieldType::DateTime {} => Schema::date_time(),
        FieldType::Select { options } => one_of(options),
        FieldType::MultiSelect { options } if !options.is_empty() => {
            return Schema::array(one_of(options));
        }
        FieldType::MultiSelect { .. }
        | FieldType::Emails {}
        | FieldType::Phones {}
        | FieldType::Links {} => {
            return Schema::array(Schema::string());
        }
        FieldType::Address {} => Schema::named("Address"),
        FieldType::User {} | FieldType::Relation { .. } => record(),
        FieldType::Relations { .. } => {
            return Schema::array(record().required("role", Schema::string().nullable()));
        }
        FieldType::AnyRelation {} => {
            let names: Vec<&str> = (catalog.objects().iter())
                .map(|object| object.name.as_str())
                .collect();
            record().required("object", Schema::one_of_texts(&names))
        }
        FieldType::Json {} | FieldType::Formula { .. } | FieldType::RollUp { .. } => {
            return Schema::any();
        }
    };
    shown.nullable()
}

/// What is accepted for a field.
fn accepted_value(field: &Field) -> Schema {
    let text = || Schema::string();
    let reference = || {
        Schema::any_of([
            Schema::uuid(),
            Schema::object()
                .optional("id", Schema::uuid())
                .optional("ref", Schema::string()),
        ])
    };
    let list = |item: Schema| {
        Schema::any_of([Schema::array(item).with("maxItems", 100), Schema::string()])
    };
    let accepted = match &field.kind {
        FieldType::Text {} => text().with("maxLength", 1_000),
        FieldType::LongText {} => text().with("maxLength", 100_000),
        FieldType::Number {} => Schema::any_of([Schema::integer(), text()]),
        FieldType::Rating { max } => Schema::any_of([
            Schema::integer().with("minimum", 0).with("maximum", *max),
            text(),
        ]),
        FieldType::Decimal {} => Schema::any_of([Schema::number(), text()]),
        FieldType::Currency {} => Schema::any_of([
            Schema::object()
                .required(
                    "amount",
                    Schema::any_of([text(), Schema::number()]).nullable(),
                )
                .optional("currency", text().nullable()),
            text(),
            Schema::number(),
        ]),
        FieldType::Boolean {} => Schema::any_of([Schema::boolean(), text()]),
        FieldType::Date {} => Schema::date(),
        FieldType::DateTime {} => text().about("A moment, or a day."),
        FieldType::Select { .. } => text(),
        FieldType::MultiSelect { .. }
        | FieldType::Emails {}
        | FieldType::Phones {}
        | FieldType::Links {} => list(text()),
        FieldType::Address {} => Schema::any_of([Schema::named("Address"), text()]),
        FieldType::User {} | FieldType::Relation { .. } => reference(),
        FieldType::Relations { .. } => list(reference()),
        FieldType::AnyRelation {} => Schema::object()
            .required("object", text())
            .optional("id", Schema::uuid())
            .optional("ref", text()),
        FieldType::Json {} => return Schema::any(),
        FieldType::Autonumber { .. } | FieldType::Formula { .. } | FieldType::RollUp { .. } => {
            return Schema::any();
        }
    };
    accepted.nullable()
}

fn one_of(options: &[SelectOption]) -> Schema {
    let values: Vec<&str> = options.iter().map(|option| option.value.as_str()).collect();
    Schema::one_of_texts(&values)
}

fn address() -> Schema {
    let parts = Address::PARTS.into_iter();
    parts.fold(Schema::object(), |schema, part| {
        schema.optional(part, Schema::string().nullable())
    })
}

fn history_event() -> Schema {
    let change = Schema::object()
        .required("field", Schema::string())
        .required("from", Schema::any())
        .required("to", Schema::any());
    Schema::object()
        .required("id", Schema::uuid())
        .required(
            "type",
            Schema::one_of_texts(&["created", "updated", "deleted", "restored"]),
        )
        .required("version", Schema::integer())
        .required("actor", Schema::map(Schema::any()))
        .required("occurred_at", Schema::date_time())
        .required("changes", Schema::array(change))
}
