//! Lists: of a field, of JSON, or as they stand in the source.

use std::cell::RefCell;
use std::rc::Rc;

use kith_cel::{Kind, Quantifier, Type, Value};
use kith_kernel::Failure;

use super::field::Place;
use super::{Compiler, Frame, Part, Term, operator, param, type_name};
use crate::catalog::{Field, FieldType, Object};
use crate::query::path::{Entity, Leaf};
use crate::query::sql::{Fragment, Param, sql};
use crate::query::tables::{Alias, Tables};

/// The relation to many that a list is, if it is one: the record that has it, and the target.
struct Links<'c> {
    at: Alias,
    field: &'c Field,
    target: &'c Object,
}

impl<'c> Compiler<'_, 'c> {
    fn links(&mut self, list: &Part<'c>) -> Result<Option<Links<'c>>, Failure> {
        let Kind::Field(path) = &list.kind else {
            return Ok(None);
        };
        let Some(Leaf::Field(field)) = path.path.last() else {
            return Ok(None);
        };
        let FieldType::Relations { object } = &field.kind else {
            return Ok(None);
        };
        let Some(target) = self.builder.catalog.by_key(object) else {
            return Ok(None);
        };
        Ok(match self.place(path)? {
            Place::Leaf { at, .. } => Some(Links { at, field, target }),
            _ => None,
        })
    }

    /// `FROM records.link … JOIN target x WHERE …`: the live records that a relation leads to.
    /// The conditions end with one on `x`, so that more can follow.
    fn linked(&mut self, links: &Links<'c>, joins: &Fragment, link: Alias, at: Alias) -> Fragment {
        let field = self.builder.params.add(Param::Uuid(links.field.id.0));
        let tenant = self.builder.tenant(at, links.target);
        sql!(
            "FROM records.link {} JOIN {} {} ON {} AND {}.id = {}.to_id{} WHERE {}.workspace_id = {} AND {}.field_id = {} AND {}.from_id = {}.id AND {}.deleted_at IS NULL",
            link,
            links.target.table.name,
            at,
            tenant,
            at,
            link,
            joins,
            link,
            self.builder.workspace(),
            link,
            field,
            link,
            links.at,
            at
        )
    }

    /// The ids of the live records that a relation to many leads to, as an array.
    pub(super) fn link_ids(&mut self, at: Alias, field: &'c Field) -> Fragment {
        let target = field
            .kind
            .target()
            .and_then(|key| self.builder.catalog.by_key(key));
        let Some(target) = target else {
            return Fragment::fixed("'{}'::uuid[]");
        };
        let (link, item) = (self.builder.alias(), self.builder.alias());
        let links = Links { at, field, target };
        let from = self.linked(&links, &Fragment::default(), link, item);
        sql!(
            "ARRAY(SELECT {}.id {} ORDER BY {}.position, {}.id)",
            item,
            from,
            link,
            item
        )
    }

    /// A list as an SQL array.
    pub(crate) fn array(&mut self, list: &Part<'c>) -> Result<Fragment, Failure> {
        let item = match &list.ty {
            Type::List(item) => (**item).clone(),
            _ => Type::Null,
        };
        match &list.kind {
            Kind::List(items) => {
                if let Some(array) = literal_array(items) {
                    return Ok(self.builder.params.own(array));
                }
                let items = self.scalars(items)?;
                Ok(sql!(
                    "ARRAY[{}]::{}[]",
                    Fragment::join(items, ", "),
                    type_name(&item)
                ))
            }
            Kind::Call { arguments, .. } if item == Type::Json && arguments.len() == 1 => {
                let json = self.scalar(&arguments[0])?;
                Ok(sql!(
                    "ARRAY(SELECT jsonb_array_elements(CASE WHEN jsonb_typeof({}) = 'array' THEN {} ELSE '[]' END))",
                    &json,
                    &json
                ))
            }
            _ => self.scalar(list),
        }
    }

    pub(super) fn count(&mut self, list: &Part<'c>) -> Result<Fragment, Failure> {
        let array = self.array(list)?;
        Ok(sql!("COALESCE(cardinality({}), 0)", array))
    }

    pub(super) fn item(&mut self, list: &Part<'c>, index: u32) -> Result<Fragment, Failure> {
        let array = self.array(list)?;
        let place = i64::from(index.min(i32::MAX.unsigned_abs() - 1)) + 1;
        let place = self.builder.params.own(Param::Int(place));
        let item = sql!("({})[({})::int4]", array, place);
        Ok(match &list.ty {
            Type::List(of) if **of == Type::Json => sql!("NULLIF({}, 'null'::jsonb)", item),
            _ => item,
        })
    }

    /// `item in list`: exactly as a chain of `==`.
    pub(super) fn contained(
        &mut self,
        item: &Part<'c>,
        list: &Part<'c>,
    ) -> Result<Fragment, Failure> {
        if let (Kind::List(items), Type::Money) = (&list.kind, &item.ty) {
            let item = self.term(item)?;
            let mut equal = Vec::new();
            for other in items {
                let other = self.term(other)?;
                equal.push(operator::compare(kith_cel::CompareOp::Eq, &item, &other));
            }
            return Ok(match equal.is_empty() {
                true => Fragment::fixed("false"),
                false => sql!("({})", Fragment::join(equal, " OR ")),
            });
        }
        let item = self.scalar(item)?;
        let array = self.array(list)?;
        // A list that is missing is empty, and nothing is in it.
        Ok(sql!("({} = ANY(COALESCE({}, '{{}}')))", item, array))
    }

    /// `exists` and `all`: never null.
    pub(super) fn quantify(
        &mut self,
        quantifier: Quantifier,
        list: &Part<'c>,
        predicate: &Part<'c>,
    ) -> Result<Fragment, Failure> {
        let sought = |predicate: Fragment| match quantifier {
            Quantifier::Exists => predicate,
            Quantifier::All => sql!("({}) IS NOT TRUE", predicate),
        };
        let prefix = match quantifier {
            Quantifier::Exists => "EXISTS",
            Quantifier::All => "NOT EXISTS",
        };
        if let Some(links) = self.links(list)? {
            let (link, at) = (self.builder.alias(), self.builder.alias());
            let entity = Entity::Record(links.target);
            let tables = Rc::new(RefCell::new(Tables::new(at, entity)));
            self.frames.push(Frame::Record {
                tables: Rc::clone(&tables),
                at,
                entity,
            });
            let predicate = self.condition(predicate);
            self.frames.pop();
            let predicate = sought(predicate?);
            let joins = tables.borrow().joins();
            let from = self.linked(&links, &joins, link, at);
            return Ok(sql!("{} (SELECT 1 {} AND {})", prefix, from, predicate));
        }
        // Each item of a list in the source has its own condition: items may be money.
        if let Kind::List(items) = &list.kind {
            let mut conditions = Vec::new();
            for item in items {
                let item = self.term(item)?;
                self.frames.push(Frame::Item(item));
                let condition = self.condition(predicate);
                self.frames.pop();
                conditions.push(sql!("({}) IS TRUE", condition?));
            }
            let (joint, empty) = match quantifier {
                Quantifier::Exists => (" OR ", "false"),
                Quantifier::All => (" AND ", "true"),
            };
            return Ok(match conditions.is_empty() {
                true => Fragment::fixed(empty),
                false => sql!("({})", Fragment::join(conditions, joint)),
            });
        }
        let array = self.array(list)?;
        let at = self.builder.alias();
        let item = match &list.ty {
            Type::List(of) if **of == Type::Json => sql!("NULLIF({}.x, 'null'::jsonb)", at),
            _ => sql!("{}.x", at),
        };
        self.frames.push(Frame::Item(Term::One(item)));
        let predicate = self.condition(predicate);
        self.frames.pop();
        let predicate = sought(predicate?);
        Ok(sql!(
            "{} (SELECT 1 FROM unnest({}) AS {}(x) WHERE {})",
            prefix,
            array,
            at,
            predicate
        ))
    }
}

/// Literals of one type as an array parameter.
pub(super) fn literal_array(items: &[Part<'_>]) -> Option<Param> {
    let values = (items.iter())
        .map(|item| match &item.kind {
            Kind::Literal(Value::Null) => None,
            Kind::Literal(value) => param(value),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()?;
    macro_rules! all {
        ($one:ident, $many:ident) => {
            values
                .into_iter()
                .map(|value| match value {
                    Param::$one(value) => Some(value),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .map(Param::$many)
        };
    }
    match values.first()? {
        Param::Text(_) => all!(Text, Texts),
        Param::Int(_) => all!(Int, Ints),
        Param::Numeric(_) => all!(Numeric, Numerics),
        Param::Uuid(_) => all!(Uuid, Uuids),
        Param::Date(_) => all!(Date, Dates),
        Param::Time(_) => all!(Time, Times),
        _ => None,
    }
}
