//! Processes that share a database.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::world::{Notes, append, bus, seen, shop, subject, until, workspace};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_writes_or_tells_reaches_the_others() {
    let db = shop().await;
    let (writer, reader) = (bus(&db.store), bus(&db.store));
    reader.follow("shop", "shop", Notes::new("notes"), 1);
    let stop = CancellationToken::new();
    let tasks = [&writer, &reader].map(|bus| {
        let (bus, stop) = (bus.clone(), stop.clone());
        tokio::spawn(async move { tokio::join!(bus.listen(stop.clone()), bus.work(stop)) })
    });
    let (ours, item) = (workspace(), subject());
    append(&db.store, ours, "item.changed", item, 1).await;
    until(async || seen(&db.store, ours, "notes", item).await == [1]).await;

    let mut heard = reader.presence().hear();
    let mut own = writer.presence().hear();
    // A session may still be opening; what is told before is lost.
    until(async || {
        writer.presence().tell("hello".to_owned());
        let heard = tokio::time::timeout(Duration::from_millis(200), heard.recv()).await;
        heard.is_ok_and(|heard| &*heard.unwrap() == "hello")
    })
    .await;
    assert_eq!(
        &*own.recv().await.unwrap(),
        "hello",
        "one hears oneself too"
    );
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_is_held_by_one_session_until_that_ends() {
    let db = shop().await;
    let one = db.store.session().await.unwrap();
    let other = db.store.session().await.unwrap();
    assert!(one.try_lock("reader").await.unwrap());
    assert!(one.try_lock("reader").await.unwrap(), "it has it already");
    assert!(!other.try_lock("reader").await.unwrap());
    assert!(other.try_lock("another").await.unwrap());
    one.unlock("reader").await.unwrap();
    assert!(other.try_lock("reader").await.unwrap());
    drop(other);
    until(async || one.try_lock("reader").await.unwrap()).await;
}
