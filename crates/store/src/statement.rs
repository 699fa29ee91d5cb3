//! Statements that carry their parameters.

use std::borrow::Cow;

use tokio_postgres::types::ToSql;

/// A statement with its parameters, to be sent with others or ahead of what follows.
pub struct BoundStatement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) params: Vec<OwnedParam>,
}

impl BoundStatement {
    /// A statement whose parameters travel with it.
    pub fn new(sql: impl Into<Cow<'static, str>>, params: Vec<OwnedParam>) -> Self {
        let sql = sql.into();
        Self { sql, params }
    }

    /// Two writes of different rows as one statement, which costs PostgreSQL less than two. Neither
    /// sees what the other does, and neither may begin with WITH.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let sql = format!(
            "WITH first AS ({}) {}",
            self.sql,
            renumbered(&other.sql, self.params.len())
        );
        let params = self.params.into_iter().chain(other.params).collect();
        Self::new(sql, params)
    }
}

/// The statement with its parameters' numbers so much greater.
fn renumbered(sql: &str, by: usize) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut parts = sql.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        out.push('$');
        match number.parse::<usize>() {
            Ok(number) => out.push_str(&(number + by).to_string()),
            Err(_) => out.push_str(number),
        }
        out.push_str(rest);
    }
    out
}

/// A parameter that travels with its statement.
pub type OwnedParam = Box<dyn ToSql + Sync + Send>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writes_keep_their_own_parameters() {
        let first = BoundStatement::new(
            "UPDATE a SET b = $2 WHERE c = $1",
            vec![Box::new(1), Box::new(2)],
        );
        let second = BoundStatement::new("INSERT INTO d VALUES ($1, $2, $10)", vec![Box::new(3)]);
        let both = first.with(second);
        assert_eq!(
            both.sql,
            "WITH first AS (UPDATE a SET b = $2 WHERE c = $1) INSERT INTO d VALUES ($3, $4, $12)"
        );
        assert_eq!(both.params.len(), 3);
    }
}
