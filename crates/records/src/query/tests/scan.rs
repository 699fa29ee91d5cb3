//! Every table that a statement names is bound to the workspace where it is named.

use super::{aggregate, get, page, plans, request, with};
use crate::catalog::Object;

/// The tables of a statement that are not bound. Each has its condition after its name, before
/// the alias is given to another table.
fn loose(sql: &str) -> Vec<String> {
    let mut loose = Vec::new();
    let mut rest = sql;
    let mut named = 0;
    while let Some(at) = rest.find("records.") {
        let before = rest[..at]
            .trim_end()
            .rsplit([' ', '('])
            .next()
            .unwrap_or_default();
        rest = &rest[at + "records.".len()..];
        let table = rest
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()
            .unwrap_or_default();
        if rest[table.len()..].starts_with('(') {
            continue;
        }
        named += 1;
        let after = rest[table.len()..].trim_start();
        let alias = after.split([' ', ')']).next().unwrap_or_default();
        let again = format!(" {alias} ");
        let scope = after
            .find(&format!("records.{table}{again}"))
            .map_or(after, |end| &after[..end]);
        if !matches!(before, "FROM" | "JOIN") {
            loose.push(format!("{table} after {before}"));
        }
        if !scope.contains(&format!("{alias}.workspace_id = $1 ")) {
            loose.push(format!("{table} {alias}: workspace"));
        }
        let object = [
            format!("{alias}.object_id = $"),
            format!("{alias}.object_id = ANY($"),
        ];
        if table == "custom_record" && !object.iter().any(|bound| scope.contains(bound)) {
            loose.push(format!("{table} {alias}: object"));
        }
    }
    if named == 0 {
        loose.push("no table at all".to_owned());
    }
    loose
}

#[test]
fn the_scan_finds_what_is_loose() {
    assert_eq!(
        loose("SELECT t.id FROM records.deal t WHERE t.workspace_id = $1 AND true"),
        Vec::<String>::new()
    );
    for sql in [
        "SELECT 1",
        "SELECT t.id FROM records.deal t WHERE t.id = $1",
        "SELECT t.id FROM records.deal t LEFT JOIN records.stage j1 ON j1.id = t.stage_id WHERE t.workspace_id = $1 AND true",
        "SELECT t.id FROM records.custom_record t WHERE t.workspace_id = $1 AND true",
        "SELECT t.id FROM (SELECT t.id FROM records.deal t WHERE true) p JOIN records.deal t ON t.workspace_id = $1 AND true",
        "SELECT t.id FROM records.deal t, records.stage s WHERE t.workspace_id = $1 AND s.workspace_id = $1 AND true",
    ] {
        assert!(!loose(sql).is_empty(), "{sql}");
    }
}

#[test]
fn every_statement_is_bound_to_its_workspace() {
    for (kind, plural, parameters) in plans::ALL {
        let sql = match *kind {
            "aggregate" => aggregate(plural, parameters),
            "get" => get(plural, parameters),
            _ => page(plural, parameters),
        };
        if sql.starts_with("invalid_expression") {
            continue;
        }
        assert_eq!(
            loose(&sql),
            Vec::<String>::new(),
            "{plural} {parameters}\n{sql}"
        );
    }
}

#[test]
fn counts_exports_and_related_records_are_bound_too() {
    for (kind, plural, parameters) in plans::ALL.iter().filter(|(kind, ..)| *kind == "page") {
        let parameters = parameters.trim_end_matches(" & cursor=@");
        let statements = with(plural, |subject| {
            let request = request(parameters);
            let plan = super::super::list::plan(subject, &request)?;
            let mut statements = vec![super::super::list::plan_count(subject, &request)?];
            statements.extend(plan.count);
            statements.extend(plan.many.into_iter().map(|many| many.statement));
            statements.push(super::super::list::plan_export(subject, &request)?.rows);
            Ok(statements)
        });
        for statement in statements.into_iter().flatten() {
            assert_eq!(
                loose(&statement.sql),
                Vec::<String>::new(),
                "{kind} {plural} {parameters}\n{}",
                statement.sql
            );
        }
    }
}

/// Whatever a client writes, it is not in the text of the statement.
#[test]
fn no_text_of_a_client_becomes_sql() {
    let evil = "Robert'); DROP TABLE records.person; --";
    let filters = [
        format!(
            r#"name == "{evil}" || name.contains("{evil}") || "{evil}" in emails || nickname == "{evil}""#
        ),
        format!(
            r#"tier == null || extra["{evil}"] == "{evil}" || extra.a.contains("{evil}") || name in ["{evil}", "x"]"#
        ),
        format!(r#"emails.exists(e, e.startsWith("{evil}")) || company.name.icontains("{evil}")"#),
    ];
    for filter in filters {
        let sql = page("people", &format!("filter={filter} & fields=id"));
        assert!(sql.starts_with("SELECT"), "{sql}");
        assert!(!sql.contains("DROP") && !sql.contains("Robert"), "{sql}");
    }
}

/// All fields of all objects can be shown, and what can be sorted by is bound.
#[test]
fn every_field_is_bound() {
    let catalog = super::catalog();
    for object in catalog.objects() {
        let sql = page(&object.plural, "");
        assert_eq!(loose(&sql), Vec::<String>::new(), "{sql}");
        for field in object.live_fields() {
            let sql = page(
                &object.plural,
                &format!("sort=-{} & fields={}", field.name, field.name),
            );
            assert!(
                sql.starts_with("SELECT") && loose(&sql).is_empty()
                    || sql.contains("can't be sorted by"),
                "{sql}"
            );
        }
    }
    let searchable: Vec<&Object> = catalog
        .objects()
        .iter()
        .filter(|object| object.searchable)
        .collect();
    let permit = super::permit();
    for typed in ["a", "ada", "ada lovelace", "ada@acme.com", "030 123456"] {
        let sought = crate::search::sought(typed);
        let first = crate::search::beginnings(&catalog, &permit, &searchable, &sought, 20);
        let second = crate::search::matches(&catalog, &permit, &searchable, &sought, 20);
        for statement in [Some(first), second].into_iter().flatten() {
            assert_eq!(
                loose(&statement.sql),
                Vec::<String>::new(),
                "{}",
                statement.sql
            );
            if std::env::var("SHOW").is_ok() {
                println!("@@{}@@ {:?}", statement.sql, statement.params);
            }
        }
    }
}
