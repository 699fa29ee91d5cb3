//! The dependency rule of the workspace, read off `cargo metadata`:
//! kernel ← contracts ← libraries and infrastructure ← services ← the binary.

#![expect(
    clippy::expect_used,
    reason = "without its input the test can only fail"
)]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Kernel,
    Contracts,
    /// Pure code without I/O to services: languages and file formats.
    Library,
    Infrastructure,
    Service,
    /// The one crate that sees every service.
    Binary,
    /// Help for tests, never part of what runs.
    Testkit,
    /// Programs that stand beside Kith.
    Tool,
}

/// Every crate has its layer here. A new one is added on purpose.
const LAYERS: &[(&str, Layer)] = &[
    ("kith-kernel", Layer::Kernel),
    ("kith-contracts", Layer::Contracts),
    ("kith-cel", Layer::Library),
    ("kith-tabular", Layer::Library),
    ("kith-bus", Layer::Infrastructure),
    ("kith-crypto", Layer::Infrastructure),
    ("kith-http", Layer::Infrastructure),
    ("kith-store", Layer::Infrastructure),
    ("kith-identity", Layer::Service),
    ("kith-integrations", Layer::Service),
    ("kith-live", Layer::Service),
    ("kith-notifications", Layer::Service),
    ("kith-records", Layer::Service),
    ("kith-interactions", Layer::Service),
    ("kith", Layer::Binary),
    ("kith-testkit", Layer::Testkit),
    ("kith-bench", Layer::Tool),
];

fn layer(name: &str) -> Option<Layer> {
    let (_, layer) = LAYERS.iter().find(|(known, _)| *known == name)?;
    Some(*layer)
}

fn allowed(from: Layer, to: Layer, for_tests: bool) -> bool {
    use Layer::{Binary, Contracts, Infrastructure, Kernel, Library, Service, Testkit, Tool};
    match to {
        Kernel => from != Kernel,
        Contracts => !matches!(from, Kernel | Contracts | Library),
        Library => matches!(from, Service | Binary | Tool),
        Infrastructure => matches!(from, Infrastructure | Service | Binary | Testkit | Tool),
        Service => matches!(from, Binary | Tool),
        Testkit => for_tests && !matches!(from, Kernel | Contracts | Library),
        Binary | Tool => false,
    }
}

struct Arrow {
    from: String,
    to: String,
    for_tests: bool,
}

/// What is wrong with the arrows, one sentence each.
fn violations(arrows: &[Arrow]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for Arrow {
        from,
        to,
        for_tests,
    } in arrows
    {
        match (layer(from), layer(to)) {
            (Some(a), Some(b)) if allowed(a, b, *for_tests) => {}
            (Some(a), Some(b)) => {
                found.insert(format!("{from} ({a:?}) must not depend on {to} ({b:?})"));
            }
            (None, _) => {
                found.insert(format!("{from} has no layer; name it in LAYERS"));
            }
            (_, None) => {
                found.insert(format!("{to} has no layer; name it in LAYERS"));
            }
        }
    }
    found
}

fn workspace() -> Vec<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("running cargo metadata");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().expect("a string")
}

#[test]
fn no_crate_depends_against_the_rule() {
    let packages = workspace();
    let arrows: Vec<Arrow> = packages
        .iter()
        .flat_map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            dependencies
                .iter()
                .filter(|dependency| dependency["path"].is_string())
                .map(|dependency| Arrow {
                    from: text(package, "name").to_owned(),
                    to: text(dependency, "name").to_owned(),
                    for_tests: dependency["kind"] == "dev",
                })
        })
        .collect();
    assert!(!arrows.is_empty(), "cargo metadata shows no crates of ours");
    assert_eq!(violations(&arrows), BTreeSet::new());
}

#[test]
fn every_crate_has_a_layer() {
    let unknown: Vec<String> = workspace()
        .iter()
        .map(|package| text(package, "name").to_owned())
        .filter(|name| layer(name).is_none())
        .collect();
    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn arrows_against_the_rule_are_seen() {
    let arrow = |from: &str, to: &str, for_tests| Arrow {
        from: from.to_owned(),
        to: to.to_owned(),
        for_tests,
    };
    let wrong = [
        arrow("kith-records", "kith-identity", false),
        arrow("kith-records", "kith-identity", true),
        arrow("kith-kernel", "kith-contracts", false),
        arrow("kith-store", "kith-records", false),
        arrow("kith-cel", "kith-store", false),
        arrow("kith-records", "kith-testkit", false),
        arrow("kith-records", "kith-bench", false),
        arrow("kith-records", "kith-unheard-of", false),
    ];
    assert_eq!(violations(&wrong).len(), 7, "{:#?}", violations(&wrong));
    let right = [
        arrow("kith-contracts", "kith-kernel", false),
        arrow("kith-records", "kith-store", false),
        arrow("kith-records", "kith-testkit", true),
        arrow("kith", "kith-records", false),
    ];
    assert_eq!(violations(&right), BTreeSet::new());
}
