//! Where the values of a field are.

/// Where a field's values are in the object's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// A column of the table.
    Column(&'static str),
    /// Two columns: ten-thousandths of a unit, and the currency's code.
    Money {
        /// The `bigint` column.
        units: &'static str,
        /// The `text` column.
        currency: &'static str,
    },
    /// Two columns: the target object's key, and the record's id.
    AnyRecord {
        /// The `text` column.
        object: &'static str,
        /// The `uuid` column.
        id: &'static str,
    },
    /// A member of the `custom` column, under the field's key; repeated in a typed slot column
    /// for its index where there is one.
    Custom {
        /// The slot column, such as `t3`.
        slot: Option<Slot>,
    },
    /// Rows of `records.link`, from the record to others.
    Links,
    /// Nowhere: it is computed when it is read.
    Computed,
}

/// One of the typed, indexed columns that custom fields of any object may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The type of the column.
    pub kind: SlotKind,
    /// The number of the column, from 1.
    pub number: u8,
}

/// The type of a slot column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// `text`, columns `t1` to `t8`.
    Text,
    /// `numeric`, columns `n1` to `n6`.
    Number,
    /// `timestamptz`, columns `d1` to `d4`; dates are midnight UTC.
    Time,
    /// `uuid`, columns `r1` to `r4`.
    Id,
}

impl SlotKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Time, Self::Id];

    /// How many columns of the kind each table has.
    pub fn columns(self) -> u8 {
        match self {
            Self::Text => 8,
            Self::Number => 6,
            Self::Time | Self::Id => 4,
        }
    }
}

/// The slot columns' names in the order of the tables.
pub const SLOT_COLUMNS: [&str; 22] = [
    "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "n1", "n2", "n3", "n4", "n5", "n6", "d1", "d2",
    "d3", "d4", "r1", "r2", "r3", "r4",
];

impl Slot {
    /// The column's name, such as `t3`.
    pub fn column(self) -> &'static str {
        SLOT_COLUMNS[self.place()]
    }

    /// The column's place in [`SLOT_COLUMNS`].
    pub fn place(self) -> usize {
        let first = match self.kind {
            SlotKind::Text => 0,
            SlotKind::Number => 8,
            SlotKind::Time => 14,
            SlotKind::Id => 18,
        };
        first + usize::from(self.number.saturating_sub(1)).min(7)
    }

    /// The slot with this column name.
    pub fn from_column(column: &str) -> Option<Self> {
        let kind = match column.get(..1)? {
            "t" => SlotKind::Text,
            "n" => SlotKind::Number,
            "d" => SlotKind::Time,
            "r" => SlotKind::Id,
            _ => return None,
        };
        let number = column[1..].parse().ok()?;
        (1..=kind.columns())
            .contains(&number)
            .then_some(Self { kind, number })
    }
}
