//! Guessing which name was meant.

/// The name that is nearest to `name`, if it is near enough to be a slip of it.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().div_ceil(3);
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|known| (distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, known)| known)
}

/// How many characters have to be inserted, deleted, replaced or swapped with their neighbour to
/// make `b` of `a`; of each, the first 64 characters count.
pub fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let replaced = last[j] + usize::from(a[i] != b[j]);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                let swapped: &usize = &before_last[j - 1];
                best = best.min(swapped + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
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
        assert_eq!(nearest("Industry", known), Some("industry"));
        assert_eq!(nearest("annualRevenue", known), Some("annual_revenue"));
        assert_eq!(nearest("nmae", known), Some("name"));
        assert_eq!(nearest("owner", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("abc", "acb"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
