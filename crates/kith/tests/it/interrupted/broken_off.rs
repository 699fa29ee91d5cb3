use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Desk, PATIENCE, start};
use crate::running::{folder, init};

/// The files that are kept, whole or not.
fn kept(data: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(data.join("imports")) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

async fn wait(what: &str, until: impl Fn() -> bool) {
    let began = Instant::now();
    while !until() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_on_its_way_leaves_nothing() {
    let data = folder();
    let token = &init(data.path());
    let server = start(data.path(), &[]).await;
    let desk = Desk {
        server: &server,
        token,
    };
    let rows = format!("name\n{}", "Half\n".repeat(20_000));
    let length = format!("content-length: {}", rows.len() * 2);
    let chunk = format!("{:x}\r\n{rows}\r\n", rows.len());
    // The size is told and not reached, or the last chunk is missing; the client dies, or it ends
    // its side and still listens.
    for (size, body) in [
        (length.as_str(), &rows),
        ("transfer-encoding: chunked", &chunk),
    ] {
        for dies in [true, false] {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            let head = format!(
                "POST /api/v1/imports?object=companies&filename=c.csv HTTP/1.1\r\nhost: x\r\n\
                 authorization: Bearer {token}\r\ncontent-type: text/csv\r\n{size}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes()).unwrap();
            wait("the file does not arrive", || {
                (kept(data.path()).iter())
                    .any(|name| Path::new(name).extension().is_some_and(|end| end == "part"))
            })
            .await;
            if dies {
                drop(stream);
            } else {
                stream.shutdown(Shutdown::Write).unwrap();
            }
            wait("half a file is kept", || kept(data.path()).is_empty()).await;
        }
    }
    let imports = desk.get("/imports").await;
    assert_eq!(imports["data"], serde_json::json!([]));
    assert_eq!(desk.count("").await, 0);

    let id = desk.import("name\nWhole\n".into(), None).await;
    let ended = |import: &Value| import["state"] != "running";
    let done = desk.until(&id, ended).await;
    assert_eq!(done["state"], "completed", "{done}");
    assert_eq!(desk.count("name == 'Whole'").await, 1);
    assert_eq!(kept(data.path()), [id]);
}
