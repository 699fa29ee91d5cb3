//! Tasks and notes: what is to be done, and what was said.

use kith_kernel::RecordId;
use uuid::Uuid;

use super::company::Company;
use super::deal::Deal;
use super::person::Person;
use super::random::{Random, whole};
use super::words::{ASIDES, CALLS, MEETINGS, NEXT_STEPS, PRODUCTS, TASKS, WANTS};
use super::world::{Draft, Kind, World, reference, text};
use crate::value::Value;

const DAYS: [&str; 5] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

/// Whom and what a task or note is about.
pub(super) struct About<'a> {
    company: Option<&'a Company>,
    person: Option<&'a Person>,
    record: Option<(&'static str, RecordId)>,
    owner: Option<Uuid>,
    known: i64,
}

impl<'a> About<'a> {
    /// A deal, a person or a company of a block, deals most often where `deals` says so.
    pub(super) fn any(
        random: &mut Random,
        companies: &'a [Company],
        people: &'a [Person],
        deals: &'a [Deal],
        shares: [u32; 3],
    ) -> Self {
        let counts = [deals.len(), people.len(), companies.len()];
        let shares = [0, 1, 2].map(|at| if counts[at] == 0 { 0 } else { shares[at] });
        if shares == [0; 3] {
            return Self {
                company: None,
                person: None,
                record: None,
                owner: None,
                known: 90,
            };
        }
        match random.weighted(shares.into_iter()) {
            0 => {
                let deal = random.pick(deals);
                Self {
                    company: deal.company.map(|at| &companies[at]),
                    person: deal.people.first().map(|at| &people[*at]),
                    record: Some(("deal", deal.id)),
                    owner: deal.owner,
                    known: deal.opened,
                }
            }
            1 => {
                let person = random.pick(people);
                Self {
                    company: person.company.map(|at| &companies[at]),
                    person: Some(person),
                    record: Some(("person", person.id)),
                    owner: person.owner,
                    known: person.known,
                }
            }
            _ => {
                let at = random.below(companies.len());
                let company = &companies[at];
                let person = people.iter().find(|person| person.company == Some(at));
                Self {
                    company: Some(company),
                    person,
                    record: Some(("company", company.id)),
                    owner: company.owner,
                    known: company.known,
                }
            }
        }
    }

    fn value(&self) -> Value {
        match self.record {
            Some((object, id)) => Value::AnyRecord {
                object: object.to_owned(),
                id: id.0,
            },
            None => Value::Null,
        }
    }

    /// A sentence with its gaps filled.
    fn fill(&self, sentence: &str, random: &mut Random) -> String {
        let mut out = String::with_capacity(sentence.len() + 20);
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (gap, after) = after.split_once('}').unwrap_or((after, ""));
            match gap {
                "first" => {
                    out.push_str(self.person.map_or("the front desk", |person| person.first));
                }
                "company" => out.push_str(
                    self.company
                        .map_or("the customer", |company| &company.short),
                ),
                "product" => {
                    let name = random.pick(PRODUCTS).name;
                    out.push_str(name.split(',').next().unwrap_or(name));
                }
                "day" => out.push_str(random.text(&DAYS)),
                _ => out.push_str(&random.range(2, 9).to_string()),
            }
            rest = after;
        }
        out.push_str(rest);
        if let Some(first) = out.get(..1).map(str::to_uppercase) {
            out.replace_range(..1, &first);
        }
        out
    }
}

/// The task of this number.
pub(super) fn task(world: &World, random: &mut Random, index: u64, about: &About<'_>) -> Draft {
    let weights = TASKS.iter().map(|(_, _, weight)| *weight);
    let (what, kind, _) = TASKS[random.weighted(weights)];
    let done = random.chance(60);
    let days = if done {
        -random.range(1, about.known.clamp(2, 120))
    } else if random.chance(25) {
        -(1 + whole(22.0 * random.unit().powf(1.8)))
    } else {
        whole(35.0 * random.unit().powf(1.3))
    };
    let made_days = (random.range(2, 18) - days).max(1);
    let made = world.moment(-made_days, random);
    let assignee = match about.owner {
        Some(owner) if random.chance(80) => Some(owner),
        _ => world.owner(random),
    };
    let priority = random.weighted([18, 62, 20].into_iter());
    let mut values = vec![
        ("name", text(about.fill(what, random))),
        ("kind", text(kind)),
        ("assignee", reference(assignee)),
        ("owner", reference(assignee)),
        ("about", about.value()),
        ("due_at", Value::Time(world.appointment(days, random))),
        ("priority", text(["low", "normal", "high"][priority])),
    ];
    if done {
        let late = days + whole(random.normal() * 1.5);
        let at = world.moment(late.clamp(-made_days, -1), random);
        values.push(("done", Value::Bool(true)));
        values.push(("done_at", Value::Time(at.max(made))));
    }
    if random.chance(25) {
        let sentence = random.text(WANTS);
        values.push(("description", text(about.fill(sentence, random))));
    }
    Draft {
        id: world.id(Kind::Task, index, made),
        values,
    }
}

/// The note of this number.
pub(super) fn note(world: &World, random: &mut Random, index: u64, about: &About<'_>) -> Draft {
    let known = f64::from(i32::try_from(about.known).unwrap_or(90));
    let days = 1 + whole((known - 1.0).max(0.0) * random.unit().powf(1.4));
    let made = world.moment(-days, random);
    let openers = if random.chance(60) { CALLS } else { MEETINGS };
    let mut parts = vec![about.fill(random.text(openers), random)];
    for _ in 0..random.weighted([25, 50, 25].into_iter()) {
        let want = about.fill(random.text(WANTS), random);
        if !parts.contains(&want) {
            parts.push(want);
        }
    }
    let mut body = parts.join(" ");
    if random.chance(18) {
        let aside = about.fill(random.text(ASIDES), random);
        body = format!("{body}\n\n{aside}");
    }
    if random.chance(68) {
        let next = about.fill(random.text(NEXT_STEPS), random);
        body = format!("{body}\n\n{next}");
    }
    let author = match about.owner {
        Some(owner) if random.chance(75) => Some(owner),
        _ => world.owner(random),
    };
    Draft {
        id: world.id(Kind::Note, index, made),
        values: vec![
            ("body", text(body)),
            ("about", about.value()),
            ("owner", reference(author)),
        ],
    }
}
