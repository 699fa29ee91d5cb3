//! Workbooks as another program writes them.

use std::io::Cursor;

use jiff::civil::{date, datetime};
use kith_kernel::Failure;
use kith_tabular::read::{Sheet, sheets};
use kith_tabular::{Cell, Dialect, Kind, Limits, RowIssue, WorkbookLimits};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::support::{read, read_as, texts};

fn sample() -> Vec<u8> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let money = Format::new().set_num_format("#,##0.00 [$€-407]");
    let hidden = book.add_worksheet();
    hidden.set_name("Notes").unwrap();
    hidden.write(0, 0, "not this one").unwrap();
    hidden.set_hidden(true);
    let sheet = book.add_worksheet();
    sheet.set_name("People & more").unwrap();
    sheet.set_active(true);
    for (column, name) in (0..).zip(["Name", "Born", "Seen", "Amount", "OK", "Sum", "Name"]) {
        sheet.write(1, column, name).unwrap();
    }
    sheet.write(2, 0, "Ada <Löwe> & \"Co\"\nline 2").unwrap();
    let born = ExcelDateTime::parse_from_str("1915-12-10").unwrap();
    sheet.write_with_format(2, 1, &born, &day).unwrap();
    let seen = ExcelDateTime::parse_from_str("2024-02-29T18:30:00").unwrap();
    sheet.write_with_format(2, 2, &seen, &moment).unwrap();
    sheet.write_with_format(2, 3, 1234.56, &money).unwrap();
    sheet.write(2, 4, true).unwrap();
    sheet
        .write(2, 5, Formula::new("=1+2").set_result("3"))
        .unwrap();
    sheet.write(5, 0, "after a gap").unwrap();
    sheet.write(5, 8, "beyond").unwrap();
    sheet.write_blank(5, 12, &day).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn cells_have_their_types_and_rows_their_numbers() {
    let bytes = sample();
    let table = read(&bytes, "people.xlsx").unwrap();
    assert_eq!(table.dialect.kind, Kind::Xlsx);
    assert_eq!(
        table.header,
        ["Name", "Born", "Seen", "Amount", "OK", "Sum", "Name (2)"]
    );
    assert_eq!(
        table.rows[0].cells,
        [
            Cell::text("Ada <Löwe> & \"Co\"\nline 2"),
            Cell::Date(date(1915, 12, 10)),
            Cell::DateTime(datetime(2024, 2, 29, 18, 30, 0, 0)),
            Cell::Number("1234.56".parse().unwrap()),
            Cell::Bool(true),
            Cell::Number(3.into()),
            Cell::Empty,
        ]
    );
    let numbers: Vec<_> = table.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [3, 6]);
    assert_eq!(
        table.rows[1].issues,
        [RowIssue::TooManyCells {
            expected: 7,
            found: 9,
            extra: vec![String::new(), "beyond".to_owned()],
        }]
    );
}

#[test]
fn sheets_are_listed_and_chosen() {
    let bytes = sample();
    let limits = Limits::default();
    assert_eq!(
        sheets(Cursor::new(&bytes), &limits).unwrap(),
        [
            Sheet {
                name: "Notes".to_owned(),
                visible: false
            },
            Sheet {
                name: "People & more".to_owned(),
                visible: true
            },
        ]
    );
    let named = |sheet: &str| Dialect {
        sheet: Some(sheet.to_owned()),
        ..Dialect::of(Kind::Xlsx)
    };
    assert_eq!(
        read_as(&bytes, &named("notes")).unwrap().header,
        ["not this one"]
    );
    let failure = read_as(&bytes, &named("Gone"))
        .err()
        .map(Failure::from)
        .unwrap();
    assert_eq!(failure.fields[0].field, "dialect.sheet");
    assert_eq!(
        failure.message,
        "The workbook has no such sheet. It has: Notes, People & more."
    );
}

#[test]
fn without_header_columns_are_numbered() {
    let dialect = Dialect {
        header: false,
        skip_lines: 2,
        ..Dialect::of(Kind::Xlsx)
    };
    let table = read_as(&sample(), &dialect).unwrap();
    assert_eq!(table.header.len(), 9);
    assert_eq!(table.header[8], "column_9");
    assert_eq!(table.rows.len(), 2);
    assert_eq!(table.rows[1].cells[8], Cell::text("beyond"));
}

#[test]
fn many_strings_are_kept_out_of_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "a").unwrap();
    sheet.write(0, 1, "b").unwrap();
    for row in 1..5_000 {
        sheet.write(row, 0, format!("text {row}")).unwrap();
        sheet
            .write(row, 1, format!("text {}", 5_000 - row))
            .unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let in_memory = read(&bytes, "a.xlsx").unwrap();
    let limits = Limits {
        workbook: WorkbookLimits {
            strings_in_memory: 1_000,
            ..WorkbookLimits::default()
        },
        ..Limits::default()
    };
    let dialect = Dialect::of(Kind::Xlsx);
    let rows = kith_tabular::Rows::open(Cursor::new(&bytes), &dialect, &limits).unwrap();
    let spilled: Vec<_> = rows.map(Result::unwrap).collect();
    assert_eq!(in_memory.rows, spilled);
    assert_eq!(texts(&spilled[4_998].cells), ["text 4999", "text 1"]);
}

#[test]
fn a_workbook_that_is_cut_off_or_altered_is_refused() {
    let bytes = sample();
    for cut in [30, bytes.len() / 2, bytes.len() - 10] {
        let failure = read(&bytes[..cut], "a.xlsx")
            .err()
            .map(Failure::from)
            .unwrap();
        assert!(
            failure.message.contains("incomplete"),
            "{}",
            failure.message
        );
    }
}
