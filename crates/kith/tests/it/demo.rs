//! `kith demo` at a server.

use std::process::Output;

use crate::running::{Running, complaint, folder, init, kith, run};

fn out(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_is_filled_and_emptied() {
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    let command = |arguments: &[&str]| {
        let mut command = kith();
        command
            .arg("demo")
            .args(arguments)
            .env("KITH_URL", format!("http://{}", server.address))
            .env("KITH_TOKEN", &token);
        command
    };
    let there = out(&run(&mut command(&["--people", "20", "--deals", "7"]), ""));
    for line in [
        "        20 people",
        "         8 companies",
        "         7 deals",
    ] {
        assert!(there.contains(line), "{there}");
    }
    assert!(there.contains("kith demo --remove"), "{there}");
    let twice = complaint(&mut command(&[]));
    assert!(twice.contains("There is demo data"), "{twice}");
    let gone = out(&run(&mut command(&["--remove"]), ""));
    assert!(gone.contains("demo records are gone."), "{gone}");
    let nothing = complaint(&mut command(&["--remove"]));
    assert!(nothing.contains("There is no demo data"), "{nothing}");
    let bound = complaint(&mut command(&["--people", "1000001"]));
    assert!(bound.contains("must be from 0 to 1000000"), "{bound}");
}
