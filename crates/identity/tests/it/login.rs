//! `/session` and `/users/me/password`.

use kith_kernel::Role;
use serde_json::{Value, json};

use crate::app::{App, PASSWORD, Proof, session_of};

#[tokio::test]
async fn a_login_gives_a_cookie_and_a_csrf_token() {
    let app = App::start().await;
    app.workspace("acme").await;
    let reply = app.login(" Ada@Acme.example ", PASSWORD).await.expect(201);
    let cookie = reply.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("__Host-kith_session=kith_ses_"),
        "{cookie}"
    );
    assert!(
        cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000"),
        "{cookie}"
    );
    let body = reply.json();
    assert_eq!(body["user"]["email"], "ada@acme.example");
    assert_eq!(body["workspace"]["slug"], "acme");
    assert_eq!(body["user"].get("password_hash"), None);

    let session = session_of(&reply);
    let again = app.get("/api/v1/session").by(&session).send().await;
    assert_eq!(again.expect(200).json(), body);
}
