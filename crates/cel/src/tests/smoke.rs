use super::fixture::{Record, value};
use crate::Value;

#[test]
fn a_filter_is_evaluated() {
    let mut record = Record::default();
    record.0.insert("kind".into(), Value::Text("open".into()));
    record
        .0
        .insert("company.industry".into(), Value::Text("tech".into()));
    record.0.insert("probability".into(), Value::Int(30));
    let source = r#"kind == "open" && probability > 10 && company.industry in ["tech"]"#;
    assert_eq!(value(source, &record), Value::Bool(true));
}
