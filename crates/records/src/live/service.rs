//! Who is shown which event.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use kith_cel::{Context, accepts};
use kith_contracts::access::{Action, authorise};
use kith_contracts::{Interest, LoggedEvent, ObjectNames, RecordEvents, ShownEvent, Sifted};
use kith_kernel::{Actor, ErrorCode, Failure, WorkspaceId};
use kith_store::Class;

use super::around::{Around, Surroundings};
use super::filter::{Filter, zone};
use super::past::{self, Past};
use super::show::{of_other, of_record, verb};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::record::Record;

/// An interest, looked at with the catalog of today.
struct Wish<'i, 'c> {
    interest: &'i Interest,
    filter: Option<Filter<'c>>,
    context: Context,
}

#[async_trait]
impl RecordEvents for Records {
    async fn check(
        &self,
        actor: &Actor,
        plural: Option<&str>,
        filter: Option<&str>,
    ) -> Result<Option<ObjectNames>, Failure> {
        let catalog = self.catalog(actor).await?;
        let Some(plural) = plural else {
            authorise(actor, Action::Read, None)?;
            return match filter {
                None => Ok(None),
                Some(_) => Err(Failure::new(
                    ErrorCode::ValidationFailed,
                    "A filter needs an object: it speaks of that object's fields.",
                )
                .field("filter", "object_required")),
            };
        };
        let object = catalog.by_plural(plural).ok_or_else(|| {
            Failure::new(
                ErrorCode::ValidationFailed,
                "There is no object of this plural name.",
            )
            .field("object", "unknown_object")
        })?;
        authorise(actor, Action::Read, Some(&object.key))?;
        if let Some(source) = filter {
            Filter::check(&catalog, object, actor, source)
                .map_err(|failure| failure.field("filter", "invalid_expression"))?;
        }
        Ok(Some(names(object)))
    }

    async fn objects(&self, workspace: WorkspaceId) -> Result<Vec<ObjectNames>, Failure> {
        let catalog = self.catalogs().get(workspace).await?;
        let live = (catalog.objects().iter()).filter(|object| !object.retired);
        Ok(live.map(names).collect())
    }

    async fn sift(
        &self,
        workspace: WorkspaceId,
        interests: &[Interest],
        events: &[LoggedEvent<'_>],
    ) -> Result<Sifted, Failure> {
        let catalog = self.catalogs().get(workspace).await?;
        let mut sifted = Sifted::default();
        let mut wishes = Vec::new();
        for (place, interest) in interests.iter().enumerate() {
            match self.wish(&catalog, interest) {
                Ok(Some(wish)) => wishes.push((place, wish)),
                Ok(None) => {}
                Err(failure) => sifted.broken.push((place, failure)),
            }
        }
        // Records are read for those events only that somebody may want.
        let mut wanted: HashMap<&str, Vec<&LoggedEvent<'_>>> = HashMap::new();
        for event in events {
            if let Some(object) = living(&catalog, event)
                && wishes.iter().any(|(_, wish)| wish.asks_for(event))
            {
                wanted.entry(&object.key).or_default().push(event);
            }
        }
        let mut records: HashMap<&str, Past> = HashMap::new();
        let mut around = Around::default();
        if !wanted.is_empty() {
            let tx = self.store().begin(workspace, Class::Background).await?;
            for (key, events) in wanted {
                if let Some(object) = catalog.by_key(key) {
                    let past = past::after_in(&tx, workspace, object, &events).await?;
                    records.insert(key, past);
                }
            }
            let filters: Vec<&Filter<'_>> = (wishes.iter())
                .filter_map(|(_, wish)| wish.filter.as_ref())
                .collect();
            around = Around::read_in(&tx, workspace, &catalog, &filters, &records).await?;
            tx.rollback().await?;
        }
        for event in events {
            if is_retired(&catalog, event) {
                sifted.events.push(None);
                continue;
            }
            let object = living(&catalog, event);
            let past = object.and_then(|object| records.get(object.key.as_str()));
            let record = past.and_then(|past| past.get(&event.id));
            let mut wanted_by = Vec::new();
            for (place, wish) in &wishes {
                if wish.asks_for(event) && wish.accepts(&catalog, record, &around) {
                    wanted_by.push(*place);
                }
            }
            sifted.events.push((!wanted_by.is_empty()).then(|| {
                let payload = match object {
                    Some(object) => of_record(&catalog, object, event, record),
                    None => of_other(event),
                };
                ShownEvent {
                    payload: Arc::from(payload),
                    wanted_by,
                }
            }));
        }
        Ok(sifted)
    }
}

impl Records {
    /// The interest with its filter checked; `None` where its object is retired or not to be read.
    fn wish<'i, 'c>(
        &self,
        catalog: &'c Catalog,
        interest: &'i Interest,
    ) -> Result<Option<Wish<'i, 'c>>, Failure> {
        let actor = &interest.actor;
        let object = match &interest.object {
            None => None,
            Some(key) => match catalog.by_key(key).filter(|object| !object.retired) {
                Some(object) => Some(object),
                None => return Ok(None),
            },
        };
        let filter = match (object, &interest.filter) {
            (Some(object), Some(source)) => Some(Filter::check(catalog, object, actor, source)?),
            _ => None,
        };
        let key = object.map(|object| object.key.as_str());
        if authorise(actor, Action::Read, key).is_err() {
            return Ok(None);
        }
        Ok(Some(Wish {
            interest,
            filter,
            context: Context {
                now: self.clock().now(),
                time_zone: zone(actor),
                user: Some(actor.user),
            },
        }))
    }
}

impl Wish<'_, '_> {
    /// Whether the event is of the kind that is wanted, and may be seen.
    fn asks_for(&self, event: &LoggedEvent<'_>) -> bool {
        let Interest { object, verbs, .. } = self.interest;
        (object.as_ref()).is_none_or(|key| key == event.subject_kind)
            && (verbs.is_empty() || verbs.iter().any(|wanted| wanted == verb(event)))
            && authorise(&self.interest.actor, Action::Read, Some(event.subject_kind)).is_ok()
    }

    /// Whether the filter accepts the record. One that is gone for good fulfils none.
    fn accepts(&self, catalog: &Catalog, record: Option<&Record>, around: &Around<'_>) -> bool {
        let Some(filter) = &self.filter else {
            return true;
        };
        let Some(record) = record else {
            return false;
        };
        let values = Surroundings {
            catalog,
            object: filter.object,
            record,
            around,
        };
        accepts(&filter.checked, &values, &self.context).unwrap_or(false)
    }
}

/// Whether the event is of a record that can't be reached any more.
fn is_retired(catalog: &Catalog, event: &LoggedEvent<'_>) -> bool {
    (catalog.by_key(event.subject_kind)).is_some_and(|object| object.retired)
}

/// The object that the event's subject is a record of, unless it is retired.
fn living<'c>(catalog: &'c Catalog, event: &LoggedEvent<'_>) -> Option<&'c Object> {
    (catalog.by_key(event.subject_kind)).filter(|object| !object.retired)
}

fn names(object: &Object) -> ObjectNames {
    ObjectNames {
        key: object.key.clone(),
        name: object.name.clone(),
        plural: object.plural.clone(),
    }
}
