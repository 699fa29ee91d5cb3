use std::time::Duration;

use kith_kernel::{Clock, WorkspaceId};
use kith_store::{Migrations, StoreConfig};
use kith_testkit::TestDb;

/// A service with one tenant table and an event log.
pub(crate) const SHOP: Migrations = Migrations {
    schema: "shop",
    files: &[(
        "V1__shop.sql",
        "CREATE TABLE shop.item (
             workspace_id uuid NOT NULL,
             id           uuid NOT NULL,
             name         text NOT NULL,
             amount       numeric NOT NULL DEFAULT 0 CONSTRAINT item_amount CHECK (amount >= 0),
             tags         jsonb NOT NULL DEFAULT '[]',
             parent_id    uuid,
             PRIMARY KEY (workspace_id, id),
             CONSTRAINT item_parent FOREIGN KEY (workspace_id, parent_id)
                 REFERENCES shop.item DEFERRABLE INITIALLY DEFERRED
         );
         CREATE UNIQUE INDEX item_name ON shop.item (workspace_id, name);
         CREATE INDEX item_like ON shop.item USING gin (workspace_id, lower(name) gin_trgm_ops);
         CREATE INDEX item_tags ON shop.item USING gin (workspace_id, tags jsonb_path_ops);
         CREATE INDEX item_amount ON shop.item (workspace_id, amount);
         SELECT kith.protect('shop.item');
         SELECT kith.create_event_log('shop');",
    )],
};

pub(crate) const INSERT: &str =
    "INSERT INTO shop.item (workspace_id, id, name) VALUES ($1, gen_random_uuid(), $2)";
pub(crate) const NAMES: &str = "SELECT name FROM shop.item ORDER BY name";

pub(crate) async fn shop() -> TestDb {
    TestDb::create(&[SHOP]).await
}

/// A shop whose pools have one connection each, so that a leak shows at once.
pub(crate) async fn narrow_shop() -> TestDb {
    TestDb::create_with(&[SHOP], one_connection).await
}

pub(crate) fn one_connection(config: &mut StoreConfig) {
    config.pools.interactive_app = 1;
    config.pools.interactive_reader = 1;
    config.pools.background = 1;
    config.pools.reports = 1;
    config.pools.system = 1;
    // These tests wait for work that is being cleaned up behind them.
    config.acquire_timeout = Duration::from_secs(30);
}

pub(crate) fn workspace() -> WorkspaceId {
    WorkspaceId::new(&Clock::system())
}

pub(crate) async fn names(db: &TestDb, workspace: WorkspaceId) -> Vec<String> {
    let class = kith_store::Class::Interactive;
    let rows = db.store.read(workspace, class, NAMES, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
