use crate::running::{Running, complaint, folder, init, json, kith};

#[tokio::test]
async fn a_process_mounts_only_what_its_roles_name() {
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &["--roles", "records:http"]).await;
    assert_eq!(server.status("/api/v1/objects", &token).await, 200);
    let document = json(server.get("/api/v1/openapi.json").await).await;
    assert!(document["paths"]["/objects"].is_object());
    assert!(document["paths"]["/session"].is_null());
    assert_eq!(server.status("/api/v1/session", &token).await, 404);
}

#[test]
fn an_unknown_role_is_answered_by_those_that_are_known() {
    let data = folder();
    let said = complaint(
        kith()
            .args(["serve", "--roles", "records:http,mail:worker", "--data"])
            .arg(data.path()),
    );
    assert!(
        said.contains("mail:worker") && said.contains("records:worker"),
        "{said}"
    );
    assert!(
        !data.path().join("postgres").exists(),
        "nothing was started"
    );
}

#[tokio::test]
async fn a_second_process_serves_another_role_of_the_same_database() {
    let data = folder();
    let token = init(data.path());
    let first = Running::start(data.path(), &["--roles", "identity,records:worker"]).await;
    // PostgreSQL listens on a socket only, in a folder that its own account and root may enter.
    let database = format!(
        "host={} user=kith dbname=kith",
        data.path().join("run").display()
    );
    let other = folder();
    let second = Running::start(
        other.path(),
        &["--database-url", &database, "--roles", "records:http"],
    )
    .await;
    assert_eq!(second.status("/api/v1/companies", &token).await, 200);
    assert_eq!(first.status("/api/v1/session", &token).await, 200);
    assert!(
        !other.path().join("postgres").exists(),
        "it needs no PostgreSQL of its own"
    );
    let (ended_well, _, log) = second.stop();
    assert!(ended_well, "{log}");
    assert_eq!(first.get("/readyz").await.status(), 200);
}
