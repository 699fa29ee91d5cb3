//! People.

use kith_records::search::text::{search_text, sort_key};

use super::copy::Rows;
use super::{Kind, Workspace, fields};
use crate::random::Random;
use crate::words::{
    DEPARTMENTS, FIRST_NAMES, JOB_TITLES, NAME_BEGINS, NAME_ENDS, NAME_MIDDLES, SOURCES,
};

/// A person, before anything refers to them.
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) last: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) title: &'static str,
    pub(crate) department: &'static str,
    random: Random,
}

impl Person {
    pub(crate) fn new(seed: u64, workspace: u64, index: u64) -> Self {
        let mut random = Random::of(seed, workspace << 8 | Kind::Person as u64, index);
        let first = random.mostly(FIRST_NAMES);
        let last = format!(
            "{}{}{}",
            random.pick(NAME_BEGINS),
            random.mostly(NAME_MIDDLES),
            random.mostly(NAME_ENDS)
        );
        let host = super::company::domain(seed, workspace, random.below(20_000));
        let email = format!(
            "{}.{}{index}@{host}",
            first.to_lowercase(),
            last.to_lowercase()
        );
        let phone = format!("+4930{:08}", random.below(100_000_000));
        let title = random.mostly(JOB_TITLES);
        let department = random.pick(DEPARTMENTS);
        Self {
            first,
            last,
            email,
            phone,
            title,
            department,
            random,
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

pub(super) const COLUMNS: &str = "first_name, last_name, emails, phones, job_title, department, \
    company_id, birthday, source";

/// Adds a person's columns, the shared ones first; returns the folded name and the e-mail address.
pub(super) fn push(workspace: &Workspace, index: u64, rows: &mut Rows) -> (String, String) {
    let mut person = Person::new(workspace.seed, workspace.number, index);
    let name = person.name();
    let folded = sort_key(&name);
    let search = search_text(&folded, &[&person.email], &[] as &[&str], &[&person.phone]);
    super::load::push_shared(
        workspace,
        Kind::Person,
        index,
        [&name, &folded, &search],
        rows,
    );
    fields::push(
        workspace.custom_fields(Kind::Person),
        index,
        &mut person.random,
        rows,
    );
    rows.text(person.first);
    rows.text(&person.last);
    rows.list(&[&person.email]);
    rows.list(&[&person.phone]);
    rows.text(person.title);
    rows.text(person.department);
    let company = person.random.below(workspace.sizes.companies);
    let employed = person.random.chance(85);
    rows.maybe(employed.then(|| workspace.record_id(Kind::Company, company)));
    let birthday = fields::date(&mut person.random, 1955, 50);
    rows.maybe(person.random.chance(40).then_some(birthday));
    rows.text(person.random.pick(SOURCES));
    rows.end_row();
    (folded, person.email)
}

/// A row of the file that is imported, with its end of line; the heading for `None`.
pub(crate) fn csv(seed: u64, index: Option<u64>) -> String {
    let Some(index) = index else {
        return "First name,Last name,E-mail,Phone,Job title,Department\n".to_owned();
    };
    // A workspace's number that no other has, so that nobody is in the database already.
    let person = Person::new(seed, 200, index);
    format!(
        "{},{},{},{},{},{}\n",
        person.first, person.last, person.email, person.phone, person.title, person.department
    )
}
