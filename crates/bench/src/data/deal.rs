//! Deals.

use kith_records::search::text::{search_text, sort_key};

use super::copy::Rows;
use super::{Kind, Workspace, fields};
use crate::random::Random;
use crate::words::{COMPANY_TRADES, SOURCES};

pub(super) const COLUMNS: &str = "company_id, pipeline_id, stage_id, amount, amount_currency, \
    expected_close, opened_on, source, stage_entered_at";

/// Adds a deal's columns, the shared ones first; returns the folded name.
pub(super) fn push(workspace: &Workspace, index: u64, rows: &mut Rows) -> String {
    let mut random = Random::of(
        workspace.seed,
        workspace.number << 8 | Kind::Deal as u64,
        index,
    );
    let name = format!("{} order {index}", random.pick(COMPANY_TRADES));
    let folded = sort_key(&name);
    let none: &[&str] = &[];
    let search = search_text(&folded, none, none, none);
    super::load::push_shared(
        workspace,
        Kind::Deal,
        index,
        [&name, &folded, &search],
        rows,
    );
    fields::push(
        workspace.custom_fields(Kind::Deal),
        index,
        &mut random,
        rows,
    );
    let company = random.below(workspace.sizes.companies);
    rows.plain(workspace.record_id(Kind::Company, company));
    rows.plain(workspace.pipeline);
    // Most deals of a company that works for years are closed.
    let closed = random.chance(60);
    let stages: Vec<_> = workspace
        .stages
        .iter()
        .filter(|stage| (stage.kind != "open") == closed)
        .collect();
    rows.plain(random.pick(&stages).id);
    rows.plain((100 + random.below(200_000)) * 10_000);
    rows.plain("EUR");
    rows.plain(fields::date(&mut random, 2025, 3));
    rows.plain(fields::date(&mut random, 2022, 3));
    rows.text(random.pick(SOURCES));
    let entered = fields::date(&mut random, 2024, 2);
    rows.plain(format_args!("{entered}T09:00:00Z"));
    rows.end_row();
    folded
}
