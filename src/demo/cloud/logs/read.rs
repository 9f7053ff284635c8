//! A walk through the events of a group, in either direction, a page at a time.

use std::sync::Arc;

use super::group::Group;
use crate::demo::cloud::account::Account;
use crate::demo::fleet::LogEvent;

/// Most events in a page.
pub(super) const PAGE_EVENTS: i64 = 10_000;
/// Most bytes of events in a page, each counted with its message and [`EVENT_BYTES`].
const PAGE_BYTES: usize = 1 << 20;
/// What CloudWatch Logs counts for an event beside its message.
const EVENT_BYTES: usize = 26;
/// A page ends when it has looked at so many events, whatever it has found.
const MOST_SCANNED: usize = 40_000;
/// A page ends when it has looked at so much time, ms.
const LONGEST_SCAN: i64 = 12 * 3_600_000;

/// The place of an event in the order of its group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub timestamp: i64,
    pub ingested: i64,
    pub id: String,
}

impl Key {
    pub fn of(event: &LogEvent) -> Self {
        Self { timestamp: event.timestamp, ingested: event.ingested, id: event.id.clone() }
    }

    /// Behind every event before an instant, and before every event at it.
    pub const fn before(at: i64) -> Self {
        Self { timestamp: at, ingested: i64::MIN, id: String::new() }
    }

    fn borrowed(&self) -> (i64, i64, &str) {
        (self.timestamp, self.ingested, &self.id)
    }
}

/// What a page is to hold.
pub(super) struct Walk<'a> {
    /// First and last instant, both included, ms since the epoch.
    pub from: i64,
    pub to: i64,
    /// What has not been ingested by now is not seen.
    pub now: i64,
    pub descending: bool,
    /// Behind which place the page begins, in the direction of the walk.
    pub after: Option<Key>,
    pub keep: &'a (dyn Fn(&LogEvent) -> bool + Sync),
    pub limit: usize,
}

/// A page: events in the direction of the walk, and where to go on if there may be more.
#[derive(Debug)]
pub(super) struct Found {
    pub events: Vec<Arc<LogEvent>>,
    pub next: Option<Key>,
    /// How many events were looked at, and their bytes.
    pub scanned: usize,
    pub scanned_bytes: usize,
}

impl Walk<'_> {
    /// Reads a page. Other tasks run in between.
    pub async fn page(&self, account: &Account, group: &Group) -> Found {
        let mut found = Found { events: Vec::new(), next: None, scanned: 0, scanned_bytes: 0 };
        let first = self.from.max(group.oldest(self.now));
        let last = self.to.min(self.now);
        let mut at = match (&self.after, self.descending) {
            (Some(key), false) => key.timestamp.max(first),
            (Some(key), true) => key.timestamp.min(last),
            (None, false) => first,
            (None, true) => last,
        };
        let (begun, mut bytes) = (at, 0);
        while (first..=last).contains(&at) {
            if found.scanned > MOST_SCANNED || (at - begun).abs() > LONGEST_SCAN {
                found.next = Some(Key::before(if self.descending { at + 1 } else { at }));
                return found;
            }
            let chunk = group.chunk(account, at);
            let mut events: Vec<&Arc<LogEvent>> = chunk.events.iter().collect();
            if self.descending {
                events.reverse();
            }
            for event in events {
                if !self.reaches(event, first, last) {
                    continue;
                }
                found.scanned += 1;
                found.scanned_bytes += event.message.len();
                if !(self.keep)(event) {
                    continue;
                }
                let size = event.message.len() + EVENT_BYTES;
                let full = found.events.len() >= self.limit || bytes + size > PAGE_BYTES;
                // One event that is too large for a page has one for itself.
                if full && let Some(last) = found.events.last() {
                    found.next = Some(Key::of(last));
                    return found;
                }
                bytes += size;
                found.events.push(Arc::clone(event));
            }
            at = if self.descending { chunk.from.saturating_sub(1) } else { chunk.to };
            tokio::task::yield_now().await;
        }
        found
    }

    /// Where the walk stands before it has read anything.
    pub fn here(&self, group: &Group) -> Key {
        self.after.clone().unwrap_or_else(|| {
            if self.descending {
                Key::before(self.to.min(self.now).saturating_add(1))
            } else {
                Key::before(self.from.max(group.oldest(self.now)))
            }
        })
    }

    /// Whether an event is within reach: of the time, of what is known by now, and not of a page before.
    fn reaches(&self, event: &LogEvent, first: i64, last: i64) -> bool {
        let ahead = self.after.as_ref().is_none_or(|key| {
            let key = key.borrowed();
            if self.descending { event.key() < key } else { event.key() > key }
        });
        ahead && (first..=last).contains(&event.timestamp) && event.ingested <= self.now
    }
}
