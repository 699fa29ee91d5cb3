//! Settings as `kith config` prints them.

use std::fmt::Write as _;

use super::Settings;
use super::keys::{KEYS, Key, Kind};

/// Every setting with its effective value and where that comes from, as TOML. Secrets are masked.
pub(crate) fn show(settings: &Settings) -> String {
    let mut text = match &settings.file {
        Some(path) => format!("# file: {}\n", path.display()),
        None => "# file: none\n".to_owned(),
    };
    let mut table = "";
    // Keys without a table come first in TOML.
    let (nested, plain): (Vec<&Key>, Vec<&Key>) =
        KEYS.iter().partition(|key| key.name.contains('.'));
    for key in plain.into_iter().chain(nested) {
        let (group, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if group != table {
            let _ = write!(text, "\n[{group}]\n");
            table = group;
        }
        let value = value(key.kind, settings.text(key.name));
        let _ = writeln!(text, "{name} = {value}  # {}", settings.source(key.name));
    }
    text
}

fn value(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Number(..) | Kind::Flag => text.to_owned(),
        Kind::Secret => toml::Value::from(mask(text)).to_string(),
        Kind::List => {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            toml::Value::Array(parts.map(toml::Value::from).collect()).to_string()
        }
        Kind::Text | Kind::Choice(_) => toml::Value::from(text).to_string(),
    }
}

/// Hides a secret, or the password in an address.
fn mask(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return "***".to_owned();
    };
    let (credentials, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let place = place.split('?').next().unwrap_or_default();
    match credentials.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
        None if credentials.is_empty() => format!("{scheme}://{place}"),
        None => format!("{scheme}://{credentials}@{place}"),
    }
}

/// Every setting with its variable, flag and meaning.
pub(crate) fn keys() -> String {
    let mut text = String::new();
    for key in KEYS {
        let _ = writeln!(text, "{}", key.name);
        let _ = writeln!(text, "    {} | --{}", key.variable(), key.flag());
        let default = match key.default {
            "" => String::new(),
            default => format!(" Default: {default}."),
        };
        let _ = writeln!(text, "    {}.{default}\n", key.help);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        assert_eq!(
            mask("postgres://kith:p@ss@db/kith?x=1"),
            "postgres://kith:***@db/kith"
        );
        assert_eq!(mask("postgres://db/kith?password=x"), "postgres://db/kith");
        assert_eq!(mask("host=db password=x"), "***");
        assert_eq!(mask("kith_pat_abc"), "***");
        assert_eq!(mask(""), "");
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        let settings = Settings::gather(&crate::config::sources::Surroundings::default()).unwrap();
        let shown: toml::Table = show(&settings).parse().unwrap();
        assert_eq!(shown["listen"].as_str(), Some("127.0.0.1:8080"));
        assert_eq!(shown["http"]["hsts"].as_bool(), Some(false));
        assert_eq!(shown["pools"]["system"].as_integer(), Some(3));
    }
}
