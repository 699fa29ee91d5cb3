//! A part of a demo's world: companies with their people, deals, tasks and notes.
//!
//! A block is thought up as a whole, so that everything in it can be about one another, and one
//! of a million people costs no more memory than one of a thousand.

use std::collections::HashSet;

use super::company::Company;
use super::deal::Deal;
use super::person::Person;
use super::talk::{About, note, task};
use super::world::{Draft, Kind, World};

/// The kinds of records of a block, in the order in which they are made: what others point to
/// comes first. Companies come level by level, because each points to the one above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Products,
    Companies(u8),
    People,
    Deals,
    LineItems,
    Tasks,
    Notes,
}

impl Step {
    pub(super) const ALL: [Self; 9] = [
        Self::Products,
        Self::Companies(0),
        Self::Companies(1),
        Self::Companies(2),
        Self::People,
        Self::Deals,
        Self::LineItems,
        Self::Tasks,
        Self::Notes,
    ];

    /// The key of the object whose records are made.
    pub(super) fn object(self) -> &'static str {
        match self {
            Self::Products => "product",
            Self::Companies(_) => "company",
            Self::People => "person",
            Self::Deals => "deal",
            Self::LineItems => "line_item",
            Self::Tasks => "task",
            Self::Notes => "note",
        }
    }
}

/// One block of a world.
pub(super) struct Block {
    number: u32,
    companies: Vec<Company>,
    people: Vec<Person>,
    deals: Vec<Deal>,
}

impl Block {
    pub(super) fn new(world: &World, number: u32) -> Self {
        let mut companies = companies(world, number);
        let people = people(world, number, &companies);
        let deals = deals(world, number, &companies, &people);
        for at in deals
            .iter()
            .filter(|deal| deal.won)
            .filter_map(|deal| deal.company)
        {
            companies[at].has_bought();
        }
        Self {
            number,
            companies,
            people,
            deals,
        }
    }

    /// The records of a step.
    pub(super) fn drafts(&self, world: &World, step: Step) -> Vec<Draft> {
        let sizes = world.sizes;
        match step {
            Step::Products if self.number == 0 && sizes.deals > 0 => world.products(),
            Step::Products => Vec::new(),
            Step::Companies(level) => (world.share(sizes.companies, self.number))
                .zip(&self.companies)
                .filter(|(_, company)| company.level == level)
                .map(|(index, company)| company.draft(world, index))
                .collect(),
            Step::People => self.people.iter().map(Person::draft).collect(),
            Step::Deals => self.deals.iter().map(Deal::draft).collect(),
            Step::LineItems => (world.share(sizes.deals, self.number))
                .zip(&self.deals)
                .flat_map(|(index, deal)| deal.lines(world, index << 3))
                .collect(),
            Step::Tasks => (world.share(sizes.tasks, self.number))
                .map(|index| {
                    let random = &mut world.random(Kind::Task, index);
                    let (companies, people) = (&self.companies, &self.people);
                    let about = About::any(random, companies, people, &self.deals, [50, 32, 18]);
                    task(world, random, index, &about)
                })
                .collect(),
            Step::Notes => (world.share(sizes.notes, self.number))
                .map(|index| {
                    let random = &mut world.random(Kind::Note, index);
                    let (companies, people) = (&self.companies, &self.people);
                    let about = About::any(random, companies, people, &self.deals, [36, 44, 20]);
                    note(world, random, index, &about)
                })
                .collect(),
        }
    }
}

fn companies(world: &World, number: u32) -> Vec<Company> {
    let share = world.share(world.sizes.companies, number);
    let mut companies: Vec<Company> = share.map(|index| Company::new(world, index)).collect();
    let random = &mut world.random(Kind::Block, u64::from(number));
    for at in 1..companies.len() {
        let (above, below) = companies.split_at_mut(at);
        let parent = random.pick(above);
        let grows = parent.employees > 150 && parent.employees > 2 * below[0].employees;
        if grows && parent.level < 2 && random.chance(45) {
            below[0].belong_to(parent);
        }
    }
    companies
}

fn people(world: &World, number: u32, companies: &[Company]) -> Vec<Person> {
    let share = world.share(world.sizes.people, number);
    let random = &mut world.random(Kind::Block, u64::from(number) | 1 << 33);
    // Where there are fewer companies than blocks, people work for one of an earlier block.
    let first = world.share(world.sizes.companies, number).start;
    let elsewhere = (companies.is_empty() && first > 0).then(|| Company::new(world, first - 1));
    // More people are known of larger companies, though not in proportion.
    let weights: Vec<u32> = (companies.iter())
        .map(|company| {
            2 + u32::try_from(company.employees.min(5_000))
                .unwrap_or(0)
                .isqrt()
        })
        .collect();
    let mut taken = HashSet::new();
    share
        .map(|index| {
            let employed = random.chance(93);
            let company = match (&elsewhere, companies.is_empty()) {
                _ if !employed => None,
                (Some(company), _) => Some((None, company)),
                (None, true) => None,
                (None, false) => {
                    let at = random.weighted(weights.iter().copied());
                    Some((Some(at), &companies[at]))
                }
            };
            let mut person = Person::new(world, index, company, &mut taken);
            if employed && companies.len() > 1 && random.chance(4) {
                let other = random.below(companies.len());
                if person.company != Some(other) {
                    person.also_works_for(&companies[other], random);
                }
            }
            person
        })
        .collect()
}

fn deals(world: &World, number: u32, companies: &[Company], people: &[Person]) -> Vec<Deal> {
    let mut staff: Vec<Vec<usize>> = vec![Vec::new(); companies.len()];
    for (place, person) in people.iter().enumerate() {
        if let Some(at) = person.company {
            staff[at].push(place);
        }
    }
    let random = &mut world.random(Kind::Block, u64::from(number) | 1 << 34);
    (world.share(world.sizes.deals, number))
        .map(|index| {
            let company = (0..2)
                .map(|_| random.below(companies.len()))
                .filter(|at| *at < companies.len())
                .max_by_key(|at| companies[*at].employees);
            let mut chosen: Vec<usize> = Vec::new();
            match company {
                Some(at) if !staff[at].is_empty() => {
                    for _ in 0..=random.weighted([50, 35, 15].into_iter()) {
                        let person = *random.pick(&staff[at]);
                        if !chosen.contains(&person) {
                            chosen.push(person);
                        }
                    }
                }
                None if !people.is_empty() => chosen.push(random.below(people.len())),
                _ => {}
            }
            let chosen: Vec<_> = chosen.into_iter().map(|at| (at, &people[at])).collect();
            Deal::new(
                world,
                index,
                company.map(|at| (at, &companies[at])),
                &chosen,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use kith_kernel::Currency;
    use uuid::Uuid;

    use super::super::model::{DemoId, Plan, Sizes, Stage};
    use super::*;
    use crate::value::{self, Value};

    fn plan(people: u32, companies: u32) -> Plan {
        let stage = |number: u128, kind: &str| Stage {
            id: Uuid::from_u128(number),
            pipeline: Uuid::from_u128(50),
            kind: kind.to_owned(),
            rotting_days: Some(14),
        };
        Plan {
            sizes: Sizes {
                people,
                companies,
                deals: 1_200,
                tasks: 900,
                notes: 700,
            },
            seed: 7,
            today: jiff::civil::date(2026, 6, 1),
            time_zone: "Europe/Berlin".to_owned(),
            currency: Currency::EUR,
            owners: vec![Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3)],
            stages: vec![
                stage(51, "open"),
                stage(52, "open"),
                stage(53, "won"),
                stage(54, "lost"),
            ],
        }
    }

    fn all(plan: &Plan) -> Vec<(Step, Draft)> {
        let world = World::new(DemoId(Uuid::from_u128(9)), plan);
        let mut drafts = Vec::new();
        for number in 0..world.blocks() {
            let block = Block::new(&world, number);
            for step in Step::ALL {
                let of_step = block.drafts(&world, step).into_iter();
                drafts.extend(of_step.map(|draft| (step, draft)));
            }
        }
        drafts
    }

    fn get<'a>(draft: &'a Draft, key: &str) -> &'a Value {
        let found = draft.values.iter().find(|(known, _)| *known == key);
        found.map_or(&Value::Null, |(_, value)| value)
    }

    fn of(drafts: &[(Step, Draft)], object: &str) -> Vec<Draft> {
        let found = drafts.iter().filter(|(step, _)| step.object() == object);
        found.map(|(_, draft)| draft.clone()).collect()
    }

    #[test]
    fn a_world_has_what_was_asked_for_and_points_only_to_what_is_there() {
        for (people, companies) in [(2_100, 700), (3, 0), (0, 5), (2_500, 1)] {
            let drafts = all(&plan(people, companies));
            let count = |object| u32::try_from(of(&drafts, object).len()).unwrap();
            assert_eq!(count("person"), people);
            assert_eq!(count("company"), companies);
            assert_eq!(
                (count("deal"), count("task"), count("note")),
                (1_200, 900, 700)
            );
            assert_eq!(count("product"), 12);
            let mut there: HashMap<Uuid, Step> = HashMap::new();
            for (step, draft) in &drafts {
                for (key, value) in &draft.values {
                    let pointed: Vec<Uuid> = match value {
                        Value::Id(id)
                            if !["owner", "assignee", "stage", "pipeline"].contains(key) =>
                        {
                            vec![*id]
                        }
                        Value::AnyRecord { id, .. } => vec![*id],
                        Value::Links(links) => links.iter().map(|link| link.id.0).collect(),
                        _ => Vec::new(),
                    };
                    for id in pointed {
                        let target = there.get(&id);
                        assert!(
                            target.is_some_and(|target| target != step),
                            "{step:?} {key}"
                        );
                    }
                }
                assert!(there.insert(draft.id.0, *step).is_none());
            }
        }
    }

    #[test]
    fn the_same_plan_gives_the_same_world_and_another_seed_another() {
        let first = all(&plan(40, 20));
        assert_eq!(first, all(&plan(40, 20)));
        let other = Plan {
            seed: 8,
            ..plan(40, 20)
        };
        assert_ne!(first, all(&other));
    }

    #[test]
    fn ways_to_reach_people_are_valid_and_nobody_elses() {
        let drafts = all(&plan(1_200, 400));
        let mut taken = HashSet::new();
        let (mut with_phone, mut foreign) = (0, 0);
        for person in of(&drafts, "person") {
            let Value::List(emails) = get(&person, "emails") else {
                panic!("{person:?}")
            };
            for email in emails {
                assert_eq!(value::email(email).as_deref(), Ok(email.as_str()));
                assert!(email.ends_with(".example"), "{email}");
                assert!(taken.insert(email.clone()), "{email}");
            }
            if let Value::List(phones) = get(&person, "phones") {
                with_phone += 1;
                for phone in phones {
                    assert_eq!(value::phone(phone, "US").as_deref(), Ok(phone.as_str()));
                }
            }
            let Value::Text(first) = get(&person, "first_name") else {
                panic!("{person:?}")
            };
            foreign += usize::from(!first.is_ascii());
        }
        assert!((300..900).contains(&with_phone), "{with_phone}");
        assert!((100..500).contains(&foreign), "{foreign}");
        for company in of(&drafts, "company") {
            let Value::Text(domain) = get(&company, "domain") else {
                panic!("{company:?}")
            };
            assert!(domain.ends_with(".example"));
            if let Value::List(phones) = get(&company, "phones") {
                assert_eq!(value::phone(&phones[0], "US").as_ref(), Ok(&phones[0]));
            }
        }
    }

    #[test]
    fn sales_look_like_sales() {
        let drafts = all(&plan(2_000, 800));
        let deals = of(&drafts, "deal");
        let today = jiff::civil::date(2026, 6, 1);
        let stage = |deal: &Draft| match get(deal, "stage") {
            Value::Id(id) => id.as_u128(),
            other => panic!("{other:?}"),
        };
        let at = |number| deals.iter().filter(|deal| stage(deal) == number).count();
        let (won, lost) = (at(53), at(54));
        assert!(
            (23..37).contains(&(won * 100 / (won + lost))),
            "{won} {lost}"
        );
        assert!(at(51) > at(52) && at(52) > 100);
        for deal in &deals {
            let closed = stage(deal) > 52;
            assert_eq!(!get(deal, "closed_on").is_null(), closed);
            let Value::Date(opened) = get(deal, "opened_on") else {
                panic!("{deal:?}")
            };
            assert!(*opened < today);
            if let Value::Date(closed) = get(deal, "closed_on") {
                assert!(closed > opened && *closed <= today, "{deal:?}");
            }
            assert!(get(deal, "lost_reason").is_null() || stage(deal) == 54);
        }
        let Value::Time(now) = get(&deals[0], "stage_entered_at") else {
            panic!("no moment")
        };
        assert!(now.to_string().as_str() < "2026-06-01");
        let tasks = of(&drafts, "task");
        let open: Vec<&Draft> = (tasks.iter())
            .filter(|task| get(task, "done").is_null())
            .collect();
        let due = |task: &Draft| match get(task, "due_at") {
            Value::Time(due) => due.to_string().as_str() < "2026-06-01",
            _ => false,
        };
        let overdue = open.iter().filter(|task| due(task)).count();
        assert!(
            (10..40).contains(&(overdue * 100 / open.len())),
            "{overdue} of {}",
            open.len()
        );
        let mut employees: Vec<i64> = (of(&drafts, "company").iter())
            .filter_map(|company| match get(company, "employees") {
                Value::Int(number) => Some(*number),
                _ => None,
            })
            .collect();
        employees.sort_unstable();
        let mean = employees.iter().sum::<i64>() / i64::try_from(employees.len()).unwrap();
        assert!(mean > employees[employees.len() / 2] * 3 / 2, "{mean}");
    }

    #[test]
    fn an_amount_is_what_the_lines_add_up_to() {
        let drafts = all(&plan(200, 80));
        let mut totals: HashMap<Uuid, rust_decimal::Decimal> = HashMap::new();
        for line in of(&drafts, "line_item") {
            let (
                Value::Id(deal),
                Value::Money(price),
                Value::Decimal(quantity),
                Value::Decimal(discount),
            ) = (
                get(&line, "deal"),
                get(&line, "unit_price"),
                get(&line, "quantity"),
                get(&line, "discount"),
            )
            else {
                panic!("{line:?}")
            };
            let hundred = rust_decimal::Decimal::from(100);
            *totals.entry(*deal).or_default() +=
                price.to_decimal() * quantity * (hundred - discount) / hundred;
        }
        assert!(totals.len() > 500);
        for deal in of(&drafts, "deal") {
            if let Some(total) = totals.get(&deal.id.0) {
                let Value::Money(amount) = get(&deal, "amount") else {
                    panic!("{deal:?}")
                };
                assert_eq!(amount.to_decimal(), *total);
            }
        }
    }
}
