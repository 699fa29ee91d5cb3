//! Pages of things that are listed by their ids, such as imports and views: not records, which the
//! planner lists.

use std::str::FromStr;

use kith_kernel::{ErrorCode, Failure, Page, PageInfo};

/// Which page of a list is asked for.
pub struct Window<Id> {
    limit: i64,
    /// The last id of the page before.
    pub beyond: Option<Id>,
}

impl<Id: FromStr> Window<Id> {
    /// Reads the parameters; a page has `usual` things unless another number up to `most` is asked for.
    ///
    /// # Errors
    /// `InvalidRequest` for a number out of range, `InvalidCursor` for what is no id.
    pub fn read(
        limit: Option<i64>,
        cursor: Option<&str>,
        usual: i64,
        most: i64,
    ) -> Result<Self, Failure> {
        let limit = limit.unwrap_or(usual);
        if !(1..=most).contains(&limit) {
            let message = format!("`limit` must be from 1 to {most}.");
            let refused = Failure::new(ErrorCode::InvalidRequest, message);
            return Err(refused.field("limit", "invalid_value"));
        }
        let beyond = cursor.map(str::parse).transpose().map_err(|_| {
            Failure::new(
                ErrorCode::InvalidCursor,
                "The cursor is not one of this list. Begin with the first page.",
            )
        })?;
        Ok(Self { limit, beyond })
    }
}

impl<Id> Window<Id> {
    /// How many things to look for: one more than the page has, to know whether more follow.
    pub fn wanted(&self) -> i64 {
        self.limit + 1
    }

    /// The page of what was found; `id` is what its cursor is made of.
    pub fn page<T>(&self, mut found: Vec<T>, id: impl Fn(&T) -> Option<String>) -> Page<T> {
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = found.len() > most;
        found.truncate(most);
        let next_cursor = found.last().filter(|_| has_more).and_then(id);
        Page {
            data: found,
            page: PageInfo {
                next_cursor,
                has_more,
            },
            count: None,
        }
    }
}
