//! What is written is read back, and other programs read the same.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::Reader as _;
use jiff::ToSpan;
use jiff::civil::date;
use kith_tabular::{Cell, Dialect, Encoding, Format, Kind, Writer, write::guard};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::support::{read_as, texts};

/// Text with everything that has a meaning in some dialect, and anything else but NUL.
fn text() -> impl Strategy<Value = String> {
    let tricky = prop::sample::select(vec![
        "\"", "'", ",", ";", "\t", "|", "\n", "\r", "\r\n", " ", "=", "+", "-", "@", "＝", "\\",
        "_x000D_", "&amp;", "<", "]]>", "\u{feff}", "sep=,", "ä", "😀", "1", "-1.5", "a",
    ]);
    let any = any::<char>().prop_filter("NUL is never stored", |c| *c != '\0');
    prop::collection::vec(
        prop_oneof![3 => tricky.prop_map(str::to_owned), 1 => any.prop_map(String::from)],
        0..8,
    )
    .prop_map(|parts| parts.concat())
}

fn header() -> impl Strategy<Value = Vec<String>> {
    let name = "[a-zA-Z=@+'ä,;\"-][a-z ,;|\"']{0,6}[a-z\"=]";
    prop::collection::btree_set(name, 1..6)
        .prop_map(|names: BTreeSet<String>| names.into_iter().collect())
}

fn table<C: Strategy<Value = Cell>>(
    cell: impl Fn() -> C,
) -> impl Strategy<Value = (Vec<String>, Vec<Vec<Cell>>)> {
    header().prop_flat_map(move |names| {
        let row = prop::collection::vec(cell(), names.len());
        (Just(names), prop::collection::vec(row, 0..6))
    })
}

fn write(format: &Format, header: &[String], rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), format, header).unwrap();
    for row in rows {
        writer.write(row).unwrap();
    }
    let (bytes, written) = writer.finish().unwrap();
    assert_eq!(written.rows, rows.len() as u64);
    bytes
}

fn text_cell() -> impl Strategy<Value = Cell> {
    text().prop_map(Cell::text)
}

fn number() -> impl Strategy<Value = Cell> {
    (any::<i64>(), 0..12_u32)
        .prop_map(|(mantissa, scale)| Cell::Number(Decimal::new(mantissa, scale).normalize()))
}

fn typed_cell() -> impl Strategy<Value = Cell> {
    let days = 0..2_000_000_i32;
    prop_oneof![
        text_cell(),
        any::<bool>().prop_map(Cell::Bool),
        number(),
        days.clone().prop_filter_map("a date", |days| {
            let day = date(1900, 3, 1).checked_add(days.days()).ok()?;
            Some(Cell::Date(day))
        }),
        (days, 0..86_400_000_i64).prop_filter_map("a moment", |(days, millis)| {
            let day = date(1900, 3, 1).checked_add(days.days()).ok()?;
            let moment = day.at(0, 0, 0, 0).checked_add(millis.milliseconds()).ok()?;
            Some(Cell::DateTime(moment))
        }),
    ]
}

fn json_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Empty),
        text().prop_map(Cell::Text),
        any::<bool>().prop_map(Cell::Bool),
        number(),
        prop::collection::vec(text(), 0..3).prop_map(|list| Cell::Json(list.into())),
    ]
}

/// A file in UTF-8 as another encoding would have it.
fn encode(bytes: &[u8], encoding: Encoding) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    match encoding {
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => bytes.to_vec(),
    }
}

proptest! {
    #[test]
    fn csv_in_every_dialect(
        (header, rows) in table(text_cell),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|', '^', ':', ' ']),
        (bom, crlf) in any::<(bool, bool)>(),
        encoding in prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]),
    ) {
        let format = Format { delimiter, bom, crlf, ..Format::default() };
        let bytes = write(&format, &header, &rows);
        let dialect = Dialect { delimiter, encoding, ..Dialect::default() };
        let table = read_as(&encode(&bytes, encoding), &dialect).unwrap();
        prop_assert_eq!(&table.header, &header);
        prop_assert_eq!(table.rows.len(), rows.len());
        for (row, cells) in table.rows.iter().zip(&rows) {
            prop_assert_eq!(&row.cells, cells);
            prop_assert!(row.issues.is_empty(), "{:?}", row.issues);
        }
        // An independent reader sees the same text, with its guard.
        let body = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        let mut oracle = csv::ReaderBuilder::new()
            .delimiter(u8::try_from(delimiter).unwrap())
            .from_reader(body);
        for (record, cells) in oracle.records().zip(&rows) {
            let record: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
            let expected: Vec<String> =
                texts(cells).iter().map(|text| guard::guard(text).into_owned()).collect();
            prop_assert_eq!(record, expected);
        }
    }

    #[test]
    fn csv_in_windows_1252(
        cells in prop::collection::vec("[a-z,\"\n€äöüßéÿ=+ -]{0,6}", 3),
    ) {
        let header = ["a", "b", "c"].map(str::to_owned);
        let cells: Vec<Cell> = cells.into_iter().map(Cell::text).collect();
        let bytes = write(&Format::default(), &header, std::slice::from_ref(&cells));
        let (bytes, _, lossy) =
            encoding_rs::WINDOWS_1252.encode(std::str::from_utf8(&bytes).unwrap());
        prop_assert!(!lossy);
        let dialect = Dialect { encoding: Encoding::Windows1252, ..Dialect::default() };
        let table = read_as(&bytes, &dialect).unwrap();
        prop_assert_eq!(&table.rows[0].cells, &cells);
    }

    #[test]
    fn ndjson((header, rows) in table(json_cell)) {
        let bytes = write(&Format::of(Kind::Ndjson), &header, &rows);
        let table = read_as(&bytes, &Dialect::of(Kind::Ndjson)).unwrap();
        prop_assert_eq!(table.rows.len(), rows.len());
        for (row, cells) in table.rows.iter().zip(&rows) {
            prop_assert_eq!(&table.header, &header);
            prop_assert_eq!(&row.cells, cells);
        }
        let lines = std::str::from_utf8(&bytes).unwrap().lines();
        for (line, cells) in lines.zip(&rows) {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            for (name, cell) in header.iter().zip(cells) {
                if let Cell::Text(text) = cell {
                    prop_assert_eq!(object[name].as_str(), Some(text.as_str()));
                }
            }
        }
    }

    #[test]
    fn xlsx((header, rows) in table(typed_cell)) {
        let bytes = write(&Format::of(Kind::Xlsx), &header, &rows);
        let table = read_as(&bytes, &Dialect::of(Kind::Xlsx)).unwrap();
        prop_assert_eq!(&table.header, &header);
        // A row of empty cells leaves no trace in a workbook.
        let filled: Vec<_> = rows
            .iter()
            .filter(|row| row.iter().any(|cell| *cell != Cell::Empty))
            .collect();
        prop_assert_eq!(table.rows.len(), filled.len());
        for (row, cells) in table.rows.iter().zip(filled) {
            for (found, cell) in row.cells.iter().zip(cells) {
                match cell {
                    // Excel keeps 15 digits; longer numbers are written as text.
                    Cell::Number(number) => prop_assert_eq!(found.as_text(), number.to_string()),
                    // A date format alone doesn't tell midnight from a whole day.
                    cell => prop_assert_eq!(found, cell),
                }
            }
            prop_assert!(row.issues.is_empty(), "{:?}", row.issues);
        }
        // An independent reader sees the same text, and no formulas.
        let mut oracle: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
        let sheet = oracle.worksheet_range("Data").unwrap();
        for (index, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let place = (u32::try_from(index).unwrap() + 1, u32::try_from(column).unwrap());
                if let (Cell::Text(text), Some(found)) = (cell, sheet.get_value(place))
                    && !text.contains(['\r', '\u{fffe}', '\u{ffff}'])
                    && !text.chars().any(char::is_control)
                    && !text.contains("_x")
                {
                    prop_assert_eq!(&found.to_string(), text);
                }
            }
        }
        prop_assert!(oracle.worksheet_formula("Data").unwrap().is_empty());
    }
}

#[test]
fn text_longer_than_excel_takes_is_cut_and_counted() {
    let long = "ä".repeat(40_000);
    let mut writer = Writer::new(Vec::new(), &Format::of(Kind::Xlsx), &["a"]).unwrap();
    writer.write(&[Cell::Text(long)]).unwrap();
    let (bytes, written) = writer.finish().unwrap();
    assert_eq!(written.cut, 1);
    let table = read_as(&bytes, &Dialect::of(Kind::Xlsx)).unwrap();
    assert_eq!(table.rows[0].cells[0].as_text().chars().count(), 32_767);
}

#[test]
fn a_row_of_another_width_is_refused() {
    for kind in [Kind::Csv, Kind::Ndjson, Kind::Xlsx] {
        let mut writer = Writer::new(Vec::new(), &Format::of(kind), &["a", "b"]).unwrap();
        assert!(writer.write(&[Cell::Empty]).is_err());
    }
}
