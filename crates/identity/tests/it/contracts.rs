//! What other services ask identity.

use kith_contracts::{
    Authenticator as _, Credentials, NewUser, UserDirectory as _, Workspaces as _,
};
use kith_kernel::{Actor, ActorKind, ErrorCode, Role, UserId, WorkspaceId};

use crate::app::{App, Proof};

async fn actor(app: &App, proof: &Proof) -> Actor {
    let Proof::Token(token) = proof else {
        unreachable!()
    };
    let credentials = Credentials::Bearer(token.clone());
    app.identity.authenticate(credentials).await.unwrap()
}

fn named(name: &str, email: Option<&str>) -> NewUser {
    NewUser {
        name: name.to_owned(),
        email: email.map(str::to_owned),
    }
}

#[tokio::test]
async fn an_import_finds_users_again_instead_of_creating_them() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    app.workspace("globex").await;
    let admin = actor(&app, &admin).await;
    let wanted = vec![
        named("Darcel Schlecht", None),
        named("Zane Levy", Some("Zane@Acme.example")),
        named("DARCEL schlecht", None),
        named("Z. Levy", Some("zane@acme.example")),
        named("ada lovelace", None),
        named("", Some("ada@acme.example")),
        named("", Some("new.one@acme.example")),
    ];
    let first = app
        .identity
        .ensure_inactive(&admin, wanted.clone())
        .await
        .unwrap();
    let names: Vec<&str> = first.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Darcel Schlecht",
            "Zane Levy",
            "Darcel Schlecht",
            "Zane Levy",
            "Ada Lovelace",
            "Ada Lovelace",
            "new.one",
        ]
    );
    let active: Vec<bool> = first.iter().map(|user| user.active).collect();
    assert_eq!(active, [false, false, false, false, true, true, false]);
    let again = app.identity.ensure_inactive(&admin, wanted).await.unwrap();
    assert_eq!(again, first);
    let users = app.identity.operator().users(&acme).await.unwrap();
    assert_eq!(users.len(), 4);
}

#[tokio::test]
async fn imports_that_name_the_same_users_at_once_create_them_once() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let admin = actor(&app, &admin).await;
    let wanted: Vec<NewUser> = (0..20)
        .map(|n| named(&format!("Owner {n}"), None))
        .collect();
    let imports = (0..6).map(|_| app.identity.ensure_inactive(&admin, wanted.clone()));
    let found: Vec<_> = futures_util::future::try_join_all(imports).await.unwrap();
    assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(
        app.identity.operator().users(&acme).await.unwrap().len(),
        21
    );
}

#[tokio::test]
async fn an_import_of_bad_names_is_refused_by_place() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let admin = actor(&app, &admin).await;
    let wanted = vec![
        named("Fine", None),
        named("a\0b", None),
        named("x", Some("nowhere")),
    ];
    let refused = app
        .identity
        .ensure_inactive(&admin, wanted)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::ValidationFailed);
    let fields: Vec<&str> = refused.fields.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(fields, ["users[1].name", "users[2].email"]);
    assert_eq!(app.identity.operator().users(&acme).await.unwrap().len(), 1);
    assert!(
        app.identity
            .ensure_inactive(&admin, Vec::new())
            .await
            .unwrap()
            .is_empty()
    );
}

/// A reader of changes that pages by revision ends with the users as they are, whatever happened
/// at once.
#[tokio::test]
async fn changes_come_in_the_order_of_revisions_without_gaps() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let admin = actor(&app, &admin).await;
    let writers = (0..8).map(|n| {
        let users = vec![named(&format!("Only {n}"), None), named("Shared", None)];
        app.identity.ensure_inactive(&admin, users)
    });
    let reader = async {
        let mut seen = Vec::new();
        let mut revision = 0;
        while seen.len() < 10 {
            let page = app
                .identity
                .changed_since(acme.id, revision, 3)
                .await
                .unwrap();
            for user in page {
                assert!(user.revision > revision);
                revision = user.revision;
                seen.push(user.name);
            }
        }
        seen
    };
    let (written, mut seen) = tokio::join!(futures_util::future::try_join_all(writers), reader);
    written.unwrap();
    seen.sort();
    let mut expected: Vec<String> = (0..8).map(|n| format!("Only {n}")).collect();
    expected.extend(["Ada Lovelace".to_owned(), "Shared".to_owned()]);
    expected.sort();
    assert_eq!(seen, expected);
    let nobody = app
        .identity
        .changed_since(acme.id, i64::MAX, 3)
        .await
        .unwrap();
    assert!(nobody.is_empty());
    assert!(
        app.identity
            .changed_since(acme.id, 0, -1)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_server_acts_for_active_users_only() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let (globex, _) = app.workspace("globex").await;
    let id: UserId = app
        .user(&acme, "grace@acme.example", Role::Member)
        .await
        .parse()
        .unwrap();
    let actor = app
        .identity
        .on_behalf_of(acme.id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(actor.kind, ActorKind::System);
    assert_eq!(actor.role, Role::Member);
    assert!(
        app.identity
            .on_behalf_of(globex.id, id)
            .await
            .unwrap()
            .is_none()
    );
    app.identity
        .operator()
        .deactivate_user(&acme, "grace@acme.example")
        .await
        .unwrap();
    assert!(
        app.identity
            .on_behalf_of(acme.id, id)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn all_workspaces_are_known() {
    let app = App::start().await;
    assert!(app.identity.all().await.unwrap().is_empty());
    let (acme, _) = app.workspace("acme").await;
    let (globex, _) = app.workspace("globex").await;
    let mut all = app.identity.all().await.unwrap();
    all.sort();
    let mut expected = vec![acme.id, globex.id];
    expected.sort();
    assert_eq!(all, expected);
    let unknown = WorkspaceId::new(&app.clock);
    assert!(app.identity.settings(unknown).await.unwrap().is_none());
}
