//! Every setting there is: the one table behind flags, variables, file and help.

/// What a setting's text has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A whole number from the first to the second.
    Number(u64, u64),
    Flag,
    /// Several texts, separated by commas.
    List,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Masked wherever it is shown.
    Secret,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its name in the file, `log.level`; `KITH_LOG_LEVEL` and `--log-level` follow from it.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// What holds when nothing is said; empty where there is nothing or it is found out.
    pub(crate) default: &'static str,
    pub(crate) help: &'static str,
    /// Who uses it.
    pub(crate) used_by: UsedBy,
}

/// Who uses a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsedBy {
    /// The server and the commands that work on its data directory.
    Both,
    Server,
    /// The commands that talk to a server.
    Client,
}

impl Key {
    pub(crate) fn variable(&self) -> String {
        format!("KITH_{}", self.name.replace('.', "_").to_uppercase())
    }

    pub(crate) fn flag(&self) -> String {
        self.name.replace(['.', '_'], "-")
    }
}

/// The setting of a name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

const fn key(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    used_by: UsedBy,
    help: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        help,
        used_by,
    }
}

const CONNECTIONS: Kind = Kind::Number(1, 1000);
const SECONDS: Kind = Kind::Number(1, 86_400);

/// All settings, in the order in which they are shown.
pub(crate) const KEYS: &[Key] = &[
    key(
        "data",
        Kind::Text,
        "",
        UsedBy::Both,
        "Data directory. Default: $XDG_DATA_HOME/kith where that variable is set, else ./data",
    ),
    key(
        "database_url",
        Kind::Secret,
        "",
        UsedBy::Both,
        "PostgreSQL server to use, postgres://user:password@host/database. Without it Kith runs \
         one of its own in the data directory",
    ),
    key(
        "postgres_bin",
        Kind::Text,
        "",
        UsedBy::Both,
        "Folder of PostgreSQL's own programs, for the embedded server. Default: searched for",
    ),
    key(
        "master_key",
        Kind::Secret,
        "",
        UsedBy::Both,
        "The key that data keys are encrypted with: 32 bytes in Base64. Several, separated by commas, \
         while one replaces another: the newest first. Default: the file master.key in the data directory, \
         made at the first start",
    ),
    key(
        "master_key_file",
        Kind::Text,
        "",
        UsedBy::Both,
        "A file that holds it instead, one key per line, the newest first; readable by its owner only",
    ),
    key(
        "listen",
        Kind::Text,
        "127.0.0.1:8080",
        UsedBy::Server,
        "Address for the API and the browser application; port 0 takes a free one",
    ),
    key(
        "admin_listen",
        Kind::Text,
        "127.0.0.1:9090",
        UsedBy::Server,
        "Address for /metrics, /healthz and /readyz; port 0 takes a free one, 'off' takes none",
    ),
    key(
        "public_url",
        Kind::Text,
        "",
        UsedBy::Both,
        "The address under which people reach this server, https://crm.example.org. \
         Default: http:// and the listening address",
    ),
    key(
        "roles",
        Kind::List,
        "all",
        UsedBy::Server,
        "What this process does, as service:part, separated by commas; 'all' does everything",
    ),
    key(
        "log.level",
        Kind::Text,
        "info",
        UsedBy::Both,
        "error, warn, info, debug or trace; or a filter such as info,kith_store=debug",
    ),
    key(
        "log.format",
        Kind::Choice(&["auto", "json", "text"]),
        "auto",
        UsedBy::Both,
        "json, text, or auto: text on a terminal, JSON elsewhere",
    ),
    key(
        "worker_threads",
        Kind::Number(0, 1024),
        "0",
        UsedBy::Server,
        "Threads that serve requests; 0 is one per core",
    ),
    key(
        "drain_seconds",
        Kind::Number(0, 600),
        "10",
        UsedBy::Server,
        "How long requests in flight may take to end when the server is told to stop",
    ),
    key(
        "pools.interactive_app",
        CONNECTIONS,
        "8",
        UsedBy::Server,
        "Database connections for writes and reads by id",
    ),
    key(
        "pools.interactive_reader",
        CONNECTIONS,
        "4",
        UsedBy::Server,
        "Database connections for lists, searches and totals",
    ),
    key(
        "pools.background",
        CONNECTIONS,
        "2",
        UsedBy::Server,
        "Database connections for imports, jobs and projections, per role",
    ),
    key(
        "pools.reports",
        CONNECTIONS,
        "2",
        UsedBy::Server,
        "Database connections for reports and exports, per role",
    ),
    key(
        "pools.system",
        CONNECTIONS,
        "3",
        UsedBy::Server,
        "Database connections for sign-in and work across workspaces, per class",
    ),
    key(
        "timeouts.interactive_seconds",
        SECONDS,
        "5",
        UsedBy::Server,
        "When a statement that somebody waits for is given up",
    ),
    key(
        "timeouts.background_seconds",
        SECONDS,
        "60",
        UsedBy::Server,
        "When a statement of background work is given up",
    ),
    key(
        "timeouts.reports_seconds",
        SECONDS,
        "120",
        UsedBy::Server,
        "When a report's or export's statement is given up",
    ),
    key(
        "imports.max_bytes",
        Kind::Number(1024, 1 << 40),
        "2147483648",
        UsedBy::Both,
        "Largest file to be imported, in bytes; files are kept in the data directory",
    ),
    key(
        "webhooks.allow",
        Kind::List,
        "",
        UsedBy::Server,
        "Networks that webhooks may lead to, by http:// too, although they are not public, such as 10.1.0.0/16",
    ),
    key(
        "webhooks.timeout_seconds",
        Kind::Number(1, 60),
        "15",
        UsedBy::Server,
        "How long a receiver of webhooks may take to answer",
    ),
    key(
        "broker.url",
        Kind::Secret,
        "",
        UsedBy::Server,
        "Message broker that events are published to: amqp:// or amqps:// (RabbitMQ), nats:// or tls:// (NATS)",
    ),
    key(
        "broker.subject",
        Kind::Text,
        "kith",
        UsedBy::Server,
        "First word of routing keys and subjects: kith.{workspace}.deal.updated",
    ),
    key(
        "broker.exchange",
        Kind::Text,
        "kith.events",
        UsedBy::Server,
        "RabbitMQ: the topic exchange that is published to; made where it is missing",
    ),
    key(
        "broker.queue",
        Kind::Text,
        "kith.events",
        UsedBy::Server,
        "RabbitMQ: the quorum queue that keeps all events; made where it is missing",
    ),
    key(
        "broker.stream",
        Kind::Text,
        "kith-events",
        UsedBy::Server,
        "NATS: the JetStream stream that keeps all events; made where it is missing",
    ),
    key(
        "events.keep_months",
        Kind::Number(0, 1200),
        "0",
        UsedBy::Server,
        "Full months after which events are dropped from the logs, once all readers are past them; \
         0 keeps them all. With them goes what history and `as_of` know of that time",
    ),
    key(
        "http.json_limit",
        Kind::Number(1024, 1 << 30),
        "2097152",
        UsedBy::Server,
        "Largest JSON body in bytes; uploads are not bound by it",
    ),
    key(
        "http.max_concurrent",
        Kind::Number(1, 1_000_000),
        "1024",
        UsedBy::Server,
        "Requests handled at the same time; more are refused with 503",
    ),
    key(
        "http.max_connections",
        Kind::Number(1, 1_000_000),
        "4096",
        UsedBy::Server,
        "Open connections; further ones wait",
    ),
    key(
        "http.header_timeout_seconds",
        SECONDS,
        "15",
        UsedBy::Server,
        "How long a client may take to send a request's head",
    ),
    key(
        "http.body_idle_seconds",
        SECONDS,
        "30",
        UsedBy::Server,
        "How long a request's body may pause",
    ),
    key(
        "http.trusted_proxies",
        Kind::List,
        "",
        UsedBy::Server,
        "Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8",
    ),
    key(
        "http.cors_origins",
        Kind::List,
        "",
        UsedBy::Server,
        "Origins whose pages may call the API, such as https://app.example.org",
    ),
    key(
        "http.hsts",
        Kind::Flag,
        "false",
        UsedBy::Server,
        "Tell browsers to come by TLS only; choose it only behind TLS",
    ),
    key(
        "limits.burst",
        Kind::Number(0, 1_000_000),
        "1000",
        UsedBy::Server,
        "Requests that one token or session may send at once; 0 for no limit",
    ),
    key(
        "limits.per_second",
        Kind::Number(0, 1_000_000),
        "200",
        UsedBy::Server,
        "Requests per second that one token or session may send; 0 for no limit",
    ),
    key(
        "url",
        Kind::Text,
        "http://127.0.0.1:8080",
        UsedBy::Client,
        "The server to talk to",
    ),
    key(
        "token",
        Kind::Secret,
        "",
        UsedBy::Client,
        "The API token to talk to the server with",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_variables_and_flags_are_unique() {
        let unique = |of: fn(&Key) -> String| {
            let all: std::collections::BTreeSet<String> = KEYS.iter().map(of).collect();
            all.len() == KEYS.len()
        };
        assert!(unique(|key| key.name.to_owned()));
        assert!(unique(Key::variable));
        assert!(unique(Key::flag));
    }
}
