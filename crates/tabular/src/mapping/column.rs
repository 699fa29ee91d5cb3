//! What one column holds, counted cell by cell.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Time;

use crate::cell::{Cell, excerpt};

use super::boolean::parse_bool;
use super::date::{DateStyle, parse_datetime};
use super::number::{NumberStyle, parse_decimal};
use super::profile::{ColumnProfile, Finding, ValueCount};
use super::shape::{Shape, is_domain, is_email, is_integer, is_phone, is_url, is_uuid};

/// How many different values are counted.
const DISTINCT: usize = 1_000;
/// The most values of an enumeration.
const VALUES: usize = 50;
/// What share of the values a shape must have to be the column's.
const MOST: f64 = 0.9;

/// What was seen in a column so far.
#[derive(Debug, Default)]
pub(super) struct Column {
    name: String,
    filled: usize,
    longest: usize,
    counts: BTreeMap<Shape, usize>,
    /// How many values are numbers with a decimal point, and with a decimal comma.
    numbers: [usize; 2],
    /// How many values are numbers in either style, and whether any would differ.
    numbers_both: usize,
    numbers_differ: bool,
    /// How many values are dates by year, by day, and by month first.
    dates: [usize; 3],
    /// How many values are dates in either order of day and month, and whether any would differ.
    dates_both: usize,
    dates_differ: bool,
    /// Dates with full stops: no one writes the month first with those.
    dotted: usize,
    times: usize,
    distinct: HashMap<String, usize>,
    samples: Vec<String>,
}

impl Column {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Looks at a cell.
    pub(super) fn add(&mut self, cell: &Cell) {
        if cell.is_blank() {
            return;
        }
        let text = cell.as_text();
        let text = text.trim();
        self.filled += 1;
        self.longest = self.longest.max(text.chars().count());
        self.count_value(text);
        match cell {
            Cell::Number(_) => {
                if is_integer(text) {
                    self.saw(Shape::Integer);
                }
                self.numbers[0] += 1;
                self.numbers[1] += 1;
                self.numbers_both += 1;
            }
            Cell::Bool(_) => self.saw(Shape::Boolean),
            Cell::Date(_) | Cell::DateTime(_) => {
                self.dates.iter_mut().for_each(|count| *count += 1);
                self.dates_both += 1;
                self.times += usize::from(matches!(cell, Cell::DateTime(_)));
            }
            Cell::Text(_) => self.add_text(text),
            Cell::Empty | Cell::Error(_) | Cell::Json(_) => {}
        }
    }

    fn saw(&mut self, shape: Shape) {
        *self.counts.entry(shape).or_default() += 1;
    }

    fn count_value(&mut self, text: &str) {
        if let Some(count) = self.distinct.get_mut(text) {
            *count += 1;
        } else if self.distinct.len() < DISTINCT {
            let value = excerpt(text);
            if self.samples.len() < 5 {
                self.samples.push(value.clone());
            }
            *self.distinct.entry(value).or_default() += 1;
        }
    }

    fn add_text(&mut self, text: &str) {
        if text.len() > 500 {
            return;
        }
        let dates = [DateStyle::Ymd, DateStyle::Dmy, DateStyle::Mdy]
            .map(|style| parse_datetime(text, style).ok());
        let is_date = dates.iter().any(Option::is_some) && !is_integer(text);
        if is_date {
            for (count, date) in self.dates.iter_mut().zip(&dates) {
                *count += usize::from(date.is_some());
            }
            let both = dates[1].is_some() && dates[2].is_some();
            self.dates_both += usize::from(both);
            self.dates_differ |= both && dates[1] != dates[2];
            self.dotted += usize::from(text.matches('.').count() == 2);
            let mut moments = dates.iter().flatten();
            let timed = moments.any(|moment| moment.local.time() != Time::midnight());
            self.times += usize::from(timed || text.contains(':'));
        }
        let point = parse_decimal(text, NumberStyle::Point).ok();
        let comma = parse_decimal(text, NumberStyle::Comma).ok();
        // Leading zeros belong to identifiers and postcodes.
        let is_number = text
            .strip_prefix('0')
            .is_none_or(|rest| rest.is_empty() || rest.starts_with(['.', ',']));
        if is_number && !is_date {
            self.numbers[0] += usize::from(point.is_some());
            self.numbers[1] += usize::from(comma.is_some());
            let both = point.is_some() && comma.is_some();
            self.numbers_both += usize::from(both);
            self.numbers_differ |= both && point != comma;
        }
        for (shape, found) in [
            (Shape::Uuid, is_uuid(text)),
            (Shape::Email, is_email(text)),
            (Shape::Url, is_url(text)),
            (Shape::Domain, is_domain(text)),
            (Shape::Boolean, parse_bool(text).is_ok()),
            (Shape::Integer, is_integer(text)),
            (Shape::Phone, !is_date && is_phone(text)),
        ] {
            if found {
                self.saw(shape);
            }
        }
    }

    /// What the column holds.
    pub(super) fn finish(mut self, rows: usize) -> ColumnProfile {
        let numbers = self.number_style();
        let dates = self.date_style();
        let most = |counts: &[usize]| counts.iter().copied().max().unwrap_or_default();
        let decimals = most(&self.numbers);
        let moments = most(&self.dates);
        for (shape, count) in [
            (Shape::Decimal, decimals),
            (Shape::DateTime, self.times.min(moments)),
            (Shape::Date, moments.saturating_sub(self.times)),
        ] {
            if count > 0 {
                self.counts.insert(shape, count);
            }
        }
        let shares: BTreeMap<Shape, f64> = self
            .counts
            .iter()
            .map(|(shape, count)| (*shape, share(*count, self.filled)))
            .collect();
        let distinct = self.distinct.len();
        let shape = self.shape(&shares, moments, distinct);
        ColumnProfile {
            rows,
            filled: self.filled,
            distinct,
            longest: self.longest,
            shape,
            shares,
            numbers,
            dates,
            values: self.enumeration(shape),
            name: self.name,
            samples: self.samples,
        }
    }

    fn shape(&self, shares: &BTreeMap<Shape, f64>, moments: usize, distinct: usize) -> Shape {
        if self.filled == 0 {
            return Shape::Text;
        }
        // A few midnights among moments are moments, too.
        if share(moments, self.filled) >= MOST {
            return if self.times > 0 {
                Shape::DateTime
            } else {
                Shape::Date
            };
        }
        // 0 and 1 are truth values only if there are no other numbers and there are both.
        let boolean = shares.get(&Shape::Boolean).copied().unwrap_or_default();
        let as_numbers = shares.contains_key(&Shape::Integer);
        let is_boolean = boolean >= 1.0 && (!as_numbers || distinct == 2);
        shares
            .iter()
            .filter(|(shape, _)| match shape {
                Shape::Boolean => is_boolean,
                Shape::Date | Shape::DateTime => false,
                _ => true,
            })
            .find(|(_, share)| **share >= MOST)
            .map_or(Shape::Text, |(shape, _)| *shape)
    }

    fn number_style(&self) -> Option<Finding<NumberStyle>> {
        let [point, comma] = self.numbers;
        if point.max(comma) == 0 {
            return None;
        }
        Some(Finding {
            style: if comma > point {
                NumberStyle::Comma
            } else {
                NumberStyle::Point
            },
            // Either all could be read both ways, or some can be read in one way only and some
            // only in the other.
            ambiguous: (comma == point && self.numbers_differ)
                || point.min(comma) > self.numbers_both,
        })
    }

    fn date_style(&self) -> Option<Finding<DateStyle>> {
        let [by_year, by_day, by_month] = self.dates;
        let most = by_year.max(by_day).max(by_month);
        if most == 0 {
            return None;
        }
        let (style, ambiguous) = if by_year == most {
            (DateStyle::Ymd, false)
        } else if by_day != by_month {
            let style = if by_day > by_month {
                DateStyle::Dmy
            } else {
                DateStyle::Mdy
            };
            (style, by_day.min(by_month) > self.dates_both)
        } else if self.dotted * 2 > most {
            (DateStyle::Dmy, false)
        } else {
            // The large CRMs export the American form.
            let torn = by_month > self.dates_both;
            (DateStyle::Mdy, self.dates_differ || torn)
        };
        Some(Finding { style, ambiguous })
    }

    /// Few values, each of them often.
    fn enumeration(&self, shape: Shape) -> Vec<ValueCount> {
        let distinct = self.distinct.len();
        let discrete = matches!(shape, Shape::Text | Shape::Boolean | Shape::Integer);
        if !discrete || distinct == 0 || distinct > VALUES || distinct * 3 > self.filled {
            return Vec::new();
        }
        let counts = self.distinct.iter().map(|(value, count)| ValueCount {
            value: value.clone(),
            count: *count,
        });
        let mut values: Vec<_> = counts.collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        values
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most a thousand rows")]
fn share(count: usize, of: usize) -> f64 {
    if of == 0 {
        0.0
    } else {
        count as f64 / of as f64
    }
}
