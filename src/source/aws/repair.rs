//! Answers whose text is none: repaired before the SDK reads them, so that one event never costs a page.
//!
//! A function may log whatever bytes it likes. The SDK's reader refuses a whole answer for one byte that is no UTF-8,
//! one half of a surrogate pair (`\ud83d`, as a message has it that was cut in the middle of a character), or one
//! bare control character. Each of those becomes U+FFFD, or its escape; every other byte stays as it came.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// What stands for text that is none, as JSON escapes it.
const REPLACEMENT: &[u8] = b"\\ufffd";
/// Bytes of an escape of one UTF-16 unit.
const UNIT: usize = 6;

/// Puts a [`Repaired`] before each answer in JSON.
#[derive(Debug)]
pub(super) struct Repairing;

impl Intercept for Repairing {
    fn name(&self) -> &'static str {
        "Repairing"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        // An event stream is none of it: its frames have checksums.
        let is_json = response.headers().get("content-type").is_some_and(|of| of.contains("json"));
        if is_json {
            let answer = mem::replace(response.body_mut(), SdkBody::taken());
            let repair = Repair::default();
            *response.body_mut() =
                SdkBody::from_body_1_x(Repaired { answer: Some(answer), repair, failed: None });
        }
        Ok(())
    }
}

/// The body of an answer, as it comes, repaired.
struct Repaired {
    /// None at its end.
    answer: Option<SdkBody>,
    repair: Repair,
    /// How it broke off, told after what had come of it.
    failed: Option<BoxError>,
}

impl Body for Repaired {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let Some(answer) = &mut self.answer else {
                return Poll::Ready(self.failed.take().map(Err));
            };
            let frame = ready!(Body::poll_frame(Pin::new(answer), cx));
            let piece = match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) => self.repair.piece(piece),
                    // Trailers mean nothing in JSON.
                    Err(_) => continue,
                },
                None => {
                    self.answer = None;
                    self.repair.rest()
                }
                Some(Err(failed)) => {
                    (self.answer, self.failed) = (None, Some(failed));
                    self.repair.rest()
                }
            };
            if !piece.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_none() && self.failed.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        // It may grow or shrink.
        SizeHint::default()
    }
}

/// Repairs JSON piece by piece, wherever it is cut.
#[derive(Debug, Default)]
struct Repair {
    /// The end of the last piece that only the next one tells the meaning of.
    held: Bytes,
}

impl Repair {
    /// What can be passed on after this piece: itself, without a copy, as long as nothing is wrong.
    fn piece(&mut self, piece: Bytes) -> Bytes {
        let piece = if self.held.is_empty() { piece } else { [&self.held[..], &piece[..]].concat().into() };
        let (whole, repaired) = escapes(&piece[..whole_characters(&piece)], false);
        self.held = piece.slice(whole..);
        as_text(repaired.map_or_else(|| piece.slice(..whole), Bytes::from))
    }

    /// What was held, at the end.
    fn rest(&mut self) -> Bytes {
        let held = mem::take(&mut self.held);
        let repaired = escapes(&held, true).1;
        as_text(repaired.map_or(held, Bytes::from))
    }
}

/// Bytes that are no UTF-8, replaced.
fn as_text(bytes: Bytes) -> Bytes {
    if str::from_utf8(&bytes).is_ok() {
        return bytes;
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// How many bytes there are before a character that is cut at the end.
fn whole_characters(bytes: &[u8]) -> usize {
    // The first byte of a character says how many there are.
    let last = bytes.iter().rev().take(3).position(|byte| *byte >= 0xc0);
    match last {
        Some(behind) => {
            let length = match bytes[bytes.len() - 1 - behind] {
                0xf0.. => 4,
                0xe0..=0xef => 3,
                _ => 2,
            };
            if behind + 1 < length { bytes.len() - 1 - behind } else { bytes.len() }
        }
        None => bytes.len(),
    }
}

/// How many bytes can be judged, and those repaired if anything was wrong with their escapes or control characters.
/// Unless these are the `last`, an escape may go on in what follows.
fn escapes(bytes: &[u8], last: bool) -> (usize, Option<Vec<u8>>) {
    let mut repaired: Option<Vec<u8>> = None;
    let mut copied = 0;
    let mut replace = |from: usize, to: usize, by: &[u8]| {
        let out = repaired.get_or_insert_with(|| Vec::with_capacity(bytes.len() + 64));
        out.extend_from_slice(&bytes[copied..from]);
        out.extend_from_slice(by);
        copied = to;
    };
    // One look at all of them, several at a time: there are hardly ever any.
    let controls = bytes.iter().fold(u8::MAX, |least, byte| least.min(*byte)) < 0x20;
    let mut at = 0;
    let whole = loop {
        let next = memchr::memchr(b'\\', &bytes[at..]).map(|distance| at + distance);
        if controls {
            let end = next.unwrap_or(bytes.len());
            for (place, byte) in (at..end).zip(&bytes[at..end]) {
                if *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') {
                    replace(place, place + 1, format!("\\u{byte:04x}").as_bytes());
                }
            }
        }
        let Some(begin) = next else { break bytes.len() };
        match unit(&bytes[begin..]) {
            Unit::Cut if last => break bytes.len(),
            Unit::Cut => break begin,
            Unit::Other(length) => at = begin + length,
            Unit::Low => {
                replace(begin, begin + UNIT, REPLACEMENT);
                at = begin + UNIT;
            }
            Unit::High => {
                let second = begin + UNIT;
                match unit(&bytes[second..]) {
                    Unit::Low => at = second + UNIT,
                    Unit::Cut if !last => break begin,
                    _ => {
                        replace(begin, second, REPLACEMENT);
                        at = second;
                    }
                }
            }
        }
    };
    if let Some(out) = &mut repaired {
        out.extend_from_slice(&bytes[copied..whole]);
    }
    (whole, repaired)
}

/// What an escape at the beginning of some bytes is.
enum Unit {
    /// It may go on where they end.
    Cut,
    /// The first and the second half of a character.
    High,
    Low,
    /// Anything else, of so many bytes.
    Other(usize),
}

fn unit(bytes: &[u8]) -> Unit {
    match bytes {
        [] | [b'\\'] => Unit::Cut,
        [b'\\', b'u', digits @ ..] if digits.len() < 4 => Unit::Cut,
        [b'\\', b'u', b'd' | b'D', second, third, fourth, ..]
            if third.is_ascii_hexdigit() && fourth.is_ascii_hexdigit() =>
        {
            match second {
                b'8' | b'9' | b'a' | b'b' | b'A' | b'B' => Unit::High,
                b'c'..=b'f' | b'C'..=b'F' => Unit::Low,
                _ => Unit::Other(UNIT),
            }
        }
        [b'\\', b'u', ..] => Unit::Other(UNIT),
        [b'\\', ..] => Unit::Other(2),
        _ => Unit::Other(0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An answer repaired, cut into pieces of so many bytes.
    fn repaired(answer: &[u8], piece: usize) -> Vec<u8> {
        let mut repair = Repair::default();
        let mut out = Vec::new();
        for piece in answer.chunks(piece) {
            out.extend_from_slice(&repair.piece(Bytes::copy_from_slice(piece)));
        }
        out.extend_from_slice(&repair.rest());
        out
    }

    #[test]
    fn what_is_no_text_is_replaced_and_every_other_byte_stays_wherever_the_answer_is_cut() {
        for (came, read) in [
            (&br#"{"message":"a\ud83d"}"#[..], "{\"message\":\"a\\ufffd\"}"),
            (br#"["\ud83d\ude00 \uD83D\uDE00"]"#, r#"["\ud83d\ude00 \uD83D\uDE00"]"#),
            (br#"["\ude00\ud83d"]"#, r#"["\ufffd\ufffd"]"#),
            (br#"["\ud83d\ud83d\ude00"]"#, r#"["\ufffd\ud83d\ude00"]"#),
            (br#"["\ud83d\n\ud83dx"]"#, r#"["\ufffd\n\ufffdx"]"#),
            // A backslash and then letters: no escape of a surrogate.
            (br#"["\\ud83d \\\ud83d"]"#, r#"["\\ud83d \\\ufffd"]"#),
            (br#"["\u0000\ud7ff\ue000"]"#, r#"["\u0000\ud7ff\ue000"]"#),
            (b"[\"a\xffb\xc3(\xe2\x82\"]", "[\"a\u{fffd}b\u{fffd}(\u{fffd}\"]"),
            ("[\"grüße €😀\"]".as_bytes(), "[\"grüße €😀\"]"),
            (b"{\n\t\"a\": \"\0\x1b\"\r\n}", "{\n\t\"a\": \"\\u0000\\u001b\"\r\n}"),
            (br#"{"cut":"\ud8"#, r#"{"cut":"\ud8"#),
            (br#"{"cut":"\ud83d\"#, r#"{"cut":"\ufffd\"#),
        ] {
            for piece in 1..=came.len() {
                let out = repaired(came, piece);
                assert_eq!(String::from_utf8_lossy(&out), read, "in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_clean_piece_is_passed_on_without_a_copy() {
        let piece = Bytes::from_static(br#"{"events":[{"message":"\"quoted\"\n\tat \ud83d\ude00"}]}"#);
        let passed = Repair::default().piece(piece.clone());
        assert_eq!((passed.as_ptr(), passed.len()), (piece.as_ptr(), piece.len()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_comes_out_is_text_the_same_however_it_was_cut(
            words in prop::collection::vec(prop::sample::select(vec![
                &b"\\ud83d"[..], b"\\ude00", b"\\\\", b"\\n", b"u", b"\xff", b"\xe2\x82\xac", b"\xe2", b"\xf0\x9f",
                b"\0", b"plain",
            ]), 0..24),
            piece in 1_usize..9,
        ) {
            let answer = words.concat();
            let out = repaired(&answer, piece);
            prop_assert!(str::from_utf8(&out).is_ok());
            prop_assert_eq!(&out, &repaired(&answer, answer.len().max(1)));
            let told = [&b"\""[..], &out, b"\""].concat();
            prop_assert!(serde_json::from_slice::<String>(&told).is_ok(), "{}", String::from_utf8_lossy(&out));
        }
    }
}
