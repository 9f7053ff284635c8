//! Messages of an event stream.
//! Source: <https://smithy.io/2.0/aws/amazon-eventstream.html>.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use serde_json::Value;

/// An event with a JSON payload.
pub(super) fn event(kind: &'static str, payload: &Value) -> Bytes {
    message("event", ":event-type", kind, payload.to_string())
}

/// An exception, after which the stream ends.
pub(super) fn exception(kind: &'static str, text: &str) -> Bytes {
    message("exception", ":exception-type", kind, serde_json::json!({"message": text}).to_string())
}

/// An event whose payload is whatever it is.
pub(super) fn raw(kind: &'static str, payload: &'static str) -> Bytes {
    message("event", ":event-type", kind, payload.to_owned())
}

/// The beginning of a message that says it is 4 GiB long.
pub(super) fn huge() -> Bytes {
    let mut prelude = vec![0xff_u8; 4];
    prelude.extend([0, 0, 0, 80, 0, 0, 0, 0]);
    prelude.into()
}

/// A message whose checksum is wrong.
pub(super) fn corrupt(message: &Bytes) -> Bytes {
    let mut bytes = message.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last ^= 0x55;
    }
    bytes.into()
}

fn message(class: &'static str, kind_header: &'static str, kind: &'static str, payload: String) -> Bytes {
    let header =
        |name: &'static str, value: &'static str| Header::new(name, HeaderValue::String(value.into()));
    let message = Message::new(payload)
        .add_header(header(":message-type", class))
        .add_header(header(kind_header, kind))
        .add_header(header(":content-type", "application/json"));
    let mut bytes = Vec::new();
    // Only headers that are too long could fail.
    let _ = write_message_to(&message, &mut bytes);
    bytes.into()
}
