//! Projections that are built anew, while the ones in use serve.

use std::sync::atomic::{AtomicBool, Ordering};

use kith_kernel::ErrorCode;
use serde_json::json;

use crate::app::{App, PROJECTIONS};
use crate::oracle::{Dice, Model};

async fn filled(seed: u64) -> (App, Model) {
    let app = App::start().await;
    let mut dice = Dice(seed);
    let mut model = Model::default();
    for _ in 0..60 {
        model.step(&app, &mut dice).await;
    }
    app.settle().await;
    (app, model)
}

#[tokio::test]
async fn what_is_built_anew_is_what_was_in_use() {
    let (app, model) = filled(11).await;
    for name in PROJECTIONS {
        let before = app.derived(name).await;
        assert!(before.len() > 5, "{name}");
        for _ in 0..2 {
            app.rebuild(name).await;
            assert_eq!(app.derived(name).await, before, "{name}");
        }
    }
    model.check(&app, 11).await;
    // Nothing is left of former generations, nor of the rebuilding.
    let client = app.db.superuser().await;
    for table in [
        "timeline",
        "summary",
        "planned",
        "belongs",
        "engagement",
        "relationship",
        "counts",
    ] {
        let sql = format!("SELECT count(DISTINCT generation) FROM interactions.{table}");
        let generations: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(generations, 1, "{table}");
    }
    let status = app.interactions.projections().await.unwrap();
    assert!(
        status
            .iter()
            .all(|one| one.phase.is_none() && one.generation == 2 && one.rebuilt_at.is_some())
    );
}

#[tokio::test]
async fn the_one_that_was_built_anew_goes_on() {
    let (app, mut model) = filled(12).await;
    for name in PROJECTIONS {
        app.rebuild(name).await;
    }
    let mut dice = Dice(120);
    for _ in 0..30 {
        model.step(&app, &mut dice).await;
    }
    app.settle().await;
    model.check(&app, 12).await;
}

#[tokio::test]
async fn it_goes_on_where_it_was_broken_off() {
    let (app, model) = filled(13).await;
    for name in PROJECTIONS {
        let before = app.derived(name).await;
        let mut rebuilding = app.interactions.rebuild(name).await.unwrap();
        rebuilding.step().await.unwrap();
        rebuilding.step().await.unwrap();
        drop(rebuilding);
        let status = app.interactions.projections().await.unwrap();
        let this = status.iter().find(|one| one.name == name).unwrap();
        assert_eq!(this.phase.as_deref(), Some("reading"), "{name}");
        assert!(this.events.unwrap() > 0, "{name}");
        assert_eq!(
            app.derived(name).await,
            before,
            "{name}: what is in use is untouched"
        );
        app.rebuild(name).await;
        assert_eq!(app.derived(name).await, before, "{name}");
    }
    model.check(&app, 13).await;
}

#[tokio::test]
async fn two_who_build_the_same_do_it_once() {
    let (app, model) = filled(14).await;
    for name in PROJECTIONS {
        let before = app.derived(name).await;
        tokio::join!(app.rebuild(name), app.rebuild(name));
        assert_eq!(app.derived(name).await, before, "{name}");
    }
    model.check(&app, 14).await;
}

#[tokio::test]
async fn it_catches_up_while_writes_go_on() {
    let (app, mut model) = filled(15).await;
    let done = AtomicBool::new(false);
    let writing = async {
        let mut dice = Dice(150);
        while !done.load(Ordering::Relaxed) {
            model.write(&app, &mut dice).await;
        }
    };
    let reading = async {
        while !done.load(Ordering::Relaxed) {
            // Readers are told to wait for a moment when the new one takes its place.
            match app.bus.drain().await {
                Ok(()) => {}
                Err(failure) => assert_eq!(failure.code, ErrorCode::Unavailable, "{failure}"),
            }
        }
    };
    let rebuilding = async {
        for name in PROJECTIONS {
            app.rebuild(name).await;
        }
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(writing, reading, rebuilding);
    app.settle().await;
    model.check(&app, 15).await;
    for name in PROJECTIONS {
        let live = app.derived(name).await;
        app.rebuild(name).await;
        assert_eq!(app.derived(name).await, live, "{name}");
    }
}

#[tokio::test]
async fn a_projection_that_is_none_can_not_be_built() {
    let app = App::start().await;
    let refused = app.interactions.rebuild("nothing").await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::NotFound);
    assert!(refused.message.contains("timeline, summary"), "{refused}");
    // One of which nothing is known yet is built in no time.
    app.rebuild("timeline").await;
    app.email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    app.settle().await;
}
