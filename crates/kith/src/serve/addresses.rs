//! Where the server listens, for people and for other commands.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::net::TcpListener;

/// Listens on an address; `what` is the setting that names it.
pub(crate) async fn bind(what: &str, address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "{what} = {address:?} can't be listened on; is another server running there? \
             Choose another with --{}",
            what.replace('_', "-")
        )
    })
}

/// A file in the data directory that says where this process listens; gone when it ends.
pub(crate) struct Note(PathBuf);

impl Note {
    /// Writes `<data>/run/<name>.addr`.
    pub(crate) fn write(data: &Path, name: &str, address: SocketAddr) -> anyhow::Result<Self> {
        let folder = data.join("run");
        let path = folder.join(format!("{name}.addr"));
        std::fs::create_dir_all(&folder)
            .and_then(|()| replace(&path, &format!("{address}\n")))
            .with_context(|| format!("{} can't be written", path.display()))?;
        Ok(Self(path))
    }
}

/// Readers see the whole address or none.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::rename(&new, path)
}

impl Drop for Note {
    fn drop(&mut self) {
        // A file that is gone already is as good.
        let _ = std::fs::remove_file(&self.0);
    }
}
