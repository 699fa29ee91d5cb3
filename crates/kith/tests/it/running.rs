//! A server for one test.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "four words make one";

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary, without the settings of whoever runs the tests.
pub(crate) fn kith() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KITH_") || name == "XDG_DATA_HOME" {
            command.env_remove(name);
        }
    }
    command
}

/// A folder that PostgreSQL's own account can reach too.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("kith-").tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    folder
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) admin: String,
    pub(crate) http: reqwest::Client,
}

impl Running {
    pub(crate) async fn start(data: &Path, arguments: &[&str]) -> Self {
        let child = kith()
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "127.0.0.1:0",
            ])
            .arg("--data")
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut running = Self {
            child,
            address: String::new(),
            admin: String::new(),
            http: client(),
        };
        running.address = running.note(data, "http").await;
        running.admin = running.note(data, "admin").await;
        running
    }

    /// Waits for the file that says where the server listens.
    async fn note(&mut self, data: &Path, name: &str) -> String {
        let path = data.join("run").join(format!("{name}.addr"));
        let began = Instant::now();
        loop {
            if let Ok(text) = std::fs::read_to_string(&path)
                && text.ends_with('\n')
            {
                return text.trim().to_owned();
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended at once: {status}: {:?}", self.output());
            }
            assert!(began.elapsed() < PATIENCE, "the server does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn status(&self, path: &str, token: &str) -> u16 {
        let request = self.http.get(self.url(path)).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    }

    /// Polls until `path` answers `status`, and gives that answer.
    pub(crate) async fn until(&self, path: &str, status: u16) -> reqwest::Response {
        let began = Instant::now();
        loop {
            let seen = match self.http.get(self.url(path)).send().await {
                Ok(answer) if answer.status() == status => return answer,
                Ok(answer) => answer.status().to_string(),
                Err(error) => error.to_string(),
            };
            assert!(began.elapsed() < PATIENCE, "{path} still answers {seen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// SIGTERM, and what the server said in its life.
    pub(crate) fn stop(mut self) -> (bool, String, String) {
        self.signal(Signal::TERM);
        let status = self.child.wait().unwrap();
        let (out, log) = self.output();
        (status.success(), out, log)
    }

    fn output(&mut self) -> (String, String) {
        use std::io::Read as _;
        let (mut out, mut log) = (String::new(), String::new());
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_string(&mut out).unwrap();
        }
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut log).unwrap();
        }
        (out, log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.signal(Signal::TERM);
            // One that a test stopped would never hear it, and a failed test would hang.
            self.signal(Signal::CONT);
            let _ = self.child.wait();
        }
    }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Runs a command to its end, with `input` on standard input.
pub(crate) fn run(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// Makes a workspace and gives its first token.
pub(crate) fn init(data: &Path) -> String {
    let output = run(
        kith()
            .args(["init", "--workspace", "Acme", "--email", "ada@example.org"])
            .args(["--password-stdin", "--print-token", "--data"])
            .arg(data),
        PASSWORD,
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What a command that has to fail says.
pub(crate) fn complaint(command: &mut Command) -> String {
    let output = run(command, "");
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

pub(crate) async fn json(answer: reqwest::Response) -> Value {
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}
