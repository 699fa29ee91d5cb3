//! Paths of fields, and steps into JSON.

use std::rc::Rc;

use kith_cel::{Field as CelField, Root, Step};
use kith_kernel::Failure;

use super::{Compiler, Frame, Part, Term};
use crate::catalog::{Field, FieldType, Storage};
use crate::query::path::{Entity, Leaf};
use crate::query::sql::{Fragment, Param, sql};
use crate::query::tables::{Alias, Tables};
use crate::query::{computed, value};

/// How many relations the path of an expression may follow.
const MAX_HOPS: usize = 4;

/// Where a path of fields ends.
pub(super) enum Place<'c> {
    /// An item of a list itself.
    Item(Term),
    /// The field of the record at the alias; and whether that is the statement's own record.
    Leaf {
        tables: Rc<std::cell::RefCell<Tables<'c>>>,
        at: Alias,
        entity: Entity<'c>,
        leaf: Leaf<'c>,
    },
    /// Behind a relation whose object is retired.
    Nothing,
}

impl<'c> Compiler<'_, 'c> {
    /// Follows a path up to its last field.
    pub(super) fn place(&mut self, field: &CelField<Leaf<'c>>) -> Result<Place<'c>, Failure> {
        let frame = match field.root {
            Root::Record => self.frames.first(),
            Root::Variable(number) => usize::try_from(number)
                .ok()
                .and_then(|number| self.frames.get(number + 1)),
        };
        let (tables, mut at, mut entity) = match frame {
            Some(Frame::Record { tables, at, entity }) => (Rc::clone(tables), *at, *entity),
            Some(Frame::Item(term)) => return Ok(Place::Item(term.clone())),
            None => return Ok(Place::Nothing),
        };
        let Some((last, hops)) = field.path.split_last() else {
            // A variable that is a record stands for its id.
            return Ok(Place::Leaf {
                tables,
                at,
                entity,
                leaf: Leaf::Id,
            });
        };
        if hops.len() > MAX_HOPS {
            return Err(super::too_complex());
        }
        // `about.object` belongs to the record that has `about`.
        let hops = match last {
            Leaf::AnyObject(_) | Leaf::AnyId(_) => hops.split_last().map_or(hops, |(_, rest)| rest),
            _ => hops,
        };
        for hop in hops {
            let Leaf::Field(relation) = hop else {
                return Ok(Place::Nothing);
            };
            let joined = tables.borrow_mut().join(self.builder, at, relation);
            match joined {
                Some(next) => (at, entity) = next,
                None => return Ok(Place::Nothing),
            }
        }
        Ok(Place::Leaf {
            tables,
            at,
            entity,
            leaf: *last,
        })
    }

    /// The value at the end of a path.
    pub(super) fn field(&mut self, field: &CelField<Leaf<'c>>) -> Result<Term, Failure> {
        match self.place(field)? {
            Place::Item(term) => Ok(term),
            Place::Nothing => Ok(Term::One(Fragment::fixed("NULL"))),
            Place::Leaf {
                tables,
                at,
                entity,
                leaf,
            } => match leaf {
                Leaf::Field(field) if matches!(field.storage, Storage::Computed) => {
                    let mut tables = tables.borrow_mut();
                    computed::term(self, &mut tables, at, entity, field)
                }
                _ => self.leaf(at, leaf),
            },
        }
    }

    /// The value of a stored field of the record at `at`.
    pub(crate) fn leaf_of(&mut self, at: Alias, leaf: Leaf<'c>) -> Result<Term, Failure> {
        self.leaf(at, leaf)
    }

    pub(super) fn leaf(&mut self, at: Alias, leaf: Leaf<'c>) -> Result<Term, Failure> {
        Ok(Term::One(match leaf {
            Leaf::Id => sql!("{}.id", at),
            Leaf::User(column) => sql!("{}.{}", at, column.name()),
            Leaf::Currency(field) => value::currency(self.builder, at, field),
            Leaf::AnyId(field) => value::of(self.builder, at, field),
            Leaf::AnyObject(field) => self.object_name(at, field),
            Leaf::Field(field) => match &field.kind {
                FieldType::Currency {} => {
                    return Ok(Term::Money {
                        units: value::of(self.builder, at, field),
                        currency: value::currency(self.builder, at, field),
                    });
                }
                FieldType::Relations { .. } => self.link_ids(at, field),
                _ => value::of(self.builder, at, field),
            },
        }))
    }

    /// The API name of the object that a relation to any object points to: stored is its key.
    fn object_name(&mut self, at: Alias, field: &Field) -> Fragment {
        let key = value::any_object(self.builder, at, field);
        let live = self
            .builder
            .catalog
            .objects()
            .iter()
            .filter(|object| !object.retired);
        let (keys, names): (Vec<String>, Vec<String>) = live
            .map(|object| (object.key.clone(), object.name.clone()))
            .unzip();
        if keys == names {
            return key;
        }
        let keys = self.builder.params.add(Param::Texts(keys));
        let names = self.builder.params.add(Param::Texts(names));
        sql!("({})[array_position({}, {})]", names, keys, key)
    }

    /// The value inside JSON. A key fits objects only, an index arrays only, as `->` has it.
    pub(super) fn json(&mut self, of: &Part<'c>, path: &[Step]) -> Result<Fragment, Failure> {
        let mut json = self.scalar(of)?;
        for step in path {
            json = match step {
                Step::Key(key) => {
                    let key = self.builder.params.text(key.as_str());
                    sql!("({} -> {})", json, key)
                }
                Step::Index(index) => {
                    let index = i64::from(*index).min(i64::from(i32::MAX));
                    let index = self.builder.params.own(Param::Int(index));
                    sql!("({} -> ({})::int4)", json, index)
                }
            };
        }
        Ok(sql!("NULLIF({}, 'null'::jsonb)", json))
    }
}
