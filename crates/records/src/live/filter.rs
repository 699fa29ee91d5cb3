//! Filters of events: CEL over the record as it was after the event.

use jiff::tz::TimeZone;
use kith_cel::{Checked, Root, Type};
use kith_kernel::{Actor, ErrorCode, Failure};

use crate::catalog::{Catalog, FieldType, Object};
use crate::query::{CatalogSchema, Leaf, MAX_HOPS, target};

/// A filter, ready to be asked.
pub(super) struct Filter<'c> {
    pub(super) object: &'c Object,
    pub(super) checked: Checked<Leaf<'c>>,
    /// The relations that it follows: each path's hops, then its leaf.
    pub(super) hops: Vec<Vec<Leaf<'c>>>,
}

impl<'c> Filter<'c> {
    /// Checks `source` against the catalog.
    ///
    /// # Errors
    /// `InvalidExpression`, also for what an event can't be asked: formulas, roll-ups and relations
    /// to many.
    pub(super) fn check(
        catalog: &'c Catalog,
        object: &'c Object,
        actor: &Actor,
        source: &str,
    ) -> Result<Self, Failure> {
        let zone = zone(actor);
        let schema = CatalogSchema::new(catalog, object, zone);
        let checked = schema.check(source, Some(&Type::Bool))?;
        let mut hops = Vec::new();
        for field in checked.fields() {
            let path = match (field.root, field.path.as_slice()) {
                (Root::Variable(_), []) => continue,
                (Root::Record, path) => path,
                (Root::Variable(_), _) => return Err(refused()),
            };
            let askable = path.iter().all(|leaf| match leaf {
                Leaf::Field(field) => {
                    !field.kind.is_computed() && !matches!(field.kind, FieldType::Relations { .. })
                }
                _ => true,
            });
            if !askable || length(catalog, path) > MAX_HOPS {
                return Err(refused());
            }
            if length(catalog, path) > 0 {
                hops.push(path.to_vec());
            }
        }
        Ok(Self {
            object,
            checked,
            hops,
        })
    }
}

/// How many relations a path follows.
pub(super) fn length(catalog: &Catalog, path: &[Leaf<'_>]) -> usize {
    let followed = |pair: &&[Leaf<'_>]| match pair[0] {
        Leaf::Field(field) => target(catalog, field).is_some(),
        _ => false,
    };
    path.windows(2).take_while(followed).count()
}

/// The zone in which the actor's days begin.
pub(super) fn zone(actor: &Actor) -> TimeZone {
    TimeZone::get(&actor.settings.time_zone).unwrap_or(TimeZone::UTC)
}

fn refused() -> Failure {
    Failure::new(
        ErrorCode::InvalidExpression,
        "A filter of events can speak of the record's own values and of those behind its relations to one record: \
         not of formulas, roll-ups and relations to many.",
    )
}
