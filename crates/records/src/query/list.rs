//! The plan of a list: one statement for a page, one for the count.

use kith_cel::Type;
use kith_contracts::access::Permit;
use kith_kernel::{CountMode, Failure};
use uuid::Uuid;

use super::cursor::{Cursor, fingerprint};
use super::expr::{Compiler, Moment};
use super::order::Order;
use super::page::{Page, Source};
use super::path::Entity;
use super::request::ListRequest;
use super::schema::CatalogSchema;
use super::select::{self, Select};
use super::selection::{Related, Selection};
use super::shape::Shape;
use super::sql::{Fragment, Param, Statement, sql};
use super::tables::{Alias, Builder, Tables};
use super::value::SqlType;
use crate::catalog::{Catalog, FieldType, Object};

/// Up to how many records a capped count counts.
pub const COUNT_CAP: u64 = 10_000;

/// What a query is about: nothing of it is another workspace's.
#[derive(Clone, Copy)]
pub struct Subject<'c> {
    /// The workspace's catalog.
    pub catalog: &'c Catalog,
    /// The object whose records are asked for.
    pub object: &'c Object,
    /// Leave to read them.
    pub permit: &'c Permit,
    /// When, where and for whom expressions are evaluated.
    pub moment: &'c Moment,
}

/// How a page of a list is read.
#[derive(Debug)]
pub struct ListPlan {
    /// Gives one row more than the page has, if there is one.
    pub page: Statement,
    /// What its rows are made into.
    pub shape: Shape,
    /// The to-many relations of which more than ids is shown.
    pub(crate) many: Vec<ManyPlan>,
    /// Gives the number of records in one row, up to one above the cap.
    pub count: Option<Statement>,
    /// How the records are counted.
    pub count_mode: CountMode,
    /// How many records the page has.
    pub limit: usize,
    /// Whether the page is the first one.
    pub first: bool,
    /// The first column of the sort keys.
    keys_at: usize,
    /// The column with the number of all records, null where finding the page did not count them.
    pub(crate) found_at: Option<usize>,
    keys: Vec<SqlType>,
    fingerprint: u64,
}

/// How the records of a to-many relation are read for the records of a page.
#[derive(Debug)]
pub(crate) struct ManyPlan {
    /// The number by which the page's shape refers to it.
    pub(crate) number: usize,
    /// Its last parameter are the ids of the page's records. Rows: the record's id, the role, then
    /// the shape's columns.
    pub(crate) statement: Statement,
    pub(crate) shape: Shape,
}

impl ListPlan {
    /// The cursor of the page that follows the one that ends with `row`.
    pub fn next_cursor(&self, row: &tokio_postgres::Row) -> Result<String, tokio_postgres::Error> {
        let cursor = Cursor::of_row(row, self.keys_at, &self.keys)?;
        Ok(cursor.encode(self.fingerprint))
    }
}

#[cfg(test)]
impl ListPlan {
    /// A cursor of the list, with values of the right types.
    pub(crate) fn some_cursor(&self) -> String {
        let value = |ty: &SqlType| match ty {
            SqlType::Int => Param::Int(1),
            SqlType::Numeric => Param::Numeric(1.into()),
            SqlType::Bool => Param::Bool(true),
            SqlType::Date => Param::Date(jiff::civil::date(2026, 1, 1)),
            SqlType::Time => Param::Time(jiff::Timestamp::UNIX_EPOCH),
            SqlType::Uuid => Param::Uuid(Uuid::nil()),
            SqlType::Text | SqlType::Texts | SqlType::Json => Param::Text("a".to_owned()),
        };
        let values = self.keys.iter().map(|ty| Some(value(ty))).collect();
        Cursor { values }.encode(self.fingerprint)
    }
}

/// How all records of a list are read, one after another.
#[derive(Debug)]
pub struct ExportPlan {
    /// Gives all records in order.
    pub rows: Statement,
    /// What its rows are made into.
    pub shape: Shape,
}

/// The conditions, compiled.
pub(crate) struct Filtered<'c> {
    pub(crate) tables: Tables<'c>,
    /// Those of tenancy and of the recycle bin.
    pub(crate) base: Fragment,
    /// That of the filter.
    pub(crate) filter: Option<Fragment>,
    /// A pattern that the record's folded name has to fit, as the filter says.
    pub(crate) name_like: Option<Fragment>,
}

impl Filtered<'_> {
    /// All conditions.
    pub(crate) fn conditions(&self) -> Fragment {
        match &self.filter {
            Some(filter) => sql!("{} AND {}", &self.base, filter),
            None => self.base.clone(),
        }
    }
}

/// The conditions that records of `subject` have to fulfil: those of tenancy, of the recycle bin
/// and of `filter`.
pub(crate) fn filtered<'c>(
    compiler: &mut Compiler<'_, 'c>,
    subject: &Subject<'c>,
    filter: Option<&str>,
    deleted: bool,
) -> Result<Filtered<'c>, Failure> {
    let entity = Entity::Record(subject.object);
    let mut tables = Tables::new(Alias::ROOT, entity);
    compiler.deleted = deleted;
    let tenant = compiler.builder.tenant(Alias::ROOT, subject.object);
    let alive = if deleted { "IS NOT NULL" } else { "IS NULL" };
    let base = sql!("{} AND {}.deleted_at {}", tenant, Alias::ROOT, alive);
    let (mut compiled, mut name_like) = (None, None);
    if let Some(filter) = filter {
        let part = compiler
            .schema
            .check(filter, Some(&Type::Bool))
            .map_err(|failure| failure.field("filter", "invalid_expression"))?;
        let condition = compiler.at(&mut tables, Alias::ROOT, entity, |compiler| {
            compiler.condition(&part)
        })?;
        if condition.as_str().len() > super::expr::MAX_SQL {
            return Err(super::expr::too_complex());
        }
        compiled = Some(condition);
        name_like = compiler.name_like(&part);
    }
    Ok(Filtered {
        tables,
        base,
        filter: compiled,
        name_like,
    })
}

/// Plans a page.
///
/// # Errors
/// `InvalidRequest`, `InvalidExpression`, `InvalidCursor` or `LimitExceeded`.
pub fn plan(subject: &Subject<'_>, request: &ListRequest) -> Result<ListPlan, Failure> {
    let limit = request.page_size()?;
    let schema = schema(subject);
    let selection = Selection::parse(subject.catalog, subject.object, request.fields.as_deref())?;
    let mut builder = Builder::new(subject.catalog, subject.permit.workspace());
    let mut compiler = Compiler::new(&mut builder, &schema, subject.moment);
    let mut filtered = filtered(
        &mut compiler,
        subject,
        request.filter.as_deref(),
        request.deleted,
    )?;
    let order = Order::parse(
        &mut compiler,
        &mut filtered.tables,
        subject.object,
        request.sort.as_deref(),
    )?;
    let fingerprint = fingerprint(&[
        &subject.object.key,
        request.filter.as_deref().unwrap_or_default(),
        request.sort.as_deref().unwrap_or_default(),
        if request.deleted { "deleted" } else { "" },
    ]);
    let keys = order.types();
    let cursor = match &request.cursor {
        Some(text) => Some(Cursor::decode(text, fingerprint, &keys)?),
        None => None,
    };
    let source = Source {
        table: subject.object.table.name,
        limit: limit + 1,
        bounds: request.bounds,
        by_content: compiler.by_content,
        filtered,
    };
    let mut select = Select::default();
    let page = source.page(
        &mut compiler,
        subject,
        &selection,
        &mut select,
        &order,
        cursor.as_ref(),
    )?;
    let Page {
        text,
        shape,
        keys_at,
        found_at,
    } = page;
    let page = builder.params.statement(&text);
    let many = many(subject, &schema, &selection)?;
    let count_mode = match (request.count, &request.cursor) {
        (Some(mode), _) => mode,
        (None, None) => CountMode::Capped,
        (None, Some(_)) => CountMode::None,
    };
    Ok(ListPlan {
        page,
        shape,
        many,
        count: count(subject, &schema, request, count_mode)?,
        count_mode,
        limit: limit as usize,
        first: request.cursor.is_none(),
        keys_at,
        found_at,
        keys,
        fingerprint,
    })
}

/// Plans the reading of all records of a list, for an export: `limit`, `cursor` and `count` don't
/// matter.
pub fn plan_export(subject: &Subject<'_>, request: &ListRequest) -> Result<ExportPlan, Failure> {
    let schema = schema(subject);
    let selection = Selection::parse(subject.catalog, subject.object, request.fields.as_deref())?;
    if let Some(member) = selection.members.iter().find(|member| is_many(member)) {
        return Err(super::refusal::parameter(
            "fields",
            "too_deep",
            format!(
                "An export can't show more of \"{}\" than ids.",
                member.field.name
            ),
        ));
    }
    let mut builder = Builder::new(subject.catalog, subject.permit.workspace());
    let mut compiler = Compiler::new(&mut builder, &schema, subject.moment);
    let mut filtered = filtered(
        &mut compiler,
        subject,
        request.filter.as_deref(),
        request.deleted,
    )?;
    let order = Order::parse(
        &mut compiler,
        &mut filtered.tables,
        subject.object,
        request.sort.as_deref(),
    )?;
    let mut select = Select::default();
    let shape = select::record(&mut compiler, &mut filtered.tables, &mut select, &selection)?;
    let text = sql!(
        "SELECT {} FROM {} {}{} WHERE {} {}",
        select.list(),
        subject.object.table.name,
        Alias::ROOT,
        filtered.tables.joins(),
        filtered.conditions(),
        order.by(0, false)
    );
    Ok(ExportPlan {
        rows: builder.params.statement(&text),
        shape,
    })
}

/// The statement that counts the records that `request` lists, all of them.
pub fn plan_count(subject: &Subject<'_>, request: &ListRequest) -> Result<Statement, Failure> {
    let counted = count(subject, &schema(subject), request, CountMode::Exact)?;
    counted.ok_or_else(|| Failure::internal("an exact count without a statement"))
}

pub(crate) fn schema<'c>(subject: &Subject<'c>) -> CatalogSchema<'c> {
    CatalogSchema::new(subject.catalog, subject.object, subject.moment.zone.clone())
}

fn count<'c>(
    subject: &Subject<'c>,
    schema: &CatalogSchema<'c>,
    request: &ListRequest,
    mode: CountMode,
) -> Result<Option<Statement>, Failure> {
    let mut builder = Builder::new(subject.catalog, subject.permit.workspace());
    let mut compiler = Compiler::new(&mut builder, schema, subject.moment);
    let filtered = filtered(
        &mut compiler,
        subject,
        request.filter.as_deref(),
        request.deleted,
    )?;
    let from = sql!(
        "FROM {} {}{} WHERE {}",
        subject.object.table.name,
        Alias::ROOT,
        filtered.tables.joins(),
        filtered.conditions()
    );
    let text = match mode {
        CountMode::None => return Ok(None),
        CountMode::Exact => sql!("SELECT count(*) {}", from),
        CountMode::Capped => {
            let cap = usize::try_from(COUNT_CAP).unwrap_or(usize::MAX);
            sql!(
                "SELECT count(*) FROM (SELECT 1 {} LIMIT {}) counted",
                from,
                cap + 1
            )
        }
    };
    Ok(Some(builder.params.statement(&text)))
}

fn is_many(member: &super::selection::Member<'_>) -> bool {
    matches!(
        (&member.related, &member.field.kind),
        (Some(Related::Record(..)), FieldType::Relations { .. })
    )
}

/// The most related records of one record that are shown with their fields.
const MANY_LIMIT: usize = 100;

pub(crate) fn many<'c>(
    subject: &Subject<'c>,
    schema: &CatalogSchema<'c>,
    selection: &Selection<'c>,
) -> Result<Vec<ManyPlan>, Failure> {
    let members = selection.members.iter().filter(|member| is_many(member));
    let mut plans = Vec::new();
    for (number, member) in members.enumerate() {
        let Some(Related::Record(target, fields)) = &member.related else {
            continue;
        };
        let mut builder = Builder::new(subject.catalog, subject.permit.workspace());
        let mut compiler = Compiler::new(&mut builder, schema, subject.moment);
        let item = compiler.builder.alias();
        let mut tables = Tables::new(item, Entity::Record(target));
        let mut select = Select::default();
        let shape = select::item(&mut compiler, &mut tables, &mut select, fields)?;
        let tenant = compiler.builder.tenant(item, target);
        let field = compiler.builder.params.add(Param::Uuid(member.field.id.0));
        let ids = compiler.builder.params.own(Param::Uuids(Vec::new()));
        let text = sql!(
            "SELECT {}, l.from_id, l.role FROM unnest({}) AS page(id) CROSS JOIN LATERAL (\
             SELECT l.from_id, l.to_id, l.role, l.position FROM records.link l \
             WHERE l.workspace_id = {} AND l.field_id = {} AND l.from_id = page.id \
             ORDER BY l.position, l.to_id LIMIT {}) l JOIN {} {} ON {} AND {}.id = l.to_id{} \
             WHERE {}.deleted_at IS NULL ORDER BY l.from_id, l.position, l.to_id",
            select.list(),
            ids,
            compiler.builder.workspace(),
            field,
            MANY_LIMIT,
            target.table.name,
            item,
            tenant,
            item,
            tables.joins(),
            item
        );
        plans.push(ManyPlan {
            number,
            statement: builder.params.statement(&text),
            shape,
        });
    }
    Ok(plans)
}

impl ManyPlan {
    /// The statement for the records with these ids.
    pub(crate) fn of(&self, ids: Vec<Uuid>) -> Statement {
        let mut statement = self.statement.clone();
        for param in &mut statement.params {
            if matches!(param, Param::Uuids(known) if known.is_empty()) {
                *param = Param::Uuids(ids);
                break;
            }
        }
        statement
    }
}
