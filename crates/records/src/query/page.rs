//! The statement of a page: how its records are found, and what is shown of them.
//!
//! In the plain form one SELECT does both. Where showing a record costs something, or where the
//! records come from several branches, their ids and sort keys are found first.

use kith_kernel::Failure;

use super::cursor::Cursor;
use super::expr::Compiler;
use super::list::{Filtered, Subject};
use super::order::{Order, direction};
use super::path::Entity;
use super::request::Bounds;
use super::select::{self, Select, is_wide};
use super::selection::Selection;
use super::shape::Shape;
use super::sql::{Fragment, sql};
use super::tables::{Alias, Tables};
use crate::search::text::SORT_KEY_CHARS;

/// Where a page's records come from.
pub(super) struct Source<'c> {
    pub(super) table: &'static str,
    pub(super) filtered: Filtered<'c>,
    /// One more than the page has.
    pub(super) limit: u32,
    pub(super) bounds: Bounds,
    /// Whether an inverted index serves the filter, of which PostgreSQL can't tell how much it
    /// finds.
    pub(super) by_content: bool,
}

/// The statement of a page.
pub(super) struct Page {
    pub(super) text: Fragment,
    pub(super) shape: Shape,
    /// The first column of the sort keys.
    pub(super) keys_at: usize,
    /// The column with the number of all records, null where they were not counted.
    pub(super) found_at: Option<usize>,
}

impl<'c> Source<'c> {
    /// The statement that shows `selection` of the records after `cursor`.
    pub(super) fn page(
        mut self,
        compiler: &mut Compiler<'_, 'c>,
        subject: &Subject<'c>,
        selection: &Selection<'c>,
        select: &mut Select,
        order: &Order,
        cursor: Option<&Cursor>,
    ) -> Result<Page, Failure> {
        let counted = self.by_content && order.is_indexed();
        if counted || order.splits() || is_wide(selection) {
            let ids = if counted {
                self.by_content(compiler, order, cursor)
            } else {
                self.ids(compiler, order, cursor)
            };
            return wide(compiler, subject, selection, select, order, &ids, counted);
        }
        let shape = select::record(compiler, &mut self.filtered.tables, select, selection)?;
        let keys_at = add_keys(select, order.keys.iter().map(|key| key.sql.clone()));
        let rest = self.rest(compiler, order, cursor);
        Ok(Page {
            text: sql!("SELECT {} {}", select.list(), rest),
            shape,
            keys_at,
            found_at: None,
        })
    }

    /// `FROM … WHERE … ORDER BY … LIMIT …`
    fn rest(
        &self,
        compiler: &mut Compiler<'_, '_>,
        order: &Order,
        cursor: Option<&Cursor>,
    ) -> Fragment {
        sql!(
            "FROM {} {}{} WHERE {}{} {} LIMIT {}",
            self.table,
            Alias::ROOT,
            self.filtered.tables.joins(),
            self.filtered.conditions(),
            after(compiler, order, cursor),
            order.by(0, false),
            self.limit
        )
    }

    /// The ids and sort keys of the page's records. Where an index has only the records with a
    /// first key, those without come from a second branch, which is not begun before it is needed.
    fn ids(
        &self,
        compiler: &mut Compiler<'_, '_>,
        order: &Order,
        cursor: Option<&Cursor>,
    ) -> Fragment {
        let columns = order.columns();
        if !order.splits() {
            let rest = self.rest(compiler, order, cursor);
            return sql!("SELECT {} {}", columns, rest);
        }
        let first = &order.keys[0].sql;
        let mut branches = Vec::new();
        let begun = cursor.map(|cursor| cursor.values[0].is_some());
        for set in [true, false] {
            let after = match (cursor, begun) {
                // The cursor stands among the records without a key.
                (Some(_), Some(false)) if set => continue,
                (Some(cursor), Some(has_key)) if has_key == set => {
                    let skip = usize::from(!set);
                    sql!(" AND {}", order.after(compiler.builder, cursor, skip, set))
                }
                _ => Fragment::default(),
            };
            let test = if set { "IS NOT NULL" } else { "IS NULL" };
            branches.push(sql!(
                "(SELECT {} FROM {} {}{} WHERE {} AND {} {}{} {} LIMIT {})",
                &columns,
                self.table,
                Alias::ROOT,
                self.filtered.tables.joins(),
                self.filtered.conditions(),
                first,
                test,
                after,
                order.by(usize::from(!set), set),
                self.limit
            ));
        }
        match branches.len() {
            1 => Fragment::join(branches, ""),
            _ => sql!(
                "{} LIMIT {}",
                Fragment::join(branches, " UNION ALL "),
                self.limit
            ),
        }
    }

    /// The same for a filter that an inverted index serves. PostgreSQL would have to guess how
    /// much it finds, and a wrong guess costs seconds: sorting a tenth of all records, or walking
    /// through nearly all of them in order. So a page's worth is looked for among the next
    /// [`Bounds::walk`] records in order, where a frequent content is found at once; only if it isn't
    /// there, all that the index finds is sorted, and counted by the way.
    fn by_content(
        &self,
        compiler: &mut Compiler<'_, '_>,
        order: &Order,
        cursor: Option<&Cursor>,
    ) -> Fragment {
        let (columns, names, joins) =
            (order.columns(), order.names(), self.filtered.tables.joins());
        let named = order.named();
        let (mut with, mut branches) = (Vec::new(), Vec::new());
        let mut unless = Fragment::default();
        if let (true, Some(filter)) = (order.is_walkable(), &self.filtered.filter) {
            let after = after(compiler, order, cursor);
            with.push(sql!(
                "walk AS MATERIALIZED (SELECT {} {} LIMIT {})",
                &columns,
                self.walk(compiler, order, &after, filter),
                self.limit
            ));
            let walked = "(SELECT count(*) FROM walk)";
            branches.push(sql!(
                "(SELECT {}, NULL::int8 AS found FROM walk WHERE {} >= {})",
                &names,
                walked,
                self.limit
            ));
            unless = sql!(" AND {} < {}", walked, self.limit);
        }
        with.push(sql!(
            "every AS MATERIALIZED (SELECT {} FROM {} {}{} WHERE {}{})",
            &columns,
            self.table,
            Alias::ROOT,
            &joins,
            self.filtered.conditions(),
            &unless,
        ));
        branches.push(sql!(
            "(SELECT {}, (SELECT count(*) FROM every) AS found FROM every WHERE true{}{} {} LIMIT {})",
            &names,
            &unless,
            after(compiler, &named, cursor),
            named.by(0, false),
            self.limit
        ));
        let with = Fragment::join(with, ", ");
        match branches.len() {
            1 => sql!("WITH {} {}", with, Fragment::join(branches, "")),
            _ => sql!(
                "WITH {} {} LIMIT {}",
                with,
                Fragment::join(branches, " UNION ALL "),
                self.limit
            ),
        }
    }

    /// `FROM … WHERE … ORDER BY …` of those among the next [`Bounds::walk`] records in order that
    /// fulfil the filter. What the name has to contain is looked for in the index alone.
    fn walk(
        &self,
        compiler: &Compiler<'_, '_>,
        order: &Order,
        after: &Fragment,
        filter: &Fragment,
    ) -> Fragment {
        let (base, joins) = (&self.filtered.base, self.filtered.tables.joins());
        let by = order.by(0, false);
        match &self.filtered.name_like {
            Some(like) if order.is_by_name() => sql!(
                "FROM (SELECT {}.sort_key, {}.id FROM {} {} WHERE {}{} {} LIMIT {}) near \
                 JOIN {} {} ON {}.workspace_id = {} AND {}.id = near.id{} \
                 WHERE (near.sort_key LIKE {} OR char_length(near.sort_key) >= {}) AND {} {}",
                Alias::ROOT,
                Alias::ROOT,
                self.table,
                Alias::ROOT,
                base,
                after,
                &by,
                self.bounds.walk,
                self.table,
                Alias::ROOT,
                Alias::ROOT,
                compiler.builder.workspace(),
                Alias::ROOT,
                joins,
                like,
                // What a longer name contains may stand behind its sort key's end.
                SORT_KEY_CHARS,
                filter,
                order.of("near")
            ),
            _ => sql!(
                "FROM (SELECT {}.* FROM {} {} WHERE {}{} {} LIMIT {}) {}{} WHERE {} {}",
                Alias::ROOT,
                self.table,
                Alias::ROOT,
                base,
                after,
                &by,
                self.bounds.walk,
                Alias::ROOT,
                joins,
                filter,
                &by
            ),
        }
    }
}

/// The condition for what comes after the cursor, with AND before it.
fn after(compiler: &mut Compiler<'_, '_>, order: &Order, cursor: Option<&Cursor>) -> Fragment {
    match cursor {
        Some(cursor) => sql!(" AND {}", order.after(compiler.builder, cursor, 0, false)),
        None => Fragment::default(),
    }
}

/// A statement that first finds the page's records, then what is shown of them.
fn wide<'c>(
    compiler: &mut Compiler<'_, 'c>,
    subject: &Subject<'c>,
    selection: &Selection<'c>,
    select: &mut Select,
    order: &Order,
    ids: &Fragment,
    counted: bool,
) -> Result<Page, Failure> {
    let mut tables = Tables::new(Alias::ROOT, Entity::Record(subject.object));
    let shape = select::record(compiler, &mut tables, select, selection)?;
    let names = |place: usize| sql!("page.k{}", place + 1);
    let keys_at = add_keys(select, (0..order.keys.len()).map(names));
    let found_at = counted.then(|| select.extra(Fragment::fixed("page.found")));
    let tenant = compiler.builder.tenant(Alias::ROOT, subject.object);
    let by = (order.keys.iter().enumerate())
        .map(|(place, key)| direction(&names(place), key.descending, key.nullable));
    let text = sql!(
        "SELECT {} FROM ({}) page JOIN {} {} ON {} AND {}.id = page.k{}{} ORDER BY {}",
        select.list(),
        ids,
        subject.object.table.name,
        Alias::ROOT,
        tenant,
        Alias::ROOT,
        order.keys.len(),
        tables.joins(),
        Fragment::join(by, ", ")
    );
    Ok(Page {
        text,
        shape,
        keys_at,
        found_at,
    })
}

/// Adds the sort keys' columns and gives the first one's place.
fn add_keys(select: &mut Select, keys: impl Iterator<Item = Fragment>) -> usize {
    let places: Vec<usize> = keys.map(|key| select.extra(key)).collect();
    places.first().copied().unwrap_or(0)
}
