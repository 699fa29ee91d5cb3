//! Workbooks as another program writes them.

use std::fmt::Write;
use std::io::Cursor;

use jiff::civil::{date, datetime};
use kith_kernel::Failure;
use kith_tabular::read::{Sheet, sheets};
use kith_tabular::{Cell, Dialect, Kind, Limits, RowIssue, Rows, WorkbookLimits};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::packing::{styled, workbook};
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
    let rows = Rows::open(Cursor::new(&bytes), &dialect, &limits).unwrap();
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

#[test]
fn odd_but_valid_sheets_are_understood() {
    let sheet = concat!(
        r#"<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row>"#,
        r#"<x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c t="str"><x:v>c</x:v></x:c></x:row>"#,
        r#"<x:row r="7"><x:c r="C7" s="1"><x:v>0</x:v></x:c><x:c r="A7" t="inlineStr"><x:is><x:r><x:t>in </x:t></x:r><x:r><x:t>line &#x41;&amp;_x000A_</x:t></x:r></x:is></x:c><x:c r="B7" s="1"><x:v>366.5</x:v></x:c></x:row>"#,
        r#"<x:row><x:c><x:f>SUM(A1)</x:f></x:c><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="d"><x:v>2024-02-29T10:00:00Z</x:v></x:c></x:row>"#,
        r#"<x:row><x:c s="1"/><x:c t="b"><x:v>0</x:v></x:c><x:c><x:v>1E-3</x:v></x:c></x:row>"#,
        r"</x:sheetData></x:worksheet>",
    );
    let strings = concat!(
        "<sst><si><t>plain</t></si>",
        "<si><r><t xml:space=\"preserve\">rich </t></r><r><t>text</t></r><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si></sst>",
    );
    let book = r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="d.m.yy"/></numFmts><cellStyleXfs><xf numFmtId="1"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;
    let bytes = styled(
        book,
        sheet.as_bytes(),
        strings.as_bytes(),
        styles.as_bytes(),
    );
    let table = read_as(&bytes, &Dialect::of(Kind::Xlsx)).unwrap();
    assert_eq!(table.header, ["plain", "rich text", "c"]);
    assert_eq!(
        table.rows[0].cells,
        [
            Cell::text("in line A&\n"),
            Cell::DateTime(datetime(1905, 1, 1, 12, 0, 0, 0)),
            Cell::Date(date(1904, 1, 1)),
        ]
    );
    assert_eq!(
        table.rows[1].cells,
        [
            Cell::Empty,
            Cell::Error("#N/A".to_owned()),
            Cell::DateTime(datetime(2024, 2, 29, 10, 0, 0, 0)),
        ]
    );
    assert_eq!(
        table.rows[1].issues,
        [RowIssue::FormulaWithoutValue { column: 1 }]
    );
    assert_eq!(
        table.rows[2].cells,
        [
            Cell::Empty,
            Cell::Bool(false),
            Cell::Number("0.001".parse().unwrap())
        ]
    );
    let numbers: Vec<_> = table.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [7, 8, 9]);
}

#[test]
fn reading_a_workbook_can_be_resumed() {
    let mut rows = String::new();
    for number in 1..50 {
        let place = number * 2;
        write!(rows, "<row r=\"{place}\"><c><v>{number}</v></c></row>").unwrap();
    }
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let bytes = workbook(sheet.as_bytes(), b"<sst/>");
    for header in [true, false] {
        let dialect = Dialect {
            header,
            ..Dialect::of(Kind::Xlsx)
        };
        for stop in [0, 1, 19, 20, 21, 40] {
            let open = || Rows::open(Cursor::new(&bytes), &dialect, &Limits::default()).unwrap();
            let mut first = open();
            first.advance(stop).unwrap();
            let mut second = open();
            second.resume(&first.position()).unwrap();
            let first: Vec<_> = first.map(Result::unwrap).collect();
            let second: Vec<_> = second.map(Result::unwrap).collect();
            assert_eq!(first.len() as u64, 49 - u64::from(header) - stop);
            assert_eq!(first, second);
        }
    }
}
