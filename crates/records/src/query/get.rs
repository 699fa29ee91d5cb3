//! The plan of one record by its id.

use std::collections::HashMap;
use std::sync::Arc;

use kith_kernel::{Failure, ObjectId, RecordId, WorkspaceId};
use parking_lot::Mutex;

use super::expr::Compiler;
use super::list::{ManyPlan, Subject, many, schema};
use super::path::Entity;
use super::select::{self, Select};
use super::selection::Selection;
use super::shape::Shape;
use super::sql::{Param, Statement, sql};
use super::tables::{Alias, Builder, Tables};
use crate::catalog::{Catalog, Field, Object, Storage};

/// How one record is read.
#[derive(Debug)]
pub struct GetPlan {
    /// Gives the record, if it is there. The second column is its version.
    pub record: Statement,
    /// What its row is made into.
    pub shape: Shape,
    pub(crate) many: Vec<ManyPlan>,
    /// The place of the id among the parameters.
    id: usize,
}

impl GetPlan {
    /// The parameters for the record with this id.
    pub(crate) fn params(&self, id: RecordId) -> Vec<Param> {
        let mut params = self.record.params.clone();
        if let Some(place) = params.get_mut(self.id) {
            *place = Param::Uuid(id.0);
        }
        params
    }
}

/// The plans of whole records: a point read should not spend its time on planning.
#[derive(Debug, Default)]
pub(crate) struct GetPlans {
    plans: Mutex<HashMap<(WorkspaceId, ObjectId), Versioned>>,
}

/// A plan, with the version of the catalog that it was made for.
type Versioned = (i64, Arc<GetPlan>);

/// How many plans are kept.
const MAX_PLANS: usize = 2_000;

impl GetPlans {
    /// The plan of all of an object's own fields, as `plan` makes it where it isn't known.
    pub(crate) fn whole(
        &self,
        workspace: WorkspaceId,
        catalog: &Catalog,
        object: &Object,
        plan: impl FnOnce() -> Result<GetPlan, Failure>,
    ) -> Result<Arc<GetPlan>, Failure> {
        let key = (workspace, object.id);
        if let Some((version, known)) = self.plans.lock().get(&key)
            && *version == catalog.version
        {
            return Ok(Arc::clone(known));
        }
        let plan = Arc::new(plan()?);
        // A formula may depend on the moment, whose value is one of the parameters.
        let computed = |field: &Field| matches!(field.storage, Storage::Computed);
        if !object.live_fields().any(computed) {
            let mut plans = self.plans.lock();
            if plans.len() >= MAX_PLANS {
                plans.clear();
            }
            plans.insert(key, (catalog.version, Arc::clone(&plan)));
        }
        Ok(plan)
    }
}

/// Plans the reading of a record with the members `fields`.
pub fn plan(subject: &Subject<'_>, fields: Option<&str>) -> Result<GetPlan, Failure> {
    let schema = schema(subject);
    let selection = Selection::parse(subject.catalog, subject.object, fields)?;
    let mut builder = Builder::new(subject.catalog, subject.permit.workspace());
    let mut compiler = Compiler::new(&mut builder, &schema, subject.moment);
    let mut tables = Tables::new(Alias::ROOT, Entity::Record(subject.object));
    let mut select = Select::default();
    // The second parameter, so that the statement's text depends on nothing but the catalog.
    let id = compiler.builder.params.own(Param::Uuid(uuid::Uuid::nil()));
    let shape = select::record(&mut compiler, &mut tables, &mut select, &selection)?;
    let tenant = compiler.builder.tenant(Alias::ROOT, subject.object);
    let text = sql!(
        "SELECT {} FROM {} {}{} WHERE {} AND {}.id = {} AND {}.deleted_at IS NULL",
        select.list(),
        subject.object.table.name,
        Alias::ROOT,
        tables.joins(),
        tenant,
        Alias::ROOT,
        id,
        Alias::ROOT
    );
    Ok(GetPlan {
        record: builder.params.statement(&text),
        shape,
        many: many(subject, &schema, &selection)?,
        id: 1,
    })
}
