//! Companies.

use kith_records::search::text::{search_text, sort_key};

use super::copy::Rows;
use super::{Kind, Workspace, fields};
use crate::random::Random;
use crate::words::{
    COMPANY_FORMS, COMPANY_TRADES, INDUSTRIES, NAME_BEGINS, NAME_ENDS, NAME_MIDDLES,
};

pub(super) const COLUMNS: &str = "domain, industry, kind, employees, founded_year";

/// The first parts of a company's name, and the rest of its numbers.
fn name(seed: u64, workspace: u64, index: u64) -> (String, &'static str, Random) {
    let mut random = Random::of(seed, workspace << 8 | Kind::Company as u64, index);
    let family = format!(
        "{}{}{}",
        random.pick(NAME_BEGINS),
        random.mostly(NAME_MIDDLES),
        random.mostly(NAME_ENDS)
    );
    let trade = random.pick(COMPANY_TRADES);
    (family, trade, random)
}

/// The domain of the company with this index.
pub(super) fn domain(seed: u64, workspace: u64, index: u64) -> String {
    let (family, trade, _) = name(seed, workspace, index);
    format!(
        "{}-{}{index}.example",
        family.to_lowercase(),
        trade.to_lowercase()
    )
}

/// Adds a company's columns, the shared ones first; returns the folded name and the domain.
pub(super) fn push(workspace: &Workspace, index: u64, rows: &mut Rows) -> (String, String) {
    let (family, trade, mut random) = name(workspace.seed, workspace.number, index);
    let name = format!("{family} {trade} {}", random.pick(COMPANY_FORMS));
    let domain = domain(workspace.seed, workspace.number, index);
    let folded = sort_key(&name);
    let none: &[&str] = &[];
    let search = search_text(&folded, none, &[&domain], none);
    super::load::push_shared(
        workspace,
        Kind::Company,
        index,
        [&name, &folded, &search],
        rows,
    );
    fields::push(
        workspace.custom_fields(Kind::Company),
        index,
        &mut random,
        rows,
    );
    rows.text(&domain);
    rows.text(random.mostly(INDUSTRIES));
    rows.text(random.pick(&["prospect", "customer", "partner", "supplier", "other"]));
    rows.plain(1 + random.below(20_000));
    rows.plain(1900 + random.below(125));
    rows.end_row();
    (folded, domain)
}
