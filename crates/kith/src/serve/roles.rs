//! What one process does of all that Kith can do.

use std::collections::BTreeSet;

use anyhow::bail;

/// Everything a process can do: a service, and its routes or its background work.
pub(crate) const KNOWN: &[(&str, &str)] = &[
    ("identity", "http"),
    ("identity", "worker"),
    ("integrations", "http"),
    ("integrations", "worker"),
    ("live", "http"),
    ("notifications", "http"),
    ("notifications", "worker"),
    ("records", "http"),
    ("records", "worker"),
    ("interactions", "http"),
    ("interactions", "worker"),
];

/// What this process does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Roles(BTreeSet<(&'static str, &'static str)>);

impl Roles {
    /// Reads `records:http,identity:worker`. A service alone means all its parts, `all` everything.
    pub(crate) fn parse(names: &[&str]) -> anyhow::Result<Self> {
        let mut roles = BTreeSet::new();
        for name in names {
            let (service, part) = name.split_once(':').unwrap_or((name, "*"));
            let wanted: Vec<_> = KNOWN
                .iter()
                .filter(|(known, of)| {
                    *name == "all" || (*known == service && (part == "*" || *of == part))
                })
                .collect();
            if wanted.is_empty() {
                bail!("the role {name:?} is not known. There are: {}", listed());
            }
            roles.extend(wanted);
        }
        if roles.is_empty() {
            bail!("no roles are given. There are: {}", listed());
        }
        Ok(Self(roles))
    }

    /// Everything.
    pub(crate) fn all() -> Self {
        Self(KNOWN.iter().copied().collect())
    }

    /// Whether this process answers requests of any service.
    pub(crate) fn serves_http(&self) -> bool {
        self.0.iter().any(|(_, part)| *part == "http")
    }

    /// The services whose background work this process does.
    pub(crate) fn workers(&self) -> Vec<&'static str> {
        let workers = self.0.iter().filter(|(_, part)| *part == "worker");
        workers.map(|(service, _)| *service).collect()
    }

    /// Whether this process does `part` of `service`.
    pub(crate) fn has(&self, service: &str, part: &str) -> bool {
        self.0.contains(&(service, part))
    }
}

fn listed() -> String {
    let all = KNOWN
        .iter()
        .map(|(service, part)| format!("{service}:{part}"));
    let all: Vec<String> = all.collect();
    format!("{}, or all", all.join(", "))
}

impl std::fmt::Display for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<String> = self
            .0
            .iter()
            .map(|(service, part)| format!("{service}:{part}"))
            .collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_named_by_service_and_part() {
        let roles = Roles::parse(&["records:http", "identity"]).unwrap();
        assert!(roles.has("records", "http") && !roles.has("records", "worker"));
        assert!(roles.has("identity", "http") && roles.has("identity", "worker"));
        assert_eq!(Roles::parse(&["all"]).unwrap().0.len(), KNOWN.len());
    }

    #[test]
    fn an_unknown_role_is_answered_by_all_that_are_known() {
        for bad in [&["record:http"][..], &["records:web"], &["all", "x"], &[]] {
            let error = Roles::parse(bad).unwrap_err().to_string();
            for (service, part) in KNOWN {
                assert!(error.contains(&format!("{service}:{part}")), "{error}");
            }
        }
    }
}
