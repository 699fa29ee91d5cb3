//! What the columns of real files are taken for.

use std::fs;

use kith_tabular::mapping::{ColumnProfile, DateStyle, Profiler, Shape};

use super::support::{read, real_data};

fn profile(file: &str) -> Option<Vec<ColumnProfile>> {
    let bytes = fs::read(real_data()?.join(file)).unwrap();
    let table = read(&bytes, file).unwrap();
    let mut profiler = Profiler::new(&table.header);
    for row in &table.rows {
        if !profiler.add(row) {
            break;
        }
    }
    Some(profiler.finish())
}

#[test]
fn columns_of_real_files_have_their_shapes() {
    for (file, expected) in [
        (
            "maven-crm/sales_pipeline.csv",
            &[
                ("opportunity_id", Shape::Text),
                ("deal_stage", Shape::Text),
                ("engage_date", Shape::Date),
                ("close_date", Shape::Date),
                ("close_value", Shape::Integer),
            ][..],
        ),
        (
            "maven-crm/accounts.csv",
            &[("revenue", Shape::Decimal), ("employees", Shape::Integer)],
        ),
        (
            "atomic-crm/contacts.csv",
            &[
                ("first_seen", Shape::DateTime),
                ("has_newsletter", Shape::Boolean),
                ("email_other", Shape::Email),
                ("phone_home", Shape::Phone),
                ("linkedin_url", Shape::Text),
            ],
        ),
        (
            "hubspot-academy/contacts_sample_import-1.csv",
            &[("Phone Number", Shape::Phone)],
        ),
        (
            "datablist/people-1000.csv",
            &[
                ("Email", Shape::Email),
                ("Phone", Shape::Phone),
                ("Date of birth", Shape::Date),
            ],
        ),
        (
            "datablist/organizations-1000.csv",
            &[
                ("Website", Shape::Url),
                ("Founded", Shape::Integer),
                ("UpdatedAt", Shape::DateTime),
            ],
        ),
        (
            "lead-scoring/x-education-train.csv",
            &[
                ("Prospect ID", Shape::Uuid),
                ("Do Not Email", Shape::Boolean),
                ("Converted", Shape::Boolean),
                ("Page Views Per Visit", Shape::Decimal),
                ("Asymmetrique Profile Index", Shape::Text),
            ],
        ),
    ] {
        let Some(columns) = profile(file) else { return };
        for (name, shape) in expected {
            let column = columns.iter().find(|column| column.name == *name).unwrap();
            assert_eq!(column.shape, *shape, "{file} {name}: {:?}", column.shares);
        }
    }
}

#[test]
fn enumerations_and_mixed_dates_are_found() {
    let Some(columns) = profile("maven-crm/sales_pipeline.csv") else {
        return;
    };
    let named = |columns: &[ColumnProfile], name: &str| {
        columns
            .iter()
            .find(|column| column.name == name)
            .cloned()
            .unwrap()
    };
    let stages = named(&columns, "deal_stage");
    let mut stages: Vec<_> = stages.values.iter().map(|v| v.value.as_str()).collect();
    stages.sort_unstable();
    assert_eq!(stages, ["Engaging", "Lost", "Won"]);
    let Some(columns) = profile("datablist/messy-company-data-1000.csv") else {
        return;
    };
    let created = named(&columns, "Created Date");
    assert!(created.dates.unwrap().ambiguous);
    assert_eq!(created.shape, Shape::Text);
    let Some(columns) = profile("hubspot-academy/Sample_Deal_Import-1.csv") else {
        return;
    };
    let close = named(&columns, "Close Date").dates.unwrap();
    assert_eq!((close.style, close.ambiguous), (DateStyle::Ymd, false));
}
