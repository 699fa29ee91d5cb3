//! The `fields` parameter: which members of a record are shown.

use kith_kernel::Failure;

use super::path::{Entity, shown, target};
use super::refusal;
use crate::catalog::{Catalog, Field, FieldType, Object};

const PARAMETER: &str = "fields";

/// The longest `fields` that is read.
const MAX_TEXT: usize = 8_000;

/// The members to show, in their order. The id is always shown first and isn't among them.
#[derive(Clone, Debug)]
pub(crate) struct Selection<'c> {
    pub(crate) members: Vec<Member<'c>>,
}

/// One member to show.
#[derive(Clone, Debug)]
pub(crate) struct Member<'c> {
    pub(crate) field: &'c Field,
    /// What is shown of the related record; the id alone where `None`.
    pub(crate) related: Option<Related<'c>>,
}

/// What is shown of a related record or user.
#[derive(Clone, Debug)]
pub(crate) enum Related<'c> {
    /// A record of this object.
    Record(&'c Object, Vec<&'c Field>),
    /// A user's name and e-mail, as asked for.
    User(Vec<super::path::UserColumn>),
    /// The name of a record of any object, if asked for.
    Any,
}

impl<'c> Selection<'c> {
    /// All of the object's own fields, with related records by their ids.
    pub(crate) fn all(object: &'c Object) -> Self {
        Self {
            members: object
                .live_fields()
                .map(|field| Member {
                    field,
                    related: None,
                })
                .collect(),
        }
    }

    /// Reads the parameter.
    pub(crate) fn parse(
        catalog: &'c Catalog,
        object: &'c Object,
        text: Option<&str>,
    ) -> Result<Self, Failure> {
        let Some(text) = text else {
            return Ok(Self::all(object));
        };
        if text.len() > MAX_TEXT {
            let message = format!("fields must have at most {MAX_TEXT} bytes.");
            return Err(refusal::parameter(PARAMETER, "too_long", message));
        }
        let mut selection = Self {
            members: Vec::new(),
        };
        for (name, inner) in split(text)? {
            match (name, inner) {
                ("*", None) => {
                    for member in Self::all(object).members {
                        selection.add(member);
                    }
                }
                ("id", None) => {}
                _ => {
                    let field = object.field(name).ok_or_else(|| {
                        let what = format!("field of {} called", object.name);
                        let names = object.live_fields().map(|field| field.name.as_str());
                        refusal::unknown(PARAMETER, &what, name, names.chain(["id"]))
                    })?;
                    let related = match inner {
                        Some(inner) => Some(related(catalog, field, inner)?),
                        None => None,
                    };
                    selection.add(Member { field, related });
                }
            }
        }
        Ok(selection)
    }

    /// Adds a member; one that says more about the same field replaces the other.
    fn add(&mut self, member: Member<'c>) {
        let same = |known: &&mut Member<'c>| known.field.id == member.field.id;
        match self.members.iter_mut().find(same) {
            Some(known) if member.related.is_some() => known.related = member.related,
            Some(_) => {}
            None => self.members.push(member),
        }
    }
}

fn related<'c>(
    catalog: &'c Catalog,
    field: &'c Field,
    inner: &str,
) -> Result<Related<'c>, Failure> {
    let names: Vec<&str> = inner.split(',').map(str::trim).collect();
    if let FieldType::AnyRelation {} = field.kind {
        return match names
            .iter()
            .find(|name| !matches!(**name, "id" | "object" | "name" | "*"))
        {
            None => Ok(Related::Any),
            Some(name) => Err(refusal::unknown(
                PARAMETER,
                "member of a relation to any object called",
                name,
                ["object", "id", "name"],
            )),
        };
    }
    let entity = match &field.kind {
        FieldType::Relations { object } => catalog
            .by_key(object)
            .filter(|object| !object.retired)
            .map(Entity::Record),
        _ => target(catalog, field),
    };
    let Some(entity) = entity else {
        return Err(refusal::parameter(
            PARAMETER,
            "not_a_relation",
            format!(
                "\"{}\" is not a relation, so nothing can be chosen of it in parentheses.",
                field.name
            ),
        ));
    };
    let unknown = |name: &str| {
        let what = format!("field of {} called", entity.noun());
        if name.contains('(') {
            let message = "Only one level of related records can be shown.";
            return refusal::parameter(PARAMETER, "too_deep", message);
        }
        refusal::unknown(PARAMETER, &what, name, entity.names())
    };
    match entity {
        Entity::User => {
            let mut columns = Vec::new();
            for name in names {
                match (name, super::path::UserColumn::by_name(name)) {
                    (_, Some(column)) => push_new(&mut columns, column),
                    ("id", None) => {}
                    ("*", None) => columns = super::path::UserColumn::ALL.to_vec(),
                    _ => return Err(unknown(name)),
                }
            }
            Ok(Related::User(columns))
        }
        Entity::Record(object) => {
            let mut fields: Vec<&Field> = Vec::new();
            for name in names {
                match (name, object.field(name)) {
                    (_, Some(field)) => fields.push(field),
                    ("id", None) => {}
                    ("*", None) => fields.extend(object.live_fields()),
                    _ => return Err(unknown(name)),
                }
            }
            let mut seen = std::collections::HashSet::new();
            fields.retain(|field| seen.insert(field.id));
            Ok(Related::Record(object, fields))
        }
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// `a,b(c,d)` as `a` and `b` with `c,d`.
fn split(text: &str) -> Result<Vec<(&str, Option<&str>)>, Failure> {
    let malformed = || {
        refusal::parameter(
            PARAMETER,
            "malformed",
            "fields must be names separated by commas, such as id,name,company(name,industry).",
        )
    };
    let mut items = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find([',', '(', ')']).unwrap_or(rest.len());
        let name = rest[..end].trim();
        if name.is_empty() {
            return Err(malformed());
        }
        rest = &rest[end..];
        let mut inner = None;
        if let Some(opened) = rest.strip_prefix('(') {
            let close = opened.find(')').ok_or_else(malformed)?;
            inner = Some(&opened[..close]);
            if opened[..close].contains('(') {
                let message = format!(
                    "Only one level of related records can be shown, unlike \"{}(…(…))\".",
                    shown(name)
                );
                return Err(refusal::parameter(PARAMETER, "too_deep", message));
            }
            rest = opened[close + 1..].trim_start();
        }
        items.push((name, inner));
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None if rest.is_empty() => return Ok(items),
            None => return Err(malformed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::standard;

    fn parse(text: &str) -> Result<String, String> {
        let catalog = Catalog::new(0, standard::OBJECTS.clone());
        let object = catalog.by_name("deal").unwrap();
        let selection =
            Selection::parse(&catalog, object, Some(text)).map_err(|failure| failure.message)?;
        let member = |member: &Member<'_>| match &member.related {
            None => member.field.name.clone(),
            Some(Related::Record(_, fields)) => {
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                format!("{}({})", member.field.name, names.join(","))
            }
            Some(Related::User(columns)) => format!("{}{columns:?}", member.field.name),
            Some(Related::Any) => format!("{}(any)", member.field.name),
        };
        Ok(selection
            .members
            .iter()
            .map(member)
            .collect::<Vec<_>>()
            .join(" "))
    }

    #[test]
    fn fields_are_chosen_with_one_level_of_related_records() {
        insta::assert_snapshot!(parse("id, name ,company( name,industry ,id),owner(name),people(name)").unwrap(),
            @"name company(name,industry) owner[Name] people(name)");
        insta::assert_snapshot!(parse("name,*,stage(name)").unwrap(),
            @"name version created_at created_by updated_at updated_by deleted_at owner external_id company people pipeline stage(name) amount expected_close opened_on closed_on won_reason lost_reason product source description stage_entered_at last_contacted_at next_activity_at");
    }

    #[test]
    fn slips_are_refused() {
        for text in [
            "",
            ",",
            "name,",
            "company(",
            "company()",
            "company(name))",
            "name x(",
            "a(b)c",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        insta::assert_snapshot!(parse("compny").unwrap_err(), @r#"There is no field of deal called "compny". Did you mean "company"?"#);
        insta::assert_snapshot!(parse("company(nmae)").unwrap_err(), @r#"There is no field of company called "nmae". Did you mean "name"?"#);
        insta::assert_snapshot!(parse("company(parent(name))").unwrap_err(), @r#"Only one level of related records can be shown, unlike "company(…(…))"."#);
        insta::assert_snapshot!(parse("name(x)").unwrap_err(), @r#""name" is not a relation, so nothing can be chosen of it in parentheses."#);
        insta::assert_snapshot!(parse("owner(phone)").unwrap_err(), @r#"There is no field of user called "phone". There are: id, name, email, active."#);
    }
}
