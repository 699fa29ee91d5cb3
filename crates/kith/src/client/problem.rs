//! A server's refusal, for a person at a terminal.

use std::fmt;

use http::header::RETRY_AFTER;
use reqwest::Response;
use serde::Deserialize;

/// What the server has against a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(super) detail: String,
    pub(super) errors: Vec<Fault>,
    pub(super) request_id: String,
    #[serde(skip)]
    pub(crate) retry_after: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fault {
    field: String,
    message: String,
}

impl Refused {
    /// Reads the problem document, or makes one of an answer that is none.
    pub(crate) async fn read(response: Response) -> Self {
        let status = response.status();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let body = response.bytes().await.unwrap_or_default();
        let mut refused: Self = serde_json::from_slice(&body).unwrap_or_default();
        refused.status = status.as_u16();
        refused.retry_after = retry_after;
        if refused.detail.is_empty() {
            refused.detail = format!("The server answered {status}.");
        }
        refused
    }

    /// Whether the server asks to come again.
    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self.status, 429 | 503)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_pointer(&self.detail))?;
        for fault in &self.errors {
            if fault.message != self.detail {
                write!(f, "\n  {}: {}", fault.field, fault.message)?;
            }
        }
        match self.status {
            401 => {
                f.write_str("\n  Check KITH_TOKEN; `kith token create EMAIL` makes a new token.")
            }
            500.. if !self.request_id.is_empty() => {
                write!(
                    f,
                    "\n  The server's log knows it as request {}.",
                    self.request_id
                )
            }
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Refused {}

/// The sentence without its pointer to `errors`, which stand right below.
fn without_pointer(detail: &str) -> String {
    let whole = detail.replace("; `errors` says why", "");
    match whole.find(" See `errors`") {
        Some(at) => whole.get(..at).unwrap_or(&whole).to_owned(),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_sentences() {
        let refused: Refused = serde_json::from_str(
            r#"{"status":422,"code":"validation_failed","detail":"2 values are not acceptable. See `errors` for what each should be.",
                "errors":[{"field":"email","code":"x","message":"Give an e-mail address."}]}"#,
        )
        .unwrap();
        assert_eq!(
            refused.to_string(),
            "2 values are not acceptable.\n  email: Give an e-mail address."
        );
    }
}
