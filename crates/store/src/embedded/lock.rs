use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::Path;

use super::directory::refused;
use crate::StoreError;

/// The lock on a data directory. Held as long as this value lives; the kernel lets go of it
/// when the process dies, however it dies.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock of `data`, or says which process has it.
    pub fn acquire(data: &Path) -> Result<Self, StoreError> {
        let path = data.join("kith.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| refused(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(StoreError::Embedded(format!(
                    "another Kith server (process {}) uses the data directory {}. Stop it first, or choose \
                     another directory with KITH_DATA",
                    holder.trim(),
                    data.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(refused(&path, &error)),
        }
        let pid = std::process::id();
        file.set_len(0)
            .and_then(|()| writeln!(file, "{pid}"))
            .map_err(|error| refused(&path, &error))?;
        Ok(Self { _file: file })
    }
}
