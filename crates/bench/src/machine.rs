//! The page that results are written down on, with what they were measured on.

use std::fs;
use std::process::Command;

use anyhow::Context;

use crate::options::Options;

/// The page of results.
pub(crate) fn page(options: &Options, table: &str) -> anyhow::Result<String> {
    let cores = std::thread::available_parallelism()?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let memory = memory
        .lines()
        .next()
        .and_then(|line| line.split_whitespace().nth(1));
    let memory: u64 = memory
        .and_then(|kib| kib.parse().ok())
        .context("/proc/meminfo")?;
    let processor = fs::read_to_string("/proc/cpuinfo")?;
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let processor = processor.map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let postgres = Command::new(options.postgres_bin.join("postgres"))
        .arg("--version")
        .output()?;
    let postgres = String::from_utf8_lossy(&postgres.stdout).trim().to_owned();
    let today = kith_kernel::Clock::system()
        .now()
        .strftime("%Y-%m-%d")
        .to_string();
    let Options {
        people,
        companies,
        deals,
        workspaces,
        others,
        clients,
        rounds,
        seconds,
        ..
    } = options;
    Ok(format!(
        "# Performance\n\n\
         Measured by `make bench` on {today}. {INTRODUCTION}\n\n\
         - Machine: {cores} cores ({processor}), {} GiB of memory; {postgres}.\n\
         - Data: {people} people, {companies} companies and {deals} deals in one workspace, with 20 custom \
         values in a tenth of them; {workspaces} further workspaces of {others} people.\n\
         - {clients} clients, each sending its next request when the last one is answered; {rounds} rounds \
         of {seconds} s, alternating with pgbench ({clients} clients, prepared statements). Rates are medians \
         of the rounds, times are over all answers. *CPU* is what an answer takes of a core, in Kith + in \
         PostgreSQL.\n\n{table}",
        memory >> 20
    ))
}

const INTRODUCTION: &str = "Server, PostgreSQL and load share the machine, so what the load itself \
    costs is in every figure. *pgbench* is the rate at which PostgreSQL alone answers the same \
    statement, captured from its log (for the update: one statement that changes the row and \
    appends the event); reads by id and updates are pipelined in a transaction with row-level \
    security, as the server sends them.";
