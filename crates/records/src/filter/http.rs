//! The routes of filters.

use axum::extract::State;
use kith_cel::{Expression, Type};
use kith_contracts::access::{Action, Permit, authorise};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Routes};
use kith_kernel::{ErrorCode, Failure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::chip::Operator;
use super::parse::parse;
use super::render::render;
use super::tree::{Fault, Tree, read};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::query::{CatalogSchema, ListRequest, Subject, plan};
use crate::record::object;

/// Adds the routes of filters.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    routes
        .tag(
            "Filters",
            "Filters as trees of conditions, for those who click, and as expressions.",
        )
        .schema("FilterTree", tree_schema())
        .schema("FilterProblem", problem_schema())
        .post(
            "/filters/parse",
            Access::Authenticated,
            parse_filter,
            describe_parse(),
        )
        .post(
            "/filters/render",
            Access::Authenticated,
            render_filter,
            describe_render(),
        )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParseBody {
    object: String,
    #[serde(default)]
    filter: Option<String>,
}

async fn parse_filter(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Json(body): Json<ParseBody>,
) -> Answer<Json<Value>> {
    let permit = authorise(&actor, Action::Read, None)?;
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &body.object)?;
    let text = body.filter.unwrap_or_default();
    if text.trim().is_empty() {
        let tree = Tree::All(Vec::new()).json();
        return Ok(Json(
            json!({ "tree": tree, "filter": null, "problems": [] }),
        ));
    }
    let answer = match records.parsed(&permit, &catalog, object, &text) {
        Ok((tree, filter)) => {
            json!({ "tree": tree.json(), "filter": filter, "problems": [] })
        }
        Err(failure) => json!({ "tree": null, "filter": null, "problems": [problem(&failure)] }),
    };
    Ok(Json(answer))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RenderBody {
    object: String,
    tree: Value,
}

async fn render_filter(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Json(body): Json<RenderBody>,
) -> Answer<Json<Value>> {
    let permit = authorise(&actor, Action::Read, None)?;
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &body.object)?;
    let filter = records.rendered(&permit, &catalog, object, &body.tree)?;
    Ok(Json(json!({ "filter": filter })))
}

impl Records {
    /// The tree of an expression, and its canonical text.
    fn parsed(
        &self,
        permit: &Permit,
        catalog: &Catalog,
        object: &Object,
        text: &str,
    ) -> Result<(Tree, String), Failure> {
        let moment = self.moment(permit.actor());
        let schema = CatalogSchema::new(catalog, object, moment.zone.clone());
        let expression = Expression::parse(text)?;
        kith_cel::check_as(&expression, &schema, &Type::Bool)?;
        self.runs(permit, catalog, object, text)?;
        Ok((parse(&schema, expression.root()), expression.to_string()))
    }

    fn rendered(
        &self,
        permit: &Permit,
        catalog: &Catalog,
        object: &Object,
        tree: &Value,
    ) -> Result<Option<String>, Failure> {
        let moment = self.moment(permit.actor());
        let schema = CatalogSchema::new(catalog, object, moment.zone.clone());
        let draft = read(tree, "tree".to_owned()).map_err(refusal)?;
        let Some(expr) = render(&schema, &draft).map_err(refusal)? else {
            return Ok(None);
        };
        let text = expr.to_string();
        self.runs(permit, catalog, object, &text)?;
        Ok(Some(text))
    }

    /// Refuses what can't be run as a filter although it is valid, such as one that is too complex.
    fn runs(
        &self,
        permit: &Permit,
        catalog: &Catalog,
        object: &Object,
        text: &str,
    ) -> Result<(), Failure> {
        let moment = self.moment(permit.actor());
        let subject = Subject {
            catalog,
            object,
            permit,
            moment: &moment,
        };
        let request = ListRequest {
            filter: Some(text.to_owned()),
            ..ListRequest::default()
        };
        plan(&subject, &request).map(|_| ())
    }
}

fn refusal(fault: Fault) -> Failure {
    Failure::new(ErrorCode::ValidationFailed, fault.message).field(fault.place, fault.code)
}

fn problem(failure: &Failure) -> Value {
    let detail = |name: &str| failure.details.get(name).cloned().unwrap_or_default();
    json!({
        "message": failure.message,
        "reason": detail("reason"),
        "position": detail("position"),
    })
}

fn describe_parse() -> Operation {
    Operation::new("parse_filter", "Take a filter apart")
        .about(
            "The tree of conditions that the expression stands for; what no condition can show is an `expression` in \
             it. Rendering the tree gives a filter that finds the same. Where the expression is not valid, `tree` is \
             null and `problems` says what is wrong and where.",
        )
        .json(
            Schema::object()
                .required("object", Schema::string().about("The object's plural name."))
                .optional("filter", Schema::string().nullable())
                .closed(),
        )
        .body_example(json!({"object": "deals", "filter": "stage.kind == \"open\" && amount > 10000"}))
        .answers(
            200,
            "The tree; its root is a group.",
            Schema::object()
                .required("tree", Schema::any_of([Schema::named("FilterTree"), Schema::raw(json!({"type": "null"}))]))
                .required("filter", Schema::string().nullable().about("The expression in its canonical form."))
                .required("problems", Schema::array(Schema::named("FilterProblem"))),
        )
        .refuses(&[ErrorCode::NotFound])
}

fn describe_render() -> Operation {
    Operation::new("render_filter", "Put a filter together")
        .about("Parts of groups that ask for nothing, such as empty groups, are left out.")
        .json(
            Schema::object()
                .required(
                    "object",
                    Schema::string().about("The object's plural name."),
                )
                .required("tree", Schema::named("FilterTree"))
                .closed(),
        )
        .body_example(
            json!({"object": "companies", "tree": {"op": "and", "items": [
                {"field": "industry", "operator": "is", "value": "Software"},
                {"field": "employees", "operator": "gt", "value": 50},
            ]}}),
        )
        .answers(
            200,
            "The expression; null where the tree asks for nothing.",
            Schema::object().required("filter", Schema::string().nullable()),
        )
        .refuses(&[ErrorCode::NotFound, ErrorCode::InvalidExpression])
}

fn tree_schema() -> Schema {
    let names: Vec<&str> = Operator::ALL.iter().map(|one| one.as_str()).collect();
    let tree = || Schema::named("FilterTree");
    let group = Schema::object()
        .required("op", Schema::one_of_texts(&["and", "or"]))
        .required("items", Schema::array(tree()))
        .closed();
    let not = Schema::object()
        .required("op", Schema::one_of_texts(&["not"]))
        .required("item", tree())
        .closed();
    let chip = Schema::object()
        .required("field", Schema::string().about("A path, such as `company.industry`."))
        .required("operator", Schema::one_of_texts(&names))
        .optional(
            "value",
            Schema::any().about(
                "As the field's values are written. `any_of` and `none_of` take a list, `between` a list of two. Days \
                 may be relative, `{\"days_from_today\": -30}`; `during` takes `{\"unit\": \"month\", \"offset\": -1}` with \
                 week, month, quarter or year; users may be \"me\".",
            ),
        )
        .closed();
    let expression = Schema::object()
        .required("expression", Schema::string())
        .closed();
    Schema::any_of([group, not, chip, expression])
        .about("A part of a filter. docs/expressions.md says which operators fields have.")
}

fn problem_schema() -> Schema {
    let number = Schema::integer;
    let position = Schema::object()
        .nullable()
        .with(
            "properties",
            json!({
                "offset": Value::from(number()), "end": Value::from(number()),
                "line": Value::from(number()), "column": Value::from(number()),
            }),
        )
        .about("`offset` and `end` count bytes from 0, `line` and `column` from 1.");
    Schema::object()
        .required("message", Schema::string())
        .required("reason", Schema::string().nullable())
        .required("position", position)
}
