//! Finding PostgreSQL's programs.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::StoreError;

/// The oldest major version that Kith works with.
const OLDEST: u32 = 15;

/// Folders that hold one folder per installed version, and what stands behind it.
const VERSIONED: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr/lib", "postgresql", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/opt/local/lib", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Where PostgreSQL's programs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The newest usable version, or the one that made the cluster where there is one.
    pub(super) async fn find(named: Option<&Path>, cluster: &Path) -> Result<Self, StoreError> {
        let made_by = std::fs::read_to_string(cluster.join("PG_VERSION"))
            .ok()
            .and_then(|text| text.trim().parse::<u32>().ok());
        let folders = match named {
            Some(folder) => vec![folder.to_owned()],
            None => candidates(),
        };
        let mut found = Vec::new();
        for folder in folders {
            if let Some(major) = version(&folder).await {
                found.push(Self { folder, major });
            }
        }
        choose(found, made_by, named, cluster)
    }

    pub(super) fn major(&self) -> u32 {
        self.major
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn choose(
    mut found: Vec<Binaries>,
    made_by: Option<u32>,
    named: Option<&Path>,
    cluster: &Path,
) -> Result<Binaries, StoreError> {
    found.sort_by_key(|binaries| binaries.major);
    let usable = match made_by {
        Some(major) => found.iter().position(|binaries| binaries.major == major),
        None => found.iter().rposition(|binaries| binaries.major >= OLDEST),
    };
    if let Some(index) = usable {
        return Ok(found.swap_remove(index));
    }
    let seen = found
        .iter()
        .map(|binaries| format!("{} at {}", binaries.major, binaries.folder.display()))
        .collect::<Vec<_>>()
        .join(", ");
    Err(StoreError::Embedded(match (made_by, named) {
        (Some(major), _) => format!(
            "the database in {} was made by PostgreSQL {major}, and {}. Install PostgreSQL {major} \
             (on Debian: apt install postgresql-{major}), name its programs with KITH_POSTGRES_BIN, \
             or convert the database with pg_upgrade",
            cluster.display(),
            if seen.is_empty() {
                "no PostgreSQL is installed".to_owned()
            } else {
                format!("here is only {seen}")
            },
        ),
        (None, Some(folder)) => format!(
            "KITH_POSTGRES_BIN says {}, where there is no usable postgres and initdb of version {OLDEST} or \
             newer{}",
            folder.display(),
            if seen.is_empty() {
                String::new()
            } else {
                format!(": found {seen}")
            },
        ),
        (None, None) => format!(
            "Kith needs PostgreSQL {OLDEST} or newer{}. Install it (Debian and Ubuntu: apt install postgresql; \
             Fedora: dnf install postgresql-server postgresql-contrib; Alpine: apk add postgresql \
             postgresql-contrib; macOS: brew install postgresql@17), name its programs with \
             KITH_POSTGRES_BIN, or use a server with KITH_DATABASE_URL",
            if seen.is_empty() {
                " and found none".to_owned()
            } else {
                format!(" and found only {seen}")
            },
        ),
    }))
}

/// Folders that may hold the programs, without doubles.
fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, prefix, rest) in VERSIONED {
        let Ok(entries) = std::fs::read_dir(parent) else {
            continue;
        };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                folders.push(entry.path().join(rest));
            }
        }
    }
    folders.push(PathBuf::from("/usr/local/pgsql/bin"));
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    // A link in PATH stands for the folder that it leads to.
    let mut real: Vec<PathBuf> = folders
        .into_iter()
        .filter_map(|folder| folder.join("initdb").canonicalize().ok())
        .filter_map(|program| program.parent().map(Path::to_owned))
        .collect();
    real.sort();
    real.dedup();
    real
}

/// The major version of the programs in `folder`, when both are there.
async fn version(folder: &Path) -> Option<u32> {
    if !folder.join("initdb").is_file() {
        return None;
    }
    let output = Command::new(folder.join("postgres"))
        .arg("--version")
        .output()
        .await
        .ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

/// The major version in `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major(said: &str) -> Option<u32> {
    let number = said.split_once("(PostgreSQL) ")?.1;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binaries(major: u32) -> Binaries {
        Binaries {
            folder: PathBuf::from(format!("/pg/{major}")),
            major,
        }
    }

    #[test]
    fn versions_are_read_from_what_postgres_says() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major("mysqld 8\n"), None);
    }

    #[test]
    fn a_new_cluster_takes_the_newest_version_and_an_old_one_its_own() {
        let all = || vec![binaries(17), binaries(14), binaries(15)];
        let cluster = Path::new("/data/postgres");
        let new = choose(all(), None, None, cluster).unwrap();
        assert_eq!(new, binaries(17));
        let old = choose(all(), Some(15), None, cluster).unwrap();
        assert_eq!(old, binaries(15));
    }

    #[test]
    fn refusals_say_what_to_install() {
        let cluster = Path::new("/data/postgres");
        let refusal = |found, made_by| {
            choose(found, made_by, None, cluster)
                .unwrap_err()
                .to_string()
        };
        assert!(refusal(vec![], None).contains("apt install postgresql"));
        assert!(refusal(vec![binaries(14)], None).contains("found only 14 at /pg/14"));
        assert!(refusal(vec![binaries(17)], Some(15)).contains("apt install postgresql-15"));
    }
}
