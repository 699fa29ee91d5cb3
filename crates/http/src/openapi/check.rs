//! Whether documentation and routes agree; for tests.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Routed;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Everything in which a service's routes and their documentation disagree, one sentence each:
/// documented operations without a route, routes that stand for many paths of which none is
/// documented. Ordinary routes can't disagree, since [`Routes`](crate::Routes) makes both.
pub fn check_routes(routed: &Routed) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, methods) in &routed.part.paths {
        for method in methods.keys() {
            let served = routed
                .table
                .iter()
                .filter(|route| route.method.as_str().eq_ignore_ascii_case(method));
            if !served.into_iter().any(|route| covers(route.path, path)) {
                complaints.push(format!("{method} {path} is documented but not served"));
            }
        }
    }
    for route in routed.table.iter().filter(|route| route.expanded) {
        let method = route.method.as_str().to_ascii_lowercase();
        let own = |path: &str| routed.table.iter().any(|other| other.path == path);
        let mut documented = routed.part.paths.iter();
        let found = documented.any(|(path, methods)| {
            methods.contains_key(&method) && covers(route.path, path) && !own(path)
        });
        if !found {
            let path = route.path;
            complaints.push(format!(
                "{method} {path} stands for paths, but none is documented"
            ));
        }
    }
    complaints
}

/// Whether a route's pattern takes a documented path.
fn covers(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(_)) if expected.starts_with("{*") => return true,
            (Some(expected), Some(found))
                if expected == found || (expected.starts_with('{') && !found.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Everything that is wrong with a document in itself, one sentence each: references to
/// components that aren't there, operation ids that stand twice, parameters of a path that
/// aren't described, operations without a successful answer.
pub fn check_document(document: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    references(document, document, &mut complaints);
    let mut ids = BTreeSet::new();
    let no_paths = serde_json::Map::new();
    let paths = document["paths"].as_object().unwrap_or(&no_paths);
    for (path, item) in paths {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let id = operation["operationId"].as_str().unwrap_or_default();
            if id.is_empty() || !ids.insert(id) {
                complaints.push(format!(
                    "{method} {path}: operation id {id:?} is not unique"
                ));
            }
            if in_path(path) != described(document, operation) {
                complaints.push(format!(
                    "{method} {path}: its parameters are not as described"
                ));
            }
            let answers = operation["responses"].as_object().unwrap_or(&no_paths);
            if !answers.keys().any(|status| status.starts_with(['2', '3'])) {
                complaints.push(format!(
                    "{method} {path}: no successful answer is described"
                ));
            }
        }
    }
    complaints
}

fn in_path(path: &str) -> BTreeSet<String> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_start_matches('*').to_owned())
        .collect()
}

fn described(document: &Value, operation: &Value) -> BTreeSet<String> {
    operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| match parameter["$ref"].as_str() {
            Some(reference) => document
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or(&Value::Null),
            None => parameter,
        })
        .filter(|parameter| parameter["in"] == "path")
        .filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned()))
        .collect()
}

fn references(document: &Value, value: &Value, complaints: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let target = document.pointer(reference.trim_start_matches('#'));
                if target.is_none() {
                    complaints.push(format!("{reference} leads nowhere"));
                }
            }
            for value in map.values() {
                references(document, value, complaints);
            }
        }
        Value::Array(values) => {
            for value in values {
                references(document, value, complaints);
            }
        }
        _ => {}
    }
}
