//! Files as other programs wrote them.

use std::fs;

use kith_tabular::{Dialect, Encoding, RowIssue};

use super::support::{read, real_data, texts};

#[test]
fn real_files_have_their_rows_and_columns() {
    let Some(data) = real_data() else { return };
    for (file, rows, columns) in [
        ("maven-crm/accounts.csv", 85, 7),
        ("maven-crm/data_dictionary.csv", 21, 3),
        ("maven-crm/products.csv", 7, 3),
        ("maven-crm/sales_pipeline.csv", 8_800, 8),
        ("maven-crm/sales_teams.csv", 35, 3),
        ("hubspot-academy/Sample_Deal_Import-1.csv", 1, 12),
        ("hubspot-academy/companies.csv", 1, 8),
        ("hubspot-academy/contacts_sample_import-1.csv", 11, 14),
        ("atomic-crm/contacts.csv", 500, 24),
        ("atomic-crm/contacts_export.csv", 2, 18),
        ("datablist/customers-100.csv", 100, 12),
        ("datablist/customers-1000.csv", 1_000, 12),
        ("datablist/leads-100.csv", 100, 14),
        ("datablist/leads-1000.csv", 1_000, 14),
        ("datablist/leads-duplicates-1000.csv", 1_000, 14),
        ("datablist/messy-company-data-1000.csv", 1_000, 17),
        ("datablist/organizations-100.csv", 100, 10),
        ("datablist/organizations-1000.csv", 1_000, 10),
        ("datablist/organizations-duplicates-1000.csv", 1_000, 10),
        ("datablist/people-100.csv", 100, 9),
        ("datablist/people-1000.csv", 1_000, 9),
        ("lead-scoring/x-education-train.csv", 6_520, 37),
        ("dedup/febrl-dataset1.csv", 1_000, 11),
        ("dedup/splink-fake-1000.csv", 1_000, 7),
    ] {
        let bytes = fs::read(data.join(file)).unwrap();
        let table = read(&bytes, file).unwrap();
        assert_eq!(table.header.len(), columns, "columns of {file}");
        assert_eq!(table.rows.len(), rows, "rows of {file}");
        for row in &table.rows {
            assert_eq!(row.issues, [], "{file} row {}", row.number);
            assert_eq!(row.given, columns, "{file} row {}", row.number);
        }
        // An independent reader sees the same cells.
        let mut oracle = csv::ReaderBuilder::new().from_reader(&bytes[..]);
        for (row, record) in table.rows.iter().zip(oracle.records()) {
            let record: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
            assert_eq!(texts(&row.cells), record, "{file} row {}", row.number);
        }
    }
}

#[test]
fn header_rows_of_other_programs_are_read() {
    let Some(data) = real_data() else { return };
    let mut seen = 0;
    for entry in fs::read_dir(data.join("export-headers")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let table = read(&bytes, "export.csv").unwrap();
        let mut oracle = csv::ReaderBuilder::new().from_reader(&bytes[..]);
        assert_eq!(
            table.header.len(),
            oracle.headers().unwrap().len(),
            "{path:?}"
        );
        assert!(table.rows.is_empty(), "{path:?}");
        seen += 1;
    }
    assert!(seen > 20, "only {seen} files");
}

#[test]
fn the_spectrum_of_csv_means_what_its_json_says() {
    let Some(data) = real_data() else { return };
    let folder = data.join("csv/spectrum");
    for name in [
        "comma_in_quotes",
        "empty",
        "empty_crlf",
        "escaped_quotes",
        "json",
        "location_coordinates",
        "newlines",
        "newlines_crlf",
        "quotes_and_newlines",
        "simple",
        "simple_crlf",
        "utf8",
    ] {
        let bytes = fs::read(folder.join(format!("csvs/{name}.csv"))).unwrap();
        let table = read(&bytes, name).unwrap();
        let meaning = fs::read(folder.join(format!("json/{name}.json"))).unwrap();
        let mut meaning: serde_json::Value = serde_json::from_slice(&meaning).unwrap();
        if name == "location_coordinates" {
            // Its JSON is a bare object, with another phone number than the CSV has.
            meaning["Contact Phone Number"] = "2095257564".into();
            meaning = serde_json::json!([meaning]);
        }
        let rows: Vec<serde_json::Value> = table
            .cells()
            .into_iter()
            .map(|cells| table.header.iter().cloned().zip(cells).collect())
            .collect();
        assert_eq!(serde_json::Value::from(rows), meaning, "{name}");
        assert!(table.rows.iter().all(|row| row.issues.is_empty()), "{name}");
    }
}

#[test]
fn broken_files_read_like_their_repaired_twins() {
    let Some(data) = real_data() else { return };
    let folder = data.join("csv/broken");
    for name in [
        "bom-and-whitespace-headers",
        "broken-encoding-latin1",
        "missing-closing-quote",
        "mixed-line-endings",
        "ragged-rows-missing-columns",
        "wrong-delimiter-semicolon",
    ] {
        let broken = fs::read(folder.join(format!("{name}.csv"))).unwrap();
        let fixed = fs::read(folder.join(format!("expected-fixed/{name}.csv"))).unwrap();
        let (table, twin) = (read(&broken, name).unwrap(), read(&fixed, name).unwrap());
        assert_eq!(table.header, twin.header, "{name}");
        assert_eq!(table.cells(), twin.cells(), "{name}");
        let issues: Vec<_> = table.rows.iter().flat_map(|row| &row.issues).collect();
        if name == "missing-closing-quote" {
            assert_eq!(issues, [&RowIssue::UnclosedQuote { line: 2, column: 3 }]);
        } else {
            assert!(issues.is_empty(), "{name}: {issues:?}");
        }
        let expected = match name {
            "broken-encoding-latin1" => Dialect {
                encoding: Encoding::Windows1252,
                ..table.dialect.clone()
            },
            "wrong-delimiter-semicolon" => Dialect {
                delimiter: ';',
                ..table.dialect.clone()
            },
            _ => table.dialect.clone(),
        };
        assert_eq!(table.dialect, expected, "{name}");
    }
}
