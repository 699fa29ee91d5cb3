use std::path::Path;
use std::time::{Duration, Instant};

use kith_kernel::Clock;
use kith_store::{Class, ConnectionConfig, Store, StoreConfig};
use rustix::process::Signal;
use serde_json::Value;

use super::{
    Desk, PATIENCE, ROWS, assert_all_in, assert_undone, company_of_before, file, plan, read, start,
};
use crate::running::{Running, folder, init};

/// Who works on an import, and until when it is theirs.
async fn lease(store: &Store, id: &str) -> (String, String) {
    let sql = "SELECT lease_holder::text, leased_until::text FROM records.import \
        WHERE id = $1::text::uuid AND lease_holder IS NOT NULL";
    let rows = store.system_read(Class::Interactive, sql, &[&id]).await;
    let rows = rows.unwrap();
    let row = rows.first().unwrap();
    (row.get(0), row.get(1))
}

async fn has_passed(store: &Store, moment: &str) -> bool {
    let sql = "SELECT now() >= $1::text::timestamptz";
    let rows = store.system_read(Class::Interactive, sql, &[&moment]).await;
    rows.unwrap()[0].get(0)
}

/// A server with a folder of its own, but for the files of imports, which all share.
async fn process(data: &Path, files: &Path, database: &str) -> Running {
    std::os::unix::fs::symlink(files, data.join("imports")).unwrap();
    start(data, &["--database-url", database]).await
}

#[tokio::test]
async fn an_import_is_taken_over_by_another_process_when_its_own_died_and_not_before() {
    // One process keeps the database and does nothing else, so that the others can go.
    let (home, files) = (folder(), folder());
    let (token, strangers) = (&init(home.path()), &init(home.path()));
    let _keeper = start(home.path(), &["--roles", "identity"]).await;
    let socket = home.path().join("run");
    let database = format!("host={} user=kith dbname=kith", socket.display());
    let connection = ConnectionConfig::parse(&database).unwrap();
    let store = Store::open(StoreConfig::new(connection), Clock::system());
    let store = store.await.unwrap();
    let (one, two) = (folder(), folder());
    let mut first = process(one.path(), files.path(), &database).await;
    let desk = Desk {
        server: &first,
        token,
    };
    company_of_before(&desk).await;
    let id = desk.import(file(), Some(&plan())).await;
    desk.until(&id, |import| read(import) > 0).await;
    // It stands still, so that it is in the middle of the import for as long as the test wants.
    first.signal(Signal::STOP);
    let (holder, until) = lease(&store, &id).await;

    let second = process(two.path(), files.path(), &database).await;
    // The longest waiting comes first: a process that gets to the stranger's import has looked
    // at this one, and left it alone.
    let stranger = Desk {
        server: &second,
        token: strangers,
    };
    let ended = |import: &Value| import["state"] != "running";
    let other = stranger.import("name\nOther\n".into(), None).await;
    let other = stranger.until(&other, ended).await;
    assert_eq!(other["state"], "completed", "{other}");
    let desk = Desk {
        server: &second,
        token,
    };
    let left = desk.get(&format!("/imports/{id}")).await;
    assert!(
        (1..ROWS).contains(&read(&left)),
        "not in its middle: {left}"
    );
    assert_eq!(lease(&store, &id).await.0, holder);

    first.signal(Signal::KILL);
    first.child.wait().unwrap();
    let began = Instant::now();
    while lease(&store, &id).await.0 == holder {
        assert!(began.elapsed() < PATIENCE, "nobody takes it over");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        has_passed(&store, &until).await,
        "it was taken while its holder might still have been at it"
    );
    let done = desk.until(&id, ended).await;
    assert_eq!(done["state"], "completed", "{done}");
    assert_all_in(&desk, &done).await;
    assert_undone(&desk, &id).await;
}
