//! The secrets that deliveries are signed with: encrypted at rest, by a key of the workspace's own.

use std::num::NonZeroUsize;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kith_crypto::{FieldCipher, Keyring, Place, WebhookSecret};
use kith_kernel::{Failure, RecordId, WebhookId, WorkspaceId};
use kith_store::{Class, Store};
use lru::LruCache;
use parking_lot::Mutex;

/// How long a former secret still signs.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// How many workspaces' ciphers are kept in memory.
const KEPT: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

/// By the primary key.
const KEY: &str = "SELECT wrapped FROM integrations.data_key WHERE workspace_id = $1";
const PUT_KEY: &str = "INSERT INTO integrations.data_key (workspace_id, wrapped) VALUES ($1, $2) \
    ON CONFLICT (workspace_id) DO NOTHING";

/// Each workspace has one.
const KEYS: &str = "SELECT workspace_id, wrapped FROM integrations.data_key FOR UPDATE";
const REPLACE_KEY: &str = "UPDATE integrations.data_key SET wrapped = $2 WHERE workspace_id = $1";

/// Wraps the workspaces' data keys by the newest key-encryption key; how many were not.
///
/// # Errors
/// When a key-encryption key is missing, or the database fails.
pub async fn rewrap_keys(store: &Store, keyring: &Keyring) -> Result<u64, Failure> {
    let tx = store.begin_system(Class::Background).await?;
    let mut done = 0;
    for row in tx.query(KEYS, &[]).await? {
        let (workspace, wrapped): (WorkspaceId, Vec<u8>) = (row.get(0), row.get(1));
        if let Some(wrapped) = keyring.rewrap_cipher(workspace, &wrapped)? {
            done += tx.execute(REPLACE_KEY, &[&workspace, &wrapped]).await?;
        }
    }
    tx.commit().await?;
    Ok(done)
}

/// A webhook's secrets as they are stored.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    pub(crate) secret: Vec<u8>,
    /// The former one, and until when it signs.
    pub(crate) former: Option<(Vec<u8>, Timestamp)>,
}

/// The workspaces' ciphers.
pub(crate) struct Secrets {
    store: Store,
    master: Arc<Keyring>,
    ciphers: Mutex<LruCache<WorkspaceId, Arc<FieldCipher>>>,
}

impl Secrets {
    pub(crate) fn new(store: Store, master: Arc<Keyring>) -> Self {
        Self {
            store,
            master,
            ciphers: Mutex::new(LruCache::new(KEPT)),
        }
    }

    /// The workspace's cipher; its key is made when it is first needed.
    pub(crate) async fn cipher(&self, workspace: WorkspaceId) -> Result<Arc<FieldCipher>, Failure> {
        if let Some(cipher) = self.ciphers.lock().get(&workspace) {
            return Ok(Arc::clone(cipher));
        }
        let tx = self.store.begin(workspace, Class::Interactive).await?;
        let wrapped = match tx.query_opt(KEY, &[&workspace]).await? {
            Some(row) => row.get(0),
            None => {
                let (_, made) = self.master.create_cipher(workspace)?;
                tx.execute(PUT_KEY, &[&workspace, &made]).await?;
                // Another process may have been first.
                tx.query_one(KEY, &[&workspace]).await?.get::<_, Vec<u8>>(0)
            }
        };
        tx.commit().await?;
        let cipher = Arc::new(self.master.open_cipher(workspace, &wrapped)?);
        self.ciphers.lock().put(workspace, Arc::clone(&cipher));
        Ok(cipher)
    }
}

/// A secret, encrypted for its webhook.
pub(crate) fn seal(
    cipher: &FieldCipher,
    webhook: WebhookId,
    secret: &WebhookSecret,
) -> Result<Vec<u8>, Failure> {
    Ok(cipher.encrypt(place(webhook), secret.bytes())?)
}

impl Sealed {
    /// The secrets that sign at this moment, the newest first.
    pub(crate) fn open(
        &self,
        cipher: &FieldCipher,
        webhook: WebhookId,
        now: Timestamp,
    ) -> Result<Vec<WebhookSecret>, Failure> {
        let former = (self.former.iter()).filter(|(_, until)| *until > now);
        (std::iter::once(&self.secret).chain(former.map(|(secret, _)| secret)))
            .map(|sealed| {
                let bytes = cipher.decrypt(place(webhook), sealed)?;
                Ok(WebhookSecret::from_bytes(bytes)?)
            })
            .collect()
    }

    /// With `secret` in the place of the one that now becomes the former.
    pub(crate) fn rotated(self, secret: Vec<u8>, now: Timestamp) -> Self {
        let until = now.checked_add(OVERLAP).unwrap_or(Timestamp::MAX);
        Self {
            secret,
            former: Some((self.secret, until)),
        }
    }
}

fn place(webhook: WebhookId) -> Place<'static> {
    Place {
        object: "webhook",
        field: "secret",
        record: RecordId(webhook.0),
    }
}
