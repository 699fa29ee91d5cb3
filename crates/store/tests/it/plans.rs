//! Proof that the reader's statements may use every index, and that `kith_app`'s can't.

use tokio_postgres::Client;

use crate::world::{shop, workspace};

const QUERIES: &[(&str, &str)] = &[
    ("item_like", "lower(name) LIKE '%needle%'"),
    ("item_tags", "tags @> '[\"rare\"]'"),
    ("item_amount", "amount > 99990"),
];

async fn plan(client: &Client, sql: &str) -> String {
    let rows = client.query(&format!("EXPLAIN {sql}"), &[]).await.unwrap();
    let lines: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

#[tokio::test]
async fn operators_that_are_not_leakproof_use_indexes_for_the_reader_only() {
    let db = shop().await;
    let ours = workspace();
    let owner = db.owner().await;
    let fill = format!(
        "INSERT INTO shop.item (workspace_id, id, name, amount, tags)
         SELECT '{ours}', gen_random_uuid(), md5(i::text) || CASE i WHEN 77 THEN ' needle' ELSE '' END, i,
                CASE i WHEN 5 THEN '[\"rare\"]'::jsonb ELSE '[]' END
         FROM generate_series(1, 100000) AS i;
         ANALYZE shop.item"
    );
    owner.batch_execute(&fill).await.unwrap();

    for role in ["kith_reader", "kith_system"] {
        owner
            .batch_execute(&format!("SET ROLE {role}"))
            .await
            .unwrap();
        for (index, condition) in QUERIES {
            let sql =
                format!("SELECT id FROM shop.item WHERE workspace_id = '{ours}' AND {condition}");
            let plan = plan(&owner, &sql).await;
            let used = plan
                .lines()
                .any(|line| line.contains("Index Scan") && line.contains(index));
            assert!(used, "{role} should use {index}:\n{plan}");
        }
        owner.batch_execute("RESET ROLE").await.unwrap();
    }

    // What the reader role is for: should PostgreSQL learn this one day, the role can go.
    owner
        .batch_execute(&format!("SET kith.workspace = '{ours}'; SET ROLE kith_app"))
        .await
        .unwrap();
    let sql = format!(
        "SELECT id FROM shop.item WHERE workspace_id = '{ours}' AND lower(name) LIKE '%needle%'"
    );
    let bound = plan(&owner, &sql).await;
    assert!(!bound.contains("item_like"), "{bound}");
}

#[tokio::test]
async fn a_point_read_of_the_application_uses_the_whole_key() {
    let db = shop().await;
    let owner = db.owner().await;
    let ours = workspace();
    owner
        .batch_execute(&format!(
            "SET enable_seqscan = off; SET kith.workspace = '{ours}'; SET ROLE kith_app"
        ))
        .await
        .unwrap();
    let sql = format!("SELECT name FROM shop.item WHERE workspace_id = '{ours}' AND id = '{ours}'");
    let plan = plan(&owner, &sql).await;
    let whole = plan.lines().any(|line| {
        line.contains("Index Cond") && line.contains("workspace_id =") && line.contains("(id =")
    });
    assert!(whole, "{plan}");
}
