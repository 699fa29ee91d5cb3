//! Where a stream stands in several logs.

use std::fmt;

use kith_bus::Position;

/// A place in each log that is followed, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place(Vec<(&'static str, Position)>);

impl Place {
    pub(crate) fn new(places: Vec<(&'static str, Position)>) -> Self {
        Self(places)
    }

    /// Reads what [`Place`] writes. A log that isn't named stands where `now` does: it wasn't
    /// followed then. `None` where a place is none, or where there is none at all.
    pub(crate) fn read(text: &str, now: &Self) -> Option<Self> {
        let mut place = now.clone();
        let mut known = false;
        for part in text.split('_') {
            let (log, position) = part.split_once('~')?;
            let position: Position = position.parse().ok()?;
            if let Some((_, own)) = place.0.iter_mut().find(|(name, _)| *name == log) {
                // What lies ahead is another database's: that of before a restored backup.
                if position > *own && position.xid > own.xid.saturating_add(1) {
                    return None;
                }
                *own = position.min(*own);
                known = true;
            }
        }
        known.then_some(place)
    }

    /// Whether it is known of all logs.
    pub(crate) fn is_known(&self) -> bool {
        self.0.iter().all(|(_, place)| *place != Position::START)
    }

    pub(crate) fn of(&self, log: usize) -> Position {
        self.0[log].1
    }

    pub(crate) fn set(&mut self, log: usize, position: Position) {
        self.0[log].1 = position;
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (log, position)) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("_")?;
            }
            write!(f, "{log}~{position}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(xid: u64, seq: i64) -> Position {
        Position { xid, seq }
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let now = Place::new(vec![("records", at(90, 4)), ("notifications", at(80, 1))]);
        assert_eq!(Place::read(&now.to_string(), &now), Some(now.clone()));
        let before = Place::read("records~70.5", &now).unwrap();
        assert_eq!((before.of(0), before.of(1)), (at(70, 5), at(80, 1)));
        for bad in [
            "",
            "records",
            "records~x",
            "others~1.1",
            "records~500.1",
            "_",
            "~",
        ] {
            assert_eq!(Place::read(bad, &now), None, "{bad}");
        }
    }
}
