//! What a view is. No I/O.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kith_kernel::{UserId, ViewId};
use serde::{Deserialize, Serialize};

/// Under a name: which of an object's records are shown, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// The key of the object whose records it shows.
    pub object_key: String,
    /// Whose view it is.
    pub owner: UserId,
    /// The owner's name, where it is known.
    pub owner_name: Option<String>,
    /// What people call it.
    pub name: String,
    /// In what form the records are shown.
    pub kind: Kind,
    /// Whether all of the workspace sees it.
    pub shared: bool,
    /// For whom it opens first, as the reader sees it.
    pub default: DefaultFor,
    /// The rest.
    pub layout: Layout,
    /// Ascends by one with each change of the above but `default`.
    pub version: i64,
    /// When it was saved first.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Which records a view shows, and what of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// The columns in their order.
    pub columns: Vec<Column>,
    /// A CEL expression that the records fulfil.
    pub filter: Option<String>,
    /// Paths, each with `-` in front for descending.
    pub sort: Vec<String>,
    /// The path by which records are put together, such as a board's columns.
    pub group_by: Option<String>,
    /// The date by which a calendar shows records.
    pub date_field: Option<String>,
    /// How tight the rows stand.
    pub density: Density,
    /// What stands below a column.
    pub footers: BTreeMap<String, Footer>,
}

/// A column of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// A field of the object, or of a record that it points to: `company.industry`.
    pub field: String,
    /// The width in pixels, where somebody set one.
    #[serde(default)]
    pub width: Option<u16>,
    /// Whether it stays in sight when the others scroll.
    #[serde(default)]
    pub pinned: bool,
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// The names of all, as the API has them.
            pub const NAMES: &'static [&'static str] = &[$($text,)+];

            /// The name in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

names! {
    /// In what form records are shown.
    Kind {
        /// Rows and columns.
        #[default]
        Table = "table",
        /// Cards in columns.
        Board = "board",
        /// Days.
        Calendar = "calendar",
    }
}

names! {
    /// For whom a view opens first.
    DefaultFor {
        /// For nobody.
        #[default]
        None = "none",
        /// For the reader.
        Mine = "mine",
        /// For everybody who has not chosen one.
        Everyone = "everyone",
    }
}

names! {
    /// How tight rows stand.
    Density {
        /// As many rows as possible.
        Compact = "compact",
        /// The usual.
        #[default]
        Regular = "regular",
        /// With room between them.
        Comfortable = "comfortable",
    }
}

names! {
    /// What is calculated of a column.
    Footer {
        /// How many records there are.
        #[default]
        Count = "count",
        /// The sum.
        Sum = "sum",
        /// The mean.
        Avg = "avg",
        /// The least.
        Min = "min",
        /// The greatest.
        Max = "max",
    }
}

impl Kind {
    /// The form of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Table, Self::Board, Self::Calendar]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}
