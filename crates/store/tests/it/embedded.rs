//! The private cluster: made, stopped, killed, defended.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use kith_store::embedded::{Cluster, ClusterOptions, DataLock, detached};
use kith_store::{Class, StoreError};
use kith_testkit::OwnCluster;

use crate::world::{INSERT, SHOP, workspace};

fn message(result: Result<Cluster, StoreError>) -> String {
    match result {
        Ok(_) => panic!("it should have been refused"),
        Err(error) => {
            assert!(matches!(error, StoreError::Embedded(_)), "{error:?}");
            error.to_string()
        }
    }
}

#[tokio::test]
async fn what_was_written_outlives_a_clean_stop_and_the_login_is_no_superuser() {
    let mut own = OwnCluster::start().await;
    let store = own.store(&[SHOP]).await;
    let ours = workspace();
    let tx = store.begin(ours, Class::Interactive).await.unwrap();
    tx.commit_with(INSERT, &[&ours, &"kept"]).await.unwrap();

    own.pause().await;
    assert!(
        !own.data().join("postgres/postmaster.pid").exists(),
        "PostgreSQL has ended"
    );
    drop(DataLock::acquire(own.data()).unwrap());
    own.resume().await;

    let sql = "SELECT name, (SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles \
                             WHERE rolname = session_user) FROM shop.item";
    let rows = store
        .read(ours, Class::Interactive, sql, &[])
        .await
        .unwrap();
    assert_eq!(rows[0].get::<_, &str>(0), "kept");
    assert!(!rows[0].get::<_, bool>(1));

    let settings = "SELECT current_setting('listen_addresses'), current_setting('jit')";
    let rows = store
        .read(ours, Class::Interactive, settings, &[])
        .await
        .unwrap();
    assert_eq!(
        (rows[0].get::<_, &str>(0), rows[0].get::<_, &str>(1)),
        ("", "off")
    );
    let sockets = std::fs::metadata(own.data().join("run")).unwrap();
    assert_eq!(sockets.permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_told_who_is_there() {
    let own = OwnCluster::start().await;
    let said = message(Cluster::start(own.data()).await);
    assert!(
        said.contains(&format!("process {}", std::process::id())),
        "{said}"
    );
}

#[tokio::test]
async fn what_a_killed_server_left_running_is_stopped_and_nothing_is_lost() {
    let mut own = OwnCluster::start().await;
    own.pause().await;
    // As kill -9 of the server leaves it: PostgreSQL runs and nobody looks after it.
    let mut options = ClusterOptions::new(own.data());
    options.durable = false;
    let orphan = detached::start(&options).await.unwrap();
    own.resume().await;
    let now = own.cluster().pid().unwrap();
    assert_ne!(now, orphan.pid);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", orphan.pid)).unwrap_or_default();
    assert!(
        stat.is_empty() || stat.contains(") Z "),
        "the orphan has ended: {stat}"
    );
}

#[tokio::test]
async fn a_pid_file_whose_number_belongs_to_somebody_else_is_no_obstacle() {
    let mut own = OwnCluster::start().await;
    own.pause().await;
    let mut bystander = tokio::process::Command::new("sleep")
        .arg("600")
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let file = own.data().join("postgres/postmaster.pid");
    std::fs::write(
        &file,
        format!("{}\n{}\n", bystander.id().unwrap(), file.display()),
    )
    .unwrap();
    own.resume().await;
    assert!(
        bystander.try_wait().unwrap().is_none(),
        "the bystander still lives"
    );
}

#[tokio::test]
async fn a_cluster_that_was_never_finished_is_made_anew() {
    let own = OwnCluster::start().await;
    let data = own.data().to_owned();
    drop(own);
    let root = tempfile::Builder::new()
        .prefix("kith-half-")
        .permissions(std::fs::Permissions::from_mode(0o711))
        .tempdir_in(data.parent().unwrap())
        .unwrap();
    std::fs::create_dir_all(root.path().join("postgres.new/base")).unwrap();
    let mut options = ClusterOptions::new(root.path());
    options.durable = false;
    let cluster = Cluster::start_with(options).await.unwrap();
    assert!(!root.path().join("postgres.new").exists());
    cluster.stop().await;
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_works_all_the_same() {
    let root = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o711))
        .tempdir()
        .unwrap();
    let mut options = ClusterOptions::new(root.path().join("x".repeat(120)));
    options.durable = false;
    let cluster = Cluster::start_with(options).await.unwrap();
    let (_, connection) = cluster
        .connection()
        .driver()
        .connect(tokio_postgres::NoTls)
        .await
        .unwrap();
    drop(connection);
    let folder = format!("{:?}", cluster.connection());
    let folder = folder
        .split('"')
        .find(|part| part.starts_with("/tmp/kith-"))
        .unwrap()
        .to_owned();
    assert!(std::path::Path::new(&folder).exists());
    cluster.stop().await;
    assert!(
        !std::path::Path::new(&folder).exists(),
        "nothing is left behind"
    );
}

#[tokio::test]
async fn obstacles_are_explained() {
    let own = OwnCluster::start().await;
    let mut own = own;
    own.pause().await;

    let mut options = ClusterOptions::new(own.data());
    options.binaries = Some("/nonexistent".into());
    std::fs::write(own.data().join("postgres/PG_VERSION"), "9\n").unwrap();
    let said = message(Cluster::start_with(options).await);
    assert!(said.contains("was made by PostgreSQL 9"), "{said}");

    let empty = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o711))
        .tempdir()
        .unwrap();
    let mut options = ClusterOptions::new(empty.path());
    options.binaries = Some("/nonexistent".into());
    let said = message(Cluster::start_with(options).await);
    assert!(
        said.contains("KITH_POSTGRES_BIN says /nonexistent"),
        "{said}"
    );

    if rustix::process::geteuid().is_root() {
        // PostgreSQL's account can't enter a folder of root's.
        let closed = tempfile::tempdir().unwrap();
        std::fs::set_permissions(closed.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let said = message(Cluster::start(&closed.path().join("data")).await);
        assert!(
            said.contains("may not enter") && said.contains("KITH_DATA"),
            "{said}"
        );
    } else {
        let said = message(Cluster::start(std::path::Path::new("/proc/kith")).await);
        assert!(said.contains("/proc/kith"), "{said}");
    }
}

#[tokio::test]
async fn a_supervisor_that_is_dropped_takes_postgresql_with_it() {
    let root = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o711))
        .tempdir()
        .unwrap();
    let mut options = ClusterOptions::new(root.path());
    options.durable = false;
    let cluster = Cluster::start_with(options).await.unwrap();
    drop(cluster);
    while root.path().join("postgres/postmaster.pid").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn on_a_full_disk_reading_goes_on_and_writing_is_refused() {
    let mut own = OwnCluster::start().await;
    own.store(&[SHOP]).await;
    own.pause().await;
    let mut options = ClusterOptions::new(own.data());
    options.durable = false;
    options.reserve = u64::MAX;
    let cluster = Cluster::start_with(options).await.unwrap();
    let config = kith_store::StoreConfig::new(cluster.connection());
    let store = kith_store::Store::open(config, kith_kernel::Clock::system())
        .await
        .unwrap();
    let ours = workspace();
    let sql = "SELECT count(*) FROM shop.item";
    store
        .read(ours, Class::Interactive, sql, &[])
        .await
        .unwrap();
    let Err(error) = store.begin(ours, Class::Interactive).await else {
        panic!("there is no room");
    };
    let failure = kith_kernel::Failure::from(error);
    assert_eq!(failure.code, kith_kernel::ErrorCode::StorageFull);
    cluster.stop().await;
}
