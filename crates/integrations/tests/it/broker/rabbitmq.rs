//! `RabbitMQ`.

use std::process::Stdio;
use std::time::Duration;

use lapin::options::BasicGetOptions;
use lapin::{Connection, ConnectionProperties};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Child;

use super::process::{command, find, free_port, listens};
use super::{Server, conform};

struct RabbitMq {
    program: String,
    data: TempDir,
    port: u16,
    /// Where its nodes find each other.
    directory_port: u16,
    directory: Option<Child>,
    process: Option<Child>,
}

impl RabbitMq {
    async fn connect(&self) -> lapin::Result<Connection> {
        Connection::connect(&self.url(), ConnectionProperties::default()).await
    }
}

impl Server for RabbitMq {
    fn url(&self) -> String {
        format!("amqp://127.0.0.1:{}", self.port)
    }

    /// Not by force: for minutes after a queue was made its place is in memory only.
    async fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let id = process.id().and_then(|id| i32::try_from(id).ok());
            let id = id
                .and_then(rustix::process::Pid::from_raw)
                .expect("a process");
            rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("a signal");
            process.wait().await.expect("a process");
        }
        if let Some(mut directory) = self.directory.take() {
            directory.kill().await.expect("a process");
        }
    }

    async fn start(&mut self) {
        let data = self.data.path();
        let directory_port = self.directory_port.to_string();
        let mut directory = command("epmd")
            .args(["-address", "127.0.0.1", "-port", &directory_port])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("epmd");
        listens(&mut directory, self.directory_port).await;
        self.directory = Some(directory);
        std::fs::write(data.join("plugins"), "[].").expect("a file");
        let mut process = command(&self.program)
            // Then no shell stands between the server and whoever ends it.
            .env("RUNNING_UNDER_SYSTEMD", "true")
            .env("HOME", data)
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_EPMD_PORT", &directory_port)
            .env("RABBITMQ_NODENAME", "kith@localhost")
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_DIST_PORT", free_port().to_string())
            .env("RABBITMQ_MNESIA_BASE", data.join("mnesia"))
            .env("RABBITMQ_LOG_BASE", data.join("log"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", data.join("plugins"))
            .env("RABBITMQ_CONFIG_FILES", data.join("none"))
            .env("RABBITMQ_CONF_ENV_FILE", data.join("none"))
            .env("RABBITMQ_PID_FILE", data.join("pid"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        listens(&mut process, self.port).await;
        self.process = Some(process);
        // It listens before it lets anybody in.
        while self.connect().await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn take(&self) -> Vec<(String, Value)> {
        let connection = self.connect().await.expect("a connection");
        let channel = connection.create_channel().await.expect("a channel");
        let mut taken = Vec::new();
        let options = BasicGetOptions { no_ack: true };
        while let Some(got) =
            (channel.basic_get("kith.events".into(), options).await).expect("an answer")
        {
            let event: Value = serde_json::from_slice(&got.data).expect("JSON");
            let id = got
                .properties
                .message_id()
                .as_ref()
                .map(ToString::to_string);
            assert_eq!(id.as_deref(), event["id"].as_str());
            taken.push((got.routing_key.to_string(), event));
        }
        taken
    }

    fn drops_repetitions(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn events_reach_rabbitmq_through_outages() {
    // Debian's own script on the PATH lets only its own user start it.
    let programs = ["/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server"];
    let (Some(program), Some(_)) = (find(&programs), find(&["epmd"])) else {
        eprintln!("skipped: rabbitmq-server is not installed (scripts/install-brokers.sh does)");
        return;
    };
    let mut server = RabbitMq {
        program,
        data: tempfile::tempdir().expect("a folder"),
        port: free_port(),
        directory_port: free_port(),
        directory: None,
        process: None,
    };
    server.start().await;
    conform(&mut server).await;
}
