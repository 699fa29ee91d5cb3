//! The `sort` parameter, and the pages that follow from it.
//!
//! Nulls come last in both directions. The id decides between equals, so that every order is
//! total; it goes in the direction of the last key. Between equals of an indexed text the name
//! decides first, as in the index.

use kith_kernel::Failure;

use super::cursor::Cursor;
use super::expr::Compiler;
use super::path::{Entity, Leaf, Path, UserColumn, resolve, shown};
use super::refusal;
use super::sql::{Fragment, Param, sql};
use super::tables::{Alias, Builder, Tables};
use super::value::{self, SqlType};
use crate::catalog::{Field, FieldType, Object, Storage};

const PARAMETER: &str = "sort";

/// By how many paths a list may be sorted.
pub const MAX_KEYS: usize = 5;

/// An order of records, in SQL. The last key is the id.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) keys: Vec<Key>,
}

/// One of the expressions by which records are sorted.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) sql: Fragment,
    pub(crate) ty: SqlType,
    pub(crate) descending: bool,
    pub(crate) nullable: bool,
    /// Whether an index has the non-null values in their order.
    pub(crate) indexed: bool,
    /// Whether it is a value of the record's own row.
    pub(crate) own: bool,
}

impl Key {
    /// Whether it is a text slot of the record: the only nullable texts that are indexed.
    fn is_text_slot(&self) -> bool {
        self.own && self.indexed && self.nullable && self.ty == SqlType::Text
    }
}

impl Order {
    /// Reads the parameter. Joins what the paths lead over.
    pub(crate) fn parse<'c>(
        compiler: &mut Compiler<'_, 'c>,
        tables: &mut Tables<'c>,
        object: &'c Object,
        text: Option<&str>,
    ) -> Result<Self, Failure> {
        let mut order = Self { keys: Vec::new() };
        let mut descending = false;
        for item in text.iter().flat_map(|text| text.split(',')) {
            let item = item.trim();
            let path = match item.strip_prefix('-') {
                Some(path) => {
                    descending = true;
                    path
                }
                None => {
                    descending = false;
                    item.strip_prefix('+').unwrap_or(item)
                }
            };
            if path.is_empty() {
                let message = "sort must be fields separated by commas, such as -amount,name.";
                return Err(refusal::parameter(PARAMETER, "malformed", message));
            }
            if order.keys.len() == MAX_KEYS {
                let message = format!("A list can be sorted by at most {MAX_KEYS} fields.");
                return Err(refusal::parameter(PARAMETER, "too_many", message));
            }
            let resolved = resolve(compiler.builder.catalog, object, path, PARAMETER)?;
            let key = key(compiler, tables, &resolved, path, descending)?;
            let is_id = key.sql == root_id();
            if order.keys.iter().all(|known| known.sql != key.sql) {
                order.keys.push(key);
            }
            if is_id {
                return Ok(order);
            }
        }
        if order.keys.last().is_some_and(Key::is_text_slot) {
            let name = Key {
                sql: root_name(),
                ty: SqlType::Text,
                descending,
                nullable: false,
                indexed: true,
                own: true,
            };
            if order.keys.iter().all(|known| known.sql != name.sql) {
                order.keys.push(name);
            }
        }
        order.keys.push(Key {
            sql: root_id(),
            ty: SqlType::Uuid,
            descending,
            nullable: false,
            indexed: true,
            own: true,
        });
        Ok(order)
    }

    /// What the cursor's values are.
    pub(crate) fn types(&self) -> Vec<SqlType> {
        self.keys.iter().map(|key| key.ty).collect()
    }

    /// Whether the records without a first key are better found apart, because the index that has
    /// the others in order does not have them.
    pub(crate) fn splits(&self) -> bool {
        self.keys
            .first()
            .is_some_and(|key| key.nullable && key.indexed)
    }

    /// Whether an index has the records in the order of the first key, so that PostgreSQL may
    /// decide to walk along it.
    pub(crate) fn is_indexed(&self) -> bool {
        self.keys.first().is_some_and(|key| key.indexed)
    }

    /// Whether the records can be gone through in this order without looking at others.
    pub(crate) fn is_walkable(&self) -> bool {
        !self.splits() && self.keys.iter().all(|key| key.own)
    }

    /// Whether the index of names has the records in this order.
    pub(crate) fn is_by_name(&self) -> bool {
        let [name, id] = self.keys.as_slice() else {
            return false;
        };
        name.sql == root_name() && id.sql == root_id() && name.descending == id.descending
    }

    /// `ORDER BY …` of a source called `name` that has the order of names.
    pub(crate) fn of(&self, name: &'static str) -> Fragment {
        let keys = self.keys.iter().zip(["sort_key", "id"]);
        let keys = keys
            .map(|(key, column)| direction(&sql!("{}.{}", name, column), key.descending, false));
        sql!("ORDER BY {}", Fragment::join(keys, ", "))
    }

    /// The keys under the names `k1`, `k2`, ….
    pub(crate) fn columns(&self) -> Fragment {
        let keys = self.keys.iter().enumerate();
        Fragment::join(
            keys.map(|(place, key)| sql!("{} AS k{}", &key.sql, place + 1)),
            ", ",
        )
    }

    /// `k1, k2, …`
    pub(crate) fn names(&self) -> Fragment {
        Fragment::join(
            (1..=self.keys.len()).map(|number| sql!("k{}", number)),
            ", ",
        )
    }

    /// The same order of rows that have [`Order::columns`].
    pub(crate) fn named(&self) -> Self {
        let keys = (self.keys.iter().enumerate()).map(|(place, key)| Key {
            sql: sql!("k{}", place + 1),
            ..key.clone()
        });
        Self {
            keys: keys.collect(),
        }
    }

    /// `ORDER BY …` of the keys, from `skip` on, where they are called `names`.
    pub(crate) fn by(&self, skip: usize, first_is_set: bool) -> Fragment {
        let keys = (self.keys.iter().enumerate().skip(skip)).map(|(place, key)| {
            let nulls = key.nullable && !(place == 0 && first_is_set);
            direction(&key.sql, key.descending, nulls)
        });
        sql!("ORDER BY {}", Fragment::join(keys, ", "))
    }

    /// The condition for what comes after `cursor`.
    pub(crate) fn after(
        &self,
        builder: &mut Builder<'_>,
        cursor: &Cursor,
        skip: usize,
        first_is_set: bool,
    ) -> Fragment {
        let keys: Vec<(Key, Option<Fragment>)> = (self.keys.iter().zip(&cursor.values))
            .enumerate()
            .skip(skip)
            .map(|(place, (key, value))| {
                let mut key = key.clone();
                key.nullable = key.nullable && !(place == 0 && first_is_set);
                let value = value.clone().map(|value| builder.params.own(value));
                (key, value)
            })
            .collect();
        let same = keys
            .windows(2)
            .all(|pair| pair[0].0.descending == pair[1].0.descending);
        let set = keys
            .iter()
            .all(|(key, value)| !key.nullable && value.is_some());
        if same && set && keys.len() > 1 {
            let left = Fragment::join(keys.iter().map(|(key, _)| key.sql.clone()), ", ");
            let right = Fragment::join(keys.iter().filter_map(|(_, value)| value.clone()), ", ");
            let operator = beyond(keys[0].0.descending);
            return sql!("({}) {} ({})", left, operator, right);
        }
        expanded(&keys)
    }
}

fn root_id() -> Fragment {
    sql!("{}.id", Alias::ROOT)
}

fn root_name() -> Fragment {
    sql!("{}.sort_key", Alias::ROOT)
}

fn beyond(descending: bool) -> &'static str {
    if descending { "<" } else { ">" }
}

/// `sql` as a member of ORDER BY.
pub(crate) fn direction(sql: &Fragment, descending: bool, nullable: bool) -> Fragment {
    match (descending, nullable) {
        (false, _) => sql.clone(),
        (true, false) => sql!("{} DESC", sql),
        (true, true) => sql!("{} DESC NULLS LAST", sql),
    }
}

fn expanded(keys: &[(Key, Option<Fragment>)]) -> Fragment {
    let Some(((key, value), rest)) = keys.split_first() else {
        return Fragment::fixed("false");
    };
    let operator = beyond(key.descending);
    let Some(value) = value else {
        return match rest.is_empty() {
            true => Fragment::fixed("false"),
            false => sql!("({} IS NULL AND {})", &key.sql, expanded(rest)),
        };
    };
    if rest.is_empty() {
        return sql!("{} {} {}", &key.sql, operator, value);
    }
    if key.nullable {
        return sql!(
            "({} {} {} OR {} IS NULL OR ({} = {} AND {}))",
            &key.sql,
            operator,
            value,
            &key.sql,
            &key.sql,
            value,
            expanded(rest)
        );
    }
    // The first condition says nothing new, but an index understands it.
    sql!(
        "({} {}= {} AND ({} {} {} OR {}))",
        &key.sql,
        operator,
        value,
        &key.sql,
        operator,
        value,
        expanded(rest)
    )
}

fn key<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    path: &Path<'c>,
    text: &str,
    descending: bool,
) -> Result<Key, Failure> {
    let on_root = path.hops.is_empty();
    let place = tables.follow(compiler.builder, &path.hops);
    let (Some((at, entity)), leaf) = (place, path.leaf) else {
        return Err(unsortable(text));
    };
    let plain = |sql: Fragment, ty: SqlType, nullable: bool, indexed: bool| Key {
        sql,
        ty,
        descending,
        nullable: nullable || !on_root,
        indexed: indexed && on_root,
        own: on_root,
    };
    Ok(match leaf {
        Leaf::Id => plain(sql!("{}.id", at), SqlType::Uuid, false, true),
        Leaf::User(UserColumn::Active) => plain(sql!("{}.active", at), SqlType::Bool, false, false),
        Leaf::User(column) => plain(
            sql!("lower({}.{})", at, column.name()),
            SqlType::Text,
            true,
            false,
        ),
        Leaf::Currency(field) => plain(
            value::currency(compiler.builder, at, field),
            SqlType::Text,
            true,
            false,
        ),
        Leaf::AnyObject(_) | Leaf::AnyId(_) => return Err(unsortable(text)),
        Leaf::Field(field) => {
            return field_key(compiler, tables, (at, entity), field, text, &plain);
        }
    })
}

fn field_key<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    (at, entity): (Alias, Entity<'c>),
    field: &'c Field,
    text: &str,
    plain: &dyn Fn(Fragment, SqlType, bool, bool) -> Key,
) -> Result<Key, Failure> {
    if let Storage::Column(column) = field.storage {
        match column {
            "name" => return Ok(plain(sql!("{}.sort_key", at), SqlType::Text, false, true)),
            // Ids of one clock ascend with time.
            "created_at" => return Ok(plain(sql!("{}.id", at), SqlType::Uuid, false, true)),
            "version" => return Ok(plain(sql!("{}.version", at), SqlType::Int, false, false)),
            "updated_at" => {
                return Ok(plain(
                    sql!("{}.updated_at", at),
                    SqlType::Time,
                    false,
                    false,
                ));
            }
            _ => {}
        }
    }
    if let Some(slot) = value::slot(field)
        && !matches!(
            field.kind,
            FieldType::User {} | FieldType::Relation { .. } | FieldType::Select { .. }
        )
    {
        let ty = match slot.kind {
            crate::catalog::SlotKind::Text => SqlType::Text,
            crate::catalog::SlotKind::Number => SqlType::Numeric,
            crate::catalog::SlotKind::Time => SqlType::Time,
            crate::catalog::SlotKind::Id => SqlType::Uuid,
        };
        return Ok(plain(sql!("{}.{}", at, slot.column()), ty, true, true));
    }
    match &field.kind {
        FieldType::Text {} => {
            let value = value::of(compiler.builder, at, field);
            Ok(plain(sql!("lower({})", value), SqlType::Text, true, false))
        }
        FieldType::Select { options } => {
            // In the order in which people see the options.
            let values = options.iter().map(|option| option.value.clone()).collect();
            let values = compiler.builder.params.add(Param::Texts(values));
            let value = value::of(compiler.builder, at, field);
            let place = sql!("array_position({}, {})::int8", values, value);
            Ok(plain(place, SqlType::Int, true, false))
        }
        FieldType::User {} => {
            let Some((user, _)) = tables.join(compiler.builder, at, field) else {
                return Err(unsortable(text));
            };
            let key = plain(sql!("lower({}.name)", user), SqlType::Text, true, false);
            Ok(Key { own: false, ..key })
        }
        FieldType::Relation { .. } => {
            let Some((related, _)) = tables.join(compiler.builder, at, field) else {
                return Err(unsortable(text));
            };
            let key = plain(sql!("{}.sort_key", related), SqlType::Text, true, false);
            Ok(Key { own: false, ..key })
        }
        FieldType::Number {}
        | FieldType::Decimal {}
        | FieldType::Currency {}
        | FieldType::Rating { .. }
        | FieldType::Autonumber { .. }
        | FieldType::Boolean {}
        | FieldType::Date {}
        | FieldType::DateTime {} => {
            let ty = SqlType::of(field).unwrap_or(SqlType::Text);
            let value = value::of(compiler.builder, at, field);
            let stored = !matches!(field.storage, Storage::Custom { .. });
            let indexed = stored && field.indexed && ty != SqlType::Bool;
            Ok(plain(value, ty, true, indexed))
        }
        FieldType::Formula { .. } | FieldType::RollUp { .. } => {
            match super::computed::key(compiler, tables, at, entity, field)? {
                Some((sql, ty)) => Ok(Key {
                    own: false,
                    ..plain(sql, ty, true, false)
                }),
                None => Err(unsortable(text)),
            }
        }
        _ => Err(unsortable(text)),
    }
}

fn unsortable(text: &str) -> Failure {
    refusal::parameter(
        PARAMETER,
        "unsortable",
        format!(
            "A list can't be sorted by \"{}\": its values have no order.",
            shown(text)
        ),
    )
}
