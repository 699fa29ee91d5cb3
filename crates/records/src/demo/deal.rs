//! Deals and what they are about.

use jiff::civil::Date;
use kith_kernel::{Money, RecordId};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::company::{Company, two_digits};
use super::person::Person;
use super::random::{Random, whole};
use super::words::{LOST_REASONS, PRODUCTS, ROLES, SOURCES, TOPICS, WON_REASONS};
use super::world::{Draft, Kind, World, reference, text};
use crate::value::{Link, Value};

/// A deal of the demo.
#[derive(Clone)]
pub(super) struct Deal {
    pub(super) id: RecordId,
    /// The places of its company and people in the block.
    pub(super) company: Option<usize>,
    pub(super) people: Vec<usize>,
    pub(super) owner: Option<Uuid>,
    /// How many days ago it was opened.
    pub(super) opened: i64,
    pub(super) won: bool,
    pub(super) items: Vec<Item>,
    values: Vec<(&'static str, Value)>,
}

/// A line of a deal.
#[derive(Clone)]
pub(super) struct Item {
    product: usize,
    quantity: i64,
    discount: i64,
}

/// Where a deal stands, in days before today.
struct Standing {
    stage: Option<usize>,
    opened: i64,
    entered: i64,
    closed: Option<i64>,
    expected: i64,
}

impl Deal {
    /// The deal of this number, with a company and people of its block.
    pub(super) fn new(
        world: &World,
        index: u64,
        company: Option<(usize, &Company)>,
        people: &[(usize, &Person)],
    ) -> Self {
        let random = &mut world.random(Kind::Deal, index);
        let at = company.map(|(_, company)| company);
        let known = (at.map(|company| company.known))
            .or_else(|| people.first().map(|(_, person)| person.known))
            .unwrap_or(400);
        let standing = Standing::draw(world, random, known);
        let stage = standing.stage.map(|place| &world.stages[place]);
        let kind = stage.map_or("open", |stage| stage.kind.as_str());
        let (topic, _) = TOPICS[random.weighted(TOPICS.iter().map(|(_, weight)| *weight))];
        let name = match (at, people.first()) {
            (Some(company), _) => format!("{}: {topic}", company.short),
            (None, Some((_, person))) => format!("{} {}: {topic}", person.first, person.last),
            (None, None) => format!("{}{}", topic[..1].to_uppercase(), &topic[1..]),
        };
        let owner = match (at, people.first()) {
            (Some(company), _) if random.chance(85) => company.owner,
            (None, Some((_, person))) if random.chance(85) => person.owner,
            _ => world.owner(random),
        };
        let employees = at.map_or(8, |company| company.employees);
        let employees = f64::from(i32::try_from(employees).unwrap_or(i32::MAX));
        let target = random
            .lognormal(1_700.0 * employees.powf(0.42), 0.8)
            .max(250.0);
        let items = match random.chance(65) {
            true => items(random, target),
            false => Vec::new(),
        };
        let made = world.moment(-standing.opened, random);
        let day = |days: i64| -> Date { world.day(-days) };
        let mut values = vec![
            ("name", text(&*name)),
            ("company", reference(at.map(|company| company.id.0))),
            ("owner", reference(owner)),
            ("opened_on", Value::Date(day(standing.opened))),
            ("expected_close", Value::Date(day(standing.expected))),
            (
                "source",
                text(SOURCES[random.weighted(SOURCES.iter().map(|(_, weight)| *weight))].0),
            ),
        ];
        if let Some(stage) = stage {
            let entered = match standing.entered == standing.opened {
                true => made,
                false => world.moment(-standing.entered, random),
            };
            values.push(("pipeline", Value::Id(stage.pipeline)));
            values.push(("stage", Value::Id(stage.id)));
            values.push(("stage_entered_at", Value::Time(entered)));
        }
        if let Some(closed) = standing.closed {
            values.push(("closed_on", Value::Date(day(closed))));
            let (field, reasons) = match kind {
                "won" => ("won_reason", WON_REASONS),
                _ => ("lost_reason", LOST_REASONS),
            };
            if random.chance(88) {
                let place = random.weighted(reasons.iter().map(|(_, weight)| *weight));
                values.push((field, text(reasons[place].0)));
            }
        }
        if let Some(amount) = amount(world, random, &items, target, kind) {
            values.push(("amount", Value::Money(amount)));
        }
        if let Some(main) = items.iter().max_by_key(|item| item.dollars()) {
            values.push(("product", Value::Id(world.product(main.product).0)));
        }
        let links: Vec<Link> = (people.iter().enumerate())
            .map(|(place, (_, person))| Link {
                id: person.id,
                role: match place {
                    0 => Some(ROLES[0].to_owned()),
                    _ => random
                        .chance(80)
                        .then(|| random.text(&ROLES[1..]).to_owned()),
                },
            })
            .collect();
        if !links.is_empty() {
            values.push(("people", Value::Links(links)));
        }
        Self {
            id: world.id(Kind::Deal, index, made),
            company: company.map(|(place, _)| place),
            people: people.iter().map(|(place, _)| *place).collect(),
            owner,
            opened: standing.opened,
            won: kind == "won",
            items,
            values,
        }
    }

    /// The deal as a record.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            id: self.id,
            values: self.values.clone(),
        }
    }

    /// The deal's lines as records. `first` is the number of the first.
    pub(super) fn lines(&self, world: &World, first: u64) -> Vec<Draft> {
        let line = |(item, index): (&Item, u64)| {
            let random = &mut world.random(Kind::LineItem, index);
            let made = world.moment(-self.opened, random);
            let price = world.money(PRODUCTS[item.product].price);
            Draft {
                id: world.id(Kind::LineItem, index, made),
                values: vec![
                    ("deal", Value::Id(self.id.0)),
                    ("product", Value::Id(world.product(item.product).0)),
                    ("quantity", Value::Decimal(Decimal::from(item.quantity))),
                    ("unit_price", Value::Money(price)),
                    ("discount", Value::Decimal(Decimal::from(item.discount))),
                    ("owner", reference(self.owner)),
                ],
            }
        };
        self.items.iter().zip(first..).map(line).collect()
    }
}

impl Standing {
    /// About 60 % of deals are closed, and 30 % of these won, where the pipeline has such stages.
    fn draw(world: &World, random: &mut Random, known: i64) -> Self {
        let of = |kind: &str| -> Vec<usize> {
            let stages = world.stages.iter().enumerate();
            stages
                .filter(|(_, stage)| stage.kind == kind)
                .map(|(place, _)| place)
                .collect()
        };
        let (open, won, lost) = (of("open"), of("won"), of("lost"));
        let wins = random.chance(30);
        let ends = if wins { &won } else { &lost };
        let known = known.max(2);
        if !ends.is_empty() && (open.is_empty() || random.chance(60)) {
            let opened = (20 + whole(600.0 * random.unit().powf(1.2)))
                .min(known)
                .max(2);
            let cycle = whole(random.lognormal(if wins { 38.0 } else { 46.0 }, 0.7));
            let closed = opened - cycle.clamp(1, opened - 1);
            return Self {
                stage: Some(ends[0]),
                opened,
                entered: closed,
                closed: Some(closed),
                expected: closed - whole(random.normal() * 12.0),
            };
        }
        // Many begin, few come to the last stage.
        let weights = (0..open.len()).map(|place| u32::try_from(open.len() - place).unwrap_or(1));
        let place = random.weighted(weights);
        let opened = (1 + whole(120.0 * random.unit().powf(1.6))).min(known);
        let rotting = open
            .get(place)
            .and_then(|at| world.stages[*at].rotting_days);
        let typical = f64::from(i32::try_from(rotting.unwrap_or(20)).unwrap_or(20));
        let entered = match place {
            0 => opened,
            // A third of them stands still for too long.
            _ => (1 + whole(-typical * 0.9 * (1.0 - random.unit()).ln())).min(opened),
        };
        let ahead = i64::try_from(open.len() - place.min(open.len())).unwrap_or(1);
        Self {
            stage: open.get(place).copied(),
            opened,
            entered,
            closed: None,
            expected: -(12 + 9 * ahead + whole(random.normal() * 30.0)),
        }
    }
}

impl Item {
    fn dollars(&self) -> i64 {
        PRODUCTS[self.product].price * self.quantity * (100 - self.discount) / 100
    }
}

/// One to four products that come near the amount.
fn items(random: &mut Random, target: f64) -> Vec<Item> {
    let count = 1 + random.weighted([35, 35, 20, 10].into_iter());
    let mut items: Vec<Item> = Vec::with_capacity(count);
    for _ in 0..count {
        let weights = PRODUCTS.iter().map(|product| product.weight);
        let product = random.weighted(weights);
        if items.iter().any(|item| item.product == product) {
            continue;
        }
        let share = target / f64::from(u8::try_from(count).unwrap_or(1));
        let price = f64::from(i32::try_from(PRODUCTS[product].price).unwrap_or(1));
        items.push(Item {
            product,
            quantity: whole(share / price * random.lognormal(1.0, 0.3)).clamp(1, 2_000),
            discount: [0, 0, 0, 5, 10, 15][random.below(6)],
        });
    }
    items
}

/// What a deal is worth: what its lines add up to, or an estimate. Not every new one has any.
fn amount(
    world: &World,
    random: &mut Random,
    items: &[Item],
    target: f64,
    kind: &str,
) -> Option<Money> {
    if items.is_empty() {
        let known = kind != "open" || random.chance(82);
        return known.then(|| world.money(two_digits(target)));
    }
    // In hundredths: prices are whole, so that nothing is rounded.
    let total: i64 = (items.iter())
        .map(|item| {
            let price = world.money(PRODUCTS[item.product].price);
            price.units / 100 * item.quantity * (100 - item.discount)
        })
        .sum();
    let none = world.money(0);
    let least = 10_i64.pow(Money::SCALE.saturating_sub(none.currency.digits()));
    Some(Money {
        units: total - total % least,
        ..none
    })
}
