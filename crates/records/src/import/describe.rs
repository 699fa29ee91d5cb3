//! What the documentation says of an import's parts.

use kith_http::openapi::Schema;
use serde_json::json;

/// What a column's values look like.
const SHAPES: [&str; 11] = [
    "uuid",
    "email",
    "url",
    "domain",
    "date_time",
    "date",
    "boolean",
    "integer",
    "decimal",
    "phone",
    "text",
];

/// A schema of the document, or null.
pub(super) fn or_null(name: &str) -> Schema {
    Schema::any_of([Schema::named(name), Schema::raw(json!({ "type": "null" }))])
}

/// What was found in a file.
pub(super) fn analysis() -> Schema {
    let texts = || Schema::array(Schema::string());
    let column = Schema::object()
        .required("name", Schema::string().about("Its name in the header."))
        .required("samples", texts().about("The first few different values."))
        .required(
            "filled",
            Schema::integer().about("How many cells of the rows looked at are not blank."),
        )
        .required(
            "distinct",
            Schema::integer().about("How many different values there are; 1,000 stands for that many or more."),
        )
        .required("looks_like", Schema::one_of_texts(&SHAPES))
        .required("dates", Schema::one_of_texts(&["dmy", "mdy", "ymd"]).nullable())
        .required("numbers", Schema::one_of_texts(&["point", "comma"]).nullable())
        .required(
            "ambiguous",
            Schema::boolean().about("Whether `dates` or `numbers` could be otherwise, so that a person should confirm them."),
        )
        .required(
            "values",
            texts().about("All values, the most frequent first, where they are few."),
        );
    let dialect = Schema::object()
        .required("kind", Schema::one_of_texts(&["csv", "xlsx", "ndjson"]))
        .required("encoding", Schema::string())
        .required("delimiter", Schema::string())
        .required("quote", Schema::string().nullable())
        .required("escape", Schema::string())
        .required("line_ending", Schema::string())
        .required("header", Schema::boolean())
        .required("skip_lines", Schema::integer())
        .required("sheet", Schema::string().nullable())
        .required("unguard", Schema::boolean());
    Schema::object()
        .required("dialect", dialect.about("How the file is written."))
        .required("columns", Schema::array(column))
        .required(
            "rows_sampled",
            Schema::integer().about("How many rows were looked at."),
        )
        .required(
            "preset",
            Schema::string()
                .nullable()
                .about("Whose export this is, where its header tells."),
        )
        .required("warnings", texts().about("What is odd about the file."))
}

/// What a dry run found.
pub(super) fn dry_run() -> Schema {
    let count = |about: &str| Schema::integer().about(about);
    let counts = Schema::object()
        .required("read", count("Rows that are not blank."))
        .required("created", count("Rows that would become new records."))
        .required("updated", count("Rows that would change records."))
        .required(
            "unchanged",
            count("Rows that say what their records say already."),
        )
        .required("rejected", count("Rows that would not be imported."))
        .required(
            "adjusted",
            count("Rows that would be imported without some of their values."),
        )
        .required(
            "related",
            count("Records that rows only name, and that would be created for that."),
        );
    let change = Schema::object()
        .required("field", Schema::string())
        .required("from", Schema::any())
        .required("to", Schema::any());
    let reason = Schema::object()
        .optional("column", Schema::string())
        .optional("field", Schema::string())
        .required("code", Schema::string())
        .required(
            "message",
            Schema::string().about("The end of a sentence that begins with the field's name."),
        )
        .optional("value", Schema::string());
    let sample = || {
        Schema::object()
            .required("row", count("The row's number, as a spreadsheet shows it."))
            .optional("name", Schema::string().about("The record's name."))
            .optional("changes", Schema::array(change.clone()))
            .optional("reasons", Schema::array(reason.clone()))
    };
    Schema::object()
        .required("counts", counts)
        .required("users", count("Users who would be created."))
        .required(
            "approximate",
            Schema::boolean().about("Whether repeated rows may be counted as new, because there are too many to remember."),
        )
        .required("created", Schema::array(sample()).about("Up to ten."))
        .required("updated", Schema::array(sample()).about("Up to ten."))
        .required("rejected", Schema::array(sample()).about("Up to ten."))
}

/// What undoing an import did.
pub(super) fn undo() -> Schema {
    let left = Schema::object()
        .required(
            "object",
            Schema::string().about("The object's singular name."),
        )
        .required("id", Schema::uuid())
        .required("reason", Schema::string());
    Schema::object()
        .required(
            "deleted",
            Schema::integer().about("Records that are in the recycle bin now."),
        )
        .required(
            "restored",
            Schema::integer().about("Records that have their former values back."),
        )
        .required(
            "left",
            Schema::integer().about("Records that were left as they are."),
        )
        .required(
            "left_records",
            Schema::array(left).about("The first hundred of those."),
        )
}

#[cfg(test)]
mod tests {
    use kith_tabular::mapping::Shape;

    use super::*;

    #[test]
    fn every_shape_is_described() {
        let all = [
            Shape::Uuid,
            Shape::Email,
            Shape::Url,
            Shape::Domain,
            Shape::DateTime,
            Shape::Date,
            Shape::Boolean,
            Shape::Integer,
            Shape::Decimal,
            Shape::Phone,
            Shape::Text,
        ];
        assert_eq!(json!(all), json!(SHAPES));
    }
}
