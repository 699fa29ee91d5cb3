//! Which statements the server sends for a request, read off PostgreSQL's log.

use std::fs;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::http::Request;
use crate::server::Server;

/// A statement with its parameters, as PostgreSQL wrote them down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Option<String>>,
}

/// What the server sends before a statement that has to be planned for its very parameters.
const CUSTOM_PLAN: &str = "plan_cache_mode = force_custom_plan";

/// What a request led to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captured {
    /// Its statements, in their order.
    pub(crate) statements: Vec<Statement>,
    /// Whether they are planned for their parameters each time.
    pub(crate) custom_plan: bool,
}

/// For each request the statements on `table` that it led to, in their order.
pub(crate) async fn capture(
    server: &Server,
    requests: &[Request],
    table: &str,
) -> anyhow::Result<Vec<Captured>> {
    let superuser = server.superuser().await?;
    superuser
        .batch_execute("ALTER SYSTEM SET log_min_duration_statement = 0")
        .await?;
    superuser.batch_execute("SELECT pg_reload_conf()").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let captured = capture_each(server, requests, table).await;
    superuser
        .batch_execute("ALTER SYSTEM RESET log_min_duration_statement")
        .await?;
    superuser.batch_execute("SELECT pg_reload_conf()").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    captured
}

async fn capture_each(
    server: &Server,
    requests: &[Request],
    table: &str,
) -> anyhow::Result<Vec<Captured>> {
    let mut client = server.client().await?;
    let mut captured = Vec::new();
    for request in requests {
        let before = fs::metadata(server.postgres_log())?.len();
        let answer = client.send(request).await?;
        answer.json().with_context(|| format!("{request:?}"))?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let log = fs::read(server.postgres_log())?;
        let new = log.get(usize::try_from(before)?..).unwrap_or(&log);
        let new = String::from_utf8_lossy(new);
        let mut found = entries(&new);
        found.retain(|statement| statement.sql.contains(table));
        if found.is_empty() {
            bail!("no statement on {table} for {request:?}");
        }
        captured.push(Captured {
            statements: found,
            custom_plan: new.contains(CUSTOM_PLAN),
        });
    }
    Ok(captured)
}

/// The executions of prepared statements.
fn entries(log: &str) -> Vec<Statement> {
    let mut messages: Vec<String> = Vec::new();
    for line in log.lines() {
        // PostgreSQL indents the further lines of a message.
        match (line.strip_prefix('\t'), messages.last_mut()) {
            (Some(more), Some(message)) => {
                message.push('\n');
                message.push_str(more);
            }
            _ => messages.push(line.to_owned()),
        }
    }
    let mut found: Vec<Statement> = Vec::new();
    let mut executed = false;
    for message in messages {
        if let Some((_, list)) = message.split_once("DETAIL:  parameters: ") {
            // Parsing and binding are logged with their parameters, too.
            if let Some(statement) = found.last_mut().filter(|_| executed) {
                statement.parameters = parameters(list);
            }
            continue;
        }
        let rest = message.split_once("LOG:  duration: ").map(|(_, rest)| rest);
        let execution = rest.and_then(|rest| rest.split_once(" ms  execute "));
        executed = execution.is_some();
        if let Some((_, sql)) = execution.and_then(|(_, rest)| rest.split_once(": ")) {
            let sql = sql.to_owned();
            let parameters = Vec::new();
            found.push(Statement { sql, parameters });
        }
    }
    found
}

/// Reads `$1 = 'it''s', $2 = NULL`.
fn parameters(mut list: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    while let Some((_, rest)) = list.split_once(" = ") {
        let Some(mut rest) = rest.strip_prefix('\'') else {
            values.push(None);
            list = rest.strip_prefix("NULL").unwrap_or(rest);
            continue;
        };
        let mut value = String::new();
        while let Some((part, behind)) = rest.split_once('\'') {
            value.push_str(part);
            rest = behind;
            match rest.strip_prefix('\'') {
                Some(behind) => {
                    value.push('\'');
                    rest = behind;
                }
                None => break,
            }
        }
        values.push(Some(value));
        list = rest;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_parameters_are_read_off_the_log() {
        let log = "2026-11-21 10:00:00.000 UTC [7] LOG:  duration: 0.020 ms  statement: BEGIN\n\
             2026-11-21 10:00:00.001 UTC [7] LOG:  duration: 1.500 ms  execute s3: SELECT a\n\
             \tFROM records.person WHERE b = $1\n\
             2026-11-21 10:00:00.001 UTC [7] DETAIL:  parameters: $1 = 'it''s = here', $2 = NULL, $3 = ''\n\
             2026-11-21 10:00:00.002 UTC [7] LOG:  duration: 0.100 ms  bind s4: SELECT c FROM records.person\n\
             2026-11-21 10:00:00.001 UTC [7] DETAIL:  parameters: $1 = 'another'\n";
        let found = entries(log);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].sql, "SELECT a\nFROM records.person WHERE b = $1");
        let values: Vec<Option<&str>> = found[0].parameters.iter().map(Option::as_deref).collect();
        assert_eq!(values, [Some("it's = here"), None, Some("")]);
    }
}
