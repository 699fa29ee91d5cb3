use std::fmt;
use std::str::FromStr;

/// A place in a log: that of an event, or between two. Places are ordered as events were committed:
/// what stands before a place that a reader has seen never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The transaction that appended the event.
    pub xid: u64,
    /// The event's number, ascending within its transaction.
    pub seq: i64,
}

impl Position {
    /// Before every event.
    pub const START: Self = Self {
        xid: 0,
        seq: i64::MIN,
    };

    /// Just before this place.
    #[must_use]
    pub fn before(self) -> Self {
        match self.seq.checked_sub(1) {
            Some(seq) => Self { seq, ..self },
            None => Self {
                xid: self.xid.saturating_sub(1),
                seq: i64::MAX,
            },
        }
    }

    /// The transaction as a statement takes it: PostgreSQL's `xid8` has no other way in.
    pub(crate) fn xid_text(self) -> String {
        self.xid.to_string()
    }
}

impl Default for Position {
    fn default() -> Self {
        Self::START
    }
}

/// `xid.seq`, as it stands in `Last-Event-ID` and in what operators read.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.xid, self.seq)
    }
}

/// A text that is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (xid, seq) = text.split_once('.').ok_or(NoPosition)?;
        Ok(Self {
            xid: xid.parse().map_err(|_| NoPosition)?,
            seq: seq.parse().map_err(|_| NoPosition)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_ordered_by_transaction_and_read_back_as_written() {
        let early = Position { xid: 9, seq: 500 };
        let late = Position { xid: 10, seq: 3 };
        assert!(Position::START < early && early < late);
        assert_eq!(late.to_string().parse(), Ok(late));
        assert_eq!(Position::START.to_string().parse(), Ok(Position::START));
        for bad in ["", "7", "7.", "x.1", "-1.1", "1.99999999999999999999"] {
            assert_eq!(bad.parse::<Position>(), Err(NoPosition), "{bad}");
        }
        assert!(late.before() < late && late.before() > early);
    }
}
