//! What standard objects demand beyond their fields: names, stages and pipelines, done tasks.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kith_kernel::{Currency, FieldError, WorkspaceId};
use kith_store::{StoreError, Tx};
use uuid::Uuid;

use super::{Record, note_title};
use crate::catalog::Object;
use crate::value::{self, Value};

/// The stages and default pipeline. By the primary key of `stage`; a workspace has few.
const STAGES: &str = "SELECT s.id, s.pipeline_id, s.kind, p.is_default FROM records.stage s \
    JOIN records.pipeline p ON p.workspace_id = $1 AND p.id = s.pipeline_id AND p.deleted_at IS NULL \
    WHERE s.workspace_id = $1 AND s.deleted_at IS NULL \
    ORDER BY p.is_default DESC NULLS LAST, p.position, p.id, s.position, s.id";

/// The names of products. By the primary key of `product`.
const PRODUCTS: &str =
    "SELECT id, name FROM records.product WHERE workspace_id = $1 AND id = ANY($2)";

/// The currencies of deals' amounts. By the primary key of `deal`.
const DEALS: &str = "SELECT id, amount_currency FROM records.deal \
    WHERE workspace_id = $1 AND id = ANY($2) AND amount_currency IS NOT NULL";

/// A stage, as the rules see it.
struct Stage {
    id: Uuid,
    pipeline: Uuid,
    kind: String,
}

/// What the rules know of other records.
#[derive(Default)]
pub(super) struct Facts {
    stages: Vec<Stage>,
    products: HashMap<Uuid, String>,
    currencies: HashMap<Uuid, Currency>,
}

impl Facts {
    /// Reads what the rules for `records` need to know.
    pub(super) async fn read_in(
        tx: &Tx,
        workspace: WorkspaceId,
        object: &Object,
        records: &[(Option<&Record>, &Record)],
    ) -> Result<Self, StoreError> {
        let mut facts = Self::default();
        let ids = |key: &str| -> Vec<Uuid> {
            (records.iter())
                .filter_map(|(_, record)| match record.get(object, key) {
                    Value::Id(id) => Some(*id),
                    _ => None,
                })
                .collect()
        };
        let moved = |(before, after): &(Option<&Record>, &Record)| {
            before.is_none_or(|before| {
                before.get(object, "stage") != after.get(object, "stage")
                    || before.get(object, "pipeline") != after.get(object, "pipeline")
            })
        };
        match object.key.as_str() {
            "deal" if records.iter().any(moved) => {
                let rows = tx.query(STAGES, &[&workspace]).await?;
                facts.stages = (rows.iter())
                    .map(|row| Stage {
                        id: row.get(0),
                        pipeline: row.get(1),
                        kind: row.get::<_, Option<String>>(2).unwrap_or_default(),
                    })
                    .collect();
            }
            "line_item" => {
                let rows = tx.query(PRODUCTS, &[&workspace, &ids("product")]).await?;
                facts.products = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
                let rows = tx.query(DEALS, &[&workspace, &ids("deal")]).await?;
                let currency =
                    |row: &tokio_postgres::Row| Currency::from_code(row.get::<_, &str>(1));
                facts.currencies = (rows.iter())
                    .filter_map(|row| Some((row.get(0), currency(row)?)))
                    .collect();
            }
            _ => {}
        }
        Ok(facts)
    }

    /// Completes `record`, which was `before`, and says what is wrong with it.
    pub(super) fn apply(
        &self,
        object: &Object,
        before: Option<&Record>,
        record: &mut Record,
        now: Timestamp,
        time_zone: &str,
    ) -> Result<(), FieldError> {
        match object.key.as_str() {
            "company" => company(object, record),
            "person" => person(object, record),
            "lead" => lead(object, record),
            "deal" => self.deal(object, before, record, now, time_zone),
            "stage" => stage(object, record),
            "line_item" => self.line_item(object, record),
            "task" => {
                task(object, before, record, now);
                Ok(())
            }
            "note" => {
                let body = record.text(object, "body").unwrap_or_default();
                let name = note_title::title(body);
                record.set(object, "name", Value::Text(name));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn deal(
        &self,
        object: &Object,
        before: Option<&Record>,
        record: &mut Record,
        now: Timestamp,
        time_zone: &str,
    ) -> Result<(), FieldError> {
        let was = |key: &str| before.map_or(&Value::Null, |before| before.get(object, key));
        let same_stage = was("stage") == record.get(object, "stage");
        let same_pipeline = was("pipeline") == record.get(object, "pipeline");
        if before.is_some() && same_stage && same_pipeline {
            return Ok(());
        }
        let pipeline = match record.get(object, "pipeline") {
            Value::Id(id) => Some(*id),
            _ => None,
        };
        // A deal that moves to another pipeline without a stage begins there.
        let keep_stage = same_pipeline || !same_stage;
        let stage = match record.get(object, "stage") {
            Value::Id(id) if keep_stage || pipeline.is_none() => {
                self.stages.iter().find(|stage| stage.id == *id)
            }
            _ => self.stages.iter().find(|stage| {
                stage.kind == "open" && pipeline.is_none_or(|id| id == stage.pipeline)
            }),
        };
        let Some(stage) = stage else {
            return Ok(());
        };
        let follows_stage = same_pipeline && !same_stage && before.is_some();
        if pipeline.is_some_and(|id| id != stage.pipeline) && !follows_stage {
            return Err(FieldError {
                field: "stage".to_owned(),
                code: "stage_of_other_pipeline",
                message: "must be a stage of the deal's pipeline".to_owned(),
            });
        }
        record.set(object, "stage", Value::Id(stage.id));
        record.set(object, "pipeline", Value::Id(stage.pipeline));
        if was("stage") == record.get(object, "stage") {
            return Ok(());
        }
        // Only the server itself can have set it, as when it undoes a change: clients may not.
        let entered = record.get(object, "stage_entered_at");
        if entered.is_null() || (before.is_some() && was("stage_entered_at") == entered) {
            record.set(object, "stage_entered_at", Value::Time(now));
        }
        let closed = matches!(stage.kind.as_str(), "won" | "lost");
        let untouched = was("closed_on") == record.get(object, "closed_on");
        if closed && untouched {
            if record.get(object, "closed_on").is_null() {
                let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
                let today = zone.to_datetime(now).date();
                record.set(object, "closed_on", Value::Date(today));
            }
        } else if !closed && untouched {
            record.set(object, "closed_on", Value::Null);
        }
        Ok(())
    }

    fn line_item(&self, object: &Object, record: &mut Record) -> Result<(), FieldError> {
        let product = match record.get(object, "product") {
            Value::Id(id) => self.products.get(id).map(String::as_str),
            _ => None,
        };
        let name = record
            .text(object, "description")
            .or(product)
            .unwrap_or("Line item");
        let name = Value::Text(name.to_owned());
        record.set(object, "name", name);
        if let (Value::Id(deal), Value::Money(price)) =
            (record.get(object, "deal"), record.get(object, "unit_price"))
            && let Some(currency) = self.currencies.get(deal)
            && *currency != price.currency
        {
            return Err(FieldError {
                field: "unit_price".to_owned(),
                code: "currency_mismatch",
                message: format!("must be in {currency}, the currency of the deal"),
            });
        }
        Ok(())
    }
}

fn stage(object: &Object, record: &Record) -> Result<(), FieldError> {
    match record.get(object, "probability") {
        Value::Int(0..=100) | Value::Null => Ok(()),
        _ => Err(FieldError {
            field: "probability".to_owned(),
            code: "out_of_range",
            message: "must be from 0 to 100".to_owned(),
        }),
    }
}

fn company(object: &Object, record: &mut Record) -> Result<(), FieldError> {
    let Some(text) = record.text(object, "domain") else {
        return Ok(());
    };
    let domain = value::domain(text).map_err(|refusal| FieldError {
        field: "domain".to_owned(),
        code: refusal.code,
        message: refusal.message,
    })?;
    record.set(object, "domain", Value::Text(domain));
    Ok(())
}

fn person(object: &Object, record: &mut Record) -> Result<(), FieldError> {
    let email = record.list(object, "emails").first().cloned();
    match full_name(object, record).or(email) {
        Some(name) => {
            record.set(object, "name", Value::Text(name));
            Ok(())
        }
        None => Err(FieldError {
            field: "last_name".to_owned(),
            code: "required",
            message: "is needed: a person has a first name, a last name or an e-mail address"
                .to_owned(),
        }),
    }
}

fn lead(object: &Object, record: &mut Record) -> Result<(), FieldError> {
    let company = record.text(object, "company_name").map(str::to_owned);
    let email = record.list(object, "emails").first().cloned();
    match full_name(object, record).or(company).or(email) {
        Some(name) => {
            record.set(object, "name", Value::Text(name));
            Ok(())
        }
        None => Err(FieldError {
            field: "last_name".to_owned(),
            code: "required",
            message: "is needed: a lead has a name, a company or an e-mail address".to_owned(),
        }),
    }
}

fn full_name(object: &Object, record: &Record) -> Option<String> {
    let parts = [
        record.text(object, "first_name"),
        record.text(object, "last_name"),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn task(object: &Object, before: Option<&Record>, record: &mut Record, now: Timestamp) {
    let done = record.get(object, "done") == &Value::Bool(true);
    let was_done = before.is_some_and(|before| before.get(object, "done") == &Value::Bool(true));
    if done && !was_done && (before.is_some() || record.get(object, "done_at").is_null()) {
        record.set(object, "done_at", Value::Time(now));
    } else if !done {
        record.set(object, "done_at", Value::Null);
    }
}
