//! A small HTTP/1.1 client over one kept-alive connection: no more work per request than the
//! load needs, since the load shares its cores with the server that it measures.

use std::fmt::{self, Write as _};
use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One request, ready to be sent.
#[derive(Clone)]
pub(crate) struct Request(Vec<u8>);

impl fmt::Debug for Request {
    /// The first line only: the others have the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = find(&self.0, b" HTTP/").unwrap_or(0);
        f.write_str(&String::from_utf8_lossy(&self.0[..end]))
    }
}

impl Request {
    /// A request without a body.
    pub(crate) fn get(path: &str, token: &str) -> Self {
        Self::new("GET", path, token, "application/json", b"")
    }

    /// A request with a JSON body.
    pub(crate) fn json(method: &str, path: &str, token: &str, body: &serde_json::Value) -> Self {
        let body = body.to_string();
        Self::new(method, path, token, "application/json", body.as_bytes())
    }

    fn new(method: &str, path: &str, token: &str, kind: &str, body: &[u8]) -> Self {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n");
        if method != "GET" {
            let length = body.len();
            let _ = write!(head, "Content-Type: {kind}\r\nContent-Length: {length}\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        Self(bytes)
    }
}

/// An answer: its status and its body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body of an answer that is a success.
    pub(crate) fn json(&self) -> anyhow::Result<serde_json::Value> {
        if !(200..300).contains(&self.status) {
            bail!(
                "status {}: {}",
                self.status,
                String::from_utf8_lossy(&self.body)
            );
        }
        serde_json::from_slice(&self.body).context("the answer is not JSON")
    }
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 << 10),
        })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&mut self, request: &Request) -> anyhow::Result<Answer> {
        self.stream.write_all(&request.0).await?;
        self.buffer.clear();
        let head = loop {
            self.more().await?;
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let (status, length) = parse_head(&self.buffer[..head])?;
        let body = match length {
            Length::Known(length) => {
                while self.buffer.len() < head + length {
                    self.more().await?;
                }
                self.buffer[head..head + length].to_vec()
            }
            Length::Chunked => loop {
                if let Some(body) = unchunk(&self.buffer[head..])? {
                    break body;
                }
                self.more().await?;
            },
        };
        Ok(Answer { status, body })
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Length {
    Known(usize),
    Chunked,
}

fn parse_head(head: &[u8]) -> anyhow::Result<(u16, Length)> {
    let head = std::str::from_utf8(head).context("the head is not text")?;
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status = first
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status = status.with_context(|| format!("not a status line: {first:?}"))?;
    let mut length = Length::Known(0);
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = Length::Known(value.trim().parse().context("content-length")?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            length = Length::Chunked;
        }
    }
    Ok((status, length))
}

/// The content of a chunked body; `None` while its end is missing.
fn unchunk(mut rest: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(line) = find(rest, b"\r\n") else {
            return Ok(None);
        };
        let size = std::str::from_utf8(&rest[..line])?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
            .context("the size of a chunk")?;
        let start = line + 2;
        if rest.len() < start + size + 2 {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&rest[start..start + size]);
        rest = &rest[start + size + 2..];
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

/// `text` for the query of a URL.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_how_long_the_body_is() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: a\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(parse_head(head).unwrap(), (200, Length::Known(12)));
        let head = b"HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n";
        assert_eq!(parse_head(head).unwrap(), (404, Length::Chunked));
        assert!(parse_head(b"nonsense\r\n\r\n").is_err());
    }

    #[test]
    fn chunks_are_put_together_when_all_are_there() {
        let whole = b"4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n";
        for end in 0..whole.len() {
            assert_eq!(unchunk(&whole[..end]).unwrap(), None, "cut at {end}");
        }
        assert_eq!(unchunk(whole).unwrap().unwrap(), b"Wikipedia");
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(encode("name == \"Ä\""), "name%20%3D%3D%20%22%C3%84%22");
    }
}
