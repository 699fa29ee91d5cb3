//! Who may call which route: every route, as everyone.

use std::collections::BTreeSet;

use http::Method;
use kith_http::Access;
use kith_kernel::Role;
use serde_json::{Value, json};

use crate::app::{App, Proof};

/// One line of the table: a call that would succeed for an administrator, and the status that
/// a member and a read-only user get.
struct Case {
    method: Method,
    route: &'static str,
    body: Option<Value>,
    administrator: u16,
    member: u16,
    read_only: u16,
}

fn case(method: Method, route: &'static str, body: Option<Value>, statuses: [u16; 3]) -> Case {
    let [administrator, member, read_only] = statuses;
    Case {
        method,
        route,
        body,
        administrator,
        member,
        read_only,
    }
}

/// `{id}` stands for a user, a session or a token that is not the caller's own.
fn table() -> Vec<Case> {
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    let token = || Some(json!({"name": "t", "scopes": ["records:read"]}));
    let password =
        json!({"current_password": "wrong password", "new_password": "a new passphrase"});
    let invite = json!({"email": "new@table.example", "name": "New", "role": "member"});
    vec![
        case(get.clone(), "/session", None, [200; 3]),
        case(get.clone(), "/sessions", None, [200; 3]),
        case(delete.clone(), "/sessions", None, [204; 3]),
        case(delete.clone(), "/sessions/{id}", None, [404; 3]),
        case(get.clone(), "/tokens", None, [200; 3]),
        case(post.clone(), "/tokens", token(), [201; 3]),
        case(delete.clone(), "/tokens/{id}", None, [404; 3]),
        case(get.clone(), "/workspace", None, [200; 3]),
        case(
            patch.clone(),
            "/workspace",
            Some(json!({"name": "Renamed"})),
            [200, 403, 403],
        ),
        case(get.clone(), "/users", None, [200; 3]),
        case(post.clone(), "/users", Some(invite), [201, 403, 403]),
        case(get.clone(), "/users/me", None, [200; 3]),
        case(
            patch.clone(),
            "/users/me",
            Some(json!({"name": "Me"})),
            [200; 3],
        ),
        case(post.clone(), "/users/me/password", Some(password), [422; 3]),
        case(get.clone(), "/users/{id}", None, [200; 3]),
        case(
            patch,
            "/users/{id}",
            Some(json!({"name": "Other"})),
            [200, 403, 403],
        ),
        case(
            post.clone(),
            "/users/{id}/activation-link",
            None,
            [201, 403, 403],
        ),
        case(get, "/audit", None, [200, 403, 403]),
        // Last, because it ends the session.
        case(delete, "/session", None, [204; 3]),
    ]
}

async fn call(app: &App, case: &Case, by: &Proof, id: &str) -> crate::app::Reply {
    let path = format!("/api/v1{}", case.route.replace("{id}", id));
    let call = app.call(case.method.clone(), &path).by(by);
    match &case.body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

#[tokio::test]
async fn the_table_has_every_route() {
    let app = App::start().await;
    let name = |method: &Method, path: &str| format!("{method} {path}");
    let routed = app.identity.routes();
    let routes: BTreeSet<String> = routed
        .table
        .iter()
        .filter(|route| route.access == Access::Authenticated)
        .map(|route| name(&route.method, route.path))
        .collect();
    let cases: BTreeSet<String> = table()
        .iter()
        .map(|case| name(&case.method, case.route))
        .collect();
    assert_eq!(routes, cases);
    let public: BTreeSet<String> = routed
        .table
        .iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| name(&route.method, route.path))
        .collect();
    let expected = [
        "GET /setup",
        "POST /activate",
        "POST /session",
        "POST /setup",
    ];
    assert_eq!(public, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn nobody_gets_in_without_credentials() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let id = app.user(&acme, "grace@acme.example", Role::Member).await;
    for case in table() {
        let reply = call(&app, &case, &Proof::Nobody, &id).await;
        reply.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn each_role_gets_what_the_table_says() {
    for role in [Role::Administrator, Role::Member, Role::ReadOnly] {
        let app = App::start().await;
        let (acme, _) = app.workspace("acme").await;
        let other = app.user(&acme, "other@acme.example", Role::Member).await;
        app.user(&acme, "me@acme.example", role).await;
        let me = app.sign_in("me@acme.example").await;
        for case in table() {
            let reply = call(&app, &case, &me, &other).await;
            let expected = match role {
                Role::Administrator => case.administrator,
                Role::Member => case.member,
                Role::ReadOnly => case.read_only,
            };
            assert_eq!(
                reply.status.as_u16(),
                expected,
                "{role:?} {} {}: {}",
                case.method,
                case.route,
                reply.text
            );
        }
    }
}

/// The administrator of another workspace: what is not theirs doesn't exist for them, and
/// nothing of it is in what they read.
#[tokio::test]
async fn strangers_see_and_change_nothing() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let secret = app.user(&acme, "secret@acme.example", Role::Member).await;
    app.sign_in("secret@acme.example").await;
    let before = app.identity.operator().users(&acme).await.unwrap();
    app.workspace("globex").await;
    let stranger = app.sign_in("ada@globex.example").await;
    for case in table() {
        let reply = call(&app, &case, &stranger, &secret).await;
        if case.route.contains("{id}") {
            let reply = reply.refused(404, "not_found");
            assert!(!reply.text.contains("acme"), "{}", reply.text);
        } else if case.method == Method::GET {
            let reply = reply.expect(200);
            assert!(!reply.text.contains("acme"), "{}", reply.text);
            assert!(!reply.text.contains(&secret), "{}", reply.text);
        }
    }
    assert_eq!(app.identity.operator().users(&acme).await.unwrap(), before);
    let workspace = app
        .identity
        .operator()
        .workspace(Some("acme"))
        .await
        .unwrap();
    assert_eq!(workspace, acme);
}

#[tokio::test]
async fn the_documentation_is_sound() {
    let app = App::start().await;
    let routed = app.identity.routes();
    assert_eq!(
        kith_http::openapi::check_routes(&routed),
        Vec::<String>::new()
    );
    let info = kith_http::openapi::Info {
        title: "Kith",
        version: "1",
        description: "",
    };
    let document = kith_http::openapi::document(info, [routed.part]);
    assert_eq!(
        kith_http::openapi::check_document(&document),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn row_level_security_covers_every_table() {
    let app = App::start().await;
    let client = app.db.superuser().await;
    let rows = client
        .query("SELECT kith.unprotected('identity')", &[])
        .await
        .unwrap();
    let open: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(open.is_empty(), "{open:?}");
    for table in [
        "user_account",
        "session",
        "api_token",
        "activation",
        "setup_token",
    ] {
        let sql =
            format!("SELECT has_table_privilege('kith_reader', 'identity.{table}', 'SELECT')");
        let readable: bool = client.query_one(&sql, &[]).await.unwrap().get(0);
        assert!(!readable, "{table}");
    }
}
