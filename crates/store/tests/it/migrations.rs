use kith_store::{MigrationReport, Migrations, StoreError};
use kith_testkit::TestDb;

const ONE: (&str, &str) = ("V1__one.sql", "CREATE TABLE depot.one (id int PRIMARY KEY)");
const TWO: (&str, &str) = ("V2__two.sql", "ALTER TABLE depot.one ADD COLUMN two int");

const fn depot(files: &'static [(&'static str, &'static str)]) -> Migrations {
    Migrations {
        schema: "depot",
        files,
    }
}

async fn refusal(db: &TestDb, files: &'static [(&'static str, &'static str)]) -> String {
    let error = db.store.migrate(&depot(files)).await.unwrap_err();
    assert!(matches!(error, StoreError::Migration { .. }), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn only_what_is_new_is_applied() {
    let db = TestDb::create(&[]).await;
    let report = db.store.migrate(&depot(&[ONE])).await.unwrap();
    assert_eq!(report.applied, ["V1__one.sql"]);
    let report = db.store.migrate(&depot(&[ONE, TWO])).await.unwrap();
    assert_eq!(report.applied, ["V2__two.sql"]);
    let report = db.store.migrate(&depot(&[ONE, TWO])).await.unwrap();
    assert_eq!(
        report,
        MigrationReport {
            applied: vec![],
            version: 2,
            ahead: 0
        }
    );
}

#[tokio::test]
async fn the_previous_binary_accepts_a_newer_schema() {
    let db = TestDb::create(&[depot(&[ONE, TWO])]).await;
    let report = db.store.migrate(&depot(&[ONE])).await.unwrap();
    assert_eq!((report.version, report.ahead), (2, 1));
}

#[tokio::test]
async fn a_changed_file_is_refused_and_named() {
    let db = TestDb::create(&[depot(&[ONE])]).await;
    let changed = refusal(
        &db,
        &[(
            "V1__one.sql",
            "CREATE TABLE depot.one (id bigint PRIMARY KEY)",
        )],
    )
    .await;
    assert!(
        changed.contains("depot/V1__one.sql: was applied to this database with another text"),
        "{changed}"
    );
    // Other line endings are the same text.
    let windows = depot(&[("V1__one.sql", "CREATE TABLE depot.one (id int PRIMARY KEY)")]);
    db.store.migrate(&windows).await.unwrap();
}

#[tokio::test]
async fn a_failing_file_changes_nothing_and_says_why() {
    let db = TestDb::create(&[]).await;
    let failing: &[_] = &[
        ONE,
        (
            "V2__bad.sql",
            "CREATE TABLE depot.two (id int); CREATE TABLE depot.three (id nonsense)",
        ),
    ];
    let said = refusal(&db, failing).await;
    assert!(
        said.contains("V2__bad.sql") && said.contains("nonsense"),
        "{said}"
    );
    let client = db.superuser().await;
    let sql = "SELECT to_regclass('depot.one') IS NOT NULL, to_regclass('depot.two') IS NULL";
    let row = client.query_one(sql, &[]).await.unwrap();
    assert!(row.get::<_, bool>(0) && row.get::<_, bool>(1));
    db.store.migrate(&depot(&[ONE, TWO])).await.unwrap();
}

#[tokio::test]
async fn gaps_and_foreign_names_are_refused() {
    let db = TestDb::create(&[]).await;
    let said = refusal(&db, &[ONE, ("V3__three.sql", "SELECT 1")]).await;
    assert!(said.contains("should be named V2__"), "{said}");
    let odd = Migrations {
        schema: "de\"pot",
        files: &[],
    };
    assert!(db.store.migrate(&odd).await.is_err());
}

#[tokio::test]
async fn a_tenants_table_without_its_lock_is_refused() {
    let db = TestDb::create(&[]).await;
    let bare =
        "CREATE TABLE depot.bare (workspace_id uuid, id uuid, PRIMARY KEY (workspace_id, id))";
    let files: &'static [_] = Box::leak(Box::new([("V1__bare.sql", bare)]));
    let said = refusal(&db, files).await;
    assert!(
        said.contains("depot.bare") && said.contains("kith.protect"),
        "{said}"
    );
}

#[tokio::test]
async fn processes_that_start_together_do_not_meet() {
    let db = TestDb::create(&[]).await;
    let service = depot(&[ONE, TWO]);
    let all = (0..4).map(|_| db.store.migrate(&service));
    let reports = futures_util::future::try_join_all(all).await.unwrap();
    let applied: usize = reports.iter().map(|report| report.applied.len()).sum();
    assert_eq!(applied, 2);
}

#[tokio::test]
async fn a_login_without_rights_is_told_what_an_administrator_has_to_run() {
    let db = TestDb::create(&[]).await;
    let client = db.superuser().await;
    let database: String = client
        .query_one("SELECT current_database()::text", &[])
        .await
        .unwrap()
        .get(0);
    let login = format!("stranger_{}", &database[5..20]);
    client
        .batch_execute(&format!("CREATE ROLE {login} LOGIN"))
        .await
        .unwrap();
    let config = kith_store::StoreConfig::new(db.store.connection().user(&login));
    let store = kith_store::Store::open(config, db.clock.clone())
        .await
        .unwrap();
    let error = store.migrate(&depot(&[ONE])).await.unwrap_err();
    client
        .batch_execute(&format!("DROP ROLE {login}"))
        .await
        .unwrap();
    let said = error.to_string();
    assert!(matches!(error, StoreError::Configuration(_)), "{error:?}");
    assert!(
        said.contains("CREATE ROLE") && said.contains(&format!("TO \"{login}\"")),
        "{said}"
    );
}
