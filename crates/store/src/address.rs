use std::fmt;
use std::path::Path;

use tokio_postgres::config::{Host, SslMode};

use crate::StoreError;
use crate::embedded::Room;
use crate::tls::Tls;

/// Where the database is, who logs in, and whether the way there is encrypted.
#[derive(Clone)]
pub struct ConnectionConfig {
    pub(crate) driver: tokio_postgres::Config,
    pub(crate) tls: Option<Tls>,
    pub(crate) room: Room,
}

impl ConnectionConfig {
    /// Reads a connection string, `postgres://user:password@host:port/database` or `key=value` pairs.
    ///
    /// With `sslmode` `require`, `verify-ca` or `verify-full` the connection is encrypted, and the
    /// server's certificate and name are verified against the file `sslrootcert` or against the
    /// certificates that the system trusts. Without it, it is not encrypted.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let (text, roots) = take_parameter(text, "sslrootcert");
        let (text, mode) = take_parameter(&text, "sslmode");
        let encrypted = match mode.as_deref() {
            None | Some("disable" | "allow" | "prefer") => false,
            Some("require" | "verify-ca" | "verify-full") => true,
            Some(other) => {
                return Err(StoreError::Configuration(format!(
                    "the database's address: sslmode is one of disable, prefer, require and verify-full, not {other}"
                )));
            }
        };
        let mut driver = text
            .parse::<tokio_postgres::Config>()
            .map_err(|error| StoreError::Configuration(unreadable(&error)))?;
        driver.ssl_mode(if encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        let tls = encrypted.then(|| Tls::new(roots.as_deref())).transpose()?;
        let config = Self {
            driver,
            tls,
            room: Room::default(),
        };
        if !encrypted && !config.is_local() {
            tracing::warn!(
                ?config,
                "the connection to the database is not encrypted; add sslmode=require to its address"
            );
        }
        Ok(config)
    }

    /// A server on a unix socket in `directory`.
    pub fn socket(directory: &Path, user: &str, database: &str) -> Self {
        let mut driver = tokio_postgres::Config::new();
        driver.host_path(directory).user(user).dbname(database);
        Self {
            driver,
            tls: None,
            room: Room::default(),
        }
    }

    /// The driver's own configuration, for tools and tests that need a plain connection.
    pub fn driver(&self) -> &tokio_postgres::Config {
        &self.driver
    }

    /// The same server and user with another database.
    #[must_use]
    pub fn database(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.driver.dbname(name);
        other
    }

    /// The same server and database with another login.
    #[must_use]
    pub fn user(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.driver.user(name);
        other
    }

    /// Whether the server is on this machine.
    fn is_local(&self) -> bool {
        self.driver.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        })
    }
}

impl fmt::Debug for ConnectionConfig {
    /// Leaves the password out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionConfig")
            .field("hosts", &self.driver.get_hosts())
            .field("user", &self.driver.get_user())
            .field("database", &self.driver.get_dbname())
            .field("encrypted", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

/// The driver's words, with its reason, which never quotes the password.
fn unreadable(error: &tokio_postgres::Error) -> String {
    let reason = std::error::Error::source(error).map_or_else(String::new, |it| format!(": {it}"));
    format!("the database's address can't be read{reason}")
}

/// Takes one parameter out of a connection string of either form; its last value counts.
fn take_parameter(text: &str, name: &str) -> (String, Option<String>) {
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let (start, parameters, separator) = match (is_url, text.split_once('?')) {
        (true, Some((start, parameters))) => (format!("{start}?"), parameters, '&'),
        (true, None) => return (text.to_owned(), None),
        (false, _) => (String::new(), text, ' '),
    };
    let mut value = None;
    let mut kept = Vec::new();
    for parameter in parameters.split(separator) {
        match parameter.split_once('=') {
            Some((key, found)) if key.trim() == name => {
                value = Some(found.trim_matches('\'').to_owned());
            }
            _ => kept.push(parameter),
        }
    }
    (start + &kept.join(&separator.to_string()), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_address_say_whether_to_encrypt() {
        let encrypted = |text: &str| ConnectionConfig::parse(text).unwrap().tls.is_some();
        assert!(!encrypted("postgres://kith@localhost/kith"));
        assert!(!encrypted("postgres://kith@localhost/kith?sslmode=prefer"));
        assert!(encrypted(
            "postgres://kith@db.example/kith?connect_timeout=3&sslmode=verify-full"
        ));
        assert!(encrypted("host=db.example user=kith sslmode=require"));
    }

    #[test]
    fn what_is_not_about_encryption_stays() {
        let text =
            "postgres://kith:se%26cret@db.example:6543/crm?sslmode=require&connect_timeout=3";
        let config = ConnectionConfig::parse(text).unwrap();
        assert_eq!(config.driver.get_password(), Some(&b"se&cret"[..]));
        assert_eq!(config.driver.get_ports(), [6543]);
        assert_eq!(config.driver.get_connect_timeout().unwrap().as_secs(), 3);
        let shown = format!("{config:?}");
        assert!(
            shown.contains("db.example") && !shown.contains("cret"),
            "{shown}"
        );
    }

    #[test]
    fn mistakes_are_named_and_passwords_are_not() {
        let said = |text: &str| ConnectionConfig::parse(text).unwrap_err().to_string();
        assert!(said("postgres://k:secret@h/d?sslmode=maybe").contains("not maybe"));
        assert!(
            said("postgres://k:secret@h/d?sslmode=require&sslrootcert=/nonexistent")
                .contains("/nonexistent")
        );
        for text in [
            "postgres://k:secret@h:port/d",
            "postgres://k:secret@h/d?colour=red",
            "k:secret@h",
        ] {
            let said = said(text);
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
