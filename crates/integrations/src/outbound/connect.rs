//! Connections to resolved and judged addresses.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower::Service;

use super::Allowed;
use crate::stream::{Stream, trusting};

/// How many of a name's addresses are tried.
const ADDRESSES: usize = 8;

/// Opens connections. A name is resolved here, and what it resolves to is what is connected to, so
/// no second answer of a name server can lead elsewhere.
#[derive(Clone)]
pub(super) struct Connector {
    allowed: Arc<Allowed>,
    tls: TlsConnector,
    timeout: Duration,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("the address {0} is not a public one")]
    Closed(std::net::IpAddr),
    #[error("the name has no address")]
    NoAddress,
    #[error("only https:// is possible with this address")]
    Plain,
    #[error("connecting took too long")]
    Slow,
    #[error("the name is not valid")]
    Name,
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Connector {
    /// Trusts the certificates that the system trusts.
    pub(super) fn new(allowed: Arc<Allowed>, timeout: Duration) -> Result<Self, rustls::Error> {
        Ok(Self {
            allowed,
            tls: TlsConnector::from(Arc::new(trusting()?)),
            timeout,
        })
    }

    async fn connect(self, to: Uri) -> Result<Stream, ConnectError> {
        let is_plain = to.scheme_str() != Some("https");
        let host = to.host().ok_or(ConnectError::Name)?;
        // Literal IPv6 addresses stand in brackets.
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = to.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
        let resolved: Vec<SocketAddr> = (tokio::net::lookup_host((host, port)).await?)
            .take(ADDRESSES)
            .collect();
        // A name with one closed address among public ones is refused as a whole.
        for address in &resolved {
            if !self.allowed.admits(address.ip()) {
                return Err(ConnectError::Closed(address.ip()));
            }
            if is_plain && !self.allowed.names(address.ip()) {
                return Err(ConnectError::Plain);
            }
        }
        let mut failed = ConnectError::NoAddress;
        for address in resolved {
            match TcpStream::connect(address).await {
                Err(error) => failed = error.into(),
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    if is_plain {
                        return Ok(Stream::Plain(stream));
                    }
                    let name =
                        ServerName::try_from(host.to_owned()).map_err(|_| ConnectError::Name)?;
                    let encrypted = self.tls.connect(name, stream).await?;
                    return Ok(Stream::Tls(Box::new(encrypted)));
                }
            }
        }
        Err(failed)
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<TokioIo<Stream>, ConnectError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let connecting = tokio::time::timeout(connector.timeout, connector.connect(to));
            let stream = connecting.await.map_err(|_| ConnectError::Slow)??;
            Ok(TokioIo::new(stream))
        })
    }
}
