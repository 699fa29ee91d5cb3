use crate::running::{PASSWORD, Running, complaint, folder, init, kith, run};

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn help_documents_every_setting() {
    let keys = said(&run(kith().args(["config", "keys"]), ""));
    let help = said(&run(kith().args(["serve", "--help"]), ""));
    let config = said(&run(kith().args(["config", "print", "--help"]), ""));
    let variables: Vec<&str> = keys
        .split_whitespace()
        .filter(|word| word.starts_with("KITH_"))
        .collect();
    assert!(variables.len() > 20);
    for variable in variables {
        let shown = format!("[env: {variable}]");
        // Words may be broken over lines, names are not.
        assert!(config.contains(variable), "{shown} is not in\n{config}");
        let of_client = ["KITH_URL", "KITH_TOKEN"].contains(&variable);
        assert_eq!(help.contains(variable), !of_client, "{variable}");
    }
}

#[test]
fn effective_values_are_shown_with_their_sources_and_without_secrets() {
    let output = run(
        kith()
            .env("KITH_DATABASE_URL", "postgres://kith:secret@db/kith")
            .env("KITH_TOKEN", "kith_pat_secret")
            .args(["config", "print", "--listen", "0.0.0.0:80"]),
        "",
    );
    let shown = said(&output);
    assert!(
        shown.contains("listen = \"0.0.0.0:80\"  # flag --listen"),
        "{shown}"
    );
    assert!(
        shown.contains(
            "database_url = \"postgres://kith:***@db/kith\"  # variable KITH_DATABASE_URL"
        )
    );
    assert!(!shown.contains("secret"));
}

#[test]
fn what_is_not_known_is_refused() {
    let said = complaint(kith().env("KITH_LISTN", "x").args(["config", "print"]));
    assert!(
        said.contains("KITH_LISTN") && said.contains("KITH_LISTEN"),
        "{said}"
    );
    let file = folder();
    std::fs::write(file.path().join("kith.toml"), "lissten = 'x'\n").unwrap();
    let said = complaint(kith().args(["serve", "--data"]).arg(file.path()));
    assert!(
        said.contains("lissten") && said.contains("did you mean listen?"),
        "{said}"
    );
    let said = complaint(kith().args(["serve", "--lissten", "x"]));
    assert!(said.contains("--listen"), "{said}");
}

#[test]
fn the_document_is_printed_without_a_database() {
    let output = run(kith().arg("openapi"), "");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["paths"]["/session"]["post"].is_object());
    assert_eq!(
        output.stdout,
        run(kith().arg("openapi"), "").stdout,
        "always the same"
    );
}

#[test]
fn users_and_tokens_are_managed_beside_no_server() {
    let data = folder();
    let at = |arguments: &[&str], input: &str| {
        let output = run(kith().args(arguments).arg("--data").arg(data.path()), input);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said(&output)
    };
    init(data.path());
    let link = at(
        &[
            "user",
            "add",
            "bob@example.org",
            "--name",
            "Bob",
            "--role",
            "read-only",
        ],
        "",
    );
    assert!(link.contains("/activate?token=kith_act_"), "{link}");
    at(
        &["user", "password", "bob@example.org", "--password-stdin"],
        PASSWORD,
    );
    let token = at(
        &[
            "token",
            "create",
            "bob@example.org",
            "--scopes",
            "records:read",
        ],
        "",
    );
    assert!(token.starts_with("kith_pat_"), "{token}");
    at(&["user", "deactivate", "bob@example.org"], "");
    let users = at(&["user", "list"], "");
    assert!(
        users.contains("bob@example.org\tBob\tread_only\tinactive"),
        "{users}"
    );
}

#[test]
fn a_bad_value_names_its_field_and_leaves_nothing_behind() {
    let data = folder();
    let output = run(
        kith()
            .args([
                "init",
                "--workspace",
                "Acme",
                "--email",
                "nonsense",
                "--password-stdin",
                "--data",
            ])
            .arg(data.path()),
        "short",
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("  email: ") && said.contains("  password: "),
        "{said}"
    );
    let said = complaint(kith().args(["user", "list", "--data"]).arg(data.path()));
    assert!(said.contains("There is no workspace yet"), "{said}");
}

#[tokio::test]
async fn the_doctor_tells_what_is_there_and_what_is_not() {
    let data = folder();
    let server = Running::start(data.path(), &[]).await;
    let doctor = |listen: &str| {
        let arguments = [
            "doctor",
            "--listen",
            listen,
            "--admin-listen",
            &server.admin,
            "--data",
        ];
        run(kith().args(arguments).arg(data.path()), "")
    };
    let output = doctor(&server.address);
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    for good in [
        "✓ database: PostgreSQL",
        "✓ tables of records",
        "Kith runs at",
    ] {
        assert!(text.contains(good), "{text}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let output = doctor(&taken.local_addr().unwrap().to_string());
    assert!(!output.status.success());
    assert!(said(&output).contains("✗ listen"), "{}", said(&output));
}
