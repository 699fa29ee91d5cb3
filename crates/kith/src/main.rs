//! The binary `kith`: configuration, roles, wiring and the command line.

mod cli;
mod config;
mod logging;
mod serve;
mod services;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command, ConfigCommand};
use config::Settings;
use terminal::{say, warn};

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
        Command::Doctor(_flags) => Ok(()),
        Command::Openapi => {
            let document = services::describe(services::static_parts());
            say(&serde_json::to_string_pretty(&document)?);
            Ok(())
        }
        Command::Config { what } => {
            match what {
                ConfigCommand::Print(flags) => say(config::show(&flags.settings()?).trim_end()),
                ConfigCommand::Keys => say(config::keys().trim_end()),
            }
            Ok(())
        }
    }
}

fn runtime(settings: &Settings) -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all();
    if let threads @ 1.. = usize::try_from(settings.number("worker_threads"))? {
        builder.worker_threads(threads);
    }
    Ok(builder.build()?)
}
