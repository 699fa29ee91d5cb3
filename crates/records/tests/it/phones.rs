//! Telephone numbers of 54 regions become exactly their E.164 form, or are refused.

use std::collections::HashMap;

use kith_records::value::phone;
use kith_testkit::test_data;

/// The truth reads a number as it is dialled in its region. In one point Kith reads more: 00 in
/// front stands for + in every region, though a few dial abroad by other digits (011 in the
/// United States, 010 in Japan, 8 10 in Russia). People write down their numbers for others
/// elsewhere, and no number that is valid in a region begins so.
#[test]
fn numbers_become_what_the_truth_says() {
    let Some(table) = test_data("phones/phones-truth.csv") else {
        return;
    };
    let rows: Vec<Vec<&str>> = (table.lines().skip(1))
        .map(|row| row.split(',').collect())
        .collect();
    let international: HashMap<_, _> = (rows.iter())
        .filter(|row| row[2] == "international")
        .map(|row| ((row[0], row[1]), row[4]))
        .collect();
    let mut lenient = 0;
    let mut differences = Vec::new();
    for row in &rows {
        let [region, kind, style, raw, e164, extension, valid, _] = row[..] else {
            panic!("not eight columns: {row:?}");
        };
        let wanted = match (valid, style, extension) {
            ("True", _, "") => Some(e164.to_owned()),
            ("True", _, extension) => Some(format!("{e164};ext={extension}")),
            (_, "idd00", _) => {
                lenient += 1;
                Some(international[&(region, kind)].to_owned())
            }
            _ => None,
        };
        let given = phone(raw, region).ok();
        if given != wanted {
            differences.push(format!("{row:?}: {given:?}, not {wanted:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!((rows.len(), lenient), (1_721, 66));
}
