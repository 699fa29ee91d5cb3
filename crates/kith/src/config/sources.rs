//! Where settings come from, strongest first: flags, variables, the file, what holds otherwise.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::keys::{KEYS, Key, Kind, find};

/// Variables that begin so are for Kith's own tests and benchmarks.
const IGNORED: [&str; 2] = ["KITH_TEST_", "KITH_BENCH_"];

/// The variable that names the file.
const FILE_VARIABLE: &str = "KITH_CONFIG";

/// Where a setting's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Flag(String),
    Variable(String),
    File(PathBuf),
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag --{flag}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Every setting's value, as text, and its source.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, (String, Source)>,
    /// The file that was read, where there is one.
    pub(crate) file: Option<PathBuf>,
}

/// What the process was started with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// Settings given as flags, by name.
    pub(crate) flags: BTreeMap<&'static str, String>,
    /// `--config`.
    pub(crate) file: Option<PathBuf>,
    /// The environment.
    pub(crate) variables: BTreeMap<String, String>,
}

impl Surroundings {
    /// Adds the process's environment.
    pub(crate) fn with_environment(mut self) -> Self {
        self.variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
            .collect();
        self
    }
}

impl Settings {
    /// Puts all sources together.
    pub(crate) fn gather(from: &Surroundings) -> anyhow::Result<Self> {
        let mut values: BTreeMap<&'static str, (String, Source)> = KEYS
            .iter()
            .map(|key| (key.name, (key.default.to_owned(), Source::Default)))
            .collect();
        values.insert("data", (default_data(from), Source::Default));

        let mut strong = BTreeMap::new();
        for (name, value) in &from.variables {
            if let Some(key) = known_variable(name)? {
                let source = Source::Variable(name.clone());
                strong.insert(key.name, (value.clone(), source));
            }
        }
        for (name, value) in &from.flags {
            if let Some(key) = find(name) {
                let source = Source::Flag(key.flag());
                strong.insert(key.name, (value.clone(), source));
            }
        }
        // The file may lie in the data directory, so that it can't say where that is.
        let data = strong.get("data").unwrap_or(&values["data"]).0.clone();
        let file = find_file(from, Path::new(&data));
        if let Some(path) = &file {
            for (name, value) in read_file(path)? {
                values.insert(name, (value, Source::File(path.clone())));
            }
        }
        values.extend(strong);
        for (name, (value, source)) in &values {
            if let Some(key) = find(name) {
                check(key, value).with_context(|| format!("{name} (from {source})"))?;
            }
        }
        Ok(Self { values, file })
    }

    /// A setting's text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(value, _)| value)
    }

    /// Where a setting's value comes from.
    pub(crate) fn source(&self, name: &str) -> &Source {
        self.values
            .get(name)
            .map_or(&Source::Default, |(_, source)| source)
    }

    /// A number, which was checked when the settings were gathered.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }

    /// The parts of a list.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let parts = self.text(name).split(',').map(str::trim);
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// Whether a flag is set.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.text(name) == "true"
    }
}

fn default_data(from: &Surroundings) -> String {
    let home = from.variables.get("XDG_DATA_HOME").map(String::as_str);
    match home.filter(|path| Path::new(path).is_absolute()) {
        Some(path) => format!("{}/kith", path.trim_end_matches('/')),
        None => "./data".to_owned(),
    }
}

fn find_file(from: &Surroundings, data: &Path) -> Option<PathBuf> {
    let named = from.variables.get(FILE_VARIABLE).map(PathBuf::from);
    from.file.clone().or(named).or_else(|| {
        let usual = data.join("kith.toml");
        usual.is_file().then_some(usual)
    })
}

/// The setting that a variable is for; `None` where it isn't for Kith at all.
fn known_variable(name: &str) -> anyhow::Result<Option<&'static Key>> {
    let ours = name.starts_with("KITH_") && name != FILE_VARIABLE;
    if !ours || IGNORED.iter().any(|prefix| name.starts_with(prefix)) {
        return Ok(None);
    }
    if let Some(key) = KEYS.iter().find(|key| key.variable() == name) {
        return Ok(Some(key));
    }
    let known = KEYS
        .iter()
        .map(Key::variable)
        .chain([FILE_VARIABLE.to_owned()]);
    let nearest = nearest(name, known).unwrap_or_default();
    bail!("the variable {name} is not known; did you mean {nearest}? `kith config keys` lists all")
}

fn read_file(path: &Path) -> anyhow::Result<Vec<(&'static str, String)>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file {shown} can't be read"))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("the configuration file {shown} is not valid TOML"))?;
    let mut found = Vec::new();
    flatten("", table, &mut |name, value| {
        let Some(key) = find(&name) else {
            let names = KEYS.iter().map(|key| key.name.to_owned());
            let nearest = nearest(&name, names).unwrap_or_default();
            bail!("{shown}: the key {name} is not known; did you mean {nearest}?");
        };
        let value = plain(value)
            .with_context(|| format!("{shown}: {name} takes a text, number, boolean or list"))?;
        found.push((key.name, value));
        Ok(())
    })?;
    Ok(found)
}

fn flatten(
    prefix: &str,
    table: toml::Table,
    each: &mut impl FnMut(String, toml::Value) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for (name, value) in table {
        let name = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, each)?,
            value => each(name, value)?,
        }
    }
    Ok(())
}

fn plain(value: toml::Value) -> Option<String> {
    Some(match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        toml::Value::Array(values) => {
            let values: Option<Vec<String>> = values.into_iter().map(plain).collect();
            values?.join(",")
        }
        _ => return None,
    })
}

fn check(key: &Key, value: &str) -> anyhow::Result<()> {
    match key.kind {
        Kind::Text | Kind::List | Kind::Secret => {}
        Kind::Flag if ["true", "false"].contains(&value) => {}
        Kind::Flag => bail!("give true or false, not {value:?}"),
        Kind::Choice(choices) if choices.contains(&value) => {}
        Kind::Choice(choices) => bail!("give one of {}, not {value:?}", choices.join(", ")),
        Kind::Number(from, to) => {
            let number = value.parse::<u64>().ok();
            if !number.is_some_and(|number| (from..=to).contains(&number)) {
                bail!("give a whole number from {from} to {to}, not {value:?}");
            }
        }
    }
    Ok(())
}

/// The candidate that takes the fewest edits.
pub(crate) fn nearest(text: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    candidates.min_by_key(|candidate| kith_kernel::distance(text, candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(variables: &[(&str, &str)]) -> Surroundings {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Surroundings {
            variables: variables.iter().map(pair).collect(),
            ..Surroundings::default()
        }
    }

    #[test]
    fn flags_beat_variables_beat_the_file() {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("kith.toml");
        let text = "listen = '1.1.1.1:1'\nadmin_listen = '1.1.1.1:2'\nroles = ['a:b', 'c:d']\n\
                    [log]\nlevel = 'warn'\n";
        std::fs::write(&file, text).unwrap();
        let mut from = surroundings(&[
            ("KITH_DATA", data.path().to_str().unwrap()),
            ("KITH_LISTEN", "2.2.2.2:1"),
            ("KITH_LOG_LEVEL", "debug"),
        ]);
        from.flags.insert("log.level", "trace".into());
        let settings = Settings::gather(&from).unwrap();
        assert_eq!(settings.text("log.level"), "trace");
        assert_eq!(
            settings.source("log.level"),
            &Source::Flag("log-level".into())
        );
        assert_eq!(settings.text("listen"), "2.2.2.2:1");
        assert_eq!(settings.text("admin_listen"), "1.1.1.1:2");
        assert_eq!(settings.source("admin_listen"), &Source::File(file));
        assert_eq!(settings.list("roles"), ["a:b", "c:d"]);
        assert_eq!(settings.text("drain_seconds"), "10");
    }

    #[test]
    fn what_is_not_known_is_an_error_that_names_the_nearest() {
        let error = Settings::gather(&surroundings(&[("KITH_LISTN", "x")])).unwrap_err();
        assert!(
            error.to_string().contains("did you mean KITH_LISTEN?"),
            "{error}"
        );
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("any.toml");
        std::fs::write(&file, "[http]\njson_limt = 5\n").unwrap();
        let from = surroundings(&[("KITH_CONFIG", file.to_str().unwrap())]);
        let error = Settings::gather(&from).unwrap_err().to_string();
        assert!(error.contains("did you mean http.json_limit?"), "{error}");
        assert!(Settings::gather(&surroundings(&[("KITH_TEST_CLUSTER", "x")])).is_ok());
    }

    #[test]
    fn a_wrong_value_is_an_error_that_names_its_source() {
        for (name, value) in [
            ("KITH_DRAIN_SECONDS", "soon"),
            ("KITH_POOLS_SYSTEM", "0"),
            ("KITH_HTTP_HSTS", "yes"),
            ("KITH_LOG_FORMAT", "xml"),
        ] {
            let error = Settings::gather(&surroundings(&[(name, value)])).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn the_data_directory_follows_the_desktop() {
        let home = surroundings(&[("XDG_DATA_HOME", "/home/a/.local/share/")]);
        let settings = Settings::gather(&home).unwrap();
        assert_eq!(settings.text("data"), "/home/a/.local/share/kith");
        let settings = Settings::gather(&surroundings(&[])).unwrap();
        assert_eq!(settings.text("data"), "./data");
    }
}
