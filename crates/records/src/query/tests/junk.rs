//! Whatever a client sends, it is planned or refused.

use proptest::prelude::*;

use super::super::aggregate::{self, AggregateRequest};
use super::super::{ListRequest, get, list};
use super::with;

/// Texts made of what the parameters are made of.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(
            &[
                "name",
                "amount",
                "company",
                "stage",
                "people",
                "owner",
                "about",
                "tier",
                "custom",
                "id",
                "deleted_at",
                "sum(",
                "count",
                "weighted_sum(amount)",
                ":month",
                ":",
                "(",
                ")",
                ",",
                ".",
                "-",
                "*",
                "==",
                ">",
                "\"x\"",
                "5",
                "&&",
                "!",
                "in",
                "[",
                "]",
                "exists(",
                "null",
                " ",
                "%",
                "$1",
                "'",
                ";",
                "--",
                "\u{0}",
                "\u{10ffff}",
                "é",
            ][..]
        )
        .prop_map(str::to_owned),
        ".{0,4}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn lists_and_records(filter in text(), sort in text(), fields in text(), cursor in text(), which in 0_u8..16) {
        let chosen = |bit: u8, text: &str| (which & bit > 0).then(|| text.to_owned());
        let request = ListRequest {
            filter: chosen(1, &filter),
            sort: chosen(2, &sort),
            fields: chosen(4, &fields),
            cursor: chosen(8, &cursor),
            ..ListRequest::default()
        };
        for plural in ["deals", "people", "tasks", "projects"] {
            let planned = with(plural, |subject| list::plan(subject, &request));
            if let Err(failure) = planned {
                prop_assert!(failure.code != kith_kernel::ErrorCode::Internal, "{failure}");
            }
            let _ = with(plural, |subject| list::plan_export(subject, &request));
            let _ = with(plural, |subject| get::plan(subject, Some(&fields)));
        }
    }

    #[test]
    fn aggregates(group_by in text(), metrics in text(), sort in text(), filter in prop::option::of(text())) {
        let request = AggregateRequest {
            group_by: Some(group_by),
            metrics: Some(metrics),
            sort: Some(sort),
            filter,
            limit: None,
        };
        for plural in ["deals", "people"] {
            let planned = with(plural, |subject| aggregate::plan(subject, &request));
            if let Err(failure) = planned {
                prop_assert!(failure.code != kith_kernel::ErrorCode::Internal, "{failure}");
            }
        }
    }

    #[test]
    fn searches(typed in ".{0,30}") {
        if let Some(sought) = crate::search::try_sought(&typed) {
            let catalog = super::catalog();
            let objects: Vec<_> = catalog.objects().iter().filter(|object| object.searchable).collect();
            let statement = crate::search::matches(&catalog, &super::permit(), &objects, &sought, 20);
            prop_assert!(statement.is_none_or(|statement| !statement.sql.contains('\0')));
        }
    }
}
