//! As whom PostgreSQL runs: as ourselves, or, because it refuses root, as a system user.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use tokio::process::Command;

use crate::StoreError;

/// The user that PostgreSQL's processes run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Whether it is somebody else than this process.
    pub(super) other: bool,
}

impl Account {
    /// The account for the cluster in `data`: whoever owns it already, ourselves, or a system user.
    pub(super) async fn choose(data: &Path) -> Result<Self, StoreError> {
        let uid = rustix::process::geteuid().as_raw();
        let gid = rustix::process::getegid().as_raw();
        let owner = std::fs::metadata(data.join("postgres")).ok();
        if uid != 0 {
            if let Some(owner) = owner.filter(|owner| owner.uid() != uid) {
                return Err(StoreError::Embedded(format!(
                    "the database in {} belongs to user {} and Kith runs as user {uid}. Start Kith as the user \
                     that made it, or as root",
                    data.display(),
                    owner.uid()
                )));
            }
            return Ok(Self {
                uid,
                gid,
                other: false,
            });
        }
        if let Some(owner) = owner.filter(|owner| owner.uid() != 0) {
            return Ok(Self {
                uid: owner.uid(),
                gid: owner.gid(),
                other: true,
            });
        }
        for name in ["postgres", "kith"] {
            if let Some(account) = look_up(name).await {
                return Ok(account);
            }
        }
        add_user().await
    }

    /// A command that runs as this account, in `/` and with a plain environment.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(std::process::Stdio::null());
        if self.other {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }
}

async fn look_up(name: &str) -> Option<Account> {
    Some(Account {
        uid: id("-u", name).await?,
        gid: id("-g", name).await?,
        other: true,
    })
}

async fn id(what: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([what, name]).output().await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().parse().ok().filter(|id| *id != 0)
}

/// Adds the system user `kith`, with the tool that the distribution has.
async fn add_user() -> Result<Account, StoreError> {
    let tools: [(&str, &[&str]); 2] = [
        (
            "useradd",
            &[
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/bin/false",
                "kith",
            ],
        ),
        ("adduser", &["-S", "-D", "-H", "-s", "/bin/false", "kith"]),
    ];
    for (tool, arguments) in tools {
        let added = Command::new(tool).args(arguments).output().await;
        if added.is_ok_and(|output| output.status.success())
            && let Some(account) = look_up("kith").await
        {
            tracing::info!("added the system user kith, as which PostgreSQL will run");
            return Ok(account);
        }
    }
    Err(StoreError::Embedded(
        "PostgreSQL refuses to run as root, and no system user for it could be added. Add one \
         (useradd --system kith), or start Kith as an ordinary user"
            .to_owned(),
    ))
}
