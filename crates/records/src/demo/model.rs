//! What a demo is: how much of it, how far it has come. No I/O.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kith_kernel::{Currency, ErrorCode, Failure, FieldError, RecordId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most records of each kind.
pub const LIMIT: u32 = 1_000_000;
/// How many people there are when nobody says how many.
const PEOPLE: u32 = 500;

/// One filling of a workspace. Its records' ids follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DemoId(pub Uuid);

/// How many records of each kind are asked for. What is left out follows from the people.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoRequest {
    people: Option<i64>,
    companies: Option<i64>,
    deals: Option<i64>,
    tasks: Option<i64>,
    notes: Option<i64>,
    seed: Option<i64>,
}

/// How many records of each kind there will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// People.
    pub people: u32,
    /// Companies.
    pub companies: u32,
    /// Deals.
    pub deals: u32,
    /// Tasks.
    pub tasks: u32,
    /// Notes.
    pub notes: u32,
}

impl DemoRequest {
    /// The sizes and the seed.
    ///
    /// # Errors
    /// Names every number that is out of range.
    pub fn checked(self) -> Result<(Sizes, u32), Failure> {
        let mut errors = Vec::new();
        let mut number = |field: &str, given: Option<i64>, default: u32, most: u32| match given {
            None => default,
            Some(given) => u32::try_from(given)
                .ok()
                .filter(|given| *given <= most)
                .unwrap_or_else(|| {
                    errors.push(FieldError {
                        field: field.to_owned(),
                        code: "out_of_range",
                        message: format!("must be from 0 to {most}"),
                    });
                    0
                }),
        };
        let people = number("people", self.people, PEOPLE, LIMIT);
        let of_people = |tenths: u32| people.saturating_mul(tenths).div_ceil(10).min(LIMIT);
        let sizes = Sizes {
            people,
            companies: number("companies", self.companies, of_people(4), LIMIT),
            deals: number("deals", self.deals, of_people(6), LIMIT),
            tasks: number("tasks", self.tasks, of_people(8), LIMIT),
            notes: number("notes", self.notes, of_people(12), LIMIT),
        };
        let seed = number("seed", self.seed, 1, u32::MAX);
        if errors.is_empty() {
            return Ok((sizes, seed));
        }
        let list: Vec<String> = (errors.iter())
            .map(|error| format!("`{}` {}.", error.field, error.message))
            .collect();
        let mut failure = Failure::new(ErrorCode::ValidationFailed, list.join(" "));
        failure.fields = errors;
        Err(failure)
    }
}

impl Sizes {
    /// All records that are asked for; the products and line items come on top.
    pub fn total(self) -> i64 {
        [
            self.people,
            self.companies,
            self.deals,
            self.tasks,
            self.notes,
        ]
        .into_iter()
        .map(i64::from)
        .sum()
    }
}

/// Everything that the records follow from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) sizes: Sizes,
    pub(super) seed: u32,
    /// The day around which everything happens.
    pub(super) today: Date,
    pub(super) time_zone: String,
    pub(super) currency: Currency,
    /// The users among whom records are spread.
    pub(super) owners: Vec<Uuid>,
    pub(super) stages: Vec<Stage>,
}

/// A stage of the default pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stage {
    pub(super) id: Uuid,
    pub(super) pipeline: Uuid,
    pub(super) kind: String,
    pub(super) rotting_days: Option<i64>,
}

/// What becomes of a demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Records are being made.
    Filling,
    /// All records are there.
    Filled,
    /// Records are being taken out.
    Removing,
    /// All records are out, but those that others point to.
    Removed,
    /// It could not go on.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Filling,
        Self::Filled,
        Self::Removing,
        Self::Removed,
        Self::Failed,
    ];

    /// The name in the API and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Filled => "filled",
            Self::Removing => "removing",
            Self::Removed => "removed",
            Self::Failed => "failed",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How far a demo has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    /// Filling: the block of the world, the step within it, the records of the step that are done.
    pub(super) block: u32,
    pub(super) step: usize,
    pub(super) offset: usize,
    /// Records made, by their object's key.
    pub(super) made: BTreeMap<String, i64>,
    /// Records that the workspace's own rules refused, and what the first of them said.
    pub(super) left_out: i64,
    pub(super) refusal: Option<String>,
    /// Removing.
    pub(super) removal: Removal,
}

/// How far a removal has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Removal {
    pub(super) total: i64,
    pub(super) removed: i64,
    /// The place of the object that is gone through, and the last batch.
    pub(super) object: usize,
    pub(super) before: Option<Uuid>,
    /// What was removed since the first object was begun with.
    pub(super) in_pass: i64,
    pub(super) kept: i64,
    pub(super) kept_records: Vec<Kept>,
}

/// A demo record that stays because another record points to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The object's singular API name.
    pub(super) object: String,
    pub(super) id: RecordId,
    pub(super) name: String,
    pub(super) because: Because,
}

/// The record that points to one that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Because {
    pub(super) object: String,
    pub(super) id: RecordId,
    pub(super) name: String,
}

/// A demo as it stands in its table.
#[derive(Clone, Debug)]
pub(super) struct Demo {
    pub(super) id: DemoId,
    pub(super) state: State,
    pub(super) plan: Plan,
    pub(super) progress: Progress,
    pub(super) error: Option<String>,
    pub(super) started_by: kith_kernel::UserId,
    pub(super) started_at: jiff::Timestamp,
    pub(super) finished_at: Option<jiff::Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_from_the_people() {
        let request = |json| serde_json::from_str::<DemoRequest>(json).unwrap().checked();
        let (sizes, seed) = request("{}").unwrap();
        assert_eq!(
            (sizes.people, sizes.companies, sizes.notes),
            (500, 200, 600)
        );
        assert_eq!(seed, 1);
        let (sizes, _) = request(r#"{"people": 1000000, "deals": 0}"#).unwrap();
        assert_eq!((sizes.deals, sizes.notes), (0, LIMIT));
        let refused = request(r#"{"people": 1000001, "tasks": -1}"#).unwrap_err();
        assert_eq!(
            refused.message,
            "`people` must be from 0 to 1000000. `tasks` must be from 0 to 1000000."
        );
    }
}
