//! What the command line calls.

use kith_identity::{IdentityError, NewOperatorUser, NewWorkspace, PasswordReset, WorkspaceDraft};
use kith_kernel::{ErrorCode, Failure, Role, Scope};

use crate::app::{App, PASSWORD, Proof};

fn code<T: std::fmt::Debug>(result: Result<T, IdentityError>) -> ErrorCode {
    Failure::from(result.unwrap_err()).code
}

#[tokio::test]
async fn a_workspace_is_made_without_a_browser() {
    let app = App::start().await;
    let operator = app.identity.operator();
    assert_eq!(code(operator.workspace(None).await), ErrorCode::NotFound);
    let made = app
        .identity
        .init_workspace(NewWorkspace {
            workspace: WorkspaceDraft {
                name: "Acme".to_owned(),
                currency: Some("CHF".to_owned()),
                ..WorkspaceDraft::default()
            },
            email: "Ada.Lovelace@acme.example".to_owned(),
            name: String::new(),
            password: PASSWORD.to_owned().into(),
        })
        .await
        .unwrap();
    assert_eq!(made.user.name, "ada.lovelace");
    assert_eq!(made.workspace.settings.currency.code(), "CHF");
    let token = Proof::Token(made.token.expose().to_owned());
    app.get("/api/v1/session")
        .by(&token)
        .send()
        .await
        .expect(200);
    assert_eq!(operator.workspace(None).await.unwrap(), made.workspace);

    app.workspace("globex").await;
    assert_eq!(code(operator.workspace(None).await), ErrorCode::Conflict);
    assert_eq!(
        code(operator.workspace(Some("initech")).await),
        ErrorCode::NotFound
    );
    let found = operator.workspace(Some("globex")).await.unwrap();
    assert_eq!(found.name, "globex");

    let weak = NewWorkspace {
        password: "short".to_owned().into(),
        email: "a@b.example".to_owned(),
        workspace: WorkspaceDraft {
            name: "Weak".to_owned(),
            ..WorkspaceDraft::default()
        },
        ..NewWorkspace::default()
    };
    let refused = app.identity.init_workspace(weak).await;
    assert_eq!(code(refused), ErrorCode::ValidationFailed);
}

#[tokio::test]
async fn users_are_added_listed_and_deactivated() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let operator = app.identity.operator();
    let new = |email: &str, password: Option<&str>| NewOperatorUser {
        email: email.to_owned(),
        name: "Grace Hopper".to_owned(),
        role: Role::Member,
        password: password.map(|text| text.to_owned().into()),
    };
    let (user, link) = operator
        .add_user(&acme, new("grace@acme.example", None))
        .await
        .unwrap();
    assert!(!user.active);
    assert!(
        link.unwrap()
            .url
            .expose()
            .starts_with("http://kith.test/activate?token=kith_act_")
    );
    let taken = operator
        .add_user(&acme, new("GRACE@acme.example", None))
        .await;
    assert_eq!(code(taken), ErrorCode::Duplicate);
    let weak = operator
        .add_user(&acme, new("x@acme.example", Some("short")))
        .await;
    assert_eq!(code(weak), ErrorCode::ValidationFailed);
    let (user, _) = operator
        .add_user(&acme, new("max@acme.example", Some(PASSWORD)))
        .await
        .unwrap();
    assert!(user.active);
    app.sign_in("max@acme.example").await;
    let emails: Vec<_> = operator
        .users(&acme)
        .await
        .unwrap()
        .into_iter()
        .map(|user| user.email.unwrap())
        .collect();
    assert_eq!(
        emails,
        ["ada@acme.example", "grace@acme.example", "max@acme.example"]
    );

    let gone = operator
        .deactivate_user(&acme, "max@acme.example")
        .await
        .unwrap();
    assert!(!gone.active);
    let last = operator.deactivate_user(&acme, "ada@acme.example").await;
    assert_eq!(code(last), ErrorCode::Conflict);
    let nobody = operator.deactivate_user(&acme, "nobody@acme.example").await;
    assert_eq!(code(nobody), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_locked_out_administrator_gets_in_again() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let operator = app.identity.operator();
    let session = app.sign_in("ada@acme.example").await;
    let new = "a quite different phrase";
    let reset = operator
        .reset_password(&acme, "ada@acme.example", Some(new.to_owned().into()))
        .await
        .unwrap();
    assert!(matches!(reset, PasswordReset::Set));
    app.get("/api/v1/session")
        .by(&session)
        .send()
        .await
        .expect(401);
    app.login("ada@acme.example", new).await.expect(201);
    let link = operator
        .reset_password(&acme, "ada@acme.example", None)
        .await
        .unwrap();
    assert!(matches!(link, PasswordReset::Link(_)));
    app.login("ada@acme.example", new).await.expect(201);
}

#[tokio::test]
async fn tokens_are_made_for_active_users_within_their_role() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let operator = app.identity.operator();
    app.user(&acme, "reader@acme.example", Role::ReadOnly).await;
    let make = |scopes: Option<&'static [Scope]>, days| {
        operator.create_token(&acme, "reader@acme.example", "script", scopes, days)
    };
    let (token, secret) = make(None, Some(7)).await.unwrap();
    assert_eq!(&*token.scopes, [Scope::RecordsRead]);
    let proof = Proof::Token(secret.expose().to_owned());
    app.get("/api/v1/users").by(&proof).send().await.expect(200);
    let more = make(Some(&[Scope::RecordsWrite]), None).await;
    assert_eq!(code(more), ErrorCode::ValidationFailed);
    assert_eq!(
        code(make(None, Some(366)).await),
        ErrorCode::ValidationFailed
    );
    operator
        .deactivate_user(&acme, "reader@acme.example")
        .await
        .unwrap();
    assert_eq!(code(make(None, None).await), ErrorCode::Conflict);
}
