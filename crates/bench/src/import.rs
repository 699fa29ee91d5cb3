//! Importing people from a CSV file, upserting by e-mail address.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::data::csv;
use crate::options::Options;
use crate::report::{Line, say};
use crate::server::Server;
use crate::workspaces;

/// Rows per second that an import has to reach.
const WANTED: f64 = 20_000.0;

/// Imports a file and a file a tenth as long, each into a workspace of its own, and the first
/// one again, over what is there.
pub(crate) fn measure(server: &Server, options: &Options) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let name = std::process::id();
    let small = workspaces::create(server, &format!("Import small {name}"))?;
    let large = workspaces::create(server, &format!("Import large {name}"))?;
    let runs = [
        ("import of a tenth of the rows", &small, options.import / 10),
        ("import, all rows new", &large, options.import),
        ("import, all rows there already", &large, options.import),
    ];
    for (what, token, rows) in runs {
        let file = write_file(options, rows)?;
        let watch = Watch::start(server)?;
        let started = Instant::now();
        let path = file
            .to_str()
            .context("a path that is not UTF-8")?
            .to_owned();
        let arguments = ["import", "people", &path, "--upsert", "emails"];
        server.command(&arguments, "", token)?;
        let elapsed = started.elapsed();
        let peak = watch.stop()?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let rate = rows as f64 / elapsed.as_secs_f64();
        let figure = format!("{rate:.0} rows/s, {} MiB", peak >> 20);
        say(&format!("{what}: {figure}"));
        let wanted = what.ends_with("new").then_some(rate >= WANTED);
        let text = if wanted.is_some() {
            "≥ 20000 rows/s"
        } else {
            ""
        };
        lines.push(Line::single(
            &format!("{what} ({rows})"),
            figure,
            text,
            wanted,
        ));
    }
    Ok(lines)
}

/// The file with this many rows; written when it isn't there.
fn write_file(options: &Options, rows: u64) -> anyhow::Result<PathBuf> {
    let path = options
        .data
        .join(format!("people-{}-{rows}.csv", options.seed));
    if !path.exists() {
        let temporary = path.with_extension("new");
        let mut file = BufWriter::new(File::create(&temporary)?);
        file.write_all(csv(options.seed, None).as_bytes())?;
        for index in 0..rows {
            file.write_all(csv(options.seed, Some(index)).as_bytes())?;
        }
        file.flush()?;
        std::fs::rename(&temporary, &path)?;
    }
    Ok(path)
}

/// Looks at the server's memory until it is stopped.
struct Watch {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<u64>,
}

impl Watch {
    fn start(server: &Server) -> anyhow::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let pid = server.pid();
        server.memory()?;
        let thread = std::thread::spawn(move || {
            let mut peak = 0;
            while !stopped.load(Ordering::Relaxed) {
                if let Ok((resident, _)) = crate::server::memory(pid) {
                    peak = peak.max(resident);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            peak
        });
        Ok(Self { stop, thread })
    }

    /// The greatest resident memory that was seen, in bytes.
    fn stop(self) -> anyhow::Result<u64> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .ok()
            .context("watching the server's memory")
    }
}
