//! The statement of a search: every object's best matches in one round trip.
//!
//! Names that start with what was typed come from an ordered index. Only when those don't fill
//! the answer is the index on texts asked, for a bounded number of matches in no order, of which
//! the best are taken: an ordered walk would take ten times as long.

use kith_contracts::access::Permit;

use super::words::{INDEXED, Sought};
use crate::catalog::{Catalog, Object};
use crate::query::expr::like;
use crate::query::sql::{Fragment, Param, Statement, sql};
use crate::query::tables::{Alias, Builder};

/// How many matches of an object are looked at for the best ones.
const CANDIDATES: usize = 500;

/// The statement that finds at most `limit` records of each of `objects`. Its rows: the object's
/// place in `objects` or, for custom objects, their id; id, name, sort key, e-mails, phones, domain,
/// detail.
pub(crate) fn plan(
    catalog: &Catalog,
    permit: &Permit,
    objects: &[&Object],
    sought: &Sought,
    limit: usize,
    prefixes: bool,
) -> Statement {
    let mut builder = Builder::new(catalog, permit.workspace());
    let custom: Vec<uuid::Uuid> = (objects.iter())
        .filter_map(|object| object.table.object.map(|id| id.0))
        .collect();
    let mut sources: Vec<Source<'_>> = (objects.iter().enumerate())
        .filter(|(_, object)| object.table.object.is_none())
        .map(|(place, object)| Source::Standard(place, object))
        .collect();
    if !custom.is_empty() {
        sources.push(Source::Custom(custom));
    }
    let whole = builder.params.text(super::text::sort_key(&sought.whole));
    let beyond = builder.params.text(format!(
        "{}\u{10ffff}",
        super::text::sort_key(&sought.whole)
    ));
    let conditions = conditions(&mut builder, sought);
    let mut with = Vec::new();
    let mut begins = Vec::new();
    let mut found = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let tenant = source.tenant(&mut builder);
        let columns = source.columns(&mut builder);
        if prefixes {
            with.push(sql!(
                "p{} AS MATERIALIZED (SELECT {} FROM {} t WHERE {} AND t.deleted_at IS NULL AND t.sort_key >= {} AND t.sort_key < {} ORDER BY t.sort_key, t.id LIMIT {})",
                number, &columns, source.table(), &tenant, &whole, &beyond, limit
            ));
            begins.push(sql!("SELECT 1 FROM p{}", number));
            found.push(sql!("SELECT * FROM p{}", number));
        }
        let matches = source.matches(&mut builder, sought, &conditions);
        if let Some(matches) = matches {
            with.push(sql!(
                "s{} AS MATERIALIZED (SELECT {}, t.search_text FROM {} t WHERE {} AND t.deleted_at IS NULL AND {}{} LIMIT {})",
                number, &columns, source.table(), &tenant, matches,
                if prefixes { " AND NOT (SELECT filled FROM enough)" } else { "" }, CANDIDATES
            ));
            found.push(sql!(
                "(SELECT object, id, name, sort_key, emails, phones, domain, company_id FROM s{} ORDER BY (sort_key >= {} AND sort_key < {}) DESC, strpos(' ' || search_text, ' ' || {}) = 0, length(sort_key), id DESC LIMIT {})",
                number, &whole, &beyond, &whole, limit
            ));
        }
    }
    let with = arranged(with, begins, limit);
    let text = sql!(
        "WITH {} SELECT f.object, f.id, f.name, f.sort_key, f.emails, f.phones, f.domain, (SELECT c.name FROM records.company c WHERE c.workspace_id = {} AND c.id = f.company_id AND c.deleted_at IS NULL) FROM ({}) f",
        with,
        builder.workspace(),
        Fragment::join(found, " UNION ALL ")
    );
    builder.params.statement(text)
}

/// The common table expressions with the one that says whether the first ones are enough.
fn arranged(mut all: Vec<Fragment>, begins: Vec<Fragment>, limit: usize) -> Fragment {
    // Where names already fill the answer, nothing of a lesser rank can get into it.
    if !begins.is_empty() {
        let enough = sql!(
            "enough AS MATERIALIZED (SELECT count(*) >= {} AS filled FROM ({}) b)",
            limit,
            Fragment::join(begins, " UNION ALL ")
        );
        all.push(enough);
    }
    // An expression may only name those before it.
    all.sort_by_key(|part| match part.as_str().as_bytes().first() {
        Some(b'p') => 0,
        Some(b'e') => 1,
        _ => 2,
    });
    Fragment::join(all, ", ")
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
