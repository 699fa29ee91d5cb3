//! Workbooks put together by hand.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELS: &str = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/><Relationship Id="r3" Type="x/styles" Target="y.xml"/></Relationships>"#;
pub(crate) const BOOK: &str =
    r#"<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#;
/// An archive whose headers claim that every part unpacks to `claimed` bytes.
pub(crate) fn archive(parts: &[(&str, Vec<u8>)], claimed: u32) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let mut crc = Crc::new();
        crc.update(content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let at = u32::try_from(out.len()).unwrap();
        let length = u16::try_from(name.len()).unwrap();
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        common.extend(claimed.to_le_bytes());
        common.extend(length.to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(out.len()).unwrap();
    let count = u16::try_from(parts.len()).unwrap();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A workbook of one sheet that lies about its sizes.
pub(crate) fn workbook(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    styled(BOOK, sheet, strings, b"<styleSheet/>")
}

/// A workbook with its own table of contents and styles.
pub(crate) fn styled(book: &str, sheet: &[u8], strings: &[u8], styles: &[u8]) -> Vec<u8> {
    archive(
        &[
            ("_rels/.rels", RELS.into()),
            ("xl/workbook.xml", book.into()),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS.into()),
            ("xl/s.xml", sheet.to_vec()),
            ("xl/t.xml", strings.to_vec()),
            ("xl/y.xml", styles.to_vec()),
        ],
        10,
    )
}
