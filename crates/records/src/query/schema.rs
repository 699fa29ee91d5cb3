//! The catalog as CEL sees it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::tz::TimeZone;
use kith_cel::{Binding, Checked, Expression, Schema, Type, check};
use kith_kernel::{Failure, FieldId};

use super::path::{Entity, Leaf, UserColumn};
use crate::catalog::{Catalog, Field, FieldType, Object, RollUpFunction};

/// How deeply formulas may refer to formulas.
pub(crate) const MAX_FORMULAS: usize = 8;

/// What an expression over one object's records may speak of.
#[derive(Clone)]
pub struct CatalogSchema<'c> {
    catalog: &'c Catalog,
    root: Entity<'c>,
    zone: TimeZone,
    types: Rc<RefCell<Types>>,
}

/// The types of formulas and roll-ups, as far as they were asked for.
#[derive(Default)]
struct Types {
    known: HashMap<FieldId, Option<Type>>,
    /// The formulas that are being checked, to notice one that leads back to itself.
    open: Vec<FieldId>,
}

impl<'c> CatalogSchema<'c> {
    /// The schema of `object`'s records, with days that begin in `zone`.
    pub fn new(catalog: &'c Catalog, object: &'c Object, zone: TimeZone) -> Self {
        Self {
            catalog,
            root: Entity::Record(object),
            zone,
            types: Rc::default(),
        }
    }

    /// The schema of another object's records.
    #[must_use]
    pub fn of(&self, object: &'c Object) -> Self {
        Self {
            root: Entity::Record(object),
            ..self.clone()
        }
    }

    /// Checks `source` as an expression whose value is of type `expected`, if that is given.
    ///
    /// # Errors
    /// `InvalidExpression`, with the position.
    pub fn check(
        &self,
        source: &str,
        expected: Option<&Type>,
    ) -> Result<Checked<Leaf<'c>>, Failure> {
        let expression = Expression::parse(source)?;
        Ok(match expected {
            Some(expected) => kith_cel::check_as(&expression, self, expected)?,
            None => check(&expression, self)?,
        })
    }

    /// The type of a field's values; `None` for one that can't be named, such as a formula that
    /// is not valid any more.
    pub fn type_of(&self, owner: &'c Object, field: &'c Field) -> Option<Type> {
        Some(match &field.kind {
            FieldType::Text {} | FieldType::LongText {} => Type::Text,
            FieldType::Number {} | FieldType::Rating { .. } | FieldType::Autonumber { .. } => {
                Type::Int
            }
            FieldType::Decimal {} => Type::Decimal,
            FieldType::Currency {} => Type::Money,
            FieldType::Boolean {} => Type::Bool,
            FieldType::Date {} => Type::Date,
            FieldType::DateTime {} => Type::Timestamp,
            FieldType::Select { options } => select(options),
            FieldType::MultiSelect { options } if options.is_empty() => Type::Text.list(),
            FieldType::MultiSelect { options } => select(options).list(),
            FieldType::Emails {} | FieldType::Phones {} | FieldType::Links {} => Type::Text.list(),
            FieldType::Address {} | FieldType::Json {} => Type::Json,
            FieldType::User {} => Type::user(),
            FieldType::Relation { object } => self.record(object)?,
            FieldType::Relations { object } => self.record(object)?.list(),
            FieldType::AnyRelation {} => any_relation(owner, field),
            FieldType::Formula { .. } | FieldType::RollUp { .. } => {
                return self.computed(owner, field);
            }
        })
    }

    fn record(&self, key: &str) -> Option<Type> {
        let object = self.catalog.by_key(key).filter(|object| !object.retired)?;
        Some(Type::Record(Arc::from(object.name.as_str())))
    }

    fn computed(&self, owner: &'c Object, field: &'c Field) -> Option<Type> {
        {
            let types = self.types.borrow();
            if let Some(known) = types.known.get(&field.id) {
                return known.clone();
            }
            if types.open.contains(&field.id) || types.open.len() >= MAX_FORMULAS {
                return None;
            }
        }
        self.types.borrow_mut().open.push(field.id);
        let ty = self.compute_type(owner, field);
        let mut types = self.types.borrow_mut();
        types.open.pop();
        types.known.insert(field.id, ty.clone());
        ty
    }

    fn compute_type(&self, owner: &'c Object, field: &'c Field) -> Option<Type> {
        match &field.kind {
            FieldType::Formula { expression } => {
                let expression = Expression::parse(expression).ok()?;
                let ty = check(&expression, &self.of(owner)).ok()?.ty;
                (!matches!(ty, Type::Null | Type::Duration)).then_some(ty)
            }
            FieldType::RollUp {
                object,
                function,
                field,
                ..
            } => {
                if *function == RollUpFunction::Count {
                    return Some(Type::Int);
                }
                let object = self
                    .catalog
                    .by_key(object)
                    .filter(|object| !object.retired)?;
                let of = object.field_by_key(field.as_deref()?)?;
                let ty = self.type_of(object, of)?;
                match (function, &ty) {
                    (
                        RollUpFunction::Sum | RollUpFunction::Min | RollUpFunction::Max,
                        Type::Int,
                    )
                    | (_, Type::Decimal | Type::Money) => Some(ty),
                    (RollUpFunction::Avg, Type::Int) => Some(Type::Decimal),
                    (RollUpFunction::Min | RollUpFunction::Max, Type::Date | Type::Timestamp) => {
                        Some(ty)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn bind(&self, entity: Entity<'c>, name: &str) -> Option<Binding<Leaf<'c>>> {
        let leaf = entity.leaf(name)?;
        let ty = match (leaf, entity) {
            (Leaf::Id, _) => Type::Id,
            (Leaf::User(UserColumn::Active), _) => Type::Bool,
            (Leaf::User(_), _) => Type::Text,
            (Leaf::Field(field), Entity::Record(object)) => self.type_of(object, field)?,
            _ => return None,
        };
        Some(Binding { field: leaf, ty })
    }

    fn bind_member(&self, of: &Type, name: &str) -> Option<Binding<Leaf<'c>>> {
        let Type::Record(object) = of else {
            return None;
        };
        if &**object == Type::USER {
            return self.bind(Entity::User, name);
        }
        if let Some(object) = self.catalog.by_name(object) {
            return self.bind(Entity::Record(object), name);
        }
        let (object, field) = object.split_once('.')?;
        let field = self.catalog.by_name(object)?.field(field)?;
        match name {
            "id" => Some(Binding {
                field: Leaf::AnyId(field),
                ty: Type::Id,
            }),
            "object" => Some(Binding {
                field: Leaf::AnyObject(field),
                ty: self.object_names(),
            }),
            _ => None,
        }
    }

    fn object_names(&self) -> Type {
        let live = self
            .catalog
            .objects()
            .iter()
            .filter(|object| !object.retired);
        Type::Select(live.map(|object| Arc::from(object.name.as_str())).collect())
    }

    fn names_of(&self, entity: Entity<'c>, of: Option<&Type>) -> Vec<String> {
        let entity = match of {
            None => entity,
            Some(Type::Record(name)) if &**name == Type::USER => Entity::User,
            Some(Type::Record(name)) => match self.catalog.by_name(name) {
                Some(object) => Entity::Record(object),
                None => return vec!["object".to_owned(), "id".to_owned()],
            },
            Some(_) => return Vec::new(),
        };
        (entity.names().into_iter())
            .filter(|name| self.bind(entity, name).is_some())
            .map(str::to_owned)
            .collect()
    }
}

impl<'c> Schema for CatalogSchema<'c> {
    type Field = Leaf<'c>;

    fn root(&self, name: &str) -> Option<Binding<Leaf<'c>>> {
        self.bind(self.root, name)
    }
    fn member(&self, of: &Type, name: &str) -> Option<Binding<Leaf<'c>>> {
        self.bind_member(of, name)
    }
    fn names(&self, of: Option<&Type>) -> Vec<String> {
        self.names_of(self.root, of)
    }
    fn time_zone(&self) -> TimeZone {
        self.zone.clone()
    }
}

fn select(options: &[crate::catalog::SelectOption]) -> Type {
    Type::Select(
        options
            .iter()
            .map(|option| Arc::from(option.value.as_str()))
            .collect(),
    )
}

/// The type of a relation to any object: its name says which field it is, so that its members
/// can be found.
fn any_relation(owner: &Object, field: &Field) -> Type {
    Type::Record(Arc::from(format!("{}.{}", owner.name, field.name)))
}
