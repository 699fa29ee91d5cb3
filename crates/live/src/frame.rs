//! The wire format: server-sent events, as the HTML standard has them.

use bytes::{BufMut as _, Bytes, BytesMut};
use kith_kernel::Failure;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::place::Place;

/// How long a browser waits before it comes back, in milliseconds.
const RETRY: u32 = 2_000;

/// Frames that go out together.
#[derive(Default)]
pub(crate) struct Frames(BytesMut);

impl Frames {
    /// An event of a log, and where its stream stands after it.
    pub(crate) fn event_at(&mut self, place: &Place, name: &str, payload: &str) {
        self.line("id: ", &place.to_string());
        self.event(name, payload);
    }

    /// An event without a place of its own.
    fn event(&mut self, name: &str, payload: &str) {
        self.line("event: ", name);
        self.line("data: ", payload);
        self.0.put_u8(b'\n');
    }

    /// Where the stream stands. A client notes it and takes it for nothing else.
    pub(crate) fn place(&mut self, place: &Place) {
        self.line("id: ", &place.to_string());
        self.0.put_slice(b": \n\n");
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn finish(self) -> Bytes {
        self.0.freeze()
    }

    fn line(&mut self, head: &str, text: &str) {
        self.0.put_slice(head.as_bytes());
        // A line break would end the field; JSON on one line has none.
        for byte in text
            .bytes()
            .filter(|byte| !matches!(byte, b'\n' | b'\r' | 0))
        {
            self.0.put_u8(byte);
        }
        self.0.put_u8(b'\n');
    }
}

/// The first frame of a stream: its id, by which its client says what it looks at.
pub(crate) fn hello(stream: Uuid, place: Option<&Place>) -> Bytes {
    let mut frames = Frames::default();
    frames.line("retry: ", &RETRY.to_string());
    frames.event("hello", &json!({ "stream": stream }).to_string());
    if let Some(place) = place {
        frames.place(place);
    }
    frames.finish()
}

/// What was missed is not to be had: the client has to read anew whatever it shows.
pub(crate) fn reset(place: &Place) -> Bytes {
    let mut frames = Frames::default();
    frames.event("reset", "{}");
    frames.place(place);
    frames.finish()
}

/// Why the stream ends for good.
pub(crate) fn end(failure: &Failure) -> Bytes {
    let problem: Value = json!({
        "code": failure.code.as_str(),
        "detail": failure.message,
    });
    let mut frames = Frames::default();
    frames.event("end", &problem.to_string());
    frames.finish()
}

/// One event that has no place in a log.
pub(crate) fn fleeting(name: &str, payload: &Value) -> Bytes {
    let mut frames = Frames::default();
    frames.event(name, &payload.to_string());
    frames.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_can_not_break_out_of_its_frame() {
        let mut frames = Frames::default();
        frames.event("record", "{\"a\":\n\n\"event: end\r\n\"}");
        let bytes = frames.finish();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(text, "event: record\ndata: {\"a\":\"event: end\"}\n\n");
    }
}
