//! What becomes of a file's columns, from the command line to the plan of the API.

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value, json};

/// What becomes of the columns. Without any of it, the server's proposal holds.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What becomes of the columns")]
pub(crate) struct PlanOptions {
    /// Take a whole plan from a JSON file (as --show-plan prints it); the other options change it.
    #[arg(long, value_name = "FILE")]
    plan: Option<std::path::PathBuf>,
    /// Put a column into a field, or a part of one: --map account=name, --map city=address.city.
    /// Given again for the same column, it fills one more field.
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,
    /// Leave a column out.
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Leave out every column that no --map names.
    #[arg(long)]
    only_mapped: bool,
    /// By what a relation finds its record: id, name, or a unique field.
    #[arg(long = "match", value_name = "COLUMN=BY", value_parser = pair)]
    matches: Vec<(String, String)>,
    /// What becomes of records and users that a column names and that are not there: reject, create
    /// or clear.
    #[arg(long, value_name = "COLUMN=WHAT", value_parser = pair)]
    on_missing: Vec<(String, String)>,
    /// What becomes of values that are not accepted: reject the row, or clear the value.
    #[arg(long, value_name = "COLUMN=WHAT", value_parser = pair)]
    on_invalid: Vec<(String, String)>,
    /// What becomes of names that several records have: reject, or take the first.
    #[arg(long, value_name = "COLUMN=WHAT", value_parser = pair)]
    on_ambiguous: Vec<(String, String)>,
    /// Read one text as another: --value "product:GTXPro=GTX Pro".
    #[arg(long, value_name = "COLUMN:FROM=TO", value_parser = value)]
    value: Vec<(String, String, String)>,
    /// Give every row a value: --set source=Import.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// How dates such as 03/04/2026 are read: dmy, mdy or ymd.
    #[arg(long, value_name = "COLUMN=ORDER", value_parser = pair)]
    dates: Vec<(String, String)>,
    /// Which sign separates the decimals of numbers such as 1.234: point or comma.
    #[arg(long, value_name = "COLUMN=SIGN", value_parser = pair)]
    numbers: Vec<(String, String)>,
    /// The currency of amounts that bring none.
    #[arg(long, value_name = "COLUMN=CODE", value_parser = pair)]
    currency: Vec<(String, String)>,
    /// Where phone numbers without a country code are dialled.
    #[arg(long, value_name = "COLUMN=REGION", value_parser = pair)]
    region: Vec<(String, String)>,
    /// What separates the members of a list.
    #[arg(long, value_name = "COLUMN=TEXT", value_parser = pair)]
    separator: Vec<(String, String)>,
    /// Create a record for each row, update those that are there, or both.
    #[arg(long, value_parser = ["create", "update", "upsert"])]
    mode: Option<String>,
    /// The unique field by which rows find their records.
    #[arg(long, value_name = "FIELD")]
    by: Option<String>,
    /// The same as --mode upsert --by FIELD.
    #[arg(long, value_name = "FIELD", conflicts_with_all = ["mode", "by"])]
    upsert: Option<String>,
    /// What an empty cell does to a record that is there.
    #[arg(long, value_parser = ["keep", "clear"])]
    empty: Option<String>,
    /// What a list does to the list of a record that is there.
    #[arg(long, value_parser = ["add", "replace"])]
    lists: Option<String>,
}

/// `a=b`. Columns may have an equals sign in their name, fields don't.
fn pair(text: &str) -> Result<(String, String), String> {
    let (column, what) = text
        .rsplit_once('=')
        .ok_or_else(|| "write it as COLUMN=WHAT".to_owned())?;
    Ok((column.to_owned(), what.to_owned()))
}

/// `column:from=to`.
fn value(text: &str) -> Result<(String, String, String), String> {
    let parts = text
        .split_once(':')
        .and_then(|(column, rest)| Some((column, rest.split_once('=')?)));
    let (column, (from, to)) = parts.ok_or_else(|| "write it as COLUMN:FROM=TO".to_owned())?;
    Ok((column.to_owned(), from.to_owned(), to.to_owned()))
}

impl PlanOptions {
    /// The plan: the file's or the server's proposal, with the options' changes. `header` are the
    /// file's columns.
    pub(crate) fn plan(&self, proposal: &Value, header: &[String]) -> anyhow::Result<Value> {
        let mut plan = match &self.plan {
            Some(path) => {
                let shown = path.display();
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("{shown} can't be read"))?;
                serde_json::from_str(&text).with_context(|| format!("{shown} is not valid JSON"))?
            }
            None => proposal.clone(),
        };
        if !plan.is_object() {
            bail!("a plan is a JSON object");
        }
        if self.only_mapped {
            plan["columns"] = json!([]);
        }
        let mut columns = Columns {
            plan: &mut plan,
            header,
        };
        let mut mapped: Vec<&str> = Vec::new();
        for (name, field) in &self.map {
            let field = field.as_str();
            if mapped.contains(&name.as_str()) {
                columns.add(name, field)?;
            } else {
                columns.set(name, "field", &field.into())?;
            }
            mapped.push(name);
        }
        for name in &self.ignore {
            columns.set(name, "field", &Value::Null)?;
        }
        for (key, pairs) in [
            ("match", &self.matches),
            ("on_missing", &self.on_missing),
            ("on_invalid", &self.on_invalid),
            ("on_ambiguous", &self.on_ambiguous),
            ("dates", &self.dates),
            ("numbers", &self.numbers),
            ("currency", &self.currency),
            ("region", &self.region),
            ("separator", &self.separator),
        ] {
            for (name, what) in pairs {
                columns.set(name, key, &what.as_str().into())?;
            }
        }
        for (name, from, to) in &self.value {
            columns.each(name, |column| {
                let values = column.entry("values").or_insert_with(|| json!({}));
                values[from] = to.as_str().into();
            })?;
        }
        self.whole(&mut plan);
        Ok(plan)
    }

    /// What holds for all rows.
    fn whole(&self, plan: &mut Value) {
        for (field, value) in &self.set {
            if !plan["set"].is_object() {
                plan["set"] = json!({});
            }
            plan["set"][field] = value.as_str().into();
        }
        let upsert = self.upsert.as_ref().map(|_| "upsert".to_owned());
        for (key, value) in [
            ("mode", self.mode.as_ref().or(upsert.as_ref())),
            ("by", self.by.as_ref().or(self.upsert.as_ref())),
            ("empty", self.empty.as_ref()),
            ("lists", self.lists.as_ref()),
        ] {
            if let Some(value) = value {
                plan[key] = value.as_str().into();
            }
        }
    }
}

/// The columns of a plan, by name.
struct Columns<'a> {
    plan: &'a mut Value,
    header: &'a [String],
}

impl Columns<'_> {
    /// Sets a member of every entry of a column.
    fn set(&mut self, name: &str, key: &str, value: &Value) -> anyhow::Result<()> {
        self.each(name, |column| {
            column.insert(key.to_owned(), value.clone());
        })
    }

    /// Puts a column into one more field.
    fn add(&mut self, name: &str, field: &str) -> anyhow::Result<()> {
        let entry = json!({ "column": self.known(name)?, "field": field });
        self.list()?.push(entry);
        Ok(())
    }

    /// Changes every entry of a column; makes one where there is none.
    fn each(&mut self, name: &str, change: impl Fn(&mut Map<String, Value>)) -> anyhow::Result<()> {
        let known = self.known(name)?;
        let list = self.list()?;
        if !list.iter().any(|one| one["column"] == known.as_str()) {
            list.push(json!({ "column": known }));
        }
        for entry in list
            .iter_mut()
            .filter(|one| one["column"] == known.as_str())
        {
            if let Some(entry) = entry.as_object_mut() {
                change(entry);
            }
        }
        Ok(())
    }

    /// The column of this name; case does not matter.
    fn known(&self, name: &str) -> anyhow::Result<String> {
        let wanted = name.trim().to_lowercase();
        let mut header = self.header.iter();
        let known = header.find(|one| one.trim().to_lowercase() == wanted);
        known.cloned().with_context(|| {
            format!(
                "the file has no column {name:?}. It has: {}",
                self.header.join(", ")
            )
        })
    }

    fn list(&mut self) -> anyhow::Result<&mut Vec<Value>> {
        if !self.plan["columns"].is_array() {
            self.plan["columns"] = json!([]);
        }
        let columns = self.plan["columns"].as_array_mut();
        columns.context("the plan's columns are no list")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: PlanOptions,
    }

    fn plan(arguments: &[&str]) -> anyhow::Result<Value> {
        let header = ["account", "Product", "a=b"].map(str::to_owned);
        let proposal = json!({
            "mode": "create",
            "columns": [{ "column": "account", "field": "name" }],
        });
        let line = Line::try_parse_from([&["x"], arguments].concat())?;
        line.options.plan(&proposal, &header)
    }

    #[test]
    fn options_change_the_proposal() {
        let plan = plan(&[
            "--map",
            "product=product",
            "--map",
            "a=b=custom",
            "--map",
            "account=description",
            "--map",
            "account=name",
            "--match",
            "account=name",
            "--value",
            "product:GTXPro=GTX Pro",
            "--value",
            "product:n/a=",
            "--upsert",
            "name",
            "--set",
            "source=Import",
        ]);
        insta::assert_snapshot!(plan.unwrap(), @r#"{"by":"name","columns":[{"column":"account","field":"description","match":"name"},{"column":"Product","field":"product","values":{"GTXPro":"GTX Pro","n/a":""}},{"column":"a=b","field":"custom"},{"column":"account","field":"name","match":"name"}],"mode":"upsert","set":{"source":"Import"}}"#);
    }

    #[test]
    fn without_options_the_proposal_holds() {
        assert_eq!(plan(&[]).unwrap()["columns"][0]["field"], "name");
        assert_eq!(plan(&["--only-mapped"]).unwrap()["columns"], json!([]));
    }

    #[test]
    fn a_column_that_is_not_there_is_answered_by_those_that_are() {
        let error = plan(&["--map", "acount=name"]).unwrap_err().to_string();
        assert_eq!(
            error,
            "the file has no column \"acount\". It has: account, Product, a=b"
        );
        assert!(plan(&["--map", "account"]).is_err());
        assert!(plan(&["--value", "account=x"]).is_err());
    }
}
