//! Log events out of a file: raw lines, NDJSON, or the document that `aws logs filter-log-events` prints.
//!
//! Nothing here reads: bytes are handed in as they come, so that a file of any size needs the memory of one event.

use std::borrow::Cow;

use super::log::json;
use crate::model::Timestamp;

/// What a file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each line is an event, as the function wrote it.
    Lines,
    /// Each line is an object with the event in its `message`.
    Objects,
    /// One document, or several in a row, with the events in an array `events` or `logEvents`, or in an array alone.
    Document,
}

/// Members that stand beside `message` where an event is wrapped, in the spellings of the API, of Logs Insights and of
/// `lambtop logs --json`. Anything else is an application's own JSON.
const BESIDE: &[&str] = &[
    "timestamp",
    "ingestionTime",
    "ingestion_time",
    "eventId",
    "event_id",
    "id",
    "logStreamName",
    "stream",
    "logGroupName",
    "group",
    "logGroupIdentifier",
    "function",
    "late",
    "@timestamp",
    "@ingestionTime",
    "@logStream",
    "@log",
    "@ptr",
];

/// Members with which a document can begin.
const DOCUMENT: &[&str] = &[
    "events",
    "logEvents",
    "searchedLogStreams",
    "nextToken",
    "nextForwardToken",
    "nextBackwardToken",
    "messageType",
    "owner",
    "logGroup",
    "logStream",
    "subscriptionFilters",
];

/// What a file is made of, by how it begins: see [`is_telling`].
#[must_use]
pub fn form(start: &[u8]) -> Form {
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\n', '\r']);
    let inside = |open| text.strip_prefix(open).map(str::trim_ascii_start);
    if inside('[').is_some_and(|rest| rest.starts_with('{') || rest.trim_ascii_end() == "]") {
        return Form::Document;
    }
    let key = inside('{').and_then(|rest| rest.strip_prefix('"')?.split_once('"')).map(|(key, _)| key);
    if key.is_some_and(|key| DOCUMENT.contains(&key)) {
        return Form::Document;
    }
    // A line that is longer than what was handed in does not tell: its first member must.
    let line = text.lines().next().unwrap_or_default();
    let cut = line.len() == text.len() && event(line).is_none();
    let wrapped = key.is_some_and(|key| key == "message" || BESIDE.contains(&key));
    if event(line).is_some() || (cut && wrapped && start.len() >= LONG) { Form::Objects } else { Form::Lines }
}

/// As much of a file as [`form`] needs, at most.
const LONG: usize = 64 * 1024;

/// Whether this start of a file is enough for [`form`]: a line that is more than a bracket, two lines, or very much.
#[must_use]
pub fn is_telling(start: &[u8]) -> bool {
    let mut lines = start.split_inclusive(|byte| *byte == b'\n');
    let whole = lines.by_ref().filter(|line| line.ends_with(b"\n")).map(<[u8]>::trim_ascii);
    let mut written = whole.filter(|line| !line.is_empty());
    start.len() >= LONG || written.next().is_some_and(|line| line.len() > 1 || written.next().is_some())
}

/// One event, unwrapped.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'a> {
    /// When it happened, if that is said and can be true: after 1970, and before the calendar ends.
    pub timestamp: Option<Timestamp>,
    /// The event itself.
    pub message: Cow<'a, str>,
}

/// The event that `object` wraps: an object with a string `message`, and beside it nothing but what CloudWatch knows of an event.
#[must_use]
pub fn event(object: &str) -> Option<Event<'_>> {
    let (mut timestamp, mut message, mut strange) = (None, None, false);
    let rest = json::object(object, |key, value| match key {
        "message" | "@message" => message = json::text(value),
        "timestamp" => timestamp = json::number(value).and_then(plausible),
        _ => strange |= !BESIDE.contains(&key),
    })?;
    (!strange && rest.trim_ascii().is_empty()).then_some(Event { timestamp, message: message? })
}

fn plausible(millis: f64) -> Option<Timestamp> {
    let timestamp = Timestamp::from_millis(millis as i64);
    (millis > 0.0 && timestamp.utc().is_some()).then_some(timestamp)
}

/// Finds the events in the bytes of a document, however they are cut.
#[derive(Debug, Default)]
pub struct Splitter {
    /// The brackets that are open: `true` for an object. Deeper than events lie, only their number counts.
    open: Vec<bool>,
    deeper: usize,
    string: Option<Text>,
    /// The last string of the outermost object: the name of what follows.
    key: Vec<u8>,
    /// The event that is being read.
    held: Vec<u8>,
}

/// Inside a string: whether the last byte was a backslash that counts.
#[derive(Clone, Copy, Debug)]
struct Text {
    escaped: bool,
}

impl Splitter {
    /// Takes more bytes, and calls `found` with each event that is whole.
    pub fn push(&mut self, bytes: &[u8], mut found: impl FnMut(&[u8])) {
        for &byte in bytes {
            let inside = self.inside();
            if inside {
                self.held.push(byte);
            }
            if let Some(text) = &mut self.string {
                let ends = byte == b'"' && !text.escaped;
                text.escaped = byte == b'\\' && !text.escaped;
                if ends {
                    self.string = None;
                } else if self.open.len() == 1 && self.deeper == 0 && self.key.len() < 64 {
                    self.key.push(byte);
                }
                continue;
            }
            match byte {
                b'"' => {
                    self.string = Some(Text { escaped: false });
                    if self.open.len() == 1 && self.deeper == 0 {
                        self.key.clear();
                    }
                }
                b'{' | b'[' if self.open.len() < 3 => {
                    self.open.push(byte == b'{');
                    if !inside && self.inside() {
                        self.held.push(byte);
                    }
                }
                b'{' | b'[' => self.deeper += 1,
                b'}' | b']' if self.deeper > 0 => self.deeper -= 1,
                b'}' | b']' => {
                    self.open.pop();
                    if inside && !self.inside() {
                        found(&self.held);
                        self.held.clear();
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether all brackets are closed: the document is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.open.is_empty() && self.string.is_none()
    }

    /// Whether what is open is an event: an object in the array `events`, or in an array that is the document.
    fn inside(&self) -> bool {
        match self.open[..] {
            [false, true, ..] => true,
            [true, false, true] => matches!(self.key.as_slice(), b"events" | b"logEvents"),
            _ => false,
        }
    }
}
