//! The table of results.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use crate::cases::Wanted;
use crate::load::Measured;

/// Prints a line for whoever watches.
pub(crate) fn say(line: &str) {
    // Nobody is left to tell when this fails.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// One line of the table.
pub(crate) struct Line {
    pub(crate) name: String,
    /// What was measured, in the columns between the name and what is wanted.
    pub(crate) figures: [String; 7],
    pub(crate) wanted: String,
    /// Whether it was reached; `None` where nothing is wanted.
    pub(crate) reached: Option<bool>,
}

const HEADINGS: [&str; 10] = [
    "case",
    "per second",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU ms",
    "pgbench",
    "ratio",
    "wanted",
    "reached",
];

impl Line {
    /// The line of a case that was measured beside pgbench's rate.
    pub(crate) fn of(
        name: &str,
        wanted: Wanted,
        measured: &Measured,
        pgbench: Option<f64>,
    ) -> Self {
        let ratio = pgbench.map(|rate| measured.per_second / rate);
        let mut texts = Vec::new();
        let mut reached = Vec::new();
        if let (Some(least), Some(ratio)) = (wanted.ratio, ratio) {
            texts.push(format!("≥ {least} of pgbench"));
            reached.push(ratio >= least);
        }
        for (percent, limit) in [(95, wanted.p95), (99, wanted.p99)] {
            if let Some(limit) = limit {
                texts.push(format!("p{percent} ≤ {} ms", limit.as_millis()));
                reached.push(measured.percentile(percent) <= limit);
            }
        }
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        Self {
            name: name.to_owned(),
            figures: [
                format!("{:.0}", measured.per_second),
                milliseconds(measured.percentile(50)),
                milliseconds(measured.percentile(95)),
                milliseconds(measured.percentile(99)),
                measured.used.per_answer(),
                or_dash(pgbench.map(|rate| format!("{rate:.0}"))),
                or_dash(ratio.map(|ratio| format!("{ratio:.2}"))),
            ],
            wanted: texts.join(", "),
            reached: (!reached.is_empty()).then(|| reached.iter().all(|reached| *reached)),
        }
    }

    /// A line with one figure of its own.
    pub(crate) fn single(name: &str, figure: String, wanted: &str, reached: Option<bool>) -> Self {
        let dash = || "–".to_owned();
        Self {
            name: name.to_owned(),
            figures: [figure, dash(), dash(), dash(), dash(), dash(), dash()],
            wanted: wanted.to_owned(),
            reached,
        }
    }

    fn cells(&self) -> Vec<String> {
        let reached = match self.reached {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        let mut cells = vec![self.name.clone()];
        cells.extend(self.figures.iter().cloned());
        cells.extend([self.wanted.clone(), reached.to_owned()]);
        cells
    }
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.2}")
    } else {
        format!("{milliseconds:.1}")
    }
}

/// The lines as a table in Markdown, with columns as wide as their content.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut rows: Vec<Vec<String>> = vec![HEADINGS.iter().map(|text| (*text).to_owned()).collect()];
    rows.extend(lines.iter().map(Line::cells));
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[column] - cell.chars().count());
            let numeric = (1..=7).contains(&column);
            let _ = if numeric {
                write!(out, "| {padding}{cell} ")
            } else {
                write!(out, "| {cell}{padding} ")
            };
        }
        out.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let numeric = (1..=7).contains(&column);
                let (dashes, end) = if numeric {
                    (width + 1, ":")
                } else {
                    (width + 2, "")
                };
                let _ = write!(out, "|{}{end}", "-".repeat(dashes));
            }
            out.push_str("|\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_markdown() {
        let lines = [
            Line::single("idle", "42 MiB".to_owned(), "≤ 150 MiB", Some(true)),
            Line::single("a longer name", "7".to_owned(), "", None),
        ];
        let table = table(&lines);
        let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{table}");
        assert!(table.contains("| idle          |     42 MiB |"), "{table}");
    }
}
