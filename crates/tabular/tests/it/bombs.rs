//! Workbooks made to exhaust memory or time.

use std::io::Cursor;

use kith_kernel::{ErrorCode, Failure};
use kith_tabular::{Dialect, Kind, Limits, Rows, TabularError, WorkbookLimits};

use super::packing::{archive, workbook};

const SHEET: &str = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row></sheetData></worksheet>"#;

fn outcome(bytes: &[u8], limits: &Limits) -> Result<usize, TabularError> {
    let rows = Rows::open(Cursor::new(bytes), &Dialect::of(Kind::Xlsx), limits)?;
    let mut count = 0;
    for row in rows {
        row?;
        count += 1;
    }
    Ok(count)
}

fn refusal(bytes: &[u8], limits: &Limits) -> Failure {
    let failure = Failure::from(outcome(bytes, limits).unwrap_err());
    assert_ne!(failure.code, ErrorCode::Internal, "{failure:?}");
    failure
}

fn tight() -> Limits {
    Limits {
        workbook: WorkbookLimits {
            total_bytes: 4 << 20,
            sheet_bytes: 1 << 20,
            strings_bytes: 512 << 10,
            ..WorkbookLimits::default()
        },
        ..Limits::default()
    }
}

#[test]
fn the_archives_of_these_tests_can_be_read() {
    assert_eq!(
        outcome(&workbook(SHEET.as_bytes(), b"<sst/>"), &tight()).unwrap(),
        0
    );
}

#[test]
fn what_unpacks_to_too_much_is_refused_whatever_its_header_claims() {
    let rows = "<row><c><v>1</v></c></row>".repeat(50_000);
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let bytes = workbook(sheet.as_bytes(), b"<sst/>");
    assert!(bytes.len() < 100_000);
    let failure = refusal(&bytes, &tight());
    assert_eq!(failure.code, ErrorCode::LimitExceeded);
    assert_eq!(outcome(&bytes, &Limits::default()).unwrap(), 49_999);

    let strings = format!("<sst>{}</sst>", "<si><t>x</t></si>".repeat(50_000));
    let failure = refusal(&workbook(SHEET.as_bytes(), strings.as_bytes()), &tight());
    assert_eq!(failure.code, ErrorCode::LimitExceeded);
}

#[test]
fn a_suspicious_ratio_is_refused() {
    let mut limits = Limits::default();
    limits.workbook.ratio_from = 1 << 20;
    let sheet = format!("<worksheet><sheetData>{}", " ".repeat(3 << 20));
    let failure = refusal(&workbook(sheet.as_bytes(), b"<sst/>"), &limits);
    assert_eq!(failure.code, ErrorCode::LimitExceeded, "{failure}");
}

#[test]
fn xml_that_grows_in_memory_is_refused() {
    let limits = Limits::default();
    let long_tag = format!("<worksheet a=\"{}\"/>", "x".repeat(6 << 20));
    let nested = "<a>".repeat(100_000);
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet/>";
    let long_text = format!(
        "<worksheet><sheetData><row><c t=\"str\"><v>{}</v></c></row>",
        "x".repeat(6 << 20)
    );
    for sheet in [&long_tag, &nested, entities, &long_text] {
        refusal(&workbook(sheet.as_bytes(), b"<sst/>"), &limits);
    }
    // Many small texts in one cell are cut like one long text.
    let pieces = "x&amp;".repeat(400_000);
    let sheet = format!(
        "<worksheet><sheetData><row><c t=\"str\"><v>a</v></c></row><row><c t=\"str\"><v>{pieces}</v></c></row></sheetData></worksheet>"
    );
    assert_eq!(
        outcome(&workbook(sheet.as_bytes(), b"<sst/>"), &limits).unwrap(),
        1
    );
}

#[test]
fn an_archive_of_too_many_parts_is_refused() {
    let names: Vec<String> = (0..3_000).map(|number| format!("p{number}")).collect();
    let parts: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), Vec::new()))
        .collect();
    let failure = refusal(&archive(&parts, 0), &Limits::default());
    assert_eq!(failure.code, ErrorCode::LimitExceeded);
}

#[test]
fn wide_and_far_cells_are_bounded() {
    let cells: String = (0..20_000).map(|_| "<c t=\"str\"><v>x</v></c>").collect();
    let sheet = format!(
        "<worksheet><sheetData><row><c t=\"str\"><v>a</v></c></row><row r=\"99999999999\">{cells}</row></sheetData></worksheet>"
    );
    let bytes = workbook(sheet.as_bytes(), b"<sst/>");
    let rows = Rows::open(
        Cursor::new(&bytes),
        &Dialect::of(Kind::Xlsx),
        &Limits::default(),
    )
    .unwrap();
    let rows: Vec<_> = rows.map(Result::unwrap).collect();
    assert_eq!(rows[0].number, 2);
    assert!(rows[0].fault().is_some());
}

#[test]
fn a_bomb_for_tables_of_strings_refers_to_what_is_not_there() {
    let sheet = r#"<worksheet><sheetData><row><c t="str"><v>a</v></c></row><row><c t="s"><v>99999999999999999999</v></c><c t="s"><v>7</v></c></row></sheetData></worksheet>"#;
    let bytes = workbook(sheet.as_bytes(), b"<sst><si><t>x</t></si></sst>");
    assert_eq!(outcome(&bytes, &Limits::default()).unwrap(), 1);
}
