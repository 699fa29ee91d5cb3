use super::super::list;
use super::{request, with};

fn page(plural: &str, parameters: &str) -> String {
    let plan = with(plural, |subject| list::plan(subject, &request(parameters)));
    match plan {
        Ok(plan) => plan.page.sql,
        Err(failure) => format!("{failure} {:?}", failure.fields),
    }
}

#[test]
fn a_list_is_one_statement() {
    insta::assert_snapshot!(page("deals", "sort=-name & fields=id"), @"SELECT t.id, t.version, t.sort_key, t.id FROM records.deal t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL ORDER BY t.sort_key DESC, t.id DESC LIMIT 51");
}
