//! Bars, where somebody watches.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over bytes; a spinner where their number isn't known.
pub(super) fn bytes(total: Option<u64>, what: &'static str) -> ProgressBar {
    let template = match total {
        Some(_) => "{msg} {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}",
        None => "{msg} {spinner} {bytes}, {bytes_per_sec}",
    };
    bar(total, template, what)
}

/// A bar over thousandths of a file, with a sentence beside it.
pub(super) fn share(what: &'static str) -> ProgressBar {
    bar(Some(1000), "{prefix} {bar:30} {percent}% {msg}", "").with_prefix(what)
}

fn bar(total: Option<u64>, template: &str, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(total.unwrap_or(0)).with_message(Cow::Borrowed(what));
    // A template that can't be read would only look different.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
