//! The log group `aws/spans`: every span of the fleet, an event each, where Transaction Search is on.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html>.

use std::sync::Arc;

use super::group::{Chunk, MINUTE};
use crate::demo::cloud::account::Account;
use crate::demo::cloud::xray::span;
use crate::demo::fleet::{LONGEST_TRACE_MS, LogEvent, Site, StreamLife, Trace};

/// Its name.
pub(super) const NAME: &str = "aws/spans";
/// The name of its only stream.
const STREAM: &str = "default";

/// The events around an instant: the spans that ended in its minute.
pub(super) fn chunk(account: &Account, at: i64) -> Chunk {
    let minute = at.div_euclid(MINUTE);
    let (from, to) = (minute * MINUTE, (minute + 1) * MINUTE);
    let site = Site { account: &account.settings.account, region: &account.settings.region };
    let stream: Arc<str> = STREAM.into();
    let mut events = Vec::new();
    for began in (from - LONGEST_TRACE_MS).div_euclid(MINUTE)..=minute {
        let reaches = |trace: &&Trace| trace.complete_ms() >= from;
        for trace in account.fleet.traces(began).iter().filter(reaches) {
            // Every document comes in full, once: Logs has no use for what is in progress.
            for (document, ingested) in account.fleet.complete_documents(trace, site) {
                for span in span::of_document(&document.json, site) {
                    if (from..to).contains(&span.end_ms) {
                        let number = u64::from_str_radix(&span.id, 16).unwrap_or_default();
                        events.push(Arc::new(LogEvent {
                            timestamp: span.end_ms,
                            ingested,
                            id: format!("3{:013}{number:042}", span.end_ms),
                            stream: Arc::clone(&stream),
                            message: span.json.to_string(),
                        }));
                    }
                }
            }
        }
    }
    events.sort_unstable_by(|one, other| one.key().cmp(&other.key()));
    Chunk { events, from, to }
}

/// Its only stream, from the beginning of the group on.
pub(super) fn life(created: i64, now: i64) -> StreamLife {
    StreamLife { name: STREAM.to_owned(), started_ms: created, ends_ms: vec![created, now] }
}
