//! Files that others made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{count, counts, real_data, run};
use crate::app::App;

fn read(path: &str) -> Option<Vec<u8>> {
    let folder = real_data()?;
    Some(std::fs::read(folder.join(path)).unwrap())
}

#[tokio::test]
async fn a_hardware_resellers_crm_is_imported_whole() {
    let Some(products) = read("maven-crm/products.csv") else {
        return;
    };
    let app = App::start().await;
    let pipeline = app
        .post("/pipelines", &json!({"name": "Hardware"}))
        .await
        .id();
    for (stage, kind) in [
        ("Prospecting", "open"),
        ("Engaging", "open"),
        ("Won", "won"),
        ("Lost", "lost"),
    ] {
        app.post(
            "/stages",
            &json!({"name": stage, "kind": kind, "pipeline": pipeline}),
        )
        .await
        .ok();
    }
    let import = run(&app, "products", "products.csv", products, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 7 = 7 new 0 changed 0 same 0 rejected, 0 adjusted");
    let accounts = read("maven-crm/accounts.csv").unwrap();
    let import = run(&app, "companies", "accounts.csv", accounts, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 85 = 85 new 0 changed 0 same 0 rejected, 0 adjusted");
    let with_parent = app
        .get("/companies?filter=parent%20%21%3D%20null&limit=1&count=exact")
        .await
        .ok();
    assert_eq!(with_parent["count"]["value"], 15);
    let plan = json!({
        "mode": "upsert", "by": "external_id",
        "columns": [
            {"column": "opportunity_id", "field": "external_id"},
            {"column": "opportunity_id", "field": "name"},
            {"column": "sales_agent", "field": "owner", "on_missing": "create"},
            {"column": "product", "field": "product", "values": {"GTXPro": "GTX Pro"}},
            {"column": "account", "field": "company"},
            {"column": "deal_stage", "field": "stage"},
            {"column": "engage_date", "field": "opened_on"},
            {"column": "close_date", "field": "closed_on"},
            {"column": "close_value", "field": "amount"},
        ],
        "set": {"pipeline": "Hardware"},
    });
    let deals = read("maven-crm/sales_pipeline.csv").unwrap();
    let import = run(
        &app,
        "deals",
        "sales_pipeline.csv",
        deals.clone(),
        Some(&plan),
    )
    .await;
    insta::assert_snapshot!(counts(&import), @"completed: 8800 = 8800 new 0 changed 0 same 0 rejected, 0 adjusted");
    // Five of the 35 agents never sold anything.
    assert_eq!(import["progress"]["users_created"], 30);
    let without = app
        .get("/deals?filter=company%20%3D%3D%20null&limit=1&count=exact")
        .await
        .ok();
    assert_eq!(without["count"]["value"], 1425);
    let board = app
        .get("/deals/aggregate?group_by=stage.name&metrics=count,sum(amount)")
        .await
        .ok();
    insta::assert_snapshot!(board["groups"], @r#"[{"count":4238,"currency":"USD","key":{"stage.name":"Won"},"sum":{"amount":"10005534.00"}},{"count":2473,"currency":"USD","key":{"stage.name":"Lost"},"sum":{"amount":"0.00"}},{"count":1589,"currency":null,"key":{"stage.name":"Engaging"},"sum":{"amount":null}},{"count":500,"currency":null,"key":{"stage.name":"Prospecting"},"sum":{"amount":null}}]"#);
    let again = run(&app, "deals", "sales_pipeline.csv", deals, Some(&plan)).await;
    insta::assert_snapshot!(counts(&again), @"completed: 8800 = 0 new 0 changed 8800 same 0 rejected, 0 adjusted");
}

#[tokio::test]
async fn samples_of_hubspot_are_imported_as_they_are() {
    let Some(companies) = read("hubspot-academy/companies.csv") else {
        return;
    };
    let app = App::start().await;
    let import = run(&app, "companies", "companies.csv", companies, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 1 = 1 new 0 changed 0 same 0 rejected, 0 adjusted");
    let contacts = read("hubspot-academy/contacts_sample_import-1.csv").unwrap();
    let import = run(&app, "people", "contacts.csv", contacts, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 11 = 11 new 0 changed 0 same 0 rejected, 11 adjusted");
    let deals = read("hubspot-academy/Sample_Deal_Import-1.csv").unwrap();
    let pipeline = app
        .post("/pipelines", &json!({"name": "Sales Pipeline"}))
        .await
        .id();
    app.post(
        "/stages",
        &json!({"name": "Appointment scheduled", "pipeline": pipeline}),
    )
    .await
    .ok();
    let import = run(&app, "deals", "deals.csv", deals, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 1 = 1 new 0 changed 0 same 0 rejected, 1 adjusted");
}

#[tokio::test]
async fn contacts_of_another_crm_are_imported() {
    let Some(contacts) = read("atomic-crm/contacts.csv") else {
        return;
    };
    let app = App::start().await;
    let import = run(&app, "people", "contacts.csv", contacts, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 500 = 500 new 0 changed 0 same 0 rejected, 500 adjusted");
    let export = read("atomic-crm/contacts_export.csv").unwrap();
    let import = run(&app, "people", "contacts_export.csv", export, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 2 = 2 new 0 changed 0 same 0 rejected, 1 adjusted");
}

#[tokio::test]
async fn generated_files_are_imported_with_every_row_accounted_for() {
    if real_data().is_none() {
        return;
    }
    let app = App::start().await;
    let mut summary = Vec::new();
    for (file, object) in [
        ("people-100.csv", "people"),
        ("people-1000.csv", "people"),
        ("customers-100.csv", "people"),
        ("customers-1000.csv", "people"),
        ("organizations-100.csv", "companies"),
        ("organizations-1000.csv", "companies"),
        ("organizations-duplicates-1000.csv", "companies"),
        ("messy-company-data-1000.csv", "companies"),
        ("leads-100.csv", "leads"),
        ("leads-1000.csv", "leads"),
        ("leads-duplicates-1000.csv", "leads"),
    ] {
        let bytes = read(&format!("datablist/{file}")).unwrap();
        let import = run(&app, object, file, bytes, None).await;
        summary.push(format!("{file}: {}", counts(&import)));
    }
    insta::assert_snapshot!(summary.join("\n"), @r"
    people-100.csv: completed: 100 = 100 new 0 changed 0 same 0 rejected, 39 adjusted
    people-1000.csv: completed: 1000 = 1000 new 0 changed 0 same 0 rejected, 427 adjusted
    customers-100.csv: completed: 100 = 100 new 0 changed 0 same 0 rejected, 61 adjusted
    customers-1000.csv: completed: 1000 = 1000 new 0 changed 0 same 0 rejected, 678 adjusted
    organizations-100.csv: completed: 100 = 100 new 0 changed 0 same 0 rejected, 0 adjusted
    organizations-1000.csv: completed: 1000 = 1000 new 0 changed 0 same 0 rejected, 0 adjusted
    organizations-duplicates-1000.csv: completed: 1000 = 1000 new 0 changed 0 same 0 rejected, 0 adjusted
    messy-company-data-1000.csv: completed: 1000 = 1000 new 0 changed 0 same 0 rejected, 991 adjusted
    leads-100.csv: completed: 100 = 100 new 0 changed 0 same 0 rejected, 100 adjusted
    leads-1000.csv: completed: 1000 = 1000 new 0 changed 0 same 0 rejected, 1000 adjusted
    leads-duplicates-1000.csv: completed: 1000 = 1000 new 0 changed 0 same 0 rejected, 1000 adjusted
    ");
}

#[tokio::test]
async fn csv_of_every_kind_means_what_it_should() {
    let Some(folder) = real_data() else { return };
    let app = App::start().await;
    app.post("/objects", &json!({"name": "line", "label": "Line"}))
        .await
        .ok();
    for number in 1..=11 {
        let field = json!({"name": format!("c{number}"), "type": "long_text"});
        app.post("/objects/line/fields", &field).await.ok();
    }
    let mut files: Vec<_> = std::fs::read_dir(folder.join("csv/spectrum/csvs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 12);
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let truth = std::fs::read(folder.join(format!("csv/spectrum/json/{name}.json"))).unwrap();
        let truth: Vec<Value> = match serde_json::from_slice(&truth).unwrap() {
            Value::Array(rows) => rows,
            row => vec![row],
        };
        let (id, sent) = super::send(
            &app,
            "lines",
            &format!("{name}.csv"),
            std::fs::read(&path).unwrap(),
        )
        .await;
        let header: Vec<&str> = (sent["analysis"]["columns"].as_array().unwrap().iter())
            .map(|column| column["name"].as_str().unwrap())
            .collect();
        let columns: Vec<Value> = (1..)
            .zip(&header)
            .map(|(number, column)| json!({"column": column, "field": format!("c{number}")}))
            .collect();
        let plan = json!({"columns": columns, "set": {"name": name}});
        app.send(http::Method::PUT, &format!("/imports/{id}/plan"), &plan)
            .await
            .ok();
        let import = super::start(&app, &id).await;
        assert_eq!(
            import["progress"]["created"],
            json!(truth.len()),
            "{name}: {import}"
        );
        let list = app
            .get(&format!(
                "/lines?filter=name%20%3D%3D%20%22{name}%22&sort=created_at"
            ))
            .await
            .ok();
        for (row, wanted) in list["data"].as_array().unwrap().iter().zip(&truth) {
            for (number, column) in (1..).zip(&header) {
                if *column == "Contact Phone Number" {
                    // Here the file and what it is said to mean differ.
                    continue;
                }
                let found = row[format!("c{number}")].as_str().unwrap_or_default();
                assert_eq!(found, wanted[*column].as_str().unwrap(), "{name} {column}");
            }
        }
    }
}

#[tokio::test]
async fn damaged_csv_is_read_as_its_mended_twin() {
    let Some(folder) = real_data() else { return };
    let app = App::start().await;
    let mut summary = Vec::new();
    let mut files: Vec<_> = (std::fs::read_dir(folder.join("csv/broken"))
        .unwrap()
        .map(|entry| entry.unwrap().path()))
    .filter(|path| path.is_file())
    .collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut shown = Vec::new();
        for path in [
            path.clone(),
            folder.join("csv/broken/expected-fixed").join(&name),
        ] {
            let plan = json!({"columns": [{"column": "name", "field": "name"}, {"column": "id", "field": "external_id"}], "set": {"industry": name}});
            let import = run(
                &app,
                "companies",
                &name,
                std::fs::read(path).unwrap(),
                Some(&plan),
            )
            .await;
            shown.push(counts(&import));
            let list = app
                .get("/companies?sort=external_id&fields=external_id,name")
                .await
                .ok();
            for one in list["data"].as_array().unwrap() {
                shown.push(one["name"].to_string());
                app.delete(&format!("/companies/{}", one["id"].as_str().unwrap()))
                    .await;
            }
        }
        let half = shown.len() / 2;
        assert_eq!(shown[..half], shown[half..], "{name}");
        summary.push(format!("{name}: {}", shown[..half].join(" ")));
    }
    insta::assert_snapshot!(summary.join("\n"), @r#"
    bom-and-whitespace-headers.csv: completed: 2 = 2 new 0 changed 0 same 0 rejected, 0 adjusted "Alice" "Bob"
    broken-encoding-latin1.csv: completed: 3 = 3 new 0 changed 0 same 0 rejected, 0 adjusted "José" "André" "Müller"
    missing-closing-quote.csv: completed: 2 = 2 new 0 changed 0 same 0 rejected, 0 adjusted "Alice" "Bob"
    mixed-line-endings.csv: completed: 3 = 3 new 0 changed 0 same 0 rejected, 0 adjusted "Alice" "Bob" "Cara"
    ragged-rows-missing-columns.csv: completed: 2 = 2 new 0 changed 0 same 0 rejected, 0 adjusted "Alice" "Bob"
    wrong-delimiter-semicolon.csv: completed: 2 = 2 new 0 changed 0 same 0 rejected, 0 adjusted "Alice" "Bob"
    "#);
}

#[tokio::test]
async fn naughty_strings_survive_or_are_refused_with_a_reason() {
    let Some(strings) = read("nasty/blns.json") else {
        return;
    };
    let app = App::start().await;
    let strings: Vec<String> = serde_json::from_slice(&strings).unwrap();
    let mut file = String::new();
    for (number, text) in strings.iter().enumerate() {
        file.push_str(&json!({"id": format!("n{number}"), "body": text}).to_string());
        file.push('\n');
    }
    let plan = json!({
        "columns": [{"column": "id", "field": "external_id"}, {"column": "body", "field": "body"}],
    });
    let import = run(&app, "notes", "nasty.ndjson", file, Some(&plan)).await;
    insta::assert_snapshot!(counts(&import), @"completed: 485 = 478 new 0 changed 0 same 7 rejected, 0 adjusted");
    let created = import["progress"]["created"].as_i64().unwrap();
    assert_eq!(count(&app, "notes").await, created);
    let mut cursor = String::new();
    let mut same = 0;
    loop {
        let page = app
            .get(&format!("/notes?limit=100&fields=external_id,body{cursor}"))
            .await
            .ok();
        for note in page["data"].as_array().unwrap() {
            let number: usize = note["external_id"].as_str().unwrap()[1..].parse().unwrap();
            assert_eq!(note["body"].as_str().unwrap(), strings[number], "{number}");
            same += 1;
        }
        match page["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(same, created);
    let id = import["id"].as_str().unwrap();
    let rejected = app.get(&format!("/imports/{id}/rejected")).await.text;
    let reasons: BTreeSet<&str> = (rejected.lines())
        .filter_map(|line| line.rsplit_once(',').map(|(_, reason)| reason))
        .filter(|reason| reason.contains(": ") || reason.contains("required"))
        .collect();
    insta::assert_snapshot!(reasons.into_iter().collect::<Vec<_>>().join("\n"), @r#"
    "body: is required (was "" "")"
    "body: is required (was """")"
    "body: is required (was ""\u{1680}"")"
    "body: is required (was ""\u{3000}"")"
    "body: must not contain control characters; found U+0008 (was ""The quic\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}k brown fo\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}x... [Beeeep]"")"
    "body: must not contain control characters; found U+001B (was ""But now...\u{1b}[20Cfor my greatest trick...\u{1b}[8m"")"
    "#);
}

#[tokio::test]
async fn phone_numbers_become_e164_or_are_kept_in_the_report() {
    let Some(truth) = read("phones/phones-truth.csv") else {
        return;
    };
    let app = App::start().await;
    let truth = String::from_utf8(truth).unwrap();
    let mut by_region: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in truth.lines().skip(1).filter(|line| !line.contains('"')) {
        let cells: Vec<&str> = line.split(',').collect();
        by_region.entry(cells[0]).or_default().push(cells);
    }
    let (mut numbers, mut wrong) = (0, Vec::new());
    for (region, rows) in &by_region {
        let mut file = String::from("id,phone\n");
        for (number, row) in rows.iter().enumerate() {
            let _ = writeln!(file, "{region}{number},{}", row[3]);
        }
        let plan = json!({
            "columns": [
                {"column": "id", "field": "external_id"},
                {"column": "id", "field": "last_name"},
                {"column": "phone", "field": "phones", "on_invalid": "clear", "region": region},
            ],
        });
        let import = run(&app, "people", "phones.csv", file, Some(&plan)).await;
        numbers += rows.len();
        assert_eq!(
            import["progress"]["created"],
            json!(rows.len()),
            "{region}: {import}"
        );
        let id = import["id"].as_str().unwrap();
        let issues = app.get(&format!("/imports/{id}/issues")).await.text;
        let reported: BTreeSet<&str> = issues
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').next())
            .collect();
        let list = app.get(&format!("/people?filter=external_id.startsWith(%22{region}%22)&limit=200&fields=external_id,phones")).await.ok();
        for person in list["data"].as_array().unwrap() {
            let id = person["external_id"].as_str().unwrap();
            let row = &rows[id[2..].parse::<usize>().unwrap()];
            let stored = person["phones"][0].as_str();
            // Nothing is lost: what isn't stored stands in the report.
            assert_eq!(stored.is_none(), reported.contains(id), "{row:?}");
            let wanted = match row[5] {
                "" => row[4].to_owned(),
                extension => format!("{};ext={extension}", row[4]),
            };
            let expected = (row[6] == "True").then_some(wanted.as_str());
            // Here 00 stands for + everywhere, also where another code is dialled for abroad.
            if stored != expected && row[2] != "idd00" {
                wrong.push(format!(
                    "{} {}: {stored:?} for {expected:?}",
                    row[0], row[3]
                ));
            }
        }
    }
    println!("{numbers} numbers of {} regions", by_region.len());
    assert_eq!(wrong, Vec::<String>::new());
}
