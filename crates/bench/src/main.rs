//! Measures Kith: fills a database, puts the server under load, and compares it with what
//! PostgreSQL alone does with the same statements on the same machine in the same minutes.

mod capture;
mod cases;
mod cpu;
mod data;
mod http;
mod import;
mod load;
mod machine;
mod options;
mod pgbench;
mod random;
mod report;
mod server;
mod words;
mod workspaces;

use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use cases::Case;
use load::Measured;
use options::Options;
use report::{Line, say};
use server::Server;

/// How much memory an idle server may have, its PostgreSQL included.
const IDLE: u64 = 150 << 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Options::read()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("kith-bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let server = Server::start(&options.kith, &options.data).await?;
    let workspaces = workspaces::prepare(&server, options).await?;
    let large = workspaces.first().context("no workspace")?;

    let mut lines = Vec::new();
    let cases = cases::cases(&server, large, options).await?;
    let results = measure(&server, &cases, options).await?;
    for (case, (kith, alone)) in cases.iter().zip(&results) {
        let kith = Measured::median(kith);
        let alone = (!alone.is_empty()).then(|| load::median(alone.clone()));
        lines.push(Line::of(case.name, case.wanted, &kith, alone));
    }
    if options.wants("import") {
        lines.extend(import::measure(&server, options)?);
    }
    server.stop()?;
    if options.wants("idle") {
        lines.push(idle(options).await?);
    }

    let table = report::table(&lines);
    say(&format!("\n{table}"));
    if let Some(file) = &options.write {
        fs::write(file, machine::page(options, &table)?)?;
        say(&format!("written to {}", file.display()));
    }
    Ok(())
}

/// What the server and pgbench came to, round by round.
type Rounds = (Vec<Measured>, Vec<f64>);

async fn measure(
    server: &Server,
    cases: &[Case],
    options: &Options,
) -> anyhow::Result<Vec<Rounds>> {
    let mut results: Vec<Rounds> = cases.iter().map(|_| Rounds::default()).collect();
    let period = Duration::from_secs(options.seconds);
    // A round that doesn't count: PostgreSQL's buffers are empty after its start.
    for case in cases {
        load::run(
            server,
            options.clients,
            Duration::ZERO,
            period,
            0,
            &case.next,
        )
        .await
        .context(case.name)?;
    }
    for round in 0..options.rounds {
        for (case, (kith, alone)) in cases.iter().zip(&mut results) {
            let seed = options.seed + round as u64;
            let measured = load::run(
                server,
                options.clients,
                period / 4,
                period,
                seed,
                &case.next,
            )
            .await
            .context(case.name)?;
            let mut said = format!(
                "round {}, {}: {:.0}/s, p95 {:.1} ms, {} ms of CPU",
                round + 1,
                case.name,
                measured.per_second,
                measured.percentile(95).as_secs_f64() * 1000.0,
                measured.used.per_answer()
            );
            kith.push(measured);
            if let Some(reference) = &case.reference {
                let rate = reference.run(server, options).context(case.name)?;
                let _ = write!(said, "; pgbench {rate:.0}/s");
                alone.push(rate);
            }
            say(&said);
        }
    }
    Ok(results)
}

/// The memory of a server that was started and left alone.
async fn idle(options: &Options) -> anyhow::Result<Line> {
    let server = Server::start(&options.kith, &options.data).await?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let (kith, _) = server.memory()?;
    let postgres = server.postgres_memory()?;
    server.stop()?;
    let figure = format!("{} + {} MiB", kith >> 20, postgres >> 20);
    Ok(Line::single(
        "idle, resident memory of Kith + PostgreSQL",
        figure,
        "≤ 150 MiB",
        Some(kith + postgres <= IDLE),
    ))
}
