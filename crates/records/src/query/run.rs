//! Plans, run against the database.

use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::tz::TimeZone;
use kith_contracts::access::{Action, Permit, authorise};
use kith_kernel::{Actor, Count, CountMode, Failure, RecordId};
use kith_store::{Class, Planning, ReadLimits, Row, Store, StoreError, ToSql};
use uuid::Uuid;

use super::counts::{Counted, Counts};
use super::encode;
use super::expr::Moment;
use super::flight::Flights;
use super::get::{self, GetPlans};
use super::list::{self, COUNT_CAP, ListPlan, ManyPlan, Subject};
use super::refusal;
use super::request::ListRequest;
use super::shape::Elsewhere;
use super::sql::Statement;
use super::traffic::Traffic;
use crate::Records;
use crate::catalog::{Catalog, Object};

/// What the requests of a process share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    plans: GetPlans,
    pages: Flights<Arc<[u8]>>,
    pub(crate) counts: Counts,
    pub(crate) aggregates: Flights<Arc<[u8]>>,
    pub(crate) traffic: Traffic,
}

/// How long a capped count may take while somebody waits for it, in milliseconds.
const COUNT_BUDGET: u32 = 30;
/// How long it may take when nobody does.
const LATER_BUDGET: u32 = 3_000;

/// A record as JSON.
#[derive(Clone, Debug)]
pub struct Found {
    /// The JSON object.
    pub json: Vec<u8>,
    /// The record's version.
    pub version: i64,
}

impl Records {
    /// When and for whom `actor`'s expressions are evaluated.
    pub fn moment(&self, actor: &Actor) -> Moment {
        let name = actor.settings.time_zone.clone();
        let (zone, zone_name) = match TimeZone::get(&name) {
            Ok(zone) => (zone, name),
            Err(_) => (TimeZone::UTC, "UTC".to_owned()),
        };
        Moment {
            now: self.clock().now(),
            zone,
            zone_name,
            user: actor.user,
        }
    }

    /// A page of `object`'s records as JSON: `data`, `page` and, where it is asked for, `count`.
    /// Who asks for the same at the same time shares the answer.
    pub async fn list(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        object: &Object,
        request: &ListRequest,
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
            list::plan(&subject, request)?
        };
        let mut key = plan.page.key(permit.workspace());
        let _ = write!(key, " {:?} {:?}", plan.count_mode, request.fields);
        // On the heap: planning a deep filter before needs the stack.
        let page = Box::pin(self.page(&permit, &plan));
        self.shared().pages.join(key, page).await
    }

    async fn page(&self, permit: &Permit, plan: &ListPlan) -> Result<Arc<[u8]>, Failure> {
        // The best plan depends on how much the values of the filter find.
        let limits = ReadLimits {
            planning: Planning::Each,
            ..ReadLimits::default()
        };
        let class = Class::Interactive;
        let rows = read(self.store(), permit, class, &plan.page, limits).await;
        let mut rows = rows.map_err(refused)?;
        let more = rows.len() > plan.limit;
        rows.truncate(plan.limit);
        let elsewhere = self.elsewhere(permit, &plan.many, &rows).await?;
        let count = match counted(plan, &rows).map_err(Failure::internal)? {
            Some(count) if plan.count.is_some() => Some(count),
            _ => self.count(permit, plan, rows.len(), more).await?,
        };
        let page = write_page(plan, &rows, more, count, &elsewhere);
        Ok(page.map_err(Failure::internal)?.into())
    }

    /// The live record with this id, if there is one, with the members `fields`.
    pub async fn get(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        object: &Object,
        id: RecordId,
        fields: Option<&str>,
    ) -> Result<Option<Found>, Failure> {
        let permit = authorise(actor, Action::Read, Some(&object.key))?;
        let make = || {
            let moment = self.moment(actor);
            let subject = Subject {
                catalog,
                object,
                permit: &permit,
                moment: &moment,
            };
            get::plan(&subject, fields)
        };
        let plan = match fields {
            None => (self.shared().plans).whole(permit.workspace(), catalog, object, make)?,
            Some(_) => Arc::new(make()?),
        };
        let params = plan.params(id);
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        let store = self.store();
        let rows = store
            .point(permit.workspace(), &plan.record.sql, &params)
            .await?;
        let elsewhere = self.elsewhere(&permit, &plan.many, &rows).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let mut json = Vec::with_capacity(1024);
        plan.shape
            .write_with(row, &mut json, &elsewhere)
            .and_then(|()| row.try_get(1))
            .map(|version| Some(Found { json, version }))
            .map_err(Failure::internal)
    }

    /// Runs a planned statement as the reader.
    pub(crate) async fn read(
        &self,
        permit: &Permit,
        class: Class,
        statement: &Statement,
    ) -> Result<Vec<Row>, Failure> {
        let limits = ReadLimits::default();
        let rows = read(self.store(), permit, class, statement, limits).await;
        rows.map_err(refused)
    }

    async fn count(
        &self,
        permit: &Permit,
        plan: &ListPlan,
        known: usize,
        more: bool,
    ) -> Result<Option<Count>, Failure> {
        let known = known as u64;
        let Some(statement) = &plan.count else {
            return Ok(None);
        };
        if plan.first && !more {
            return Ok(Some(Count {
                value: known,
                exact: true,
            }));
        }
        let value = match plan.count_mode {
            CountMode::Capped => self.capped(permit, statement).await?,
            CountMode::Exact | CountMode::None => {
                let counting = count_rows(self.store(), permit, Class::Reports, statement, None);
                counting.await?
            }
        };
        let Some(value) = value else {
            // There is at least one more than the page shows.
            let value = known + u64::from(more);
            return Ok(Some(Count {
                value,
                exact: false,
            }));
        };
        Ok(Some(match plan.count_mode {
            CountMode::Capped if value > COUNT_CAP => Count {
                value: COUNT_CAP,
                exact: false,
            },
            _ => Count { value, exact: true },
        }))
    }

    /// Up to one more than the cap; `None` where counting takes too long for now. Then it is
    /// finished later, for whoever asks next.
    async fn capped(&self, permit: &Permit, statement: &Statement) -> Result<Counted, Failure> {
        let workspace = permit.workspace();
        let key = statement.key(workspace);
        let counting = Box::pin(async {
            let budget = Some(COUNT_BUDGET);
            let class = Class::Interactive;
            let counted = count_rows(self.store(), permit, class, statement, budget).await?;
            if counted.is_none() {
                self.finish_later(permit, statement, &key);
            }
            Ok(counted)
        });
        let writes = || self.store().writes(workspace);
        self.shared().counts.of(writes, &key, counting).await
    }

    fn finish_later(&self, permit: &Permit, statement: &Statement, key: &str) {
        let (records, permit) = (self.clone(), permit.clone());
        let (statement, key) = (statement.clone(), key.to_owned());
        tokio::spawn(async move {
            let counts = &records.shared().counts;
            let budget = Some(LATER_BUDGET);
            let class = Class::Background;
            let counting = count_rows(records.store(), &permit, class, &statement, budget);
            let counting = Box::pin(counting);
            let writes = || records.store().writes(permit.workspace());
            let traffic = &records.shared().traffic;
            counts.later(writes, &key, traffic, counting).await;
        });
    }

    /// The JSON of to-many relations, for the records of `rows`.
    async fn elsewhere(
        &self,
        permit: &Permit,
        plans: &[ManyPlan],
        rows: &[Row],
    ) -> Result<Elsewhere, Failure> {
        let mut elsewhere = Elsewhere::new();
        if plans.is_empty() || rows.is_empty() {
            return Ok(elsewhere);
        }
        let ids = (rows.iter())
            .map(|row| row.try_get(0))
            .collect::<Result<Vec<Uuid>, _>>()
            .map_err(Failure::internal)?;
        for plan in plans {
            let statement = plan.of(ids.clone());
            let items = self.read(permit, Class::Interactive, &statement).await?;
            for row in &items {
                write_item(plan, row, &mut elsewhere).map_err(Failure::internal)?;
            }
        }
        for list in elsewhere.values_mut() {
            list.push(b']');
        }
        Ok(elsewhere)
    }
}

/// What a statement counts; `None` where that takes longer than `budget` milliseconds.
async fn count_rows(
    store: &Store,
    permit: &Permit,
    class: Class,
    statement: &Statement,
    budget: Option<u32>,
) -> Result<Counted, Failure> {
    let limits = ReadLimits {
        timeout_ms: budget,
        planning: Planning::Each,
    };
    match read(store, permit, class, statement, limits).await {
        Ok(rows) => {
            let value = rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(0));
            Ok(Some(value.map_err(Failure::internal)?.unsigned_abs()))
        }
        Err(StoreError::Timeout(_)) if budget.is_some() => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

/// The number of records, where finding the page has counted them all.
fn counted(plan: &ListPlan, rows: &[Row]) -> Result<Option<Count>, tokio_postgres::Error> {
    let (Some(column), Some(row)) = (plan.found_at, rows.first()) else {
        return Ok(None);
    };
    let value = row.try_get::<_, Option<i64>>(column)?;
    Ok(value.map(|value| Count {
        value: value.unsigned_abs(),
        exact: true,
    }))
}

/// Runs a planned statement as the reader.
pub(crate) async fn read(
    store: &Store,
    permit: &Permit,
    class: Class,
    statement: &Statement,
    limits: ReadLimits,
) -> Result<Vec<Row>, StoreError> {
    store
        .plan_read(
            permit.workspace(),
            class,
            &statement.sql,
            &statement.params(),
            limits,
        )
        .await
}

/// What a client reads when its query could not be run.
pub(crate) fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::InvalidValue { .. } => refusal::parameter(
            "filter",
            "invalid_value",
            "The query computes a value that can't be represented.",
        )
        .caused_by(error),
        error => error.into(),
    }
}

/// Adds a related record to the list of the record that it belongs to. The lists are not closed.
fn write_item(
    plan: &ManyPlan,
    row: &Row,
    elsewhere: &mut Elsewhere,
) -> Result<(), tokio_postgres::Error> {
    let last = row.len() - 1;
    let from: Uuid = row.try_get(last - 1)?;
    let role: Option<&str> = row.try_get(last)?;
    let out = match elsewhere.entry((plan.number, from)) {
        Entry::Occupied(list) => {
            let out = list.into_mut();
            out.push(b',');
            out
        }
        Entry::Vacant(new) => new.insert(vec![b'[']),
    };
    plan.shape.write(row, out)?;
    // The role is one more member.
    out.pop();
    out.extend_from_slice(b",\"role\":");
    match role {
        Some(role) => encode::string(out, role),
        None => encode::null(out),
    }
    out.push(b'}');
    Ok(())
}

fn write_page(
    plan: &ListPlan,
    rows: &[Row],
    more: bool,
    count: Option<Count>,
    elsewhere: &Elsewhere,
) -> Result<Vec<u8>, tokio_postgres::Error> {
    let mut out = Vec::with_capacity(128 + rows.len() * 512);
    out.extend_from_slice(b"{\"data\":[");
    for (place, row) in rows.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        plan.shape.write_with(row, &mut out, elsewhere)?;
    }
    out.extend_from_slice(b"],\"page\":{\"next_cursor\":");
    match rows.last() {
        Some(row) if more => encode::string(&mut out, &plan.next_cursor(row)?),
        _ => encode::null(&mut out),
    }
    out.extend_from_slice(b",\"has_more\":");
    encode::boolean(&mut out, more);
    out.push(b'}');
    if let Some(count) = count {
        out.extend_from_slice(b",\"count\":{\"value\":");
        encode::integer(&mut out, i64::try_from(count.value).unwrap_or(i64::MAX));
        out.extend_from_slice(b",\"exact\":");
        encode::boolean(&mut out, count.exact);
        out.push(b'}');
    }
    out.push(b'}');
    Ok(out)
}
