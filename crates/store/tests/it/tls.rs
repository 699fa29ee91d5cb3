//! Encrypted connections to a server on the network, played by a private one that listens.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kith_kernel::Clock;
use kith_store::{Class, ConnectionConfig, Store, StoreConfig, StoreError};
use kith_testkit::OwnCluster;

use crate::world::workspace;

fn pem(kind: &str, bytes: &[u8]) -> String {
    format!(
        "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
        STANDARD.encode(bytes)
    )
}

/// Writes a file that belongs to PostgreSQL and that nobody else may read.
fn write(cluster: &Path, name: &str, text: &str) {
    let path = cluster.join(name);
    fs::write(&path, text).unwrap();
    let owner = fs::metadata(cluster).unwrap();
    chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test]
async fn a_server_on_the_network_is_reached_encrypted_and_verified() {
    let mut own = OwnCluster::start().await;
    own.store(&[]).await;
    own.pause().await;

    // An address of this machine that no other server listens on.
    let [low, high, ..] = std::process::id().to_le_bytes();
    let address = format!("127.77.{high}.{low}");
    let certified = rcgen::generate_simple_self_signed([address.clone()]).unwrap();
    let certificate = pem("CERTIFICATE", certified.cert.der());
    let cluster = own.data().join("postgres");
    write(&cluster, "server.crt", &certificate);
    write(
        &cluster,
        "server.key",
        &pem("PRIVATE KEY", &certified.signing_key.serialize_der()),
    );
    write(
        &cluster,
        "pg_hba.conf",
        "local all all trust\nhostssl all all 127.0.0.0/8 trust\n",
    );
    fs::write(
        own.data().join("postgres.local.conf"),
        format!("listen_addresses = '{address}'\nssl = on\n"),
    )
    .unwrap();
    own.resume().await;

    let roots = own.data().join("roots.pem");
    fs::write(&roots, certificate).unwrap();
    let open = async |parameters: &str| {
        let url = format!("postgres://kith@{address}/kith?{parameters}");
        let mut config = StoreConfig::new(ConnectionConfig::parse(&url).unwrap());
        config.pools.interactive_app = 1;
        config.acquire_timeout = Duration::from_secs(30);
        Store::open(config, Clock::system()).await.unwrap()
    };
    let trusting = open(&format!(
        "sslmode=verify-full&sslrootcert={}",
        roots.display()
    ))
    .await;
    // pg_hba.conf lets nobody in who comes unencrypted.
    let read = async |store: &Store| {
        store
            .read(workspace(), Class::Interactive, "SELECT 1", &[])
            .await
    };
    read(&trusting).await.unwrap();

    // Cancelling goes the same way.
    let sleeping = trusting.read(workspace(), Class::Interactive, "SELECT pg_sleep(600)", &[]);
    assert!(
        tokio::time::timeout(Duration::from_millis(100), sleeping)
            .await
            .is_err()
    );
    read(&trusting).await.unwrap();

    let distrusting = open("sslmode=require").await;
    let error = read(&distrusting).await.unwrap_err();
    assert!(
        error.to_string().to_lowercase().contains("certificate"),
        "{error}"
    );
    let plain = open("sslmode=disable").await;
    assert!(matches!(
        read(&plain).await,
        Err(StoreError::Configuration(_))
    ));
}
