//! What administrators do with webhooks.

use http::{HeaderValue, StatusCode, header};
use kith_contracts::ObjectNames;
use kith_contracts::access::{Action, authorise};
use kith_crypto::WebhookSecret;
use kith_http::etag;
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, ErrorCode, Failure, FieldError, WebhookId};
use kith_store::{Class, Tx};
use serde_json::{Value, json};

use super::draft::{WebhookDraft, refused};
use super::model::{LIMIT, Webhook};
use super::secrets::{Sealed, seal};
use super::{Happened, log_in, store};
use crate::Integrations;

/// What a secret's answer says of it.
const SHOWN_ONCE: &str = "Store the secret now: it can't be shown again.";

impl Integrations {
    pub(super) async fn webhooks(
        &self,
        actor: &Actor,
        after: Option<WebhookId>,
        limit: i64,
    ) -> Result<Vec<Value>, Failure> {
        authorise(actor, Action::Administer, None)?;
        let webhooks = store::list(self.store(), actor.workspace, after, limit).await?;
        let objects = self.events().objects(actor.workspace).await?;
        Ok(webhooks
            .iter()
            .map(|webhook| show(webhook, &objects))
            .collect())
    }

    pub(super) async fn webhook(&self, actor: &Actor, id: WebhookId) -> Result<Stored, Failure> {
        let webhook = self.find_webhook(actor, id).await?;
        self.answer_webhook(actor, StatusCode::OK, &webhook).await
    }

    /// The webhook, for an administrator of its workspace.
    pub(crate) async fn find_webhook(
        &self,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<Webhook, Failure> {
        authorise(actor, Action::Administer, None)?;
        let found = store::find(self.store(), actor.workspace, id).await?;
        found.ok_or_else(Failure::not_found)
    }

    /// Makes a webhook; its secret is in the answer, and in no repetition of it.
    pub(super) async fn create_webhook(
        &self,
        actor: &Actor,
        draft: WebhookDraft,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        authorise(actor, Action::Administer, None)?;
        if draft.url.is_none() {
            refused(vec![FieldError {
                field: "url".to_owned(),
                code: "required",
                message: "is required".to_owned(),
            }])?;
        }
        draft.check(self.client())?;
        let now = self.clock().now();
        let mut webhook = Webhook {
            id: WebhookId::new(self.clock()),
            url: String::new(),
            description: String::new(),
            object_key: None,
            verbs: Vec::new(),
            filter: None,
            active: true,
            disabled: None,
            former_until: None,
            failing_since: None,
            created_by: actor.user,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.change(actor, draft, &mut webhook).await?;
        let secret = WebhookSecret::generate();
        let cipher = self.secrets().cipher(actor.workspace).await?;
        let sealed = seal(&cipher, webhook.id, &secret)?;
        let tx = self.begin(actor).await?;
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "integrations", actor, once, now).await?
        {
            tx.rollback().await?;
            return Ok(stored);
        }
        if !store::insert_in(&tx, actor.workspace, &webhook, &sealed).await? {
            let message = format!(
                "The workspace has {LIMIT} webhooks, which is as many as are allowed. Delete one first."
            );
            return Err(Failure::new(ErrorCode::LimitExceeded, message));
        }
        self.log(&tx, actor, "webhook.created", &webhook).await?;
        let objects = self.events().objects(actor.workspace).await?;
        let mut shown = show(&webhook, &objects);
        let place = HeaderValue::from_str(&format!("/api/v1/webhooks/{}", webhook.id))
            .map_err(Failure::internal)?;
        let answer = |shown: &Value| {
            let stored = Stored::json(StatusCode::CREATED, shown)?;
            Ok::<_, Failure>(
                (stored.header(header::ETAG, etag(1))).header(header::LOCATION, place.clone()),
            )
        };
        if let Some(once) = &once {
            complete_in(&tx, "integrations", actor, once, &answer(&shown)?).await?;
        }
        tx.commit().await?;
        reveal(&mut shown, &secret);
        answer(&shown)
    }

    pub(super) async fn update_webhook(
        &self,
        actor: &Actor,
        id: WebhookId,
        draft: WebhookDraft,
        if_version: Option<i64>,
    ) -> Result<Stored, Failure> {
        authorise(actor, Action::Administer, None)?;
        draft.check(self.client())?;
        let resumes = draft.active == Some(true);
        let tx = self.begin(actor).await?;
        let (before, _) = lock_in(&tx, actor, id, if_version).await?;
        let mut after = before.clone();
        self.change(actor, draft, &mut after).await?;
        if resumes {
            after.disabled = None;
            after.failing_since = None;
        }
        if after != before {
            after.changed(self.clock().now());
            store::update_in(&tx, actor.workspace, &after).await?;
            self.log(&tx, actor, "webhook.updated", &after).await?;
        }
        tx.commit().await?;
        self.poke();
        self.answer_webhook(actor, StatusCode::OK, &after).await
    }

    pub(super) async fn delete_webhook(
        &self,
        actor: &Actor,
        id: WebhookId,
        if_version: Option<i64>,
    ) -> Result<(), Failure> {
        authorise(actor, Action::Administer, None)?;
        let tx = self.begin(actor).await?;
        let (mut webhook, _) = lock_in(&tx, actor, id, if_version).await?;
        webhook.changed(self.clock().now());
        self.log(&tx, actor, "webhook.deleted", &webhook).await?;
        store::delete_in(&tx, actor.workspace, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives the webhook a new secret; the one before signs as well for a day.
    pub(super) async fn rotate_secret(
        &self,
        actor: &Actor,
        id: WebhookId,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        authorise(actor, Action::Administer, None)?;
        let cipher = self.secrets().cipher(actor.workspace).await?;
        let now = self.clock().now();
        let tx = self.begin(actor).await?;
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "integrations", actor, once, now).await?
        {
            tx.rollback().await?;
            return Ok(stored);
        }
        let (mut webhook, sealed) = lock_in(&tx, actor, id, None).await?;
        let secret = WebhookSecret::generate();
        let sealed = sealed.rotated(seal(&cipher, id, &secret)?, now);
        webhook.former_until = sealed.former.as_ref().map(|(_, until)| *until);
        webhook.changed(now);
        store::rotate_in(&tx, actor.workspace, &webhook, &sealed).await?;
        self.log(&tx, actor, "webhook.secret_rotated", &webhook)
            .await?;
        let objects = self.events().objects(actor.workspace).await?;
        let mut shown = show(&webhook, &objects);
        let answer = |shown: &Value| {
            let stored = Stored::json(StatusCode::OK, shown)?;
            Ok::<_, Failure>(stored.header(header::ETAG, etag(webhook.version)))
        };
        if let Some(once) = &once {
            complete_in(&tx, "integrations", actor, once, &answer(&shown)?).await?;
        }
        tx.commit().await?;
        reveal(&mut shown, &secret);
        answer(&shown)
    }

    /// Applies a draft; the catalog has to know what it speaks of.
    async fn change(
        &self,
        actor: &Actor,
        draft: WebhookDraft,
        webhook: &mut Webhook,
    ) -> Result<(), Failure> {
        let objects = self.events().objects(actor.workspace).await?;
        let (object, asked) = (draft.object.clone(), draft.filter.is_some());
        draft.apply(webhook);
        let plural = match &object {
            Some(given) => given.clone(),
            None => plural(webhook, &objects),
        };
        if object.is_some() || asked {
            let names = (self.events())
                .check(actor, plural.as_deref(), webhook.filter.as_deref())
                .await?;
            if object.is_some() {
                webhook.object_key = names.map(|names| names.key);
            }
        }
        Ok(())
    }

    async fn log(
        &self,
        tx: &Tx,
        actor: &Actor,
        kind: &str,
        webhook: &Webhook,
    ) -> Result<(), Failure> {
        let event = Happened {
            kind,
            webhook: webhook.id,
            version: webhook.version,
            by: Some(actor),
            data: json!({ "url": webhook.url, "active": webhook.active }),
        };
        Ok(log_in(tx, self.clock(), actor.workspace, event).await?)
    }

    async fn begin(&self, actor: &Actor) -> Result<Tx, Failure> {
        Ok((self.store().begin(actor.workspace, Class::Interactive)).await?)
    }

    async fn answer_webhook(
        &self,
        actor: &Actor,
        status: StatusCode,
        webhook: &Webhook,
    ) -> Result<Stored, Failure> {
        let objects = self.events().objects(actor.workspace).await?;
        let stored = Stored::json(status, &show(webhook, &objects))?;
        Ok(stored.header(header::ETAG, etag(webhook.version)))
    }
}

async fn lock_in(
    tx: &Tx,
    actor: &Actor,
    id: WebhookId,
    if_version: Option<i64>,
) -> Result<(Webhook, Sealed), Failure> {
    let found = store::lock_in(tx, actor.workspace, id).await?;
    let (webhook, sealed) = found.ok_or_else(Failure::not_found)?;
    match if_version {
        Some(version) if version != webhook.version => Err(Failure::new(
            ErrorCode::VersionMismatch,
            "Somebody else changed the webhook meanwhile. Read it again, then repeat your change.",
        )
        .detail("current_version", webhook.version)),
        _ => Ok((webhook, sealed)),
    }
}

fn plural(webhook: &Webhook, objects: &[ObjectNames]) -> Option<String> {
    let key = webhook.object_key.as_ref()?;
    let names = objects.iter().find(|object| object.key == *key)?;
    Some(names.plural.clone())
}

fn reveal(shown: &mut Value, secret: &WebhookSecret) {
    shown["secret"] = json!(secret.reveal());
    shown["note"] = json!(SHOWN_ONCE);
}

/// A webhook as the API shows it.
fn show(webhook: &Webhook, objects: &[ObjectNames]) -> Value {
    json!({
        "id": webhook.id,
        "url": webhook.url,
        "description": webhook.description,
        "object": plural(webhook, objects),
        "events": webhook.verbs,
        "filter": webhook.filter,
        "active": webhook.active,
        "disabled_reason": webhook.disabled.map(|disabled| disabled.why.name()),
        "disabled_at": webhook.disabled.map(|disabled| disabled.at),
        "failing_since": webhook.failing_since,
        "former_secret_until": webhook.former_until,
        "created_by": { "id": webhook.created_by },
        "version": webhook.version,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    })
}
