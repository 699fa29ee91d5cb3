use rustix::process::Signal;
use serde_json::Value;

use super::{Desk, ROWS, assert_all_in, assert_undone, company_of_before, file, plan, read, start};
use crate::running::{folder, init};

#[tokio::test]
async fn an_import_goes_on_by_itself_when_a_killed_server_is_started_again() {
    let data = folder();
    let token = &init(data.path());
    let mut server = start(data.path(), &[]).await;
    let desk = Desk {
        server: &server,
        token,
    };
    company_of_before(&desk).await;
    let id = desk.import(file(), Some(&plan())).await;
    desk.until(&id, |import| read(import) > 0).await;
    server.signal(Signal::KILL);
    server.child.wait().unwrap();
    for name in ["http", "admin"] {
        let note = data.path().join("run").join(format!("{name}.addr"));
        std::fs::remove_file(note).unwrap();
    }

    let server = start(data.path(), &[]).await;
    let desk = Desk {
        server: &server,
        token,
    };
    let left = desk.get(&format!("/imports/{id}")).await;
    assert_eq!(left["state"], "running", "{left}");
    assert!(
        (1..ROWS).contains(&read(&left)),
        "not in its middle: {left}"
    );
    let ended = |import: &Value| import["state"] != "running";
    let done = desk.until(&id, ended).await;
    assert_eq!(done["state"], "completed", "{done}");
    assert_all_in(&desk, &done).await;
    assert_undone(&desk, &id).await;
}
