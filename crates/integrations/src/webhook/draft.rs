//! What clients send: webhooks with members left out, and what each may be.

use kith_kernel::{ErrorCode, Failure, FieldError};
use serde::{Deserialize, Deserializer};

use super::model::Webhook;
use crate::outbound::{Client, Refusal};

/// What can happen to a record.
pub(super) const VERBS: [&str; 4] = ["created", "updated", "deleted", "restored"];
/// The longest URL, in bytes.
pub(super) const URL: usize = 2_000;
/// The longest description, in characters.
pub(super) const DESCRIPTION: usize = 500;

/// A webhook to be, or a change of one: what is left out stays, or is as usual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::option_option,
    reason = "left out, null and a value are three things"
)]
pub(super) struct WebhookDraft {
    #[serde(deserialize_with = "given")]
    pub(super) url: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) description: Option<String>,
    /// The object's plural name; null for all objects.
    #[serde(deserialize_with = "given")]
    pub(super) object: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub(super) events: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    pub(super) filter: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub(super) active: Option<bool>,
}

/// A member that is there, be it null where null means something.
fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl WebhookDraft {
    /// Checks what needs no catalog.
    ///
    /// # Errors
    /// `ValidationFailed`, with every field at fault.
    pub(super) fn check(&self, client: &Client) -> Result<(), Failure> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, code, message: String| {
            faults.push(FieldError {
                field: field.to_owned(),
                code,
                message,
            });
        };
        if let Some(url) = &self.url {
            if url.len() > URL {
                fault("url", "too_long", format!("must have at most {URL} bytes"));
            } else if let Err(refusal) = client.check(url) {
                let (code, message) = said(refusal);
                fault("url", code, message.to_owned());
            }
        }
        if let Some(text) = &self.description
            && text.chars().count() > DESCRIPTION
        {
            fault(
                "description",
                "too_long",
                format!("must have at most {DESCRIPTION} characters"),
            );
        }
        for (position, verb) in self.events.iter().flatten().enumerate() {
            if !VERBS.contains(&verb.as_str()) {
                let message = format!("must be one of {}", VERBS.join(", "));
                fault(&format!("events[{position}]"), "unknown_option", message);
            }
        }
        refused(faults)
    }

    /// Sets what is given; the object and the filter are the caller's to resolve.
    pub(super) fn apply(self, webhook: &mut Webhook) {
        if let Some(url) = self.url {
            webhook.url = url;
        }
        if let Some(description) = self.description {
            webhook.description = description;
        }
        if let Some(mut events) = self.events {
            events.sort();
            events.dedup();
            webhook.verbs = events;
        }
        if let Some(filter) = self.filter {
            webhook.filter = filter.filter(|filter| !filter.trim().is_empty());
        }
        if let Some(active) = self.active {
            webhook.active = active;
        }
    }
}

/// A refusal that names every field at fault, unless there is none.
pub(super) fn refused(faults: Vec<FieldError>) -> Result<(), Failure> {
    let Some(first) = faults.first() else {
        return Ok(());
    };
    let message = format!("`{}` {}.", first.field, first.message);
    let mut failure = Failure::new(ErrorCode::ValidationFailed, message);
    failure.fields = faults;
    Err(failure)
}

fn said(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::NotAUrl => (
            "invalid_url",
            "must be a URL such as https://example.com/kith",
        ),
        Refusal::Scheme => (
            "https_required",
            "must begin with https://; the operator of this server can allow http:// for certain networks",
        ),
        Refusal::Credentials => (
            "credentials",
            "must not have a user name or password; deliveries are signed instead",
        ),
        Refusal::Closed => (
            "address_not_allowed",
            "must lead to a public address; the operator of this server can allow others",
        ),
    }
}
