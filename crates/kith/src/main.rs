//! The binary `kith`: configuration, roles, wiring and the command line.

mod cli;
mod client;
mod config;
mod describe;
mod doctor;
mod logging;
mod offline;
mod retention;
mod serve;
mod services;
mod terminal;
mod transfer;

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

use cli::{Cli, Command, ConfigCommand};
use config::Settings;
use serve::Roles;
use services::Services;
use terminal::{say, warn};

/// Requests allocate on one thread and free on another, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            warn(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(flags) => {
            let settings = flags.settings()?;
            logging::start(&settings)?;
            runtime(&settings)?.block_on(serve::run(settings))
        }
        Command::Init(init) => block_on(init.run()),
        Command::User { what } => block_on(what.run()),
        Command::Token { what } => block_on(what.run()),
        Command::Import(import) => block_on(import.run()),
        Command::Export(export) => block_on(export.run()),
        Command::Demo(demo) => block_on(demo.run()),
        Command::Log(log) => block_on(log.run()),
        Command::Projections { what } => block_on(what.run()),
        Command::Keys { what } => block_on(what.run()),
        Command::Doctor(flags) => {
            let settings = flags.settings()?;
            block_on(async move { doctor::run(&settings).await })
        }
        Command::Openapi => block_on(print_openapi()),
        Command::Config { what } => {
            match what {
                ConfigCommand::Print(flags) => say(config::show(&flags.settings()?).trim_end()),
                ConfigCommand::Keys => say(config::keys().trim_end()),
            }
            Ok(())
        }
    }
}

async fn print_openapi() -> anyhow::Result<()> {
    let services = Services::nowhere().await?;
    let part = services.routes(&Roles::all()).part;
    say(&serde_json::to_string_pretty(&describe::describe([
        part,
        describe::standard_objects(),
    ]))?);
    Ok(())
}

/// Runs a command that is no server.
fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(command)
}

fn runtime(settings: &Settings) -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all();
    if let threads @ 1.. = usize::try_from(settings.number("worker_threads"))? {
        builder.worker_threads(threads);
    }
    Ok(builder.build()?)
}
