//! Posting one delivery, signed.

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use kith_kernel::{Clock, Failure};

use super::model::{Attempt, Taken, Tried};
use crate::outbound::{Client, Outcome};
use crate::webhook::Secrets;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Posts a delivery, and says what came back.
pub(super) async fn send(client: &Client, clock: &Clock, secrets: &Secrets, taken: Taken) -> Tried {
    let at = clock.now();
    let begun = tokio::time::Instant::now();
    let outcome = match sign(clock, secrets, &taken).await {
        Ok(headers) => {
            let body = Bytes::copy_from_slice(taken.payload.as_bytes());
            client.post(&taken.url, headers, body, at).await
        }
        Err(failure) => {
            tracing::error!(webhook = %taken.place.webhook, ?failure, "a delivery can't be signed");
            Outcome {
                status: None,
                body: String::new(),
                error: Some("The delivery could not be signed.".to_owned()),
                retry_after: None,
            }
        }
    };
    let attempt = Attempt::new(at, begun.elapsed(), &outcome);
    Tried {
        taken,
        attempt,
        outcome,
    }
}

/// The headers of the specification. While a secret is being replaced there are two signatures.
async fn sign(
    clock: &Clock,
    secrets: &Secrets,
    taken: &Taken,
) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let now = clock.now();
    let cipher = secrets.cipher(taken.place.workspace).await?;
    let id = taken.place.id.to_string();
    let timestamp = now.as_second();
    let mut signatures = Vec::new();
    for secret in taken.sealed.open(&cipher, taken.place.webhook, now)? {
        signatures.push(secret.sign(&id, timestamp, taken.payload.as_bytes())?);
    }
    let value = |text: &str| HeaderValue::from_str(text).map_err(Failure::internal);
    Ok(vec![
        (ID, value(&id)?),
        (TIMESTAMP, HeaderValue::from(timestamp)),
        (SIGNATURE, value(&signatures.join(" "))?),
    ])
}
