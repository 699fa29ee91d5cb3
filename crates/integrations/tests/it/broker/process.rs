//! Servers as processes of a test.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A port that nobody listens on now.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The first of these programs that is there.
pub(super) fn find(programs: &[&str]) -> Option<String> {
    let there = |program: &&&str| match program.contains('/') {
        true => Path::new(program).exists(),
        false => std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .any(|folder| folder.join(program).exists()),
    };
    programs
        .iter()
        .find(there)
        .map(|program| (*program).to_owned())
}

/// A command that ends with this process, however that ends.
pub(super) fn command(program: &str) -> Command {
    let mut command = if find(&["setpriv"]).is_some() {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", program]);
        command
    } else {
        Command::new(program)
    };
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

/// Waits until something listens on the port; fails when the process ends before.
pub(super) async fn listens(process: &mut Child, port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if let Some(status) = process.try_wait().expect("a process") {
            panic!("the server ended: {status}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
