//! What can be chosen.

use std::path::PathBuf;

use clap::Parser;

/// Fills a workspace of a million people and measures the server: throughput and times, beside what
/// PostgreSQL alone does with the same statements.
#[derive(Debug, Parser)]
#[command(name = "kith-bench", max_term_width = 100)]
pub(crate) struct Options {
    /// The program that is measured.
    #[arg(long, default_value = "target/release/kith")]
    pub(crate) kith: PathBuf,
    /// The folder of PostgreSQL's programs, for pgbench.
    #[arg(
        long,
        env = "KITH_POSTGRES_BIN",
        default_value = "/usr/lib/postgresql/15/bin"
    )]
    pub(crate) postgres_bin: PathBuf,
    /// The data directory; it is filled once and used again.
    #[arg(long, default_value = "target/bench-data")]
    pub(crate) data: PathBuf,
    /// Only the cases whose name contains one of these texts.
    #[arg(long = "case", value_name = "TEXT")]
    pub(crate) cases: Vec<String>,
    /// People in the large workspace.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) people: u64,
    /// Companies in the large workspace.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) companies: u64,
    /// Deals in the large workspace.
    #[arg(long, default_value_t = 500_000)]
    pub(crate) deals: u64,
    /// Small workspaces beside the large one.
    #[arg(long, default_value_t = 9)]
    pub(crate) workspaces: u64,
    /// People in each small workspace.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) others: u64,
    /// Rows of the file that is imported.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) import: u64,
    /// Where the random numbers begin.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Clients at the same time.
    #[arg(long, default_value_t = 16)]
    pub(crate) clients: u64,
    /// How often each case is measured, alternating with pgbench.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// Sizes and times so small that everything is tried within a minute or two. The figures mean nothing.
    #[arg(long)]
    pub(crate) smoke: bool,
    /// Write the results into this file, as Markdown.
    #[arg(long, value_name = "FILE")]
    pub(crate) write: Option<PathBuf>,
}

impl Options {
    /// The options of the command line.
    pub(crate) fn read() -> Self {
        let mut options = Self::parse();
        if options.smoke {
            options.people = 2_000;
            options.companies = 400;
            options.deals = 1_000;
            options.workspaces = 1;
            options.others = 200;
            options.import = 2_000;
            options.rounds = 1;
            options.seconds = 1;
            options.data.set_extension("smoke");
        }
        options
    }

    /// Whether a case is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.cases.is_empty()
            || self
                .cases
                .iter()
                .any(|wanted| name.contains(wanted.as_str()))
    }
}
