//! Data that others made and that is not part of the repository.

use std::path::{Path, PathBuf};

/// The text of a file of the test data: in the folder `KITH_TEST_DATA`, or in `shared/data`
/// beside the repository or one folder further up.
///
/// `None` where it isn't there; then it says so, and the test has nothing to do.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
pub fn test_data(path: &str) -> Option<String> {
    let chosen = std::env::var_os("KITH_TEST_DATA").map(PathBuf::from);
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let beside = crates.take(3).map(|folder| folder.join("shared/data"));
    let found = (chosen.into_iter().chain(beside))
        .find_map(|folder| std::fs::read_to_string(folder.join(path)).ok());
    if found.is_none() {
        println!("skipped: there is no {path} in KITH_TEST_DATA nor in ../shared/data");
    }
    found
}
