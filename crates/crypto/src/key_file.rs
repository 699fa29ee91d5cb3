//! The file of key-encryption keys: one per line, the newest first.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{CryptoError, Secret, random_bytes};

/// The largest file that is read, in bytes: a few hundred keys.
const MOST_BYTES: u64 = 64 * 1024;

/// The text of the file, which only its owner may read. `None` where there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Secret<String>>, CryptoError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| unusable(path, &error))?,
    };
    let text = (|| {
        let mode = file.metadata()?.permissions().mode();
        let mut text = String::new();
        let for_others = mode % 0o100;
        if for_others == 0 {
            (&mut file).take(MOST_BYTES).read_to_string(&mut text)?;
            return Ok(Some(text));
        }
        Ok(None)
    })();
    match text.map_err(|error: io::Error| unusable(path, &error))? {
        Some(text) => Ok(Some(Secret::new(text))),
        None => Err(CryptoError::MasterKey(format!(
            "Others may read the master key. Run chmod 600 {} and consider the key known.",
            path.display()
        ))),
    }
}

/// A key as it stands in the file.
pub(crate) fn new_line() -> Secret<String> {
    Secret::new(STANDARD.encode(random_bytes::<32>()))
}

/// Makes the file with one new key, unless another process does so first.
pub(crate) fn create(path: &Path) -> Result<(), CryptoError> {
    let draft = Draft::write(path, new_line().expose()).map_err(|error| unusable(path, &error))?;
    let linked = match fs::hard_link(&draft.0, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(path),
    };
    linked.map_err(|error| unusable(path, &error))
}

/// Puts other text into the file, at once or not at all.
pub(crate) fn replace(path: &Path, text: &Secret<String>) -> Result<(), CryptoError> {
    let draft = Draft::write(path, text.expose()).map_err(|error| unusable(path, &error))?;
    fs::rename(&draft.0, path)
        .and_then(|()| sync_folder(path))
        .map_err(|error| unusable(path, &error))
}

/// A complete file under another name, so that a crash leaves no half key. It is removed in the end.
struct Draft(PathBuf);

impl Draft {
    fn write(path: &Path, text: &str) -> io::Result<Self> {
        let unique = u64::from_be_bytes(random_bytes());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let draft = Self(path.with_file_name(format!("{name}.{unique:016x}")));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft.0)?;
        writeln!(file, "{}", text.trim_end())?;
        file.sync_all()?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn unusable(path: &Path, error: &io::Error) -> CryptoError {
    CryptoError::MasterKey(format!(
        "{} can't be used: {error}. Check the rights of its directory.",
        path.display()
    ))
}
