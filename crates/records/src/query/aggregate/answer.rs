//! The answer to an aggregate.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, Currency, ErrorCode, Failure};
use kith_store::{Class, Row};
use rust_decimal::Decimal;

use super::plan::{AggregatePlan, Form, Metric, plan};
use super::request::{AggregateRequest, Function};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::query::encode;
use crate::query::list::Subject;

impl Records {
    /// Groups of `object`'s records as JSON: `groups` and `truncated`.
    ///
    /// # Errors
    /// `CurrencyMismatch` where a group's amounts are in several currencies, besides those of
    /// [`plan`].
    pub async fn aggregate(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        object: &Object,
        request: &AggregateRequest,
    ) -> Result<Arc<[u8]>, Failure> {
        let _answering = self.shared().traffic.answering();
        let permit = authorise(actor, Action::Read, Some(&object.key))?;
        let plan = {
            let moment = self.moment(actor);
            let subject = Subject {
                catalog,
                object,
                permit: &permit,
                moment: &moment,
            };
            plan(&subject, request)?
        };
        let adding = async {
            let mut rows = self.read(&permit, Class::Reports, &plan.groups).await?;
            let truncated = rows.len() > plan.limit;
            rows.truncate(plan.limit);
            let mut out = Vec::with_capacity(64 + rows.len() * 128);
            out.extend_from_slice(b"{\"groups\":[");
            for (place, row) in rows.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write(&plan, row, &mut out)?;
            }
            out.extend_from_slice(b"],\"truncated\":");
            encode::boolean(&mut out, truncated);
            out.push(b'}');
            Ok(Arc::from(out))
        };
        // Names of keys and metrics are not in the statement.
        let asked = (&request.group_by, &request.metrics);
        let key = format!("{asked:?} {}", plan.groups.key(permit.workspace()));
        self.shared().aggregates.join(key, adding).await
    }
}

fn write(plan: &AggregatePlan, row: &Row, out: &mut Vec<u8>) -> Result<(), Failure> {
    let broken = |error: tokio_postgres::Error| Failure::internal(error);
    out.extend_from_slice(b"{\"key\":");
    plan.key.write(row, out).map_err(broken)?;
    if let Some(count) = plan.metrics.iter().find(|metric| metric.function.is_none()) {
        out.extend_from_slice(b",\"count\":");
        let count: &str = row.try_get(count.column).map_err(broken)?;
        out.extend_from_slice(count.as_bytes());
    }
    let mut currencies: Vec<(&str, Option<Currency>)> = Vec::new();
    for function in Function::ALL {
        let mut first = true;
        for metric in plan
            .metrics
            .iter()
            .filter(|metric| metric.function == Some(function))
        {
            if first {
                out.push(b',');
                encode::string(out, function.name());
                out.extend_from_slice(b":{");
            } else {
                out.push(b',');
            }
            first = false;
            encode::string(out, &metric.field);
            out.push(b':');
            let currency = currency(metric, row)?;
            if metric.currencies.is_some() && currencies.iter().all(|known| known.0 != metric.field)
            {
                currencies.push((&metric.field, currency));
            }
            value(metric, row, currency, out).map_err(broken)?;
        }
        if !first {
            out.push(b'}');
        }
    }
    if let Some((_, first)) = currencies.first() {
        out.extend_from_slice(b",\"currency\":");
        let code = |out: &mut Vec<u8>, currency: &Option<Currency>| match currency {
            Some(currency) => encode::string(out, currency.code()),
            None => encode::null(out),
        };
        let known = currencies.iter().find(|(_, currency)| currency.is_some());
        let same = currencies.iter().all(|(_, currency)| {
            currency.is_none() || *currency == known.and_then(|(_, known)| *known)
        });
        if same {
            code(out, known.map_or(first, |(_, known)| known));
        } else {
            // Different fields may well be in different currencies.
            for (place, (field, currency)) in currencies.iter().enumerate() {
                out.push(if place == 0 { b'{' } else { b',' });
                encode::string(out, field);
                out.push(b':');
                code(out, currency);
            }
            out.push(b'}');
        }
    }
    out.push(b'}');
    Ok(())
}

/// The currency of a group's amounts; `None` where there are none.
fn currency(metric: &Metric, row: &Row) -> Result<Option<Currency>, Failure> {
    let Some((least, greatest)) = metric.currencies else {
        return Ok(None);
    };
    let least: Option<&str> = row.try_get(least).map_err(Failure::internal)?;
    let greatest: Option<&str> = row.try_get(greatest).map_err(Failure::internal)?;
    if least != greatest {
        let field = &metric.field;
        return Err(Failure::new(
            ErrorCode::CurrencyMismatch,
            format!(
                "The amounts of {field} are in several currencies ({} and {} among them). Add {field}.currency to group_by, or filter by it.",
                least.unwrap_or_default(),
                greatest.unwrap_or_default()
            ),
        )
        .field("metrics", "currency_mismatch"));
    }
    Ok(least.and_then(Currency::from_code))
}

fn value(
    metric: &Metric,
    row: &Row,
    currency: Option<Currency>,
    out: &mut Vec<u8>,
) -> Result<(), tokio_postgres::Error> {
    let column = metric.column;
    let written = match metric.form {
        Form::Date => row
            .try_get::<_, Option<Date>>(column)?
            .map(|date| encode::date(out, date)),
        Form::Time => row
            .try_get::<_, Option<Timestamp>>(column)?
            .map(|time| encode::time(out, time)),
        Form::Whole => row
            .try_get::<_, Option<&str>>(column)?
            .map(|text| out.extend_from_slice(text.as_bytes())),
        Form::Decimal => row
            .try_get::<_, Option<&str>>(column)?
            .map(|text| encode::string(out, text)),
        Form::Amount => row
            .try_get::<_, Option<&str>>(column)?
            .map(|text| encode::string(out, &amount(text, currency))),
    };
    if written.is_none() {
        encode::null(out);
    }
    Ok(())
}

/// An amount with the currency's decimal places.
fn amount(text: &str, currency: Option<Currency>) -> String {
    let digits = currency.map_or(2, Currency::digits);
    match text.parse::<Decimal>() {
        Ok(value) => {
            let mut value = value.round_dp_with_strategy(
                digits,
                rust_decimal::RoundingStrategy::MidpointAwayFromZero,
            );
            value.rescale(digits);
            value.to_string()
        }
        // Beyond 28 digits; shown as PostgreSQL computed it.
        Err(_) => text.to_owned(),
    }
}
