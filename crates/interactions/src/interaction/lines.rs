//! Interactions line by line (NDJSON), in transactions of a few hundred.

use axum::body::Body;
use http_body_util::BodyExt as _;
use kith_http::parse_json;
use kith_kernel::{Actor, ErrorCode, Failure};
use kith_store::Class;
use serde_json::{Value, json};

use super::draft::InteractionDraft;
use crate::Interactions;

/// The most lines of one request.
pub(super) const LINES: usize = 10_000;
/// The longest line, in bytes.
pub(super) const LINE: usize = 512 * 1024;
/// How many lines go into one transaction.
const BATCH: usize = 500;
/// How many bytes of lines, at most but for the last line.
const BATCH_BYTES: usize = 4 << 20;

/// What became of the lines of a request.
#[derive(Default)]
pub(super) struct Report {
    recorded: usize,
    existing: usize,
    failed: usize,
    results: Vec<Value>,
}

impl Report {
    pub(super) fn show(self) -> Value {
        json!({
            "recorded": self.recorded,
            "existing": self.existing,
            "failed": self.failed,
            "results": self.results,
        })
    }
}

impl Interactions {
    /// Records the interactions of a body, each line one. What is wrong with a line touches no other.
    ///
    /// # Errors
    /// When the actor may not, the body breaks off, or the database fails: what was recorded until
    /// then stays, and lines with an external id can be sent again.
    pub(super) async fn record_lines(
        &self,
        actor: &Actor,
        mut body: Body,
    ) -> Result<Report, Failure> {
        let mut lines = Lines::default();
        let mut report = Report::default();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                let message = "The body broke off before its end. Send the rest again.";
                told(
                    Failure::new(ErrorCode::InvalidRequest, message).caused_by(error),
                    &report,
                )
            })?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let mut rest: &[u8] = &data;
            while !rest.is_empty() {
                rest = lines.take(rest);
                if lines.is_batch() {
                    self.record_batch(actor, &mut lines, &mut report).await?;
                }
            }
        }
        lines.end();
        self.record_batch(actor, &mut lines, &mut report).await?;
        if report.results.is_empty() {
            let message = "The body is empty. Send one interaction per line.";
            return Err(Failure::new(ErrorCode::InvalidRequest, message));
        }
        Ok(report)
    }

    async fn record_batch(
        &self,
        actor: &Actor,
        lines: &mut Lines,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let batch = std::mem::take(&mut lines.drafts);
        lines.bytes = 0;
        if batch.is_empty() {
            return Ok(());
        }
        let (places, drafts): (Vec<usize>, Vec<_>) = batch.into_iter().unzip();
        if places.last().is_some_and(|line| *line > LINES) {
            let message =
                format!("A request has at most {LINES} lines. Send the others in another one.");
            return Err(told(
                Failure::new(ErrorCode::LimitExceeded, message),
                report,
            ));
        }
        let ready = self.check(actor, drafts).await?;
        let tx = self.begin(actor, Class::Background).await?;
        let appended = self
            .append_in(&tx, actor, ready)
            .await
            .map_err(Failure::from);
        let appended = match appended {
            Ok(appended) => appended,
            Err(failure) => return Err(told(failure, report)),
        };
        tx.commit()
            .await
            .map_err(|error| told(error.into(), report))?;
        for (line, appended) in places.into_iter().zip(appended) {
            report.results.push(match appended {
                Ok(one) if one.existed => {
                    report.existing += 1;
                    json!({ "line": line, "status": "existing", "id": one.id })
                }
                Ok(one) => {
                    report.recorded += 1;
                    json!({ "line": line, "status": "recorded", "id": one.id })
                }
                Err(failure) => {
                    report.failed += 1;
                    json!({
                        "line": line, "status": "failed", "code": failure.code.as_str(),
                        "message": failure.message, "errors": failure.fields,
                    })
                }
            });
        }
        Ok(())
    }
}

/// Says how far a request got that is refused in its middle.
fn told(failure: Failure, report: &Report) -> Failure {
    failure.detail("lines_done", report.results.len())
}

/// Lines in the making.
#[derive(Default)]
struct Lines {
    /// The number of the line that is being read, from 1, is one more.
    ended: usize,
    partial: Vec<u8>,
    /// Whether the line is longer than is kept.
    too_long: bool,
    drafts: Vec<(usize, Result<InteractionDraft, Failure>)>,
    bytes: usize,
}

impl Lines {
    /// Takes bytes in up to the end of a line; gives back the others.
    fn take<'b>(&mut self, data: &'b [u8]) -> &'b [u8] {
        let end = data.iter().position(|byte| *byte == b'\n');
        let (line, rest) = match end {
            Some(end) => (&data[..end], &data[end + 1..]),
            None => (data, &[][..]),
        };
        if self.partial.len() + line.len() > LINE {
            self.too_long = true;
            self.partial.clear();
        } else if !self.too_long {
            self.partial.extend_from_slice(line);
        }
        if end.is_some() {
            self.end();
        }
        rest
    }

    fn end(&mut self) {
        self.ended += 1;
        let line = std::mem::take(&mut self.partial);
        let too_long = std::mem::take(&mut self.too_long);
        let line = line.trim_ascii();
        if too_long {
            let message = format!("The line is longer than {LINE} bytes.");
            let failure = Failure::new(ErrorCode::PayloadTooLarge, message);
            self.drafts.push((self.ended, Err(failure)));
        } else if !line.is_empty() {
            self.bytes += line.len();
            self.drafts.push((self.ended, parse_json(line)));
        }
    }

    fn is_batch(&self) -> bool {
        self.drafts.len() >= BATCH || self.bytes >= BATCH_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&[u8]]) -> Vec<(usize, bool)> {
        let mut lines = Lines::default();
        for chunk in chunks {
            let mut rest = *chunk;
            while !rest.is_empty() {
                rest = lines.take(rest);
            }
        }
        lines.end();
        lines
            .drafts
            .iter()
            .map(|(line, draft)| (*line, draft.is_ok()))
            .collect()
    }

    #[test]
    fn lines_come_together_from_any_pieces() {
        let whole: &[u8] = b"{\"channel\":\"note\"}\n\n{\"channel\":\"call\"}\r\nnonsense\n{}";
        let expected = vec![(1, true), (3, true), (4, false), (5, true)];
        assert_eq!(read(&[whole]), expected);
        for size in 1..whole.len() {
            let chunks: Vec<&[u8]> = whole.chunks(size).collect();
            assert_eq!(read(&chunks), expected, "{size}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let mut lines = Lines::default();
        for _ in 0..3 {
            lines.take(&vec![b'x'; LINE]);
            assert!(lines.partial.len() <= LINE);
        }
        lines.take(b"\n{}\n");
        lines.take(b"{}\n");
        let fate: Vec<bool> = lines
            .drafts
            .iter()
            .map(|(_, draft)| draft.is_ok())
            .collect();
        assert_eq!(fate, [false, true], "take stops at each end");
    }
}
