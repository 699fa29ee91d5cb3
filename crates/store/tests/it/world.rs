use kith_kernel::{Clock, WorkspaceId};
use kith_store::Migrations;
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
             amount       numeric NOT NULL DEFAULT 0 CHECK (amount >= 0),
             tags         jsonb NOT NULL DEFAULT '[]',
             PRIMARY KEY (workspace_id, id)
         );
         CREATE UNIQUE INDEX item_name ON shop.item (workspace_id, name);
         CREATE INDEX item_like ON shop.item USING gin (workspace_id, lower(name) gin_trgm_ops);
         CREATE INDEX item_tags ON shop.item USING gin (workspace_id, tags jsonb_path_ops);
         SELECT kith.protect('shop.item');
         SELECT kith.create_event_log('shop');",
    )],
};

pub(crate) const INSERT: &str =
    "INSERT INTO shop.item (workspace_id, id, name) VALUES ($1, gen_random_uuid(), $2)";

pub(crate) async fn shop() -> TestDb {
    TestDb::create(&[SHOP]).await
}

pub(crate) fn workspace() -> WorkspaceId {
    WorkspaceId::new(&Clock::system())
}
