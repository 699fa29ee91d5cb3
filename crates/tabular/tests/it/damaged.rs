//! Files that are broken in ways that real ones are.

use std::fmt::Write;

use kith_kernel::{ErrorCode, Failure};
use kith_tabular::{
    Dialect, Encoding, Escape, Hint, Kind, Limits, RowIssue, Rows, TabularError, sniff,
};

use super::support::{read, read_as};

/// The rows of a CSV text as `cell|cell` and the issues as text.
fn lines(text: &str, dialect: &Dialect) -> (Vec<String>, Vec<String>) {
    let table = read_as(text.as_bytes(), dialect).unwrap();
    let cells = table.cells().iter().map(|cells| cells.join("|")).collect();
    let issues = table
        .rows
        .iter()
        .flat_map(|row| {
            row.issues
                .iter()
                .map(move |issue| format!("{}: {issue}", row.line))
        })
        .collect();
    (cells, issues)
}

#[test]
fn quotes_are_understood_or_reported() {
    let unclosed = |line, column| {
        format!("{line}: The quote that begins cell {column} on line {line} is never closed.")
    };
    let stray =
        |line, column| format!("{line}: Cell {column} has a quote in the middle of its text.");
    for (text, cells, issues) in [
        ("a,b\n\"x\",\"y\"\n", vec!["x|y"], vec![]),
        ("a,b\n \"x\" , \"y\"\n", vec!["x|y"], vec![]),
        ("a,b\n5\" pipe,y\n", vec!["5\" pipe|y"], vec![]),
        (
            "a,b\n\"Foo\" bar,y\n",
            vec!["\"Foo\" bar|y"],
            vec![stray(2, 1)],
        ),
        (
            "a,b\n\"ha \"ha\" ha\",y\n",
            vec!["ha \"ha\" ha|y"],
            vec![stray(2, 1)],
        ),
        (
            "a,b\n\"5\" x 3\"\"\",y\n",
            vec!["5\" x 3\"|y"],
            vec![stray(2, 1)],
        ),
        (
            "a,b\nx,\"open\ny,z\n",
            vec!["x|open", "y|z"],
            vec![unclosed(2, 2)],
        ),
        (
            "a,b\nx,\"open\ny,\"z\"\n",
            vec!["x|open", "y|z"],
            vec![unclosed(2, 2)],
        ),
        (
            "a,b\n\"open,y\n\"z\",w\n",
            vec!["open|y", "z|w"],
            vec![unclosed(2, 1)],
        ),
        (
            "a,b\nx,\"one\ntwo 5\" three\",\n",
            vec!["x|one\ntwo 5\" three"],
            vec![stray(2, 2)],
        ),
        ("a,b\nx,\"", vec!["x|"], vec![unclosed(2, 2)]),
        ("a,b\nx,\"\"", vec!["x|"], vec![]),
    ] {
        let (found, reported) = lines(text, &Dialect::default());
        assert_eq!(found, cells, "{text:?}");
        assert_eq!(reported, issues, "{text:?}");
    }
}

#[test]
fn backslashes_escape_where_the_dialect_says_so() {
    let dialect = Dialect {
        escape: Escape::Backslash,
        ..Dialect::default()
    };
    let (cells, issues) = lines("a,b\n\"say \\\"hi\\\"\",\"c:\\\\d \\n\"\n", &dialect);
    assert_eq!(cells, ["say \"hi\"|c:\\d \\n"]);
    assert_eq!(issues, Vec::<String>::new());
}

#[test]
fn a_quote_open_over_a_thousand_lines_is_unclosed() {
    let mut text = "a,b\nx,\"open\n".to_owned();
    for number in 0..1_500 {
        writeln!(text, "{number},y").unwrap();
    }
    text.push_str("z,\"end\"\n");
    let table = read(text.as_bytes(), "a.csv").unwrap();
    assert_eq!(table.rows.len(), 1_502);
    assert_eq!(
        table.rows[0].issues,
        [RowIssue::UnclosedQuote { line: 2, column: 2 }]
    );
    assert_eq!(table.cells()[1], ["0", "y"]);
    assert_eq!(table.cells()[1_501], ["z", "end"]);
    // Within the bound it is a cell of many lines.
    let text = format!("a,b\nx,\"{}\"\ny,z\n", "line\n".repeat(900));
    let table = read(text.as_bytes(), "a.csv").unwrap();
    assert_eq!(
        (table.rows.len(), table.rows[1].line, table.rows[1].number),
        (2, 903, 3)
    );
}

#[test]
fn endless_open_quotes_end_the_reading() {
    // Every line opens a quote that only the scan of a thousand further lines proves unclosed.
    let text = format!("a\n{}", "\"x\n".repeat(3_000));
    let table = read(text.as_bytes(), "a.csv").unwrap();
    assert_eq!(table.rows.len(), 3_000);
    // Where each costs a long search, there is an end to it.
    let limits = Limits {
        row_bytes: 100,
        quoted_lines: 3,
        ..Limits::default()
    };
    let text = format!("a\n{}", "\"x\ny\ny\ny\ny\n".repeat(5_000));
    let rows = Rows::open(std::io::Cursor::new(text), &Dialect::default(), &limits).unwrap();
    let results: Vec<_> = rows.collect();
    let (last, before) = results.split_last().unwrap();
    assert!(before.iter().all(Result::is_ok));
    assert!(matches!(last, Err(TabularError::Limit(_))), "{last:?}");
}

#[test]
fn ragged_rows_lose_nothing_silently() {
    let table = read(b"a,b,c\n1\n1,2,3,4,,5\n1,2,3,,\n\n,,\n", "a.csv").unwrap();
    assert_eq!(
        table.cells(),
        [
            ["1", "", ""],
            ["1", "2", "3"],
            ["1", "2", "3"],
            ["", "", ""]
        ]
    );
    let given: Vec<_> = table.rows.iter().map(|row| row.given).collect();
    assert_eq!(given, [1, 6, 5, 3]);
    assert_eq!(
        table.rows[1].issues,
        [RowIssue::TooManyCells {
            expected: 3,
            found: 6,
            extra: vec!["4".to_owned(), String::new(), "5".to_owned()],
        }]
    );
    assert!(table.rows[1].fault().is_some());
    assert!(table.rows[2].issues.is_empty());
    assert!(table.rows[3].is_blank());
    let numbers: Vec<_> = table.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [2, 3, 4, 6]);
}

#[test]
fn undecodable_bytes_and_nul_are_reported() {
    let text = "naïve façade, ünïcödé\n".repeat(20);
    let mut bytes = format!("a,b\n{text}").into_bytes();
    bytes.extend(b"caf\xe9,x\0y\n");
    let table = read(&bytes, "a.csv").unwrap();
    assert_eq!(table.dialect.encoding, Encoding::Utf8);
    let last = table.rows.last().unwrap();
    assert_eq!(
        table.cells().last().unwrap(),
        &["caf\u{fffd}", "x\u{fffd}y"]
    );
    assert_eq!(
        last.issues,
        [
            RowIssue::Undecodable {
                column: Some(1),
                bytes: "E9".to_owned()
            },
            RowIssue::NulReplaced { column: 2 },
        ]
    );
    // A replacement character that stands in the file is text like any other.
    let table = read("a\n\u{fffd}\n".as_bytes(), "a.csv").unwrap();
    assert!(table.rows[0].issues.is_empty());
    // Bytes that Windows-1252 doesn't assign, and half a character of UTF-16.
    let dialect = Dialect {
        encoding: Encoding::Windows1252,
        ..Dialect::default()
    };
    let table = read_as(b"a\n\x81\xe9\n", &dialect).unwrap();
    assert_eq!(table.cells()[0], ["\u{fffd}é"]);
    assert_eq!(table.rows[0].issues.len(), 1);
    let dialect = Dialect {
        encoding: Encoding::Utf16Le,
        ..Dialect::default()
    };
    let table = read_as(b"a\0\n\0b\0\x3d\xd8c\0\n\0d", &dialect).unwrap();
    assert_eq!(table.rows.len(), 2);
    assert!(table.rows.iter().all(|row| row.fault().is_some()));
}

#[test]
fn bounds_are_reported_on_their_row() {
    let limits = Limits {
        cell_bytes: 10,
        row_bytes: 30,
        columns: 3,
        ..Limits::default()
    };
    let open = |text: String| Rows::open(std::io::Cursor::new(text), &Dialect::default(), &limits);
    let text = format!("a,b\nééééééé,x\n{},x\nlast,row\n", "y".repeat(100));
    let rows: Vec<_> = open(text).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[0].cells[0].as_text(), "ééééé");
    assert_eq!(
        rows[0].issues,
        [RowIssue::CellTooLong {
            column: 1,
            limit: 10
        }]
    );
    assert_eq!(rows[1].issues, [RowIssue::RowTooLong { limit: 30 }]);
    assert_eq!((rows[1].number, rows[1].line), (3, 3));
    assert_eq!(rows[2].cells[1].as_text(), "row");
    let wide = open("a,b,c,d\n".to_owned())
        .err()
        .map(Failure::from)
        .unwrap();
    assert_eq!(wide.code, ErrorCode::LimitExceeded);
    let empty = open("a,b,c,,,\n1,2,3,,,\n".to_owned()).unwrap();
    assert_eq!(empty.header(), ["a", "b", "c"]);
}

#[test]
fn ndjson_is_flattened_and_its_faults_are_reported() {
    let text = concat!(
        "{\"id\":1,\"name\":{\"first\":\"Ada\",\"last\":\"L\"},\"tags\":[\"x\",1],\"ok\":true}\n",
        "\n",
        "{\"id\":12345678901234567890.125,\"id\":2,\"gone\":null}\r\n",
        "not json\n",
        "[1]\n",
        "{\"id\":3} trailing\n",
        "{\"id\":1e400,\"name.first\":\"B\"}",
    );
    let table = read(text.as_bytes(), "a.ndjson").unwrap();
    assert_eq!(table.dialect.kind, Kind::Ndjson);
    assert_eq!(
        table.header,
        ["id", "name.first", "name.last", "tags", "ok", "gone"]
    );
    let rows = table.cells();
    assert_eq!(rows[0], ["1", "Ada", "L", "[\"x\",1]", "true", ""]);
    assert_eq!(rows[1][0], "2");
    assert_eq!(rows[5][..2], ["1e400", "B"]);
    let issues: Vec<_> = table
        .rows
        .iter()
        .flat_map(|row| {
            row.issues
                .iter()
                .map(move |issue| format!("{}: {issue}", row.line))
        })
        .collect();
    assert_eq!(
        issues,
        [
            "3: The key id stands twice in the row.",
            "4: The row can't be read: every line must be one JSON object.",
            "5: The row can't be read: every line must be one JSON object.",
            "6: The row can't be read: trailing characters at character 10.",
        ]
    );
    let mut text = "{\"a\":1}\n".repeat(1_000);
    text.push_str("{\"a\":2,\"late\":3}\n");
    let table = read(text.as_bytes(), "a.ndjson").unwrap();
    assert_eq!(
        table.rows[1_000].issues,
        [RowIssue::UnknownKeys {
            keys: vec!["late".to_owned()]
        }]
    );
}

#[test]
fn deep_json_is_bounded() {
    let deep = format!(
        "{{\"a\":{}1{}}}\n",
        "{\"b\":".repeat(5_000),
        "}".repeat(5_000)
    );
    let table = read(format!("{{\"a\":1}}\n{deep}").as_bytes(), "a.ndjson").unwrap();
    assert!(table.rows[1].fault().is_some());
    let lists = format!("{{\"a\":{}{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    let table = read_as(lists.as_bytes(), &Dialect::of(Kind::Ndjson)).unwrap();
    assert!(table.rows[0].fault().is_some());
}

#[test]
fn other_files_are_refused_with_what_to_do() {
    for (head, name, expected) in [
        (
            &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..],
            "a.xls",
            "old Excel workbook",
        ),
        (
            b"PK\x03\x04\x14\0\0\0\0\0....word/document.xml",
            "a.docx",
            "text document",
        ),
        (b"PK\x03\x04\x14\0\0\0\0\0....a.csv", "a.zip", "ZIP archive"),
        (
            b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "a.ods",
            "OpenDocument",
        ),
        (b"\x1f\x8b\x08", "a.csv.gz", "gzip"),
        (b"%PDF-1.7", "a.csv", "PDF"),
        (b"<html><table>", "a.xls", "HTML or XML"),
        (b"[{\"a\":1},{\"a\":2}]", "a.json", "one JSON array"),
        (b"{\n  \"a\": 1\n}", "a.json", "spread over several lines"),
        (
            b"\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11",
            "a.csv",
            "not a text file",
        ),
        (b"", "a.csv", "empty"),
        (b" \r\n\r\n", "a.csv", "empty"),
        (b"\xef\xbb\xbf", "a.csv", "empty"),
    ] {
        let hint = Hint {
            file_name: Some(name),
            content_type: None,
        };
        let failure = Failure::from(sniff(head, true, &hint).unwrap_err());
        assert!(
            failure.message.contains(expected),
            "{name}: {}",
            failure.message
        );
        assert_ne!(failure.code, ErrorCode::Internal);
    }
}

#[test]
fn dialects_that_cannot_work_are_refused() {
    for (dialect, field) in [
        (
            Dialect {
                delimiter: 'x',
                ..Dialect::default()
            },
            "delimiter",
        ),
        (
            Dialect {
                delimiter: '\n',
                ..Dialect::default()
            },
            "delimiter",
        ),
        (
            Dialect {
                delimiter: '§',
                ..Dialect::default()
            },
            "delimiter",
        ),
        (
            Dialect {
                quote: Some(','),
                ..Dialect::default()
            },
            "quote",
        ),
    ] {
        let failure = read_as(b"a,b\n", &dialect)
            .err()
            .map(Failure::from)
            .unwrap();
        assert_eq!(failure.fields[0].field, format!("dialect.{field}"));
    }
}
