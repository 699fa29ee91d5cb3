//! Has the program built again when the browser application was.

use std::path::Path;

fn main() {
    let built = Path::new("../../web/dist");
    // A folder that isn't there would be looked for, and the program built, each time anew.
    if built.is_dir() || std::fs::create_dir_all(built).is_ok() {
        println!("cargo:rerun-if-changed={}", built.display());
    }
    println!("cargo:rerun-if-changed=build.rs");
}
