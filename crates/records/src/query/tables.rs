//! The tables that a statement reads: the object's own and those joined to it.

use std::fmt;

use super::path::{Entity, target};
use super::sql::{Fragment, Param, Params, Safe, sql};
use super::value;
use crate::catalog::{Catalog, Field, Object};
use kith_kernel::{FieldId, WorkspaceId};

/// A table's alias within one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alias(u32);

impl Alias {
    /// The object that the statement is about.
    pub(crate) const ROOT: Self = Self(0);
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("t"),
            number => write!(f, "j{number}"),
        }
    }
}

impl Safe for Alias {}

/// A statement in the making.
pub(crate) struct Builder<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) params: Params,
    workspace: Fragment,
    aliases: u32,
}

impl<'c> Builder<'c> {
    pub(crate) fn new(catalog: &'c Catalog, workspace: WorkspaceId) -> Self {
        let mut params = Params::default();
        // The bare placeholder: every table compares it with its column, so its type is known.
        params.add(Param::Uuid(workspace.0));
        Self {
            catalog,
            params,
            workspace: Fragment::fixed("$1"),
            aliases: 0,
        }
    }

    /// A new alias for a table other than the root.
    pub(crate) fn alias(&mut self) -> Alias {
        self.aliases += 1;
        Alias(self.aliases)
    }

    /// `$1`.
    pub(crate) fn workspace(&self) -> &Fragment {
        &self.workspace
    }

    /// The conditions without which no row of `object`'s table may be looked at.
    pub(crate) fn tenant(&mut self, at: Alias, object: &Object) -> Fragment {
        let workspace = self.workspace.clone();
        match object.table.object {
            None => sql!("{}.workspace_id = {}", at, workspace),
            Some(id) => {
                let id = self.params.add(Param::Uuid(id.0));
                sql!(
                    "{}.workspace_id = {} AND {}.object_id = {}",
                    at,
                    workspace,
                    at,
                    id
                )
            }
        }
    }
}

/// The tables of one FROM clause.
pub(crate) struct Tables<'c> {
    pub(crate) root: Alias,
    pub(crate) entity: Entity<'c>,
    joins: Vec<Join<'c>>,
}

struct Join<'c> {
    parent: Alias,
    by: FieldId,
    at: Alias,
    to: Entity<'c>,
    sql: Fragment,
}

impl<'c> Tables<'c> {
    pub(crate) fn new(root: Alias, entity: Entity<'c>) -> Self {
        Self {
            root,
            entity,
            joins: Vec::new(),
        }
    }

    /// Where the record is that `field` of the one at `parent` points to. It is joined when it is
    /// asked for first. `None` where the relation's object is retired.
    pub(crate) fn join(
        &mut self,
        builder: &mut Builder<'c>,
        parent: Alias,
        field: &'c Field,
    ) -> Option<(Alias, Entity<'c>)> {
        let known = |join: &&Join<'c>| join.parent == parent && join.by == field.id;
        if let Some(join) = self.joins.iter().find(known) {
            return Some((join.at, join.to));
        }
        let to = target(builder.catalog, field)?;
        let at = builder.alias();
        let reference = value::id(builder, parent, field);
        let (table, tenant) = match to {
            Entity::Record(object) => {
                let tenant = builder.tenant(at, object);
                (
                    object.table.name,
                    sql!("{} AND {}.deleted_at IS NULL", tenant, at),
                )
            }
            Entity::User => (
                "records.user_copy",
                sql!("{}.workspace_id = {}", at, builder.workspace()),
            ),
        };
        let sql = sql!(
            " LEFT JOIN {} {} ON {} AND {}.id = {}",
            table,
            at,
            tenant,
            at,
            reference
        );
        self.joins.push(Join {
            parent,
            by: field.id,
            at,
            to,
            sql,
        });
        Some((at, to))
    }

    /// Follows `hops` from the root.
    pub(crate) fn follow(
        &mut self,
        builder: &mut Builder<'c>,
        hops: &[&'c Field],
    ) -> Option<(Alias, Entity<'c>)> {
        let mut place = (self.root, self.entity);
        for field in hops {
            place = self.join(builder, place.0, field)?;
        }
        Some(place)
    }

    /// The joins, each with a space before it.
    pub(crate) fn joins(&self) -> Fragment {
        Fragment::join(self.joins.iter().map(|join| join.sql.clone()), "")
    }
}
