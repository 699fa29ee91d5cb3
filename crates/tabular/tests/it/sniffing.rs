//! How a file is written is found out from the file alone.

use std::io::Cursor;

use kith_tabular::{
    Cell, Dialect, Encoding, Escape, Format, Hint, Kind, LineEnding, Writer, sniff, sniff_source,
};
use proptest::prelude::*;

fn found(bytes: &[u8]) -> Dialect {
    sniff(bytes, true, &Hint::default()).unwrap()
}

#[test]
fn delimiters_and_quotes() {
    for (text, delimiter, quote, escape) in [
        ("name,mail\nAda,a@b.c\n", ',', '"', Escape::Doubled),
        (
            "name;amount\nAda;1.234,56\nBob;7,50\n",
            ';',
            '"',
            Escape::Doubled,
        ),
        (
            "name;note\nA;hello, world\nB;hi, there\n",
            ';',
            '"',
            Escape::Doubled,
        ),
        (
            "name\tnote\nA\thello, world; and more\n",
            '\t',
            '"',
            Escape::Doubled,
        ),
        ("a|b|c\n1|2|3\n", '|', '"', Escape::Doubled),
        ("a^b^c\n1^2^3\n4^5^6\n", '^', '"', Escape::Doubled),
        ("a:b:c\n1:2:3\n4:5:6\n", ':', '"', Escape::Doubled),
        ("time\n10:30\n11:45\n", ',', '"', Escape::Doubled),
        (
            "name\nDoe, John\nRoe, Jane and Jack\nX\n",
            ',',
            '"',
            Escape::Doubled,
        ),
        (
            "'a','b'\n'1, 2','3'\n'it''s','x'\n",
            ',',
            '\'',
            Escape::Doubled,
        ),
        ("a,b\nit's,'tis\n", ',', '"', Escape::Doubled),
        (
            "a,b\n\"say \\\"hi\\\", ok\",1\n\"x\",2\n",
            ',',
            '"',
            Escape::Backslash,
        ),
        ("sep=;\na,b;c\n1,2;3\n", ';', '"', Escape::Doubled),
        (
            "\"a,b,c\";\"d\"\n\"1,2,3\";\"4\"\n",
            ';',
            '"',
            Escape::Doubled,
        ),
        ("id;a;b\n1;;\n2;;\n3;x;\n", ';', '"', Escape::Doubled),
        (
            "Report of May, all regions\na;b;c\n1;2;3\n4;5;6\n7;8;9\n",
            ';',
            '"',
            Escape::Doubled,
        ),
    ] {
        let dialect = found(text.as_bytes());
        assert_eq!(
            (dialect.delimiter, dialect.quote, dialect.escape),
            (delimiter, Some(quote), escape),
            "{text}"
        );
    }
}

#[test]
fn encodings() {
    let text = "name;city\nJürgen;Köln\n";
    let wide: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let latin = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    let cyrillic = "имя\tгород\nАнна\tМосква\n";
    let cyrillic: Vec<u8> = cyrillic.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (marked(b"\xef\xbb\xbf", text.as_bytes()), Encoding::Utf8),
        (marked(b"\xff\xfe", &little), Encoding::Utf16Le),
        (marked(b"\xfe\xff", &big), Encoding::Utf16Be),
        (little, Encoding::Utf16Le),
        (big, Encoding::Utf16Be),
        (cyrillic, Encoding::Utf16Le),
        (latin, Encoding::Windows1252),
    ] {
        let dialect = found(&bytes);
        assert_eq!(dialect.encoding, encoding);
        let table = super::support::read_as(&bytes, &dialect).unwrap();
        assert_eq!(
            (table.header.len(), table.rows.len()),
            (2, 1),
            "{encoding:?}"
        );
        assert!(table.rows[0].issues.is_empty());
    }
}

#[test]
fn a_character_cut_by_the_end_of_the_sample_is_no_error() {
    let text = format!("a\n{}é", "x".repeat(100));
    let dialect = sniff(&text.as_bytes()[..text.len() - 1], false, &Hint::default()).unwrap();
    assert_eq!(dialect.encoding, Encoding::Utf8);
}

#[test]
fn an_umlaut_far_behind_the_sample_tells_the_encoding() {
    let mut bytes = b"name,city\n".to_vec();
    for _ in 0..40_000 {
        bytes.extend(b"Somebody,Somewhere\n");
    }
    let latin = [&bytes[..], b"J\xfcrgen,K\xf6ln\n"].concat();
    let utf8 = [&bytes[..], "Jürgen,Köln\n".as_bytes()].concat();
    for (bytes, encoding) in [(latin, Encoding::Windows1252), (utf8, Encoding::Utf8)] {
        let dialect = sniff_source(&mut Cursor::new(bytes), &Hint::default()).unwrap();
        assert_eq!(dialect.encoding, encoding);
    }
}

#[test]
fn line_endings() {
    for (text, expected) in [
        ("a\nb\n", LineEnding::Lf),
        ("a\r\nb\r\n", LineEnding::Crlf),
        ("a\rb\r", LineEnding::Cr),
        ("a\nb\r\nc\rd", LineEnding::Mixed),
    ] {
        assert_eq!(found(text.as_bytes()).line_ending, expected);
    }
}

#[test]
fn kinds() {
    assert_eq!(found(b"{\"a\":1}\n{\"a\":2}\n").kind, Kind::Ndjson);
    assert_eq!(found(b"{id},name\n1,2\n").kind, Kind::Csv);
    let (workbook, _) = Writer::new(Vec::new(), &Format::of(Kind::Xlsx), &["a"])
        .unwrap()
        .finish()
        .unwrap();
    assert_eq!(found(&workbook).kind, Kind::Xlsx);
}

proptest! {
    #[test]
    fn the_dialect_of_a_written_file_is_recovered(
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        (crlf, bom) in any::<(bool, bool)>(),
        width in 2..7_usize,
        seed in prop::collection::vec("[a-zA-Z0-9 ,;|\t\"'\nä.:/-]{0,12}", 12..60),
    ) {
        let header: Vec<String> = (0..width).map(|index| format!("Column {index}")).collect();
        let format = Format { delimiter, crlf, bom, ..Format::default() };
        let mut writer = Writer::new(Vec::new(), &format, &header).unwrap();
        for row in seed.chunks_exact(width) {
            let cells: Vec<Cell> = row.iter().map(Cell::text).collect();
            writer.write(&cells).unwrap();
        }
        let (bytes, _) = writer.finish().unwrap();
        let dialect = found(&bytes);
        prop_assert_eq!(dialect.delimiter, delimiter);
        prop_assert_eq!(dialect.quote, Some('"'));
        prop_assert_eq!(dialect.escape, Escape::Doubled);
        prop_assert_eq!(dialect.encoding, Encoding::Utf8);
        prop_assert_eq!(dialect.kind, Kind::Csv);
    }
}
