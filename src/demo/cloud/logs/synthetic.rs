//! Groups with made-up lines: floods, crowds of events in one millisecond, groups that come and go.

use std::sync::Arc;

use super::group::Chunk;
use crate::demo::faults::{chance, hash, mix};
use crate::demo::fleet::{LogEvent, MOST_LATE_MS, StreamLife};

/// About how many events of a flood are made at a time.
const CHUNK: i64 = 1_000;

/// A log group beside those of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Synthetic {
    /// Its name.
    pub group: String,
    /// What is in it.
    pub lines: Lines,
    /// When it exists, each time from and until (exclusive), ms since the epoch; always where there is none. A group
    /// that was deleted and made again has lost its events.
    pub alive: Vec<(i64, i64)>,
}

impl Synthetic {
    /// A group that is always there.
    #[must_use]
    pub fn new(group: &str, lines: Lines) -> Self {
        Self { group: group.to_owned(), lines, alive: Vec::new() }
    }

    /// Only from `from` until `until` (exclusive), ms since the epoch; may be said several times.
    #[must_use]
    pub fn alive(mut self, from: i64, until: i64) -> Self {
        self.alive.push((from, until));
        self
    }
}

/// What is in a synthetic group.
#[derive(Clone, Debug, PartialEq)]
pub enum Lines {
    /// Events at an even pace: requests of five lines, 195 bytes an event on average.
    Flood {
        /// When the first is written, ms since the epoch.
        from: i64,
        /// How many there are in all.
        events: u64,
        /// How many a second, at least 1.
        per_second: u32,
        /// Which share of them is ingested up to five minutes late, 0 to 1.
        late_share: f64,
    },
    /// What a function of the fleet writes.
    OfFunction(String),
    /// Very long lines, one a second.
    Giants {
        /// When the first is written, ms since the epoch.
        from: i64,
        /// How many there are in all.
        events: u32,
        /// Length of each, bytes: CloudWatch takes up to a megabyte.
        bytes: usize,
        /// What it repeats, such as `x`, `word ` or a letter with combining marks.
        of: &'static str,
    },
}

impl Lines {
    /// The one stream that a flood has.
    pub(super) fn life(&self, seed: u64) -> Option<StreamLife> {
        let (from, events, per_second) = match *self {
            Self::Flood { from, events, per_second, .. } => (from, events, per_second),
            Self::Giants { from, events, .. } => (from, u64::from(events), 1),
            Self::OfFunction(_) => return None,
        };
        let last = from + (events.saturating_sub(1) * 1_000 / u64::from(per_second.max(1))).cast_signed();
        // A place every minute is enough to say how far it has come.
        let ends_ms = (from..last).step_by(60_000).chain([last]).collect();
        Some(StreamLife { name: stream(from, seed).to_string(), started_ms: from, ends_ms })
    }

    /// The events around an instant.
    pub(super) fn chunk(&self, seed: u64, group: &str, at: i64) -> Chunk {
        let nothing = |from, to| Chunk { events: Vec::new(), from, to };
        let (from, events, per_second, late_share, giant) = match *self {
            Self::Flood { from, events, per_second, late_share } => {
                (from, events, per_second, late_share, None)
            }
            Self::Giants { from, events, bytes, of } => {
                (from, u64::from(events), 1, 0.0, Some(of.repeat(bytes / of.len().max(1))))
            }
            Self::OfFunction(_) => return nothing(i64::MIN, i64::MAX),
        };
        let per_second = i64::from(per_second.max(1));
        let step = if giant.is_some() { 1_000 } else { (CHUNK * 1_000 / per_second).max(1) };
        let count = i64::try_from(events).unwrap_or(i64::MAX);
        let end = from.saturating_add(count.saturating_mul(1_000).div_euclid(per_second)).saturating_add(1);
        if at < from {
            return nothing(i64::MIN, from);
        }
        if at >= end {
            return nothing(end, i64::MAX);
        }
        let start = from + (at - from) / step * step;
        // The number of the first event that is not written before an instant.
        let number = |at: i64| (((at - from) * per_second + 999) / 1_000).min(count);
        let mut flood = Flood {
            seed: mix(seed ^ hash(group)),
            stream: stream(from, seed),
            late_share,
            giant,
            second: (i64::MIN, String::new()),
        };
        let mut made: Vec<Arc<LogEvent>> = (number(start)..number(start + step))
            .map(|number| Arc::new(flood.event(number.cast_unsigned(), from + number * 1_000 / per_second)))
            .collect();
        made.sort_by(|a, b| a.key().cmp(&b.key()));
        Chunk { events: made, from: start, to: start + step }
    }
}

fn stream(from: i64, seed: u64) -> Arc<str> {
    let date = chrono::DateTime::from_timestamp_millis(from).unwrap_or_default().format("%Y/%m/%d");
    format!("{date}/[$LATEST]{:016x}{:016x}", mix(seed), mix(seed ^ 1)).into()
}

/// The maker of a flood's events.
struct Flood {
    seed: u64,
    stream: Arc<str>,
    late_share: f64,
    /// The one line that is repeated, if it is one.
    giant: Option<String>,
    /// The second that was written last, and how it is spelled.
    second: (i64, String),
}

impl Flood {
    fn event(&mut self, number: u64, timestamp: i64) -> LogEvent {
        let draw = mix(self.seed ^ number);
        if self.second.0 != timestamp.div_euclid(1_000) {
            let time = chrono::DateTime::from_timestamp_millis(timestamp).unwrap_or_default();
            self.second = (timestamp.div_euclid(1_000), time.format("%Y-%m-%dT%H:%M:%S").to_string());
        }
        let late = chance(&[self.seed, number, 1]) < self.late_share;
        let extra = if late { (draw >> 20).cast_signed() % MOST_LATE_MS } else { 0 };
        LogEvent {
            timestamp,
            ingested: timestamp + 400 + (draw % 1_200).cast_signed() + extra,
            id: format!("3{timestamp:013}{:020}{number:022}", self.seed),
            stream: Arc::clone(&self.stream),
            message: self.giant.clone().unwrap_or_else(|| self.message(number, timestamp)),
        }
    }

    /// Requests of five lines each.
    fn message(&self, number: u64, timestamp: i64) -> String {
        let (request, line) = (number / 5, number % 5);
        let draw = mix(self.seed ^ request.rotate_left(17));
        let (high, low) = (draw, mix(draw));
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 50),
            low & 0xffff_ffff_ffff
        );
        let time = format!("{}.{:03}Z", self.second.1, timestamp.rem_euclid(1_000));
        let (order, user) = (40_000 + draw % 9_999, 1_000 + (draw >> 20) % 90_000);
        match line {
            0 => format!("START RequestId: {id} Version: $LATEST\n"),
            1 => format!(
                "{time}\t{id}\tINFO\tcheckout of user {user}: order {order}, 3 items, 129.90 EUR, cart confirmed, \
                 payment by card, shipping to DE with Parcel One, invoice by mail, voucher none, session renewed, \
                 risk low, 4 sellers, 2 parcels, gift wrap none, note to the courier none, newsletter no\n"
            ),
            2 => format!(
                "{{\"timestamp\":\"{time}\",\"level\":\"{}\",\"requestId\":\"{id}\",\"message\":\"order placed\",\
                 \"path\":\"/api/checkout\",\"latency\":{},\"user\":{{\"id\":{user},\"tier\":\"gold\"}},\
                 \"order\":{{\"id\":{order},\"total\":129.9,\"currency\":\"EUR\",\"seller\":\"northline\"}}}}\n",
                if draw.is_multiple_of(50) { "ERROR" } else { "INFO" },
                12 + draw % 400
            ),
            3 => format!("END RequestId: {id}\n"),
            _ => format!(
                "REPORT RequestId: {id}\tDuration: {}.{:02} ms\tBilled Duration: {} ms\tMemory Size: 512 MB\t\
                 Max Memory Used: 118 MB\t\nXRAY TraceId: 1-{:08x}-{:024x}\tSegmentId: {:016x}\tSampled: true\t\n",
                12 + draw % 400,
                draw % 99 + 1,
                13 + draw % 400,
                timestamp / 1_000,
                low,
                high
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_has_every_event_once_wherever_it_is_entered() {
        let lines = Lines::Flood { from: 1_000_000, events: 25_000, per_second: 7_000, late_share: 0.01 };
        let (mut at, mut ids, mut bytes) = (1_000_000, std::collections::BTreeSet::new(), 0);
        while at < 2_000_000 {
            let chunk = lines.chunk(7, "/flood", at);
            for event in &chunk.events {
                assert!((chunk.from..chunk.to).contains(&event.timestamp));
                bytes += event.message.len();
                assert!(ids.insert(event.id.clone()));
            }
            at = chunk.to;
        }
        assert_eq!(ids.len(), 25_000);
        assert!((185..205).contains(&(bytes / 25_000)), "{}", bytes / 25_000);
    }
}
