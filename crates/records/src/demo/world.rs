//! What all records of a demo have in common: its seed, its day, its users and stages.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use kith_kernel::{Currency, Money, RecordId};
use uuid::{Builder, Uuid};

use super::model::{DemoId, Plan, Sizes, Stage};
use super::random::Random;
use super::words::PRODUCTS;
use crate::value::Value;

/// How many people or companies are thought up together.
const BLOCK: u32 = 1_000;

/// What a record or a draw is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Company = 1,
    Person = 2,
    Product = 3,
    Deal = 4,
    LineItem = 5,
    Task = 6,
    Note = 7,
    Name = 8,
    Block = 9,
}

/// A record that is to be made: its id, and its values by their fields' keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub(super) id: RecordId,
    pub(super) values: Vec<(&'static str, Value)>,
}

/// A demo's world. Everything in it follows from the plan, the ids from the run, too.
#[derive(Clone, Debug)]
pub(super) struct World {
    run: u64,
    seed: u64,
    today: Date,
    zone: TimeZone,
    currency: Currency,
    pub(super) sizes: Sizes,
    owners: Vec<Uuid>,
    pub(super) stages: Vec<Stage>,
}

impl World {
    pub(super) fn new(id: DemoId, plan: &Plan) -> Self {
        let (high, low) = id.0.as_u64_pair();
        Self {
            run: high ^ low.rotate_left(17),
            seed: u64::from(plan.seed),
            today: plan.today,
            zone: TimeZone::get(&plan.time_zone).unwrap_or(TimeZone::UTC),
            currency: plan.currency,
            sizes: plan.sizes,
            owners: plan.owners.clone(),
            stages: plan.stages.clone(),
        }
    }

    /// In how many blocks the world is thought up.
    pub(super) fn blocks(&self) -> u32 {
        (self.sizes.people.max(self.sizes.companies).div_ceil(BLOCK)).max(1)
    }

    /// The numbers of those of `count` things that are in a block.
    pub(super) fn share(&self, count: u32, block: u32) -> std::ops::Range<u64> {
        let start = |block: u64| (block * u64::from(count)).div_ceil(u64::from(self.blocks()));
        start(u64::from(block))..start(u64::from(block) + 1)
    }

    /// The generator of one thing.
    pub(super) fn random(&self, kind: Kind, index: u64) -> Random {
        Random::of(self.seed, kind as u64, index)
    }

    /// The id of a record: that of version 7 (RFC 9562) of the moment when it was made.
    pub(super) fn id(&self, kind: Kind, index: u64, made: Timestamp) -> RecordId {
        let mut random = Random::of(self.run, kind as u64, index);
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&random.bits().to_be_bytes());
        bytes[8..].copy_from_slice(&random.bits().to_be_bytes()[..2]);
        let millis = u64::try_from(made.as_millisecond()).unwrap_or(0);
        RecordId(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }

    /// The day so many days from today.
    pub(super) fn day(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    pub(super) fn year(&self) -> i64 {
        i64::from(self.today.year())
    }

    /// A moment within office hours, so many days from today.
    pub(super) fn moment(&self, days: i64, random: &mut Random) -> Timestamp {
        let minutes = 8 * 60 + random.range(0, 10 * 60 - 1);
        self.at(days, minutes, random.range(0, 59_999))
    }

    /// A full or half hour within office hours, so many days from today; never at a weekend.
    pub(super) fn appointment(&self, days: i64, random: &mut Random) -> Timestamp {
        let weekday = self.day(days).weekday().to_monday_zero_offset();
        let shift = match weekday {
            5 => -1,
            6 => 1,
            _ => 0,
        };
        // A task that is due stays due.
        let shift = if days == -1 && shift > 0 { -2 } else { shift };
        self.at(days + shift, 8 * 60 + 30 * random.range(0, 19), 0)
    }

    fn at(&self, days: i64, minutes: i64, millis: i64) -> Timestamp {
        let hour = i8::try_from(minutes / 60).unwrap_or(12);
        let minute = i8::try_from(minutes % 60).unwrap_or(0);
        let second = i8::try_from(millis / 1_000).unwrap_or(0);
        let nanos = i32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000;
        let time = Time::new(hour, minute, second, nanos).unwrap_or(Time::midnight());
        let there = DateTime::from_parts(self.day(days), time);
        (self.zone.to_timestamp(there))
            .or_else(|_| TimeZone::UTC.to_timestamp(there))
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// One of the users.
    pub(super) fn owner(&self, random: &mut Random) -> Option<Uuid> {
        // Some sell more than others.
        let (a, b) = (
            random.below(self.owners.len()),
            random.below(self.owners.len()),
        );
        self.owners.get(a.min(b)).copied()
    }

    /// An amount that is worth so many dollars, roughly, in the workspace's currency.
    pub(super) fn money(&self, dollars: i64) -> Money {
        let units = dollars.saturating_mul(worth(self.currency.code()));
        Money {
            units: units.saturating_mul(10_i64.pow(Money::SCALE)),
            currency: self.currency,
        }
    }

    /// The id of a product.
    pub(super) fn product(&self, place: usize) -> RecordId {
        let mut random = self.random(Kind::Product, place as u64);
        let made = self.moment(-920, &mut random);
        self.id(Kind::Product, place as u64, made)
    }

    /// The products as records.
    pub(super) fn products(&self) -> Vec<Draft> {
        (PRODUCTS.iter().enumerate())
            .map(|(place, product)| Draft {
                id: self.product(place),
                values: vec![
                    ("name", text(product.name)),
                    ("sku", text(product.sku)),
                    ("family", text(product.family)),
                    ("price", Value::Money(self.money(product.price))),
                    ("description", text(product.about)),
                ],
            })
            .collect()
    }
}

/// A text as a value; none where it is empty.
pub(super) fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    match text.is_empty() {
        true => Value::Null,
        false => Value::Text(text),
    }
}

/// A reference as a value; none where there is nobody.
pub(super) fn reference(id: Option<Uuid>) -> Value {
    id.map_or(Value::Null, Value::Id)
}

/// How many units of a currency a dollar is worth, in the order of magnitude: so that amounts
/// look like ones of that currency. No rate to reckon with.
fn worth(code: &str) -> i64 {
    match code {
        "PLN" | "ILS" | "AED" | "SAR" | "QAR" | "MYR" | "RON" => 4,
        "BRL" | "PEN" => 5,
        "CNY" | "DKK" => 7,
        "NOK" | "SEK" | "HKD" | "MAD" => 10,
        "MXN" | "ZAR" => 18,
        "CZK" => 23,
        "TWD" | "THB" => 32,
        "TRY" | "UAH" => 41,
        "PHP" | "UYU" => 50,
        "INR" | "RUB" | "BDT" => 90,
        "ISK" | "JPY" | "KES" | "RSD" => 140,
        "PKR" | "LKR" => 280,
        "HUF" | "KZT" => 400,
        "CLP" | "ARS" => 950,
        "KRW" | "NGN" => 1_400,
        "COP" | "KHR" => 4_000,
        "IDR" | "UZS" => 15_000,
        "VND" => 25_000,
        _ => 1,
    }
}
