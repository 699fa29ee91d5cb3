//! The command line.

mod demo;
mod keys;
mod log;
mod people;
mod projections;

use clap::{Parser, Subcommand};

use crate::config::{AllFlags, ServerFlags};

use crate::transfer::{Export, Import};

use demo::Demo;
use keys::KeysCommand;
use log::Log;
use people::{Init, TokenCommand, UserCommand};
use projections::ProjectionsCommand;

/// Kith: a self-hosted CRM platform. One binary holds your customers and runs on an embedded
/// PostgreSQL.
#[derive(Debug, Parser)]
#[command(
    name = "kith",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(ServerFlags),
    /// Make a workspace with its administrator, with or without a running server.
    Init(Init),
    /// List, add and deactivate users, and reset their passwords.
    User {
        #[command(subcommand)]
        what: UserCommand,
    },
    /// Make API tokens.
    Token {
        #[command(subcommand)]
        what: TokenCommand,
    },
    /// Import a file of records: CSV of any delimiter and encoding, XLSX, or NDJSON.
    Import(Box<Import>),
    /// Take records out as CSV, XLSX or NDJSON.
    Export(Export),
    /// Fill a workspace with invented companies, people and deals, or take them out again.
    Demo(Demo),
    /// Look at what follows the event logs, and let it go on where it could not.
    Log(Log),
    /// Look at what is derived from the logs, and build it anew while the server runs.
    Projections {
        #[command(subcommand)]
        what: ProjectionsCommand,
    },
    /// Look at the keys that data keys are encrypted with, and replace them.
    Keys {
        #[command(subcommand)]
        what: KeysCommand,
    },
    /// Look whether everything that the server needs is there.
    Doctor(ServerFlags),
    /// Print the API's OpenAPI document, without a database.
    Openapi,
    /// Show the configuration.
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
}

/// What to show of the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// The effective values, as TOML, and where each comes from. Secrets are masked.
    Print(AllFlags),
    /// Every setting, with its variable, flag and meaning.
    Keys,
}
