//! The statements of a search, each for all objects in one round trip.
//!
//! Names that start with what was typed come from an ordered index, and so do people whose last
//! names do. Only when those don't fill the answer is the index on texts asked, for a bounded number of matches in no order, of which
//! the best are taken: an ordered walk would take ten times as long.

use kith_contracts::access::Permit;

use super::words::{INDEXED, Sought};
use crate::catalog::{Catalog, Object};
use crate::query::expr::like;
use crate::query::sql::{Fragment, Param, Statement, sql};
use crate::query::tables::{Alias, Builder};

/// How many matches of an object are looked at for the best ones.
const CANDIDATES: usize = 500;

/// What follows the first word of a name, as the index on it says.
const LAST_NAME: &str = "substr(t.sort_key, strpos(t.sort_key, ' ') + 1)";

/// The statement that finds the first `limit` records of each of `objects` whose names begin with
/// what was typed, and as many people whose names do from the second word on. Its rows: the object's
/// place in `objects` or, for custom objects, their id; id, name, sort key, e-mails, phones, domain,
/// company. By the indexes on sort keys and on what follows their first word.
pub(crate) fn beginnings(
    catalog: &Catalog,
    permit: &Permit,
    objects: &[&Object],
    sought: &Sought,
    limit: usize,
) -> Statement {
    let mut builder = Builder::new(catalog, permit.workspace());
    let (from, to) = range(&mut builder, sought);
    let mut found = Vec::new();
    for source in sources(objects) {
        let tenant = source.tenant(&mut builder);
        let columns = source.columns(&mut builder);
        found.push(sql!(
            "(SELECT {} FROM {} t WHERE {} AND t.deleted_at IS NULL AND t.sort_key >= {} AND t.sort_key < {} ORDER BY t.sort_key, t.id LIMIT {})",
            &columns, source.table(), &tenant, &from, &to, limit
        ));
        if source.is_people() {
            found.push(sql!(
                "(SELECT {} FROM {} t WHERE {} AND t.deleted_at IS NULL AND {} >= {} AND {} < {} ORDER BY {}, t.id LIMIT {})",
                columns, source.table(), tenant, LAST_NAME, &from, LAST_NAME, &to, LAST_NAME, limit
            ));
        }
    }
    finished(builder, found)
}

/// The statement that finds the best `limit` records of each of `objects` among some that match;
/// `None` where none can. Rows as those of [`beginnings`]. By the indexes on texts.
pub(crate) fn matches(
    catalog: &Catalog,
    permit: &Permit,
    objects: &[&Object],
    sought: &Sought,
    limit: usize,
) -> Option<Statement> {
    let mut builder = Builder::new(catalog, permit.workspace());
    let (from, to) = range(&mut builder, sought);
    let whole = builder.params.text(sought.whole.as_str());
    let conditions = conditions(&mut builder, sought);
    let mut found = Vec::new();
    for source in sources(objects) {
        let Some(matches) = source.matches(&mut builder, sought, &conditions) else {
            continue;
        };
        let tenant = source.tenant(&mut builder);
        let columns = source.columns(&mut builder);
        found.push(sql!(
            "(SELECT s.object, s.id, s.name, s.sort_key, s.emails, s.phones, s.domain, s.company_id FROM (SELECT {}, t.search_text FROM {} t WHERE {} AND t.deleted_at IS NULL AND {} LIMIT {}) s ORDER BY (s.sort_key >= {} AND s.sort_key < {}) DESC, strpos(' ' || s.search_text, ' ' || {}) = 0, length(s.sort_key), s.id DESC LIMIT {})",
            columns, source.table(), tenant, matches, CANDIDATES, &from, &to, &whole, limit
        ));
    }
    (!found.is_empty()).then(|| finished(builder, found))
}

/// The sort keys between which names begin with what was typed.
fn range(builder: &mut Builder<'_>, sought: &Sought) -> (Fragment, Fragment) {
    let from = super::text::sort_key(&sought.whole);
    let to = builder.params.text(format!("{from}\u{10ffff}"));
    (builder.params.text(from), to)
}

fn finished(builder: Builder<'_>, found: Vec<Fragment>) -> Statement {
    let text = sql!(
        "SELECT f.object, f.id, f.name, f.sort_key, f.emails, f.phones, f.domain, (SELECT c.name FROM records.company c WHERE c.workspace_id = {} AND c.id = f.company_id AND c.deleted_at IS NULL) FROM ({}) f",
        builder.workspace(),
        Fragment::join(found, " UNION ALL ")
    );
    builder.params.statement(&text)
}

fn sources<'c>(objects: &[&'c Object]) -> Vec<Source<'c>> {
    let mut sources: Vec<Source<'c>> = (objects.iter().enumerate())
        .filter(|(_, object)| object.table.object.is_none())
        .map(|(place, object)| Source::Standard(place, object))
        .collect();
    let custom: Vec<uuid::Uuid> = (objects.iter())
        .filter_map(|object| object.table.object.map(|id| id.0))
        .collect();
    if !custom.is_empty() {
        sources.push(Source::Custom(custom));
    }
    sources
}

/// Where matches come from.
enum Source<'c> {
    /// An object with a table of its own.
    Standard(usize, &'c Object),
    /// The table of all custom objects, with those that are asked for.
    Custom(Vec<uuid::Uuid>),
}

impl Source<'_> {
    fn table(&self) -> &'static str {
        match self {
            Self::Standard(_, object) => object.table.name,
            Self::Custom(_) => "records.custom_record",
        }
    }

    /// Whether the records are people, who are mostly looked for by their last names.
    fn is_people(&self) -> bool {
        matches!(self, Self::Standard(_, object) if matches!(object.key.as_str(), "person" | "lead"))
    }

    fn tenant(&self, builder: &mut Builder<'_>) -> Fragment {
        match self {
            Self::Standard(_, object) => builder.tenant(Alias::ROOT, object),
            Self::Custom(ids) => {
                let ids = builder.params.add(Param::Uuids(ids.clone()));
                sql!(
                    "t.workspace_id = {} AND t.object_id = ANY({})",
                    builder.workspace(),
                    ids
                )
            }
        }
    }

    fn has(&self, column: &str) -> bool {
        let Self::Standard(_, object) = self else {
            return false;
        };
        object.field_by_key(column).is_some()
    }

    /// The columns of every branch, alike.
    fn columns(&self, builder: &mut Builder<'_>) -> Fragment {
        let object = match self {
            Self::Standard(place, _) => {
                let place = i64::try_from(*place).unwrap_or(0);
                sql!("({})::text", builder.params.add(Param::Int(place)))
            }
            Self::Custom(_) => Fragment::fixed("t.object_id::text"),
        };
        let column = |name: &'static str, otherwise: &'static str| match self.has(name) {
            true => sql!("t.{}", name),
            false => Fragment::fixed(otherwise),
        };
        let company = match self {
            Self::Standard(_, object) if matches!(object.key.as_str(), "person" | "deal") => {
                "t.company_id"
            }
            _ => "NULL::uuid",
        };
        let domain = match self {
            Self::Standard(_, object) if object.key == "company" => "t.domain",
            Self::Standard(_, object) if object.key == "lead" => "t.company_name",
            Self::Standard(_, object) if object.key == "product" => "t.sku",
            _ => "NULL::text",
        };
        sql!(
            "{} AS object, t.id, t.name, t.sort_key, {} AS emails, {} AS phones, {} AS domain, {} AS company_id",
            object,
            column("emails", "'{}'::text[]"),
            column("phones", "'{}'::text[]"),
            domain,
            company
        )
    }

    /// The condition for records that match; `None` where none of the object can.
    fn matches(
        &self,
        builder: &mut Builder<'_>,
        sought: &Sought,
        conditions: &Fragment,
    ) -> Option<Fragment> {
        if let Some(email) = &sought.email {
            if !self.has("emails") {
                return None;
            }
            let email = builder.params.text(email.as_str());
            return Some(sql!(
                "{} AND strpos(array_to_string(t.emails, ' '), {}) > 0",
                conditions,
                email
            ));
        }
        if !sought.is_indexed() {
            return None;
        }
        match &sought.phone {
            Some(phone) if self.has("phones") => {
                let phone = builder.params.text(like(phone));
                Some(sql!("({} OR t.search_text LIKE {})", conditions, phone))
            }
            _ => Some(conditions.clone()),
        }
    }
}

/// The condition that each group of words has one in what search looks into. Words that are too
/// short for the index are only compared with what it finds.
fn conditions(builder: &mut Builder<'_>, sought: &Sought) -> Fragment {
    let mut groups = Vec::new();
    for group in &sought.groups {
        let words = group
            .iter()
            .map(|word| match word.chars().count() >= INDEXED {
                true => sql!("t.search_text LIKE {}", builder.params.text(like(word))),
                false => sql!(
                    "strpos(t.search_text, {}) > 0",
                    builder.params.text(word.as_str())
                ),
            });
        let words: Vec<Fragment> = words.collect();
        groups.push(sql!("({})", Fragment::join(words, " OR ")));
    }
    sql!("({})", Fragment::join(groups, " AND "))
}
