//! What a column holds, judged by its first rows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cell::Row;

use super::column::Column;
use super::date::DateStyle;
use super::number::NumberStyle;
use super::shape::Shape;

/// How many rows are looked at.
const ROWS: usize = 1_000;
/// A style, and whether another would fit the column as well and mean something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Finding<S> {
    /// The likeliest style.
    pub style: S,
    /// Whether a person should confirm it.
    pub ambiguous: bool,
}

/// How often a value occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValueCount {
    /// The value, cut to 200 characters.
    pub value: String,
    /// In how many of the rows looked at.
    pub count: usize,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnProfile {
    /// The column's name.
    pub name: String,
    /// How many rows were looked at.
    pub rows: usize,
    /// In how many of them the cell isn't blank.
    pub filled: usize,
    /// How many different values there are; 1,000 stands for that many or more.
    pub distinct: usize,
    /// The length of the longest value in characters.
    pub longest: usize,
    /// What most values look like.
    pub shape: Shape,
    /// For each shape the share of filled values that look so. A value may have several shapes.
    pub shares: BTreeMap<Shape, f64>,
    /// How numbers are written, if there are any.
    pub numbers: Option<Finding<NumberStyle>>,
    /// How dates are written, if there are any.
    pub dates: Option<Finding<DateStyle>>,
    /// All values, the most frequent first, if the column looks like an enumeration; else none.
    pub values: Vec<ValueCount>,
    /// The first few different values.
    pub samples: Vec<String>,
}

/// Collects what the columns of a file hold.
#[derive(Debug)]
pub struct Profiler {
    rows: usize,
    columns: Vec<Column>,
}

impl Profiler {
    /// For a file with these columns; looks at its first 1,000 rows.
    pub fn new<S: AsRef<str>>(header: &[S]) -> Self {
        let columns = header.iter().map(|name| Column::new(name.as_ref()));
        Self {
            rows: 0,
            columns: columns.collect(),
        }
    }

    /// Looks at a row; `false` once enough rows were seen.
    pub fn add(&mut self, row: &Row) -> bool {
        if self.rows < ROWS {
            self.rows += 1;
            for (column, cell) in self.columns.iter_mut().zip(&row.cells) {
                column.add(cell);
            }
        }
        self.rows < ROWS
    }

    /// What the columns hold, in their order.
    pub fn finish(self) -> Vec<ColumnProfile> {
        let rows = self.rows;
        let columns = self.columns.into_iter();
        columns.map(|column| column.finish(rows)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Cell;

    fn profile(values: &[&str]) -> ColumnProfile {
        let mut profiler = Profiler::new(&["column"]);
        for (number, value) in (2..).zip(values) {
            profiler.add(&Row {
                number,
                line: number,
                given: 1,
                cells: vec![Cell::text(*value)],
                issues: Vec::new(),
            });
        }
        profiler.finish().remove(0)
    }

    #[test]
    fn columns_have_the_shape_of_most_of_their_values() {
        for (values, expected) in [
            (&["a@b.de", "", "c@d.org"][..], Shape::Email),
            (&["+49 30 123456", "(450)921-3310"], Shape::Phone),
            (&["https://a.de", "www.b.com/x"], Shape::Url),
            (&["a.de", "b.com"], Shape::Domain),
            (&["1", "22", "-3"], Shape::Integer),
            (&["1.5", "22", "1,000.00"], Shape::Decimal),
            (&["€ 5,00", "1.234,56 €"], Shape::Decimal),
            (&["2024-01-31", "2024-02-01"], Shape::Date),
            (&["2024-01-31 10:00", "2024-02-01 00:00"], Shape::DateTime),
            (&["yes", "No", "yes"], Shape::Boolean),
            (&["0", "1", "1"], Shape::Boolean),
            (&["1", "1", "1"], Shape::Integer),
            (&["01234", "04109"], Shape::Text),
            (&["7927b2df-8bba-4d29-b9a2-b6e0beafe620"], Shape::Uuid),
            (&["Ada", "Bob"], Shape::Text),
            (&["", ""], Shape::Text),
            (&["1996", "2001"], Shape::Integer),
        ] {
            assert_eq!(profile(values).shape, expected, "{values:?}");
        }
    }

    #[test]
    fn the_order_of_dates_is_found_over_the_whole_column() {
        for (values, style, ambiguous) in [
            (&["01/02/2024", "31/01/2024"][..], DateStyle::Dmy, false),
            (&["01/02/2024", "01/31/2024"], DateStyle::Mdy, false),
            (&["01/02/2024", "03/04/2024"], DateStyle::Mdy, true),
            (&["05/05/2024"], DateStyle::Mdy, false),
            (
                &["31/01/2024", "01/31/2024", "30/01/2024"],
                DateStyle::Dmy,
                true,
            ),
            (&["31/01/2024", "01/31/2024"], DateStyle::Mdy, true),
            (&["01.02.2024", "03.04.2024"], DateStyle::Dmy, false),
            (&["2024-01-31"], DateStyle::Ymd, false),
            (&["2 Mar 2024"], DateStyle::Ymd, false),
        ] {
            let found = profile(values).dates;
            assert_eq!(found, Some(Finding { style, ambiguous }), "{values:?}");
        }
        assert_eq!(profile(&["x"]).dates, None);
    }

    #[test]
    fn the_decimal_mark_is_found_over_the_whole_column() {
        for (values, style, ambiguous) in [
            (&["1.234", "5,50"][..], NumberStyle::Comma, false),
            (&["1,234", "5.50"], NumberStyle::Point, false),
            (&["1.234", "5.678"], NumberStyle::Point, true),
            (&["1", "2"], NumberStyle::Point, false),
            (&["1.5", "2,5"], NumberStyle::Point, true),
        ] {
            let found = profile(values).numbers;
            assert_eq!(found, Some(Finding { style, ambiguous }), "{values:?}");
        }
    }

    #[test]
    fn few_values_make_an_enumeration() {
        let values = [
            "Won", "Lost", "Won", "Won", "Lost", "Open", "Won", "Won", "Won",
        ];
        let found = profile(&values).values;
        let found: Vec<_> = found.iter().map(|v| (v.value.as_str(), v.count)).collect();
        assert_eq!(found, [("Won", 6), ("Lost", 2), ("Open", 1)]);
        assert!(profile(&["a", "b", "c"]).values.is_empty());
    }
}
