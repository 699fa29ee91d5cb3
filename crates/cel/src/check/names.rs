//! Suggesting the name that was meant.

use kith_kernel::nearest;

/// ` (did you mean …?)` with the name of `known` that is nearest to `name`, or nothing.
pub(super) fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}
