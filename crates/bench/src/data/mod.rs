//! The data: what is in each workspace, the same for the same seed.

mod company;
mod copy;
mod deal;
pub(crate) mod fields;
mod load;
mod person;

use uuid::Uuid;

pub(crate) use fields::CustomField;
pub(crate) use load::load;
pub(crate) use person::{Person, csv};

/// How many records of each object a workspace has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) people: u64,
    pub(crate) companies: u64,
    pub(crate) deals: u64,
}

impl Sizes {
    /// A workspace of `people`, with companies and deals in the proportion of the large one.
    pub(crate) fn in_proportion(people: u64) -> Self {
        Self {
            people,
            companies: (people / 5).max(1),
            deals: (people / 2).max(1),
        }
    }
}

/// The objects that are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Company = 1,
    Person = 2,
    Deal = 4,
}

impl Kind {
    /// The object's singular name, which is its table's as well.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Person => "person",
            Self::Deal => "deal",
        }
    }
}

/// One workspace with what its records refer to.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// Its place among the workspaces of the bench.
    pub(crate) number: u64,
    pub(crate) id: Uuid,
    pub(crate) user: Uuid,
    pub(crate) token: String,
    pub(crate) sizes: Sizes,
    pub(crate) seed: u64,
    pub(crate) pipeline: Uuid,
    pub(crate) stages: Vec<Stage>,
    /// The custom fields of people, companies and deals; empty in the small workspaces.
    pub(crate) fields: Vec<(Kind, Vec<CustomField>)>,
}

/// A step of the pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
}

impl Workspace {
    /// What all ids of a kind begin with; twelve decimal digits follow.
    pub(crate) fn id_prefix(&self, kind: Kind) -> String {
        format!("01990{:03x}-000{}-7000-8000-", self.number, kind as u8)
    }

    /// The id of the record of a kind with this index.
    pub(crate) fn record_id(&self, kind: Kind, index: u64) -> String {
        format!("{}{index:012}", self.id_prefix(kind))
    }

    fn custom_fields(&self, kind: Kind) -> &[CustomField] {
        let fields = self.fields.iter().find(|(of, _)| *of == kind);
        fields.map_or(&[], |(_, fields)| fields)
    }
}
