//! NATS.

use std::process::Stdio;

use async_nats::jetstream::{self, consumer};
use futures_util::StreamExt as _;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Child;

use super::process::{command, find, free_port, listens};
use super::{Server, conform};

struct Nats {
    program: String,
    data: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Server for Nats {
    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    async fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await.expect("a process");
        }
    }

    async fn start(&mut self) {
        let port = self.port.to_string();
        let mut process = command(&self.program)
            .args([
                "--jetstream",
                "--addr",
                "127.0.0.1",
                "--port",
                &port,
                "--store_dir",
            ])
            .arg(self.data.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        listens(&mut process, self.port).await;
        self.process = Some(process);
    }

    async fn take(&self) -> Vec<(String, Value)> {
        let client = async_nats::connect(self.url()).await.expect("a connection");
        let context = jetstream::new(client);
        let stream = context.get_stream("KITH_EVENTS").await.expect("the stream");
        let config = consumer::pull::Config {
            durable_name: Some("test".to_owned()),
            ack_policy: consumer::AckPolicy::Explicit,
            ..consumer::pull::Config::default()
        };
        let consumer = stream
            .get_or_create_consumer("test", config)
            .await
            .expect("a consumer");
        let batch = consumer.fetch().max_messages(1_000).messages().await;
        let mut batch = batch.expect("messages");
        let mut taken = Vec::new();
        while let Some(message) = batch.next().await {
            let message = message.expect("a message");
            message.ack().await.expect("an acknowledgement");
            let event = serde_json::from_slice(&message.payload).expect("JSON");
            taken.push((message.subject.to_string(), event));
        }
        taken
    }

    fn drops_repetitions(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn events_reach_nats_through_outages() {
    let Some(program) = find(&["nats-server", "/usr/sbin/nats-server"]) else {
        eprintln!("skipped: nats-server is not installed (scripts/install-brokers.sh does)");
        return;
    };
    let mut server = Nats {
        program,
        data: tempfile::tempdir().expect("a folder"),
        port: free_port(),
        process: None,
    };
    server.start().await;
    conform(&mut server).await;
}
