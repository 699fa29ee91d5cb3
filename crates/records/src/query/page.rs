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
}

/// The condition for what comes after the cursor, with AND before it.
pub(super) fn after(
    compiler: &mut Compiler<'_, '_>,
    order: &Order,
    cursor: Option<&Cursor>,
) -> Fragment {
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
