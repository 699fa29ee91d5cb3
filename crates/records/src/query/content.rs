//! How the records of a page are found where an inverted index serves the filter.
//!
//! PostgreSQL would have to guess how much such an index finds, and a wrong guess costs seconds:
//! sorting a tenth of all records, or walking through nearly all of them in order. So a page's worth
//! is looked for among the next records in order, where a frequent content is found at once. What
//! the first of them have tells whether it is worth looking further. Only where the page isn't full
//! then, all that the index finds is sorted, and counted by the way.

use super::cursor::Cursor;
use super::expr::Compiler;
use super::order::Order;
use super::page::{Source, after};
use super::sql::{Fragment, sql};
use super::tables::Alias;
use crate::search::text::SORT_KEY_CHARS;

/// How many records are looked through at first, and how many more where that is likely to fill the
/// page, in multiples of [`super::request::Bounds::walk`]: names are read off their index, others'
/// records have to be looked at. Measured on a million people: all of it takes about as long as what
/// the inverted index finds of a content as rare.
const BY_NAME: [u32; 2] = [4, 9];
const OTHERWISE: [u32; 2] = [1, 2];

impl Source<'_> {
    /// The ids and sort keys of the page's records, and how many there are in all where they were
    /// counted.
    pub(super) fn by_content(
        &self,
        compiler: &mut Compiler<'_, '_>,
        order: &Order,
        cursor: Option<&Cursor>,
    ) -> Fragment {
        let (columns, names) = (order.columns(), order.names());
        let (mut with, mut branches) = (Vec::new(), Vec::new());
        let mut unless = Fragment::default();
        if let (true, Some(filter)) = (order.is_walkable(), &self.filtered.filter) {
            let after = after(compiler, order, cursor);
            let limit = self.limit;
            let mut walk =
                |name: &'static str, from: &Fragment, stretch: &Fragment, most: &Fragment| {
                    let found = self.walk(compiler, order, from, filter, stretch);
                    let text = sql!("SELECT {} {} LIMIT {}", &columns, found, most);
                    with.push(sql!("{} AS MATERIALIZED ({})", name, text));
                };
            let [near_times, further_times] = match self.names_suffice(order) {
                true => BY_NAME,
                false => OTHERWISE,
            };
            let first = self.bounds.walk.saturating_mul(near_times);
            let near = "(SELECT count(*) FROM near)";
            let promising = (limit * near_times).div_ceil(near_times + further_times);
            walk("near", &after, &sql!("LIMIT {}", first), &sql!("{}", limit));
            let going_on = sql!(" AND {} >= {} AND {} < {}", near, promising, near, limit);
            walk(
                "further",
                &sql!("{}{}", &after, going_on),
                &sql!(
                    "LIMIT {} OFFSET {}",
                    self.bounds.walk.saturating_mul(further_times),
                    first
                ),
                &sql!("{} - {}", limit, near),
            );
            let walked = "(SELECT count(*) FROM near) + (SELECT count(*) FROM further)";
            for walk in ["near", "further"] {
                branches.push(sql!(
                    "(SELECT {}, NULL::int8 AS found FROM {} WHERE {} >= {})",
                    &names,
                    walk,
                    walked,
                    limit
                ));
            }
            unless = sql!(" AND {} < {}", walked, limit);
        }
        let every = self.every(compiler, order, cursor, &unless);
        with.push(every.0);
        branches.push(every.1);
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

    /// All that the index finds, and the page's records of it.
    fn every(
        &self,
        compiler: &mut Compiler<'_, '_>,
        order: &Order,
        cursor: Option<&Cursor>,
        unless: &Fragment,
    ) -> (Fragment, Fragment) {
        let named = order.named();
        let all = sql!(
            "every AS MATERIALIZED (SELECT {} FROM {} {}{} WHERE {}{})",
            order.columns(),
            self.table,
            Alias::ROOT,
            self.filtered.tables.joins(),
            self.filtered.conditions(),
            unless,
        );
        let page = sql!(
            "(SELECT {}, (SELECT count(*) FROM every) AS found FROM every WHERE true{}{} {} LIMIT {})",
            order.names(),
            unless,
            after(compiler, &named, cursor),
            named.by(0, false),
            self.limit
        );
        (all, page)
    }

    /// Whether the index of names alone tells which records may fulfil the filter.
    fn names_suffice(&self, order: &Order) -> bool {
        self.filtered.name_like.is_some() && order.is_by_name()
    }

    /// `FROM … WHERE … ORDER BY …` of those that fulfil the filter in a stretch of the records in
    /// order. What the name has to contain is looked for in the index alone; OFFSET keeps
    /// PostgreSQL from looking for it otherwise, since it can't know how soon there is enough.
    fn walk(
        &self,
        compiler: &Compiler<'_, '_>,
        order: &Order,
        after: &Fragment,
        filter: &Fragment,
        stretch: &Fragment,
    ) -> Fragment {
        let (base, joins) = (&self.filtered.base, self.filtered.tables.joins());
        let by = order.by(0, false);
        match &self.filtered.name_like {
            Some(like) if order.is_by_name() => sql!(
                "FROM (SELECT {}.sort_key, {}.id FROM {} {} WHERE {}{} {} {}) named \
                 CROSS JOIN LATERAL (SELECT {}.* FROM {} {} WHERE {}.workspace_id = {} \
                 AND {}.id = named.id OFFSET 0) {}{} WHERE (named.sort_key LIKE {} OR char_length(named.sort_key) >= {}) AND {} {}",
                Alias::ROOT,
                Alias::ROOT,
                self.table,
                Alias::ROOT,
                base,
                after,
                &by,
                stretch,
                Alias::ROOT,
                self.table,
                Alias::ROOT,
                Alias::ROOT,
                compiler.builder.workspace(),
                Alias::ROOT,
                Alias::ROOT,
                joins,
                like,
                // What a longer name contains may stand behind its sort key's end.
                SORT_KEY_CHARS,
                filter,
                order.of("named")
            ),
            _ => sql!(
                "FROM (SELECT {}.* FROM {} {} WHERE {}{} {} {}) {}{} WHERE {} {}",
                Alias::ROOT,
                self.table,
                Alias::ROOT,
                base,
                after,
                &by,
                stretch,
                Alias::ROOT,
                joins,
                filter,
                &by
            ),
        }
    }
}
