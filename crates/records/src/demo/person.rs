//! People.

use std::collections::HashSet;

use kith_kernel::RecordId;
use uuid::Uuid;

use super::company::{Company, address, culture, phone, slug};
use super::random::{Random, whole};
use super::words::{ASIDES, DEPARTMENTS, SOURCES, TAGS, written};
use super::world::{Draft, Kind, World, reference, text};
use crate::value::{Link, Value};

/// Where people have their own mailboxes.
const MAIL: [&str; 3] = ["mailbox.example", "postbox.example", "inbox.example"];

/// A person of the demo.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: RecordId,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    /// The place in the block of the company, and its id.
    pub(super) company: Option<usize>,
    pub(super) owner: Option<Uuid>,
    /// How many days ago the person became known.
    pub(super) known: i64,
    values: Vec<(&'static str, Value)>,
}

impl Person {
    /// The person of this number. `company` is one of the block, with its place, or one of an
    /// earlier block. No two persons share a mailbox: `taken` are those of the block.
    pub(super) fn new(
        world: &World,
        index: u64,
        company: Option<(Option<usize>, &Company)>,
        taken: &mut HashSet<String>,
    ) -> Self {
        let random = &mut world.random(Kind::Person, index);
        let at = company.map(|(_, company)| company);
        let culture = match at {
            Some(company) if random.chance(78) => company.culture,
            _ => culture(random),
        };
        let names = if random.chance(50) {
            culture.women
        } else {
            culture.men
        };
        let (first, first_latin) = written(random.text(names));
        let (last, last_latin) = written(random.text(culture.families));
        let known = at.map_or(900, |company| company.known);
        let known = 1 + whole(whole_to_f64(known - 1) * random.unit().powf(0.7));
        let owner = match at {
            Some(company) if random.chance(85) => company.owner,
            _ => world.owner(random),
        };
        let (first_slug, last_slug) = (slug(first_latin), slug(last_latin));
        let mut values = vec![
            ("first_name", text(first)),
            ("last_name", text(last)),
            ("company", reference(at.map(|company| company.id.0))),
            ("owner", reference(owner)),
        ];
        let own = format!("{first_slug}.{last_slug}{index}@{}", random.text(&MAIL));
        let mut emails = Vec::new();
        if let Some((place, company)) = company
            && random.chance(93)
        {
            // People of other blocks may have the same name.
            let last = match place {
                Some(_) => last_slug.clone(),
                None => format!("{last_slug}{index}"),
            };
            emails.push(work_email(company, &first_slug, &last, taken));
        }
        if emails.is_empty() || random.chance(13) {
            emails.push(own);
            if random.chance(15) {
                emails.push(format!("{last_slug}{index}@{}", MAIL[0]));
            }
        }
        values.push(("emails", Value::List(emails)));
        let mut phones = Vec::new();
        if let Some(office) = at.and_then(|company| company.phone.as_ref())
            && random.chance(65)
        {
            phones.push(format!("{office};ext={}", random.range(10, 899)));
        }
        if let Some(mobile) = phone(culture.mobile, random).filter(|_| random.chance(55)) {
            phones.push(mobile);
        }
        if !phones.is_empty() {
            values.push(("phones", Value::List(phones)));
        }
        if at.is_some() {
            let weights = DEPARTMENTS.iter().map(|department| department.weight);
            let department = &DEPARTMENTS[random.weighted(weights)];
            let level = random.weighted([14, 27, 34, 25].into_iter());
            values.push(("job_title", text(random.text(department.titles[level]))));
            values.push(("department", text(department.name)));
        }
        further(world, random, &mut values, at, culture);
        let made = world.moment(-known, random);
        Self {
            id: world.id(Kind::Person, index, made),
            first,
            last,
            company: company.and_then(|(place, _)| place),
            owner,
            known,
            values,
        }
    }

    /// Adds a company that the person works for, too.
    pub(super) fn also_works_for(&mut self, company: &Company, random: &mut Random) {
        let role = random.text(&["adviser", "member of the board", "formerly", "freelancer"]);
        let link = Link {
            id: company.id,
            role: Some(role.to_owned()),
        };
        self.values.push(("companies", Value::Links(vec![link])));
    }

    /// The person as a record.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            id: self.id,
            values: self.values.clone(),
        }
    }
}

/// What is known of some people only.
fn further(
    world: &World,
    random: &mut Random,
    values: &mut Vec<(&'static str, Value)>,
    company: Option<&Company>,
    culture: &'static super::words::Culture,
) {
    if random.chance(22) {
        let (culture, city) = match company {
            Some(company) => (company.culture, company.city),
            None => (culture, random.pick(culture.cities)),
        };
        values.push(("address", address(culture, city, None)));
    }
    if random.chance(18) {
        let birthday = world.day(-random.range(22 * 365, 64 * 365));
        values.push(("birthday", Value::Date(birthday)));
    }
    let weights = SOURCES.iter().map(|(_, weight)| *weight);
    values.push(("source", text(SOURCES[random.weighted(weights)].0)));
    let tags = random.weighted([70, 22, 8].into_iter());
    if tags > 0 {
        let mut list: Vec<String> = (0..tags).map(|_| random.text(TAGS).to_owned()).collect();
        list.dedup();
        values.push(("tags", Value::List(list)));
    }
    let aside = random.text(ASIDES);
    if random.chance(9) && !aside.contains('{') {
        values.push(("description", text(aside)));
    }
}

/// A mailbox at the company that nobody has yet. All of a company's people use one pattern.
fn work_email(company: &Company, first: &str, last: &str, taken: &mut HashSet<String>) -> String {
    let initial = first.get(..1).unwrap_or_default();
    let local = match company.domain.len() % 4 {
        0 => format!("{initial}.{last}"),
        1 => format!("{first}_{last}"),
        _ => format!("{first}.{last}"),
    };
    let mut email = format!("{local}@{}", company.domain);
    let mut again = 2;
    while !taken.insert(email.clone()) {
        email = format!("{local}{again}@{}", company.domain);
        again += 1;
    }
    email
}

/// A number of days as it is reckoned with.
fn whole_to_f64(days: i64) -> f64 {
    f64::from(i32::try_from(days).unwrap_or(0))
}
