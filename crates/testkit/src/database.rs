use std::time::Duration;

use jiff::Timestamp;
use kith_kernel::Clock;
use kith_store::{ConnectionConfig, Migrations, Store, StoreConfig};
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::shared::{Plain as _, Shared, digest};

/// Noon of 1 June 2026, where the clock of a test stands until the test moves it.
const NOON: i64 = 1_780_315_200;

/// A database of one test, dropped with this value.
pub struct TestDb {
    /// The store on the migrated database.
    pub store: Store,
    /// The store's clock. It stands at 2026-06-01T12:00:00Z until the test moves it.
    pub clock: Clock,
    name: String,
    admin: ConnectionConfig,
    lease: JoinHandle<()>,
}

impl TestDb {
    /// A new database with the migrations of `services` applied in this order.
    pub async fn create(services: &[Migrations]) -> Self {
        Self::create_with(services, |_| {}).await
    }

    /// The same, with a store whose settings `change` adjusts.
    pub async fn create_with(
        services: &[Migrations],
        change: impl FnOnce(&mut StoreConfig),
    ) -> Self {
        let shared = Shared::locate();
        let lock = shared.lock().await;
        let admin = shared.ensure().await;
        let client = admin
            .client()
            .await
            .expect("logging in to the test cluster");
        let template = template(&client, &admin, services).await;
        drop(lock);
        let name = format!("test_{:032x}", Clock::system().next_uuid().as_u128());
        client
            .batch_execute(&format!(
                "CREATE DATABASE {name} TEMPLATE {template} OWNER kith"
            ))
            .await
            .expect("cloning the template database");
        let clock = Clock::fixed(Timestamp::from_second(NOON).expect("a time"));
        let mut config = StoreConfig::new(admin.user("kith").database(&name));
        change(&mut config);
        let store = Store::open(config, clock.clone())
            .await
            .expect("opening the store");
        let lease = tokio::spawn(async move {
            loop {
                shared.touch();
                tokio::time::sleep(Duration::from_secs(20)).await;
            }
        });
        Self {
            store,
            clock,
            name,
            admin,
            lease,
        }
    }

    /// A superuser's connection to this database, to look or to meddle behind the store's back.
    pub async fn superuser(&self) -> Client {
        let database = self.admin.database(&self.name);
        database.client().await.expect("logging in as superuser")
    }

    /// A connection to this database as the login that owns it, as migrations use it.
    pub async fn owner(&self) -> Client {
        let login = self.store.connection();
        login.client().await.expect("logging in as the owner")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.lease.abort();
        self.store.close();
        let drop_database = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let admin = self.admin.clone();
        // A test's runtime can't be waited on from within; a thread of its own can.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                if let Ok(client) = admin.client().await {
                    let _ = client.batch_execute(&drop_database).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

/// The name of a database that holds the migrations; made when no test needed it before.
/// Call with the lock held.
async fn template(client: &Client, admin: &ConnectionConfig, services: &[Migrations]) -> String {
    let parts: Vec<&str> = services
        .iter()
        .flat_map(|service| {
            let files = service.files.iter().flat_map(|(name, sql)| [*name, *sql]);
            std::iter::once(service.schema).chain(files)
        })
        .chain([kith_store::BOOTSTRAP])
        .collect();
    let name = format!("template_{}", &digest(&parts)[..24]);
    let exists = client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
        .await
        .expect("looking for the template database");
    if exists.is_some() {
        return name;
    }
    let building = format!("{name}_new");
    client
        .batch_execute(&format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)"))
        .await
        .expect("clearing away an unfinished template");
    client
        .batch_execute(&format!("CREATE DATABASE {building} OWNER kith"))
        .await
        .expect("making the template database");
    let config = StoreConfig::new(admin.user("kith").database(&building));
    let store = Store::open(config, Clock::system())
        .await
        .expect("opening the template database");
    for service in services {
        if let Err(error) = store.migrate(service).await {
            panic!("{error}");
        }
    }
    store.close();
    // Renaming waits for nobody: the migrations' connections may still be closing.
    for _ in 0..200 {
        let renamed = client
            .batch_execute(&format!("ALTER DATABASE {building} RENAME TO {name}"))
            .await;
        if renamed.is_ok() {
            return name;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the template database could not be finished");
}
