//! Files on their way to disk.

use std::io;
use std::path::{Path, PathBuf};

use axum::body::Body;
use http_body_util::BodyExt as _;
use kith_kernel::{ErrorCode, Failure, ImportId};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt as _;

/// Where files are kept until their imports are deleted, and how large they may be.
#[derive(Clone, Debug)]
pub struct ImportConfig {
    /// The folder of the files. Processes that share the work on imports have to share it.
    pub folder: PathBuf,
    /// The largest file, in bytes.
    pub max_bytes: u64,
}

impl ImportConfig {
    /// Files of up to 2 GiB in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            max_bytes: 2 << 30,
        }
    }

    /// Where the file of an import is.
    pub(crate) fn path(&self, id: ImportId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn partial(&self, id: ImportId) -> PathBuf {
        self.folder.join(format!("{id}.part"))
    }
}

/// A file that is removed unless it is kept.
struct Partial {
    path: Option<PathBuf>,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // A request that breaks off is dropped in the middle of anything.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Writes the body to disk, whole or not at all; the file's size.
pub(crate) async fn store(
    config: &ImportConfig,
    id: ImportId,
    mut body: Body,
) -> Result<u64, Failure> {
    fs::create_dir_all(&config.folder).await.map_err(refused)?;
    let path = config.partial(id);
    let mut partial = Partial {
        path: Some(path.clone()),
    };
    let mut file = File::create(&path).await.map_err(refused)?;
    let mut bytes: u64 = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Failure::new(
                ErrorCode::InvalidRequest,
                "The file broke off before its end. Send it again.",
            )
            .caused_by(error)
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        bytes += data.len() as u64;
        if bytes > config.max_bytes {
            let limit = config.max_bytes;
            let message = format!(
                "The file is larger than {limit} bytes. Split it, or have the limit raised."
            );
            return Err(
                Failure::new(ErrorCode::PayloadTooLarge, message).detail("limit_bytes", limit)
            );
        }
        file.write_all(&data).await.map_err(refused)?;
    }
    if bytes == 0 {
        return Err(Failure::new(
            ErrorCode::InvalidRequest,
            "The body is empty. Send the file itself as the body.",
        ));
    }
    file.flush().await.map_err(refused)?;
    file.sync_all().await.map_err(refused)?;
    fs::rename(&path, config.path(id)).await.map_err(refused)?;
    partial.path = None;
    sync_folder(&config.folder).await;
    Ok(bytes)
}

/// Removes the file of an import, where it is there.
pub(crate) async fn remove(config: &ImportConfig, id: ImportId) -> Result<(), Failure> {
    match fs::remove_file(config.path(id)).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(refused(error)),
        _ => Ok(()),
    }
}

/// Removes what requests left behind that a killed process couldn't clear away.
pub(crate) async fn sweep(config: &ImportConfig) -> io::Result<()> {
    let mut entries = match fs::read_dir(&config.folder).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    while let Some(entry) = entries.next_entry().await? {
        let partial = entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "part");
        let age = entry
            .metadata()
            .await?
            .modified()?
            .elapsed()
            .unwrap_or_default();
        if partial && age.as_secs() > 24 * 3600 {
            let _ = fs::remove_file(entry.path()).await;
        }
    }
    Ok(())
}

/// Makes the new name in the folder durable.
async fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder).await {
        let _ = folder.sync_all().await;
    }
}

fn refused(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::new(
            ErrorCode::StorageFull,
            "There is no room left to store the file. Nothing of it was kept.",
        )
        .caused_by(error),
        _ => Failure::internal(error),
    }
}
