//! The master key: the one secret that an operator keeps, apart from the database.
//!
//! It encrypts nothing but the workspaces' data keys, so it can be replaced by wrapping these
//! anew, and destroying one data key makes one workspace's encrypted values unreadable, in
//! backups too.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kith_kernel::WorkspaceId;

use crate::field::Aead;
use crate::{CryptoError, FieldCipher, Secret, random_bytes};

/// The master key's file within the data directory.
pub const MASTER_KEY_FILE: &str = "master.key";
/// The environment variable that holds the master key instead of the file.
pub const MASTER_KEY_VARIABLE: &str = "KITH_MASTER_KEY";

/// Domain of what the master key encrypts.
const WRAPPED: &[u8] = b"kith data key 1";

/// The key that the workspaces' data keys are encrypted with.
pub struct MasterKey(Aead);

impl MasterKey {
    /// A new key that is kept nowhere: what it encrypts can't be read once it is gone.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when the cipher refuses.
    pub fn generate() -> Result<Self, CryptoError> {
        Aead::new(&random_bytes()).map(Self)
    }

    /// Reads a key: 32 bytes in Base64, as `openssl rand -base64 32` makes them.
    ///
    /// # Errors
    /// [`CryptoError::MasterKey`] when the text is anything else.
    pub fn parse(text: &Secret<String>) -> Result<Self, CryptoError> {
        let decoded = STANDARD.decode(text.expose().trim()).ok();
        let key: Option<[u8; 32]> = decoded.and_then(|bytes| bytes.try_into().ok());
        let key = key.ok_or_else(|| {
            CryptoError::MasterKey(format!(
                "The master key is not 32 bytes in Base64. Restore {MASTER_KEY_FILE} from your \
                 backup, or set {MASTER_KEY_VARIABLE} to the right key."
            ))
        })?;
        Aead::new(&key).map(Self)
    }

    /// The key in `directory`; makes one there on the first start, readable by its owner only.
    /// Without this file, what was encrypted is lost: it has to be backed up apart from the data.
    ///
    /// # Errors
    /// [`CryptoError::MasterKey`] when the file can't be read or made, or others may read it.
    pub fn load_or_create(directory: &Path) -> Result<Self, CryptoError> {
        let path = directory.join(MASTER_KEY_FILE);
        let failed = |error: std::io::Error| {
            CryptoError::MasterKey(format!(
                "{} can't be used: {error}. Check the rights of the data directory.",
                path.display()
            ))
        };
        match File::open(&path) {
            Ok(file) => read(&path, file).map_err(failed)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create(directory, &path).map_err(failed)?;
                // Read back: another process may have been first.
                File::open(&path)
                    .and_then(|file| read(&path, file))
                    .map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        }
        .and_then(|text| Self::parse(&text))
    }

    /// A new data key for a workspace: its cipher, and the wrapped key to be stored.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when the cipher refuses.
    pub fn create_cipher(
        &self,
        workspace: WorkspaceId,
    ) -> Result<(FieldCipher, Vec<u8>), CryptoError> {
        let key = random_bytes::<32>();
        let wrapped = self.0.seal(&[WRAPPED, workspace.0.as_bytes()], &key)?;
        Ok((FieldCipher::new(workspace, &key)?, wrapped))
    }

    /// The cipher of a workspace out of its wrapped data key.
    ///
    /// # Errors
    /// [`CryptoError::Undecipherable`] when the key was wrapped for another workspace or by
    /// another master key.
    pub fn open_cipher(
        &self,
        workspace: WorkspaceId,
        wrapped: &[u8],
    ) -> Result<FieldCipher, CryptoError> {
        let key = self.0.open(&[WRAPPED, workspace.0.as_bytes()], wrapped)?;
        let key: [u8; 32] = key.try_into().map_err(|_| CryptoError::Undecipherable)?;
        FieldCipher::new(workspace, &key)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

fn read(path: &Path, file: File) -> std::io::Result<Result<Secret<String>, CryptoError>> {
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        return Ok(Err(CryptoError::MasterKey(format!(
            "Others may read the master key. Run chmod 600 {} and consider the key known.",
            path.display()
        ))));
    }
    let mut text = String::new();
    file.take(1024).read_to_string(&mut text)?;
    Ok(Ok(Secret::new(text)))
}

/// Makes the file complete under another name and links it into place, so that a crash leaves
/// no half key and of two processes one wins.
fn create(directory: &Path, path: &Path) -> std::io::Result<()> {
    let key = STANDARD.encode(random_bytes::<32>());
    let unique = u64::from_be_bytes(random_bytes());
    let draft = directory.join(format!("{MASTER_KEY_FILE}.{unique:016x}"));
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        writeln!(file, "{key}")?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => File::open(directory)?.sync_all(),
        }
    })();
    let removed = fs::remove_file(&draft);
    written.and(removed)
}

#[cfg(test)]
mod tests {
    use kith_kernel::{Clock, RecordId};

    use super::*;
    use crate::Place;

    fn place(clock: &Clock) -> Place<'static> {
        Place {
            object: "person",
            field: "iban",
            record: RecordId::new(clock),
        }
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_only() {
        let clock = Clock::fixed(jiff::Timestamp::UNIX_EPOCH);
        let dir = tempfile::tempdir().unwrap();
        let first = MasterKey::load_or_create(dir.path()).unwrap();
        let path = dir.path().join(MASTER_KEY_FILE);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let workspace = WorkspaceId::new(&clock);
        let (cipher, wrapped) = first.create_cipher(workspace).unwrap();
        let place = place(&clock);
        let sealed = cipher.encrypt(place, b"DE02").unwrap();

        let second = MasterKey::load_or_create(dir.path()).unwrap();
        let cipher = second.open_cipher(workspace, &wrapped).unwrap();
        assert_eq!(cipher.decrypt(place, &sealed).unwrap(), b"DE02");
        let stranger = WorkspaceId::new(&clock);
        assert!(second.open_cipher(stranger, &wrapped).is_err());
    }

    #[test]
    fn of_many_who_make_it_at_once_all_get_the_same() {
        let clock = Clock::fixed(jiff::Timestamp::UNIX_EPOCH);
        let dir = tempfile::tempdir().unwrap();
        let keys: Vec<MasterKey> = std::thread::scope(|scope| {
            let load = || scope.spawn(|| MasterKey::load_or_create(dir.path()).unwrap());
            let threads: Vec<_> = (0..8).map(|_| load()).collect();
            threads.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let workspace = WorkspaceId::new(&clock);
        let (_, wrapped) = keys[0].create_cipher(workspace).unwrap();
        assert!(
            keys.iter()
                .all(|key| key.open_cipher(workspace, &wrapped).is_ok())
        );
    }

    #[test]
    fn a_key_that_others_may_read_or_that_is_none_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        MasterKey::load_or_create(dir.path()).unwrap();
        let path = dir.path().join(MASTER_KEY_FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = MasterKey::load_or_create(dir.path()).unwrap_err();
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
        for text in ["", "short", "AAAA", &STANDARD.encode([0; 33])] {
            assert!(MasterKey::parse(&Secret::new(text.to_owned())).is_err());
        }
        assert!(MasterKey::parse(&Secret::new(format!(" {}\n", STANDARD.encode([1; 32])))).is_ok());
        assert!(MasterKey::load_or_create(Path::new("/nonexistent/kith")).is_err());
    }
}
