//! No bytes whatever make the readers panic, and no way of delivering them changes what is read.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use kith_tabular::{
    Cell, Dialect, Encoding, Escape, Format, Hint, Kind, Limits, Row, Rows, TabularError, Writer,
    sniff, sniff_source,
};
use proptest::prelude::*;

/// Bytes that often mean something.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let tricky = prop::sample::select(vec![
        &b"\""[..],
        b"'",
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b" ",
        b"\\",
        b"a",
        b"\"\"",
        b"{\"a\":",
        b"}",
        b"1",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"sep=,\n",
        b"\xd8\x3d",
        b"\xde\x00",
    ]);
    prop::collection::vec(
        prop_oneof![4 => tricky.prop_map(<[u8]>::to_vec), 1 => any::<u8>().prop_map(|b| vec![b])],
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

fn dialect() -> impl Strategy<Value = Dialect> {
    (
        prop::sample::select(vec![Kind::Csv, Kind::Csv, Kind::Ndjson]),
        prop::sample::select(vec![
            Encoding::Utf8,
            Encoding::Utf16Le,
            Encoding::Utf16Be,
            Encoding::Windows1252,
        ]),
        prop::sample::select(vec![',', ';', '\t', ' ']),
        prop::sample::select(vec![Some('"'), Some('\''), None]),
        prop::sample::select(vec![Escape::Doubled, Escape::Backslash]),
        any::<bool>(),
        0..3_u64,
    )
        .prop_map(
            |(kind, encoding, delimiter, quote, escape, header, skip_lines)| Dialect {
                kind,
                encoding,
                delimiter,
                quote,
                escape,
                header,
                skip_lines,
                ..Dialect::default()
            },
        )
}

/// Small bounds, so that small files reach them.
fn tight() -> Limits {
    Limits {
        cell_bytes: 12,
        row_bytes: 40,
        columns: 6,
        quoted_lines: 3,
        ..Limits::default()
    }
}

/// Delivers a few bytes at a time.
struct Trickle<'a>(Cursor<&'a [u8]>, usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = buffer.len().min(self.1);
        self.0.read(&mut buffer[..size])
    }
}

impl Seek for Trickle<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

fn all<R: Read + Seek>(rows: Rows<R>) -> Result<Vec<Row>, String> {
    rows.collect::<Result<_, _>>()
        .map_err(|error: TabularError| error.to_string())
}

proptest! {
    #[test]
    fn text_is_read_the_same_however_it_arrives(
        bytes in bytes(),
        dialect in dialect(),
        piece in 1..5_usize,
    ) {
        let limits = tight();
        let whole = Rows::open(Cursor::new(&bytes[..]), &dialect, &limits);
        let pieces = Rows::open(Trickle(Cursor::new(&bytes[..]), piece), &dialect, &limits);
        match (whole, pieces) {
            (Ok(whole), Ok(pieces)) => {
                prop_assert_eq!(whole.header(), pieces.header());
                let width = whole.header().len();
                let rows = all(whole);
                prop_assert_eq!(&rows, &all(pieces));
                for row in rows.unwrap_or_default() {
                    prop_assert_eq!(row.cells.len(), width);
                    for cell in &row.cells {
                        if let Cell::Text(text) = cell {
                            // U+FFFD takes more room than the byte that it stands for.
                            prop_assert!(text.len() <= limits.cell_bytes * 3);
                            prop_assert!(!text.contains('\0'));
                        }
                    }
                }
            }
            (Err(whole), Err(pieces)) => prop_assert_eq!(whole.to_string(), pieces.to_string()),
            (whole, pieces) => prop_assert!(false, "{:?} {:?}", whole.is_ok(), pieces.is_ok()),
        }
    }

    #[test]
    fn reading_can_be_resumed_anywhere(bytes in bytes(), dialect in dialect(), stop in 0..4_u64) {
        let limits = tight();
        let Ok(mut first) = Rows::open(Cursor::new(&bytes[..]), &dialect, &limits) else {
            return Ok(());
        };
        if first.advance(stop).is_err() {
            return Ok(());
        }
        let position = first.position();
        let stored = serde_json::to_string(&position).unwrap();
        let mut second = Rows::open(Cursor::new(&bytes[..]), &dialect, &limits).unwrap();
        second.resume(&serde_json::from_str(&stored).unwrap()).unwrap();
        prop_assert_eq!(all(first), all(second));
    }

    #[test]
    fn sniffing_any_bytes_gives_a_usable_dialect_or_a_reason(bytes in bytes()) {
        if let Ok(dialect) = sniff(&bytes, true, &Hint::default()) {
            prop_assert!(dialect.validate().is_ok());
            let text = serde_json::to_string(&dialect).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Dialect>(&text).unwrap(), &dialect);
            let _ = Rows::open(Cursor::new(&bytes[..]), &dialect, &Limits::default()).map(all);
        }
        let mut source = Cursor::new(&bytes[..]);
        prop_assert_eq!(
            sniff_source(&mut source, &Hint::default()).map_err(|error| error.to_string()),
            sniff(&bytes, true, &Hint::default()).map_err(|error| error.to_string())
        );
    }

    #[test]
    fn damaged_workbooks_are_read_or_refused(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut writer = Writer::new(Vec::new(), &Format::of(Kind::Xlsx), &["a", "b"]).unwrap();
        for number in 0..20 {
            writer.write(&[Cell::text(format!("text {number}")), Cell::Number(number.into())]).unwrap();
        }
        let (mut bytes, _) = writer.finish().unwrap();
        for (place, byte) in &places {
            let at = place.index(bytes.len());
            bytes[at] = *byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = Rows::open(Cursor::new(&bytes[..]), &Dialect::of(Kind::Xlsx), &tight()).map(all);
        let _ = sniff(&bytes, true, &Hint::default());
    }
}
