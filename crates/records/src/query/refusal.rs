//! What a client reads when its query can't be answered.

use kith_kernel::{ErrorCode, Failure};

/// A refusal of the query parameter `parameter`.
pub(crate) fn parameter(
    parameter: &str,
    code: &'static str,
    message: impl Into<String>,
) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, message).field(parameter, code)
}

/// The refusal of a name that `parameter` mentions and that isn't among `known`.
pub(crate) fn unknown<'a>(
    parameter_name: &str,
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Failure {
    let known: Vec<&str> = known.into_iter().collect();
    let shown: String = name.chars().take(100).collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!(" Did you mean \"{near}\"?"),
        None if known.len() <= 40 => format!(" There are: {}.", known.join(", ")),
        None => String::new(),
    };
    parameter(
        parameter_name,
        "unknown_name",
        format!("There is no {what} \"{shown}\".{hint}"),
    )
}

/// The name among `known` that `name` is a slip of, if any.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().div_ceil(3);
    let name: Vec<char> = name.to_lowercase().chars().take(64).collect();
    known
        .into_iter()
        .map(|known| (distance(&name, &known.chars().collect::<Vec<_>>()), known))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, known)| known)
}

/// How many characters have to be inserted, deleted or replaced, or swapped with their neighbour.
pub(crate) fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let known = ["industry", "name", "amount", "annual_revenue"];
        assert_eq!(nearest("indutsry", known), Some("industry"));
        assert_eq!(nearest("Annual_Revenu", known), Some("annual_revenue"));
        assert_eq!(nearest("owner", known), None);
        assert_eq!(nearest("", known), None);
    }
}
