//! Rows in the text format of `COPY`.

use std::fmt::{Display, Write as _};

/// Rows that wait to be sent.
#[derive(Debug, Default)]
pub(super) struct Rows {
    text: String,
    row_begins: bool,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            text: String::with_capacity(1 << 20),
            row_begins: true,
        }
    }

    /// Adds a column whose text needs no escaping.
    pub(super) fn plain(&mut self, value: impl Display) {
        self.separate();
        // Writing to a String can't fail.
        let _ = write!(self.text, "{value}");
    }

    /// Adds a column of text.
    pub(super) fn text(&mut self, value: &str) {
        self.separate();
        for character in value.chars() {
            match character {
                '\\' => self.text.push_str("\\\\"),
                '\t' => self.text.push_str("\\t"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                other => self.text.push(other),
            }
        }
    }

    /// Adds a column that may have no value.
    pub(super) fn maybe(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.plain(value),
            None => self.plain("\\N"),
        }
    }

    /// Adds a column that is an array of texts without commas, quotes and braces.
    pub(super) fn list(&mut self, values: &[&str]) {
        self.plain(format_args!("{{{}}}", values.join(",")));
    }

    pub(super) fn end_row(&mut self) {
        self.text.push('\n');
        self.row_begins = true;
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Takes the rows out.
    pub(super) fn take(&mut self) -> String {
        self.row_begins = true;
        std::mem::replace(&mut self.text, String::with_capacity(1 << 20))
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.row_begins) {
            self.text.push('\t');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_separated_and_escaped() {
        let mut rows = Rows::new();
        rows.plain(1);
        rows.text("a\tb\\c");
        rows.maybe(None::<i32>);
        rows.list(&["x", "y"]);
        rows.end_row();
        rows.plain(2);
        rows.end_row();
        assert_eq!(rows.take(), "1\ta\\tb\\\\c\t\\N\t{x,y}\n2\n");
    }
}
