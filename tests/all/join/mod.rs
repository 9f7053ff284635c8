//! Invocations out of log events: events as AWS writes them, through the parser, into the store.

mod attempts;
mod attribution;
mod command;
mod order;
mod outcomes;
mod throttled;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use lambtop::model::{GroupKey, Invocation, LogPage, LogStream, RequestId, Scope, Timestamp};
use lambtop::store::invocations::Invocations;

use crate::told::add;

/// 2026-03-01T12:00:00Z.
pub const NOON: i64 = 1_772_366_400_000;
/// Two requests.
pub const A: &str = "8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9";
pub const B: &str = "1c0a7e2f-9d1b-4c55-8f10-52b7aa01c3de";

/// An event: milliseconds after [`NOON`], its stream's letter, and its message, in which `$A` and `$B` stand for ids.
pub type Event<'a> = (i64, char, &'a str);

pub fn id(text: &str) -> RequestId {
    RequestId::parse(text).expect("a request id")
}

pub fn group() -> GroupKey {
    GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/checkout")
}

/// The events as a page, read as the tail reads them.
pub fn page(events: &[Event<'_>]) -> LogPage {
    let mut page = LogPage::new(group());
    for letter in 'a'..='z' {
        let name = format!("2026/03/01/[$LATEST]{}", letter.to_string().repeat(32));
        let (function, version) = (Some("checkout".into()), Some("$LATEST".into()));
        page.streams.push(LogStream { name: name.into(), function, version });
    }
    for (at, stream, message) in events {
        let message = message.replace("$A", A).replace("$B", B);
        let mut hasher = DefaultHasher::new();
        (at, stream, &message).hash(&mut hasher);
        let letter = *stream as u32 - u32::from('a');
        add(&mut page, Timestamp::from_millis(NOON + at), hasher.finish(), letter, &message);
    }
    page
}

/// What these events come to, in one page.
pub fn joined(events: &[Event<'_>]) -> Invocations {
    let mut invocations = Invocations::default();
    invocations.take(&page(events));
    invocations
}

/// The only invocation of these events.
pub fn one(events: &[Event<'_>]) -> Invocation {
    let invocations = joined(events);
    let mut all: Vec<Invocation> = invocations.by_start().collect();
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}
