//! The key-encryption keys: the one secret that an operator keeps, apart from the database.
//!
//! They encrypt nothing but data keys, so they can be replaced by wrapping these anew: the newest
//! wraps, the older ones open what they have wrapped.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kith_kernel::WorkspaceId;

use crate::field::Aead;
use crate::{CryptoError, DataKey, FieldCipher, MacKey, Secret, key_file, random_bytes};

/// The file of the keys within the data directory.
pub const MASTER_KEY_FILE: &str = "master.key";
/// The environment variable that holds the keys instead of the file.
pub const MASTER_KEY_VARIABLE: &str = "KITH_MASTER_KEY";

/// Domain of what the keys encrypt.
const WRAPPED: &[u8] = b"kith data key 1";
const ID: &[u8] = b"kith key id 1";

/// A data key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// Which key-encryption key it was wrapped by: 16 hexadecimal digits.
    pub key_id: String,
    /// The encrypted key.
    pub bytes: Vec<u8>,
}

impl Wrapped {
    /// Both in one, for tables with one column for them: the id's eight bytes, then the key.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when the id is none.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CryptoError> {
        let id = u64::from_str_radix(&self.key_id, 16).map_err(|_| CryptoError::Unencryptable)?;
        Ok([&id.to_be_bytes()[..], &self.bytes].concat())
    }

    /// What [`Wrapped::to_bytes`] made.
    ///
    /// # Errors
    /// [`CryptoError::Undecipherable`] when it is anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        let (id, rest) = bytes
            .split_first_chunk()
            .ok_or(CryptoError::Undecipherable)?;
        Ok(Self {
            key_id: id_text(*id),
            bytes: rest.to_vec(),
        })
    }
}

/// A key's id as people read it.
fn id_text(id: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(id))
}

/// The key-encryption keys of this installation.
pub struct Keyring {
    /// The file that they stand in; `None` where they were given as a text.
    file: Option<PathBuf>,
    keys: RwLock<Arc<[Kek]>>,
}

/// One key-encryption key.
struct Kek {
    id: String,
    aead: Aead,
}

impl Keyring {
    /// Reads keys: each 32 bytes in Base64, as `openssl rand -base64 32` makes them, the newest
    /// first, separated by commas or white space.
    ///
    /// # Errors
    /// [`CryptoError::MasterKey`] when the text is anything else.
    pub fn parse(text: &Secret<String>) -> Result<Self, CryptoError> {
        Ok(Self {
            file: None,
            keys: RwLock::new(parse(text)?),
        })
    }

    /// One new key that is kept nowhere: what it wraps is lost with it.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when the cipher refuses.
    pub fn generate() -> Result<Self, CryptoError> {
        Self::parse(&key_file::new_line())
    }

    /// The keys in `directory`; makes one there on the first start, readable by its owner only.
    /// Without this file, what was encrypted is lost: it has to be backed up apart from the data.
    ///
    /// # Errors
    /// [`CryptoError::MasterKey`] when the file can't be read or made, or others may read it.
    pub fn load_or_create(directory: &Path) -> Result<Self, CryptoError> {
        let path = directory.join(MASTER_KEY_FILE);
        if key_file::read(&path)?.is_none() {
            key_file::create(&path)?;
        }
        Self::load(&path)
    }

    /// The keys in a file.
    ///
    /// # Errors
    /// [`CryptoError::MasterKey`] when the file can't be read, or others may read it.
    pub fn load(path: &Path) -> Result<Self, CryptoError> {
        Ok(Self {
            keys: RwLock::new(in_file(path)?),
            file: Some(path.to_owned()),
        })
    }

    /// The ids of the keys, the newest first.
    pub fn ids(&self) -> Vec<String> {
        self.keys().iter().map(|key| key.id.clone()).collect()
    }

    /// The id of the newest key, which wraps.
    pub fn newest(&self) -> String {
        self.ids().into_iter().next().unwrap_or_default()
    }

    /// Puts a new key in front of the file. What others had wrapped is still opened by them.
    ///
    /// # Errors
    /// [`CryptoError::MasterKey`] when the keys are not in a file, or it can't be written.
    pub fn rotate(&self) -> Result<String, CryptoError> {
        let path = self.file.as_deref().ok_or_else(|| {
            CryptoError::MasterKey(format!(
                "The master key was given by {MASTER_KEY_VARIABLE}. Put a new one in front of it \
                 there, before a comma: openssl rand -base64 32"
            ))
        })?;
        let old = key_file::read(path)?.unwrap_or_default();
        let new = key_file::new_line();
        let both = format!("{}\n{}", new.expose(), old.expose());
        key_file::replace(path, &Secret::new(both))?;
        self.reload(path)?;
        Ok(self.newest())
    }

    /// Encrypts a data key for its `owner`.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when the cipher refuses.
    pub fn wrap(&self, owner: &[&[u8]], key: &DataKey) -> Result<Wrapped, CryptoError> {
        self.wrap_bytes(owner, key.secret())
    }

    /// The data key that was wrapped for this `owner`. A key-encryption key that isn't known is
    /// looked for in the file, which another process may have written since.
    ///
    /// # Errors
    /// [`CryptoError::MasterKey`] when the key-encryption key is missing,
    /// [`CryptoError::Undecipherable`] when the data key was wrapped for another owner.
    pub fn unwrap(&self, owner: &[&[u8]], wrapped: &Wrapped) -> Result<DataKey, CryptoError> {
        DataKey::new(self.unwrap_bytes(owner, wrapped)?)
    }

    /// A new data key for the fields of a workspace: its cipher, and the wrapped key to be stored.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when the cipher refuses.
    pub fn create_cipher(
        &self,
        workspace: WorkspaceId,
    ) -> Result<(FieldCipher, Vec<u8>), CryptoError> {
        let key = random_bytes::<32>();
        let wrapped = self.wrap_bytes(&[workspace.0.as_bytes()], &key)?;
        Ok((FieldCipher::new(workspace, &key)?, wrapped.to_bytes()?))
    }

    /// The cipher of a workspace out of its wrapped data key.
    ///
    /// # Errors
    /// As [`Keyring::unwrap`].
    pub fn open_cipher(
        &self,
        workspace: WorkspaceId,
        wrapped: &[u8],
    ) -> Result<FieldCipher, CryptoError> {
        let wrapped = Wrapped::from_bytes(wrapped)?;
        let key = self.unwrap_bytes(&[workspace.0.as_bytes()], &wrapped)?;
        FieldCipher::new(workspace, &key)
    }

    /// The data key of a workspace's fields, wrapped by the newest key; `None` where it is already.
    ///
    /// # Errors
    /// As [`Keyring::unwrap`].
    pub fn rewrap_cipher(
        &self,
        workspace: WorkspaceId,
        wrapped: &[u8],
    ) -> Result<Option<Vec<u8>>, CryptoError> {
        let wrapped = Wrapped::from_bytes(wrapped)?;
        if wrapped.key_id == self.newest() {
            return Ok(None);
        }
        let owner: [&[u8]; 1] = [workspace.0.as_bytes()];
        let key = self.unwrap_bytes(&owner, &wrapped)?;
        self.wrap_bytes(&owner, &key)?.to_bytes().map(Some)
    }

    fn wrap_bytes(&self, owner: &[&[u8]], key: &[u8; 32]) -> Result<Wrapped, CryptoError> {
        let keys = self.keys();
        let newest = keys.first().ok_or(CryptoError::Unencryptable)?;
        Ok(Wrapped {
            key_id: newest.id.clone(),
            bytes: newest.aead.seal(&context(owner), key)?,
        })
    }

    fn unwrap_bytes(&self, owner: &[&[u8]], wrapped: &Wrapped) -> Result<[u8; 32], CryptoError> {
        let known = |keys: &[Kek]| keys.iter().any(|key| key.id == wrapped.key_id);
        if !known(&self.keys())
            && let Some(path) = self.file.as_deref()
        {
            self.reload(path)?;
        }
        let keys = self.keys();
        let key = (keys.iter().find(|key| key.id == wrapped.key_id)).ok_or_else(|| {
            CryptoError::MasterKey(format!(
                "The master key {} is missing. Restore {MASTER_KEY_FILE} from your backup, or add \
                 the key to {MASTER_KEY_VARIABLE}.",
                wrapped.key_id
            ))
        })?;
        let opened = key.aead.open(&context(owner), &wrapped.bytes)?;
        opened.try_into().map_err(|_| CryptoError::Undecipherable)
    }

    fn keys(&self) -> Arc<[Kek]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn reload(&self, path: &Path) -> Result<(), CryptoError> {
        let keys = in_file(path)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.ids()).finish()
    }
}

fn context<'a>(owner: &[&'a [u8]]) -> Vec<&'a [u8]> {
    std::iter::once(WRAPPED)
        .chain(owner.iter().copied())
        .collect()
}

fn in_file(path: &Path) -> Result<Arc<[Kek]>, CryptoError> {
    let text = key_file::read(path)?.ok_or_else(|| {
        CryptoError::MasterKey(format!("There is no master key at {}.", path.display()))
    })?;
    parse(&text)
}

fn parse(text: &Secret<String>) -> Result<Arc<[Kek]>, CryptoError> {
    let parts = text
        .expose()
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|part| !part.is_empty());
    let mut keys = Vec::new();
    for part in parts {
        let decoded = STANDARD.decode(part).ok();
        let key: [u8; 32] = (decoded.and_then(|bytes| bytes.try_into().ok())).ok_or_else(bad)?;
        let id = MacKey::new(key).mac(&[ID]);
        let (id, _) = id.split_first_chunk().ok_or_else(bad)?;
        keys.push(Kek {
            id: id_text(*id),
            aead: Aead::new(&key)?,
        });
    }
    if keys.is_empty() {
        return Err(bad());
    }
    Ok(keys.into())
}

fn bad() -> CryptoError {
    CryptoError::MasterKey(format!(
        "The master key is not 32 bytes in Base64. Restore {MASTER_KEY_FILE} from your backup, or \
         set {MASTER_KEY_VARIABLE} to the right key."
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use kith_kernel::{Clock, RecordId};

    use super::*;
    use crate::Place;

    fn text(bytes: [u8; 32]) -> String {
        STANDARD.encode(bytes)
    }

    fn ring(text: &str) -> Result<Keyring, CryptoError> {
        Keyring::parse(&Secret::new(text.to_owned()))
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_only() {
        let clock = Clock::fixed(jiff::Timestamp::UNIX_EPOCH);
        let dir = tempfile::tempdir().unwrap();
        let first = Keyring::load_or_create(dir.path()).unwrap();
        let path = dir.path().join(MASTER_KEY_FILE);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let workspace = WorkspaceId::new(&clock);
        let (cipher, wrapped) = first.create_cipher(workspace).unwrap();
        let place = Place {
            object: "person",
            field: "iban",
            record: RecordId::new(&clock),
        };
        let sealed = cipher.encrypt(place, b"DE02").unwrap();

        let second = Keyring::load_or_create(dir.path()).unwrap();
        let cipher = second.open_cipher(workspace, &wrapped).unwrap();
        assert_eq!(cipher.decrypt(place, &sealed).unwrap(), b"DE02");
        let stranger = WorkspaceId::new(&clock);
        assert!(second.open_cipher(stranger, &wrapped).is_err());
        assert!(second.open_cipher(workspace, b"short").is_err());

        assert_eq!(second.rewrap_cipher(workspace, &wrapped).unwrap(), None);
        second.rotate().unwrap();
        let again = second.rewrap_cipher(workspace, &wrapped).unwrap().unwrap();
        let cipher = first.open_cipher(workspace, &again).unwrap();
        assert_eq!(cipher.decrypt(place, &sealed).unwrap(), b"DE02");
    }

    #[test]
    fn of_many_who_make_it_at_once_all_get_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let rings: Vec<Keyring> = std::thread::scope(|scope| {
            let load = || scope.spawn(|| Keyring::load_or_create(dir.path()).unwrap());
            let threads: Vec<_> = (0..8).map(|_| load()).collect();
            threads.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let key = DataKey::generate().unwrap();
        let wrapped = rings[0].wrap(&[b"p"], &key).unwrap();
        assert!(
            rings
                .iter()
                .all(|ring| ring.unwrap(&[b"p"], &wrapped).is_ok())
        );
    }

    #[test]
    fn the_newest_wraps_and_old_ones_open() {
        let dir = tempfile::tempdir().unwrap();
        let serving = Keyring::load_or_create(dir.path()).unwrap();
        let key = DataKey::generate().unwrap();
        let sealed = key.seal(&[], b"hello").unwrap();
        let before = serving.wrap(&[b"p"], &key).unwrap();

        let command = Keyring::load_or_create(dir.path()).unwrap();
        let newest = command.rotate().unwrap();
        assert_eq!(command.ids().len(), 2);
        assert_ne!(newest, before.key_id);
        let after = command.wrap(&[b"p"], &command.unwrap(&[b"p"], &before).unwrap());
        let after = after.unwrap();
        assert_eq!(after.key_id, newest);
        // The process that serves finds the new key by itself.
        let found = serving.unwrap(&[b"p"], &after).unwrap();
        assert_eq!(found.open(&[], &sealed).unwrap(), b"hello");
        assert_eq!(serving.newest(), newest);
        assert!(serving.unwrap(&[b"q"], &after).is_err());
    }

    #[test]
    fn keys_of_a_variable_are_rotated_there() {
        let (old, new) = (text([1; 32]), text([2; 32]));
        let before = ring(&old).unwrap();
        let both = ring(&format!("{new}, {old}\n")).unwrap();
        let wrapped = before.wrap(&[], &DataKey::generate().unwrap()).unwrap();
        assert!(both.unwrap(&[], &wrapped).is_ok());
        assert_eq!(both.ids()[1], before.newest());
        let lost = ring(&new).unwrap().unwrap(&[], &wrapped).unwrap_err();
        assert!(lost.to_string().contains(&wrapped.key_id), "{lost}");
        assert!(
            both.rotate()
                .unwrap_err()
                .to_string()
                .contains("KITH_MASTER_KEY")
        );
    }

    #[test]
    fn a_key_that_others_may_read_or_that_is_none_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        Keyring::load_or_create(dir.path()).unwrap();
        let path = dir.path().join(MASTER_KEY_FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Keyring::load_or_create(dir.path()).unwrap_err();
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
        for bad in ["", "short", "AAAA", &STANDARD.encode([0; 33])] {
            assert!(ring(bad).is_err());
        }
        assert!(ring(&format!(" {}\n", text([1; 32]))).is_ok());
        assert!(Keyring::load_or_create(Path::new("/nonexistent/kith")).is_err());
    }
}
