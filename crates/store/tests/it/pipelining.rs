//! Round trips, counted by a proxy that holds PostgreSQL's answers back until the client has
//! sent its COMMIT. Who waits for an answer before would wait for ever.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kith_store::{Class, ConnectionConfig, ReadLimits, Store, StoreConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use crate::world::{INSERT, one_connection, shop, workspace};

/// While `hold` is set, answers wait for the next COMMIT.
async fn proxy(listener: UnixListener, server: std::path::PathBuf, hold: Arc<AtomicBool>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let server = UnixStream::connect(&server).await.unwrap();
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let (commits, mut committed) = watch::channel(0_usize);
        tokio::spawn(async move {
            let mut bytes = vec![0; 65_536];
            let mut seen = Vec::new();
            while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
                seen.extend_from_slice(&bytes[..count]);
                let found = seen
                    .windows(7)
                    .filter(|window| window == b"COMMIT\0")
                    .count();
                commits.send_replace(found);
                to_server.write_all(&bytes[..count]).await.unwrap();
            }
        });
        let hold = Arc::clone(&hold);
        tokio::spawn(async move {
            let mut bytes = vec![0; 65_536];
            let mut let_through = 0;
            while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
                if hold.load(Ordering::Relaxed) {
                    let now = committed.wait_for(|now| *now > let_through).await;
                    // Everything up to the answer to this COMMIT may pass.
                    if bytes[..count]
                        .windows(7)
                        .any(|window| window == b"COMMIT\0")
                    {
                        let_through = now.map_or(usize::MAX, |now| *now);
                    }
                } else {
                    let_through = *committed.borrow();
                }
                if to_client.write_all(&bytes[..count]).await.is_err() {
                    return;
                }
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_and_a_write_of_one_statement_cost_one_round_trip_each() {
    let db = shop().await;
    let direct = db.store.connection().driver();
    let folder = match &direct.get_hosts()[0] {
        tokio_postgres::config::Host::Unix(folder) => folder.clone(),
        other @ tokio_postgres::config::Host::Tcp(_) => panic!("{other:?}"),
    };
    let sockets = tempfile::tempdir().unwrap();
    let name = ".s.PGSQL.5432";
    let hold = Arc::new(AtomicBool::new(false));
    let listener = UnixListener::bind(sockets.path().join(name)).unwrap();
    tokio::spawn(proxy(
        listener,
        Path::new(&folder).join(name),
        Arc::clone(&hold),
    ));

    let login = ConnectionConfig::socket(sockets.path(), "kith", direct.get_dbname().unwrap());
    let mut config = StoreConfig::new(login);
    one_connection(&mut config);
    let store = Store::open(config, db.clock.clone()).await.unwrap();
    let ours = workspace();
    let limits = ReadLimits {
        timeout_ms: Some(1000),
        planning: kith_store::Planning::Each,
    };
    let all = async |name: &str| {
        store
            .read(ours, Class::Interactive, "SELECT 1", &[])
            .await?;
        store
            .plan_read(ours, Class::Interactive, "SELECT 2", &[], limits)
            .await?;
        store
            .system_read(Class::Interactive, "SELECT 3", &[])
            .await?;
        let tx = store.begin(ours, Class::Interactive).await?;
        tx.commit_with(INSERT, &[&ours, &name]).await
    };
    // Connecting and preparing take round trips of their own.
    all("first").await.unwrap();
    hold.store(true, Ordering::Relaxed);
    all("second").await.unwrap();
    all("third").await.unwrap();
    hold.store(false, Ordering::Relaxed);
    let rows = store
        .read(ours, Class::Interactive, "SELECT FROM shop.item", &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), 3);
}
