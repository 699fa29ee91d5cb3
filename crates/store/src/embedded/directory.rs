//! The data directory and the folder of the socket: who owns them, who may look in.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::account::Account;
use crate::StoreError;

/// A socket's path may have 107 bytes on Linux, 103 on macOS; `/.s.PGSQL.5432` takes 15.
const LONGEST: usize = 85;

/// What a new cluster and its first months of log need at least.
const ROOM: u64 = 512 << 20;

/// Makes `data` where needed and checks that PostgreSQL's account reaches it and that there is room.
pub(super) async fn prepare(data: &Path, account: &Account) -> Result<PathBuf, StoreError> {
    if !data.exists() {
        // PostgreSQL's account has to pass through, nobody has to list.
        let mode = if account.other { 0o711 } else { 0o700 };
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(data.parent().unwrap_or(Path::new("/")))
            .and_then(|()| DirBuilder::new().mode(mode).create(data))
            .map_err(|error| refused(data, &error))?;
    }
    let data = data.canonicalize().map_err(|error| refused(data, &error))?;
    if account.other {
        reachable(&data, account).await?;
    }
    if !data.join("postgres").join("PG_VERSION").exists() {
        enough_room(&data)?;
    }
    Ok(data)
}

fn enough_room(data: &Path) -> Result<(), StoreError> {
    let Some(free) = free_bytes(data) else {
        return Ok(());
    };
    if free < ROOM {
        return Err(StoreError::Embedded(format!(
            "there are only {} MiB free at {}, and a new database needs {} MiB. Free some, or choose another \
             data directory with KITH_DATA",
            free >> 20,
            data.display(),
            ROOM >> 20
        )));
    }
    Ok(())
}

/// Bytes that are free for us on the disk of `path`.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Whether the account can pass through every folder on the way, asked by trying.
async fn reachable(data: &Path, account: &Account) -> Result<(), StoreError> {
    let output = account
        .command(Path::new("/bin/sh"))
        .args(["-c", "cd \"$1\"", "sh"])
        .arg(data)
        .output()
        .await
        .map_err(|error| {
            StoreError::Embedded(format!("running as user {}: {error}", account.uid))
        })?;
    if output.status.success() {
        return Ok(());
    }
    let closed = data
        .ancestors()
        .filter(|folder| {
            fs::metadata(folder).is_ok_and(|it| it.uid() != account.uid && it.mode() & 0o001 == 0)
        })
        .last()
        .unwrap_or(data);
    Err(StoreError::Embedded(format!(
        "PostgreSQL refuses to run as root, so it runs as user {}, who may not enter {}. Choose a data directory \
         outside of it (KITH_DATA=/var/lib/kith), or open it with: chmod o+x {}",
        account.uid,
        closed.display(),
        closed.display()
    )))
}

/// Makes the folder of the socket, which only PostgreSQL's account and root may enter.
pub(super) fn sockets(data: &Path, account: &Account) -> Result<PathBuf, StoreError> {
    let folder = socket_path(data)?;
    own(&folder, account)?;
    Ok(folder)
}

/// Where the socket of the cluster in `data` is.
pub(super) fn socket_path(data: &Path) -> Result<PathBuf, StoreError> {
    let data = data.canonicalize().map_err(|error| refused(data, &error))?;
    let beside = data.join("run");
    if beside.as_os_str().len() <= LONGEST {
        return Ok(beside);
    }
    let digest = hex::encode(Sha256::digest(data.as_os_str().as_bytes()));
    Ok(PathBuf::from(format!(
        "/tmp/kith-{}",
        digest.get(..16).unwrap_or(&digest)
    )))
}

/// Makes a folder that nobody else may enter, or checks that it is one.
pub(super) fn own(folder: &Path, account: &Account) -> Result<(), StoreError> {
    let made = match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) if account.other => chown(folder, Some(account.uid), Some(account.gid)),
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    };
    made.map_err(|error| refused(folder, &error))?;
    let is = fs::symlink_metadata(folder).map_err(|error| refused(folder, &error))?;
    if !is.is_dir() || is.uid() != account.uid {
        return Err(StoreError::Embedded(format!(
            "{} should be a folder of user {}, and is not. Remove it, or give it to that user",
            folder.display(),
            account.uid
        )));
    }
    if is.mode() & 0o077 != 0 {
        fs::set_permissions(folder, Permissions::from_mode(0o700))
            .map_err(|error| refused(folder, &error))?;
    }
    Ok(())
}

/// What to say when a path can't be made or read.
pub(super) fn refused(path: &Path, error: &std::io::Error) -> StoreError {
    let hint = match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            ". Choose a data directory that you may write to, with KITH_DATA"
        }
        std::io::ErrorKind::StorageFull => ". Free some room there",
        std::io::ErrorKind::ReadOnlyFilesystem => {
            ". Choose a data directory on a writable disk, with KITH_DATA"
        }
        _ => "",
    };
    StoreError::Embedded(format!("{}: {error}{hint}", path.display()))
}
