//! Which character separates the cells: each candidate is tried with the real parser.

use crate::limits::Limits;
use crate::read::scan::{Bounds, Cells, Scan, Syntax, scan};
use crate::read::separator_line;

use super::Escape;

/// How many records of the sample are tried.
const RECORDS: usize = 500;

/// The usual delimiters, the likeliest first; then those that often stand in text.
const USUAL: [char; 4] = [',', ';', '\t', '|'];
const UNUSUAL: [char; 2] = ['^', ':'];

/// What separates and surrounds cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) delimiter: char,
    pub(super) quote: char,
    pub(super) escape: Escape,
}

/// How well a candidate explains the sample.
#[derive(Clone, Copy, Debug, Default)]
struct Trial {
    /// From 0 to 1: how alike the records are.
    score: f64,
    records: usize,
    width: usize,
    /// Quotes that are unclosed or stand in the middle of cells.
    odd_quotes: usize,
    /// Cells that are surrounded by quotes.
    quoted: usize,
}

/// Finds the delimiter and the quotes of a sample in UTF-8.
pub(super) fn detect(sample: &[u8], complete: bool) -> Found {
    let sample = separator_line(sample).map_or(sample, |(_, length)| &sample[length..]);
    let mut found = Found {
        delimiter: ',',
        quote: '"',
        escape: Escape::Doubled,
    };
    let mut best = Trial::default();
    for delimiter in USUAL {
        let candidate = Found { delimiter, ..found };
        consider(sample, complete, candidate, &mut found, &mut best, 0.02);
    }
    if best.score < 0.5 {
        for delimiter in UNUSUAL {
            let candidate = Found { delimiter, ..found };
            let trial = attempt(sample, complete, candidate);
            // Times and notes have such characters, too: only a regular grid convinces.
            if trial.records >= 3 && trial.score > 0.95 && trial.score > best.score {
                (found, best) = (candidate, trial);
            }
        }
    }
    for delimiter in USUAL {
        let candidate = Found {
            delimiter,
            quote: '\'',
            ..found
        };
        let trial = attempt(sample, complete, candidate);
        let now = attempt(sample, complete, found);
        // Apostrophes are common in text; they are quotes only where they surround cells and
        // nothing else does.
        if trial.quoted >= 2
            && now.quoted == 0
            && trial.odd_quotes * 4 <= trial.quoted
            && trial.score >= best.score
        {
            (found, best) = (candidate, trial);
        }
    }
    let backslash = Found {
        escape: Escape::Backslash,
        ..found
    };
    let escaped = [b'\\', u8::try_from(found.quote).unwrap_or(b'"')];
    if memchr::memmem::find(sample, &escaped).is_some() {
        let trial = attempt(sample, complete, backslash);
        let now = attempt(sample, complete, found);
        if trial.odd_quotes < now.odd_quotes && trial.score >= now.score {
            found = backslash;
        }
    }
    found
}

fn consider(
    sample: &[u8],
    complete: bool,
    candidate: Found,
    found: &mut Found,
    best: &mut Trial,
    margin: f64,
) {
    let trial = attempt(sample, complete, candidate);
    let better = trial.score > best.score + margin
        || (trial.score > 0.0 && trial.score >= best.score - margin && trial.width > best.width);
    if better {
        (*found, *best) = (candidate, trial);
    }
}

fn attempt(sample: &[u8], complete: bool, candidate: Found) -> Trial {
    let limits = Limits::default();
    let quote = u8::try_from(candidate.quote).ok();
    let syntax = Syntax {
        delimiter: u8::try_from(candidate.delimiter).unwrap_or(b','),
        quote,
        backslash: candidate.escape == Escape::Backslash,
    };
    let bounds = Bounds {
        quoted_lines: limits.quoted_lines,
        cells: 0,
    };
    let mut trial = Trial::default();
    let mut widths = Vec::new();
    let mut cells = Cells::default();
    let mut dead: Vec<usize> = Vec::new();
    let mut rest = sample;
    while widths.len() < RECORDS {
        match scan(rest, complete, syntax, &dead, bounds, &mut cells) {
            Scan::End | Scan::More { .. } => break,
            Scan::Blank { used } => rest = &rest[used..],
            Scan::Unclosed { at, .. } => {
                trial.odd_quotes += 1;
                if dead.len() > 20 {
                    break;
                }
                let place = dead.partition_point(|other| *other < at);
                dead.insert(place, at);
            }
            Scan::Record { used } => {
                trial.odd_quotes += cells.stray.len();
                trial.quoted += count_quoted(&rest[..used], syntax);
                widths.push(cells.count);
                rest = &rest[used..];
                dead.clear();
            }
        }
    }
    // A sample of one line that goes on past it still has its cells.
    if widths.is_empty() && !rest.is_empty() {
        widths.push(1 + memchr::memchr_iter(syntax.delimiter, rest).count());
    }
    trial.records = widths.len();
    let Some(&header) = widths.first() else {
        return trial;
    };
    let usual = most_common(&widths);
    let (by_header, by_usual) = (likeness(&widths, header), likeness(&widths, usual) * 0.8);
    (trial.score, trial.width) = if by_header >= by_usual {
        (by_header, header)
    } else {
        (by_usual, usual)
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of at most some hundred thousand"
    )]
    let odd = trial.odd_quotes as f64 / widths.len() as f64;
    trial.score /= 1.0 + odd;
    trial
}

/// How alike the records are to one of `width` cells, from 0 to 1.
fn likeness(widths: &[usize], width: usize) -> f64 {
    if width < 2 {
        return 0.0;
    }
    let mut sum = 0.0;
    for found in widths {
        sum += match *found {
            found if found == width => 1.0,
            // A trailing delimiter.
            found if found == width + 1 => 0.7,
            1 => 0.1,
            found if found < width => 0.6,
            _ => 0.0,
        };
    }
    #[expect(clippy::cast_precision_loss, reason = "at most some hundred records")]
    let count = widths.len() as f64;
    sum / count
}

fn most_common(widths: &[usize]) -> usize {
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .max_by_key(|group| group.len())
        .and_then(|group| group.first())
        .copied()
        .unwrap_or(1)
}

/// How many cells of a record begin and end with a quote.
fn count_quoted(record: &[u8], syntax: Syntax) -> usize {
    let Some(quote) = syntax.quote else { return 0 };
    record
        .split(|byte| *byte == syntax.delimiter)
        .map(<[u8]>::trim_ascii)
        .filter(|cell| {
            cell.len() > 1 && cell.first() == Some(&quote) && cell.last() == Some(&quote)
        })
        .count()
}
