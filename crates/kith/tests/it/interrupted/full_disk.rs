use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use super::{Desk, PATIENCE, start};
use crate::running::{folder, init};

/// What a new data directory asks for, and some more.
const ROOMY: u64 = 1 << 30;

/// A disk that a test may fill, as only root can make one.
struct Disk(PathBuf);

impl Disk {
    /// Mounts it, or says why it can't.
    #[expect(clippy::print_stdout, reason = "a test that is skipped says why")]
    fn mount(at: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        let options = format!("size={ROOMY},mode=755");
        mount.args(["-t", "tmpfs", "-o", &options, "kith-test"]);
        let refused = match mount.arg(at).output() {
            Ok(output) if output.status.success() => return Some(Self(at.to_owned())),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        println!("skipped: a small disk can't be mounted: {}", refused.trim());
        None
    }

    fn resize(&self, bytes: u64) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,size={bytes}")]);
        mount.arg(&self.0).status().unwrap().success()
    }

    fn free(&self) -> u64 {
        let disk = rustix::fs::statvfs(&self.0).unwrap();
        disk.f_bavail * disk.f_frsize
    }

    /// Leaves no byte. What is in use may grow while it is looked at.
    fn fill(&self) {
        for _ in 0..1000 {
            let disk = rustix::fs::statvfs(&self.0).unwrap();
            let used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize;
            if self.resize(used) && self.free() == 0 {
                return;
            }
        }
        panic!("the disk can't be filled");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Creates companies until the server says `wanted`; how many it took.
async fn create(desk: &Desk<'_>, wanted: u16) -> i64 {
    let began = Instant::now();
    let mut taken = 0;
    loop {
        let company = json!({ "name": "Acme" });
        let (status, answer) = desk.ask(Method::POST, "/companies", &company).await;
        // Nothing else is said, however full it is: 503 with a reason, or the record is in.
        assert!(status == 201 || status == 503, "{status} {answer}");
        taken += i64::from(status == 201);
        let full = status == 503 && answer["code"] == "storage_full";
        if status == wanted && (status == 201 || full) {
            return taken;
        }
        assert!(began.elapsed() < PATIENCE, "still {status}: {answer}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_once_there_is_room_all_goes_on() {
    let data = folder();
    let Some(disk) = Disk::mount(data.path()) else {
        return;
    };
    let token = &init(data.path());
    let server = start(data.path(), &[]).await;
    let desk = Desk {
        server: &server,
        token,
    };
    let mut companies = create(&desk, 201).await;
    let kept = || std::fs::read_dir(data.path().join("imports")).map_or(0, Iterator::count);

    disk.fill();
    let file = format!("name\n{}", "Lost\n".repeat(400_000));
    let (status, problem) = desk.upload(file).await;
    assert_eq!(status, 503, "{problem}");
    assert_eq!(problem["code"], "storage_full", "{problem}");
    assert_eq!(kept(), 0, "half a file is kept");
    companies += create(&desk, 503).await;
    let url = server.url("/api/v1/companies");
    let refused = server.http.post(url).bearer_auth(token);
    let refused = refused.json(&json!({ "name": "Acme" })).send().await;
    assert!(refused.unwrap().headers().contains_key("retry-after"));
    assert_eq!(desk.count("").await, companies, "reading goes on");

    assert!(disk.resize(ROOMY));
    companies += create(&desk, 201).await;
    let id = desk.import("name\nKept\n".into(), None).await;
    let ended = |import: &Value| import["state"] != "running";
    let done = desk.until(&id, ended).await;
    assert_eq!(done["state"], "completed", "{done}");
    // All that was acknowledged is in, and nothing of what was refused.
    assert_eq!(desk.count("").await, companies + 1);
    assert_eq!(kept(), 1);
}
