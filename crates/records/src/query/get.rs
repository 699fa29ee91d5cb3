//! The plan of one record by its id.

use kith_kernel::{Failure, RecordId};

use super::expr::Compiler;
use super::list::{ManyPlan, Subject, many, schema};
use super::path::Entity;
use super::select::{self, Select};
use super::selection::Selection;
use super::shape::Shape;
use super::sql::{Param, Statement, sql};
use super::tables::{Alias, Builder, Tables};

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
        record: builder.params.statement(text),
        shape,
        many: many(subject, &schema, &selection)?,
        id: 1,
    })
}
