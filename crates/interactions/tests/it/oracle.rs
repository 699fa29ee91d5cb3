//! Random plans, against an oracle that knows nothing of how projections are made.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::people::user;

const CHANNELS: [&str; 6] = ["email", "call", "meeting", "note", "visit", "payment"];
const DIRECTIONS: [&str; 4] = ["inbound", "outbound", "internal", "none"];
const USERS: [&str; 3] = ["admin", "member", "reader"];

/// Numbers that follow from a seed, by `SplitMix64`.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("below the bound")
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[derive(Default)]
struct Person {
    company: Option<Uuid>,
    erased: bool,
}

struct Interaction {
    id: Uuid,
    channel: &'static str,
    direction: &'static str,
    at: Timestamp,
    future: bool,
    users: BTreeSet<Uuid>,
    records: BTreeSet<Uuid>,
    /// Addresses that nobody is known by.
    waiting: BTreeSet<usize>,
}

#[derive(Clone)]
struct Task {
    about: Uuid,
    due: Option<Timestamp>,
    done: bool,
    deleted: bool,
}

/// What should be so.
#[derive(Default)]
pub struct Model {
    companies: Vec<Uuid>,
    deals: Vec<(Uuid, Uuid)>,
    people: BTreeMap<Uuid, Person>,
    /// Who has an address; addresses are numbers.
    holders: BTreeMap<usize, Uuid>,
    interactions: Vec<Interaction>,
    tasks: BTreeMap<Uuid, Task>,
}

fn address(number: usize) -> String {
    format!("a{number}@example.org")
}

impl Model {
    /// One random thing happens.
    pub async fn step(&mut self, app: &App, dice: &mut Dice) {
        match dice.below(14) {
            0 if self.companies.len() < 4 => self.companies.push(app.records.company().await),
            1 => self.person(app, dice).await,
            2 if !self.companies.is_empty() => {
                let company = *dice.one(&self.companies);
                let values = json!({"name": "Deal", "company": company});
                self.deals
                    .push((app.records.create("deal", values).await, company));
                app.settle().await;
            }
            3 => self.change_company(app, dice).await,
            4 | 5 => self.task(app, dice).await,
            6 => self.erase(app, dice).await,
            7 => app.bus.drain().await.expect("readers"),
            _ => {
                let drafts = 1 + dice.below(4);
                for _ in 0..drafts {
                    self.interaction(app, dice).await;
                }
            }
        }
    }

    /// An interaction is recorded, whoever reads at the same time.
    pub async fn write(&mut self, app: &App, dice: &mut Dice) {
        self.interaction(app, dice).await;
    }

    async fn person(&mut self, app: &App, dice: &mut Dice) {
        let number = dice.below(12);
        if self.holders.contains_key(&number) {
            return;
        }
        let company = self.companies.get(dice.below(5)).copied();
        let id = app.records.person(&address(number), company).await;
        self.holders.insert(number, id);
        self.people.insert(
            id,
            Person {
                company,
                erased: false,
            },
        );
        app.settle().await;
        for one in &mut self.interactions {
            if one.waiting.remove(&number) {
                one.records.extend(std::iter::once(id).chain(company));
            }
        }
    }

    async fn change_company(&mut self, app: &App, dice: &mut Dice) {
        let ids: Vec<Uuid> = self.people.keys().copied().collect();
        if ids.is_empty() {
            return;
        }
        let id = *dice.one(&ids);
        let to = self.companies.get(dice.below(5)).copied();
        let person = self.people.get_mut(&id).expect("a person");
        app.records
            .update(id, &[("company", json!(person.company), json!(to))])
            .await;
        person.company = to;
        app.settle().await;
    }

    async fn task(&mut self, app: &App, dice: &mut Dice) {
        let due = |dice: &mut Dice| {
            let hours = i64::try_from(dice.below(200)).expect("a number") - 50;
            (dice.below(5) > 0).then(|| app.db.clock.now() + SignedDuration::from_hours(hours))
        };
        let ids: Vec<Uuid> = self.tasks.keys().copied().collect();
        if ids.is_empty() || dice.below(2) == 0 {
            let Some((object, about)) = self.record(dice) else {
                return;
            };
            let due = due(dice);
            let mut values =
                json!({"name": "Task", "done": false, "about": {"o": object, "i": about}});
            if let Some(due) = due {
                values["due_at"] = json!(due);
            }
            let id = app.records.create("task", values).await;
            let (done, deleted) = (false, false);
            self.tasks.insert(
                id,
                Task {
                    about,
                    due,
                    done,
                    deleted,
                },
            );
            return;
        }
        let id = *dice.one(&ids);
        let task = self.tasks.get_mut(&id).expect("a task");
        match dice.below(3) {
            0 => {
                let to = due(dice);
                app.records
                    .update(id, &[("due_at", json!(task.due), json!(to))])
                    .await;
                task.due = to;
            }
            1 => {
                app.records
                    .update(id, &[("done", json!(task.done), json!(!task.done))])
                    .await;
                task.done = !task.done;
            }
            _ if task.deleted => {
                app.records.restore(id).await;
                task.deleted = false;
            }
            _ => {
                app.records.delete(id).await;
                task.deleted = true;
            }
        }
    }

    async fn erase(&mut self, app: &App, dice: &mut Dice) {
        let ids: Vec<Uuid> = self.people.keys().copied().collect();
        if ids.is_empty() || dice.below(3) > 0 {
            return;
        }
        let id = *dice.one(&ids);
        app.erase(id).await;
        self.people.get_mut(&id).expect("a person").erased = true;
        self.holders.retain(|_, holder| *holder != id);
        app.settle().await;
    }

    /// A record that is there, with its object.
    fn record(&self, dice: &mut Dice) -> Option<(&'static str, Uuid)> {
        let people = self.people.iter().filter(|(_, person)| !person.erased);
        let all: Vec<(&'static str, Uuid)> = (people.map(|(id, _)| ("person", *id)))
            .chain(self.companies.iter().map(|id| ("company", *id)))
            .chain(self.deals.iter().map(|(id, _)| ("deal", *id)))
            .collect();
        (!all.is_empty()).then(|| *dice.one(&all))
    }

    fn company_of(&self, record: Uuid) -> Option<Uuid> {
        let deal = self.deals.iter().find(|(id, _)| *id == record);
        deal.map(|(_, company)| *company)
            .or_else(|| self.people.get(&record)?.company)
    }

    async fn interaction(&mut self, app: &App, dice: &mut Dice) {
        let (channel, direction) = (*dice.one(&CHANNELS), *dice.one(&DIRECTIONS));
        let minutes = i64::try_from(dice.below(200_000)).expect("a number") - 190_000;
        let now = app.db.clock.now();
        let at = now + SignedDuration::from_mins(minutes);
        let mut one = Interaction {
            id: Uuid::nil(),
            channel,
            direction,
            at,
            future: at > now,
            users: BTreeSet::new(),
            records: BTreeSet::new(),
            waiting: BTreeSet::new(),
        };
        let mut participants = Vec::new();
        for _ in 0..dice.below(4) {
            let number = dice.below(12);
            participants.push(json!({"email": address(number)}));
            match self.holders.get(&number) {
                Some(person) => {
                    one.records.insert(*person);
                    one.records.extend(self.people[person].company);
                }
                None => {
                    one.waiting.insert(number);
                }
            }
        }
        if dice.below(2) == 0 {
            let token = *dice.one(&USERS);
            participants.push(json!({"email": format!("{token}@example.com")}));
            one.users.insert(user(token).0);
        }
        if one.users.is_empty() {
            one.users.insert(user("admin").0);
        }
        let mut records = Vec::new();
        if let Some((object, id)) = self.record(dice) {
            records.push(json!({"object": object, "id": id}));
            one.records.insert(id);
            one.records.extend(self.company_of(id));
        }
        let draft = json!({"channel": channel, "direction": direction, "occurred_at": at,
            "participants": participants, "records": records});
        one.id = app.post("/interactions", &draft).await.id();
        self.interactions.push(one);
    }

    /// Compares everything with what is answered.
    pub async fn check(&self, app: &App, seed: u64) {
        let people = self.people.keys().map(|id| ("people", *id));
        let companies = self.companies.iter().map(|id| ("companies", *id));
        let deals = self.deals.iter().map(|(id, _)| ("deals", *id));
        for (object, id) in people.chain(companies).chain(deals) {
            let place = format!("seed {seed}, {object} {id}");
            let erased = self.people.get(&id).is_some_and(|person| person.erased);
            let mine: Vec<&Interaction> = (self.interactions.iter())
                .filter(|one| !erased && one.records.contains(&id))
                .collect();
            let mut expected: Vec<(Timestamp, Uuid)> =
                mine.iter().map(|one| (one.at, one.id)).collect();
            expected.sort_unstable();
            expected.reverse();
            let expected: Vec<Uuid> = expected.into_iter().map(|(_, id)| id).take(200).collect();
            assert_eq!(app.interactions_of(object, id).await, expected, "{place}");
            self.check_counts(app, (object, id), &mine, &place).await;
            self.check_summary(app, (object, id), &mine, &place).await;
        }
    }

    async fn check_counts(
        &self,
        app: &App,
        (object, id): (&str, Uuid),
        mine: &[&Interaction],
        place: &str,
    ) {
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        for one in mine {
            let day = one.at.to_string()[..10].to_owned();
            *expected
                .entry(format!("{day} {} {}", one.channel, one.direction))
                .or_default() += 1;
        }
        let path =
            format!("/interactions/counts?record={object}:{id}&from=2025-01-01&to=2027-01-01");
        let answer = app.get(&path).await.ok();
        let found: BTreeMap<String, u64> = (answer["data"].as_array().expect("a list").iter())
            .map(|one| {
                let text = |member: &str| one[member].as_str().expect("a text").to_owned();
                let key = format!(
                    "{} {} {}",
                    text("begins"),
                    text("channel"),
                    text("direction")
                );
                (key, one["count"].as_u64().expect("a number"))
            })
            .collect();
        assert_eq!(found, expected, "{place}");
    }

    async fn check_summary(
        &self,
        app: &App,
        (object, id): (&str, Uuid),
        mine: &[&Interaction],
        place: &str,
    ) {
        let summary = app.summary(object, id).await;
        let contact = |one: &&&Interaction| match (one.channel, one.direction) {
            (_, "internal") => false,
            ("call" | "meeting", _) | ("email", "inbound" | "outbound") => true,
            _ => false,
        };
        let last = mine
            .iter()
            .filter(contact)
            .filter(|one| !one.future)
            .map(|one| one.at)
            .max();
        assert_eq!(summary["last_contacted_at"], json!(last), "{place}");
        let belongs = |record: Uuid| {
            let gone = self.people.get(&record).is_some_and(|person| person.erased);
            !gone && (record == id || self.company_of(record) == Some(id))
        };
        let tasks = (self.tasks.values())
            .filter(|task| !task.done && !task.deleted && belongs(task.about))
            .filter_map(|task| task.due);
        let meetings = (self.interactions.iter())
            .filter(|one| {
                one.future && contact(&one) && one.records.iter().any(|record| belongs(*record))
            })
            .map(|one| one.at);
        assert_eq!(
            summary["next_activity_at"],
            json!(tasks.chain(meetings).min()),
            "{place}"
        );
        let now = app.db.clock.now();
        let decayed = |one: &Interaction| {
            let weight = match one.channel {
                "meeting" => 5.0,
                "call" | "payment" => 3.0,
                "visit" => 0.5,
                "email" => 1.0,
                _ => 0.0,
            };
            let weight = match one.direction {
                "inbound" => 2.0 * weight,
                "internal" => 0.0,
                _ => weight,
            };
            weight * 0.5_f64.powf(now.duration_since(one.at).as_secs_f64() / (30.0 * 86_400.0))
        };
        let close = |found: &Value, expected: f64| {
            let found = found.as_f64().expect("a number");
            assert!(
                (found - expected).abs() < 0.001,
                "{place}: {found}, not {expected}"
            );
        };
        close(
            &summary["engagement"]["score"],
            mine.iter().map(|one| decayed(one)).sum(),
        );
        if object != "people" {
            return;
        }
        let mut ties: BTreeMap<String, f64> = BTreeMap::new();
        for one in mine.iter().filter(|one| decayed(one) > 0.0) {
            for user in &one.users {
                *ties.entry(user.to_string()).or_default() += decayed(one);
            }
        }
        let found = summary["relationships"].as_array().expect("a list");
        assert_eq!(found.len(), ties.len(), "{place}");
        for tie in found {
            close(
                &tie["strength"],
                ties[tie["user"]["id"].as_str().expect("an id")],
            );
        }
    }
}

#[tokio::test]
async fn random_plans_come_out_as_the_oracle_says() {
    for seed in [1, 2, 3] {
        let app = App::start().await;
        let mut dice = Dice(seed);
        let mut model = Model::default();
        for _ in 0..60 {
            model.step(&app, &mut dice).await;
        }
        app.settle().await;
        model.check(&app, seed).await;
    }
}
