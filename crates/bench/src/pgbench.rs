//! What PostgreSQL does by itself with the same statements.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

use crate::capture::{Captured, Statement};
use crate::options::Options;
use crate::server::Server;

/// Scripts for pgbench, and as whom they run.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    role: &'static str,
    workspace: String,
    custom_plan: bool,
    scripts: Vec<String>,
    variables: Vec<(String, String)>,
}

/// Ids that a script draws: what they begin with, and how many there are.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    pub(crate) prefix: String,
    pub(crate) count: u64,
}

impl Drawn {
    fn line(&self) -> String {
        format!("\\set i random(0, {})\n", self.count.saturating_sub(1))
    }

    /// The drawn id as SQL.
    pub(crate) fn sql(&self) -> String {
        format!("('{}' || lpad(:i::text, 12, '0'))::uuid", self.prefix)
    }

    /// A parameter in which the id of a sample is replaced by the drawn one; `None` where it has none.
    fn parameter(&self, value: &str) -> Option<String> {
        let (before, rest) = value.split_once(self.prefix.as_str())?;
        let after = rest.get(12..)?;
        let prefix = &self.prefix;
        let kind = if before.starts_with('{') {
            "uuid[]"
        } else {
            "uuid"
        };
        Some(format!(
            "('{before}{prefix}' || lpad(:i::text, 12, '0') || '{after}')::{kind}"
        ))
    }
}

impl Reference {
    /// What each request led to, as the reader role sends it; several statements in one round trip.
    pub(crate) fn alone(workspace: &str, requests: &[Captured]) -> Self {
        let mut reference = Self::new("kith_reader", workspace);
        reference.custom_plan = requests.iter().any(|request| request.custom_plan);
        for (request, Captured { statements, .. }) in requests.iter().enumerate() {
            let mut script = String::new();
            for (number, statement) in statements.iter().enumerate() {
                let name = format!("s{request}_{number}");
                let _ = writeln!(script, "{};", reference.inline(&name, statement, None));
            }
            if statements.len() > 1 {
                script = format!("\\startpipeline\n{script}\\endpipeline\n");
            }
            reference.scripts.push(script);
        }
        reference
    }

    /// One statement in a transaction with row-level security, sent in one round trip.
    pub(crate) fn pipelined(workspace: &str, statement: &Statement, drawn: &Drawn) -> Self {
        let mut reference = Self::new("kith_app", workspace);
        let sql = reference.inline("s", statement, Some(drawn));
        reference.scripts.push(format!(
            "{}\\startpipeline\nBEGIN;\nSET LOCAL kith.workspace = '{workspace}';\n\
             SET LOCAL statement_timeout = 5000;\n{sql};\nCOMMIT;\n\\endpipeline\n",
            drawn.line()
        ));
        reference
    }

    fn new(role: &'static str, workspace: &str) -> Self {
        let workspace = workspace.to_owned();
        Self {
            role,
            workspace,
            custom_plan: false,
            scripts: Vec::new(),
            variables: Vec::new(),
        }
    }

    /// The statement with variables of pgbench in the place of its parameters.
    fn inline(&mut self, names: &str, statement: &Statement, drawn: Option<&Drawn>) -> String {
        let mut sql = statement.sql.trim_end_matches(';').to_owned();
        // From the last one on, so that $1 is not found in $10.
        for (index, value) in statement.parameters.iter().enumerate().rev() {
            let place = match value {
                None => "NULL".to_owned(),
                Some(value) => {
                    let drawn = drawn.and_then(|drawn| drawn.parameter(value));
                    drawn.unwrap_or_else(|| {
                        let name = format!("{names}_{index}");
                        self.variables.push((name.clone(), value.clone()));
                        format!(":{name}")
                    })
                }
            };
            sql = sql.replace(&format!("${}", index + 1), &place);
        }
        sql
    }

    /// Runs the scripts as long as the server was measured; returns transactions per second.
    pub(crate) fn run(&self, server: &Server, options: &Options) -> anyhow::Result<f64> {
        let folder = options.data.join("pgbench");
        fs::create_dir_all(&folder)?;
        let mut files: Vec<PathBuf> = Vec::new();
        for (number, script) in self.scripts.iter().enumerate() {
            let file = folder.join(format!("{number}.sql"));
            fs::write(&file, script)?;
            files.push(file);
        }
        let mut command = Command::new(options.postgres_bin.join("pgbench"));
        command
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
            .arg(format!("--client={}", options.clients))
            .arg(format!("--time={}", options.seconds))
            .arg(format!("--random-seed={}", options.seed))
            .args(["--host", &server.sockets, "--username=kith"])
            .env("PGOPTIONS", self.settings());
        for (name, value) in &self.variables {
            command.arg(format!("--define={name}={value}"));
        }
        for file in &files {
            command.arg("--file").arg(file);
        }
        let output = command.arg("kith").output().context("starting pgbench")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let complaints = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let mut scripts = String::new();
            for script in &self.scripts {
                let _ = writeln!(scripts, "{script}");
            }
            bail!("pgbench: {complaints}\n{scripts}");
        }
        per_second(&printed).with_context(|| format!("pgbench printed no rate: {printed}"))
    }

    /// The settings of pgbench's connections.
    fn settings(&self) -> String {
        let plans = if self.custom_plan {
            "force_custom_plan"
        } else {
            "auto"
        };
        format!(
            "-c role={} -c kith.workspace={} -c plan_cache_mode={plans}",
            self.role, self.workspace
        )
    }

    /// An update of one field with its event, in one statement, in one round trip.
    pub(crate) fn update(workspace: &str, user: &str, drawn: &Drawn) -> Self {
        let mut reference = Self::new("kith_app", workspace);
        let id = drawn.sql();
        reference.scripts.push(format!(
            "{}\\set n random(0, 999)\n\\startpipeline\nBEGIN;\n\
             SET LOCAL kith.workspace = '{workspace}';\nSET LOCAL statement_timeout = 5000;\n\
             WITH changed AS (UPDATE records.person SET job_title = 'Title ' || :n::text, \
             version = version + 1, updated_at = now(), updated_by = '{user}' \
             WHERE workspace_id = '{workspace}' AND id = {id} RETURNING id, version) \
             INSERT INTO records.event (workspace_id, id, type, subject_kind, subject_id, \
             subject_version, actor, occurred_at, data) \
             SELECT '{workspace}', gen_random_uuid(), 'person.updated', 'person', id, version, \
             '{{\"user\":\"{user}\",\"via\":\"token\"}}', now(), \
             '{{\"changes\":{{\"job_title\":{{\"from\":\"Buyer\",\"to\":\"Title 12\"}}}}}}' \
             FROM changed;\nCOMMIT;\n\\endpipeline\n",
            drawn.line()
        ));
        reference
    }
}

/// The rate in `tps = 1234.5 (without initial connection time)`.
fn per_second(printed: &str) -> Option<f64> {
    let rest = printed
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))?;
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let printed =
            "latency average = 1.2 ms\ntps = 12345.678 (without initial connection time)\n";
        assert_eq!(per_second(printed), Some(12_345.678));
    }

    #[test]
    fn parameters_become_variables_and_drawn_ids() {
        let parameters = (1..=10).map(|number| Some(format!("v{number}")));
        let mut parameters: Vec<_> = parameters.collect();
        parameters[1] = Some("{abc-000000000007}".to_owned());
        parameters[2] = None;
        let sql = "SELECT $1, $2, $3, $10".to_owned();
        let drawn = Drawn {
            prefix: "abc-".to_owned(),
            count: 5,
        };
        let mut reference = Reference::new("kith_app", "w");
        let inlined = reference.inline("s0", &Statement { sql, parameters }, Some(&drawn));
        assert_eq!(
            inlined,
            "SELECT :s0_0, ('{abc-' || lpad(:i::text, 12, '0') || '}')::uuid[], NULL, :s0_9"
        );
        assert!(
            reference
                .variables
                .contains(&("s0_9".to_owned(), "v10".to_owned()))
        );
    }
}
