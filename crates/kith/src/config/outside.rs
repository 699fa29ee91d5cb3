//! What leads to other systems, and the key to secrets.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use ipnet::IpNet;
use kith_crypto::{Keyring, Secret};
use kith_integrations::broker::BrokerConfig;
use kith_integrations::outbound::{Allowed, Limits};

use super::Settings;

impl Settings {
    /// What data keys are encrypted with; made at the first start, unless a setting says what.
    pub(crate) fn keyring(&self) -> anyhow::Result<Keyring> {
        let (given, file) = (self.text("master_key"), self.text("master_key_file"));
        if !given.is_empty() {
            return Ok(Keyring::parse(&Secret::new(given.to_owned()))?);
        }
        if !file.is_empty() {
            return Ok(Keyring::load(Path::new(file))?);
        }
        let data = self.data();
        std::fs::create_dir_all(&data)
            .with_context(|| format!("{} can't be made", data.display()))?;
        Ok(Keyring::load_or_create(&data)?)
    }

    /// How webhooks are sent, and where events are published.
    pub(crate) fn integrations(&self) -> anyhow::Result<kith_integrations::Config> {
        let networks = self.networks("webhooks.allow")?;
        let text = |name| self.text(name).to_owned();
        let url = text("broker.url");
        Ok(kith_integrations::Config {
            allowed: Allowed::new(networks),
            limits: Limits {
                total: Duration::from_secs(self.number("webhooks.timeout_seconds")),
                ..Limits::default()
            },
            broker: (!url.is_empty()).then(|| BrokerConfig {
                url: Secret::new(url),
                subject: text("broker.subject"),
                exchange: text("broker.exchange"),
                queue: text("broker.queue"),
                stream: text("broker.stream"),
            }),
        })
    }

    /// Networks, or single addresses, of a list.
    pub(super) fn networks(&self, name: &'static str) -> anyhow::Result<Vec<IpNet>> {
        let read = |text: &str| {
            let net = text.parse::<IpNet>();
            let net = net.or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
            net.with_context(|| format!("{name}: {text:?} is not a network"))
        };
        self.list(name).into_iter().map(read).collect()
    }
}
