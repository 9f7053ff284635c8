//! What a tail must have seen in the end.

use std::sync::Arc;

use super::Scene;
use super::group::Group;
use crate::demo::cloud::Endpoint;
use crate::demo::fleet::LogEvent;

impl Endpoint {
    /// Every event of a log group with a timestamp from `from` to `to` (both included, ms since the epoch), by
    /// (timestamp, ingestion, id): what must have been seen once the last of them has been ingested, which is
    /// [`MOST_LATE_MS`](crate::demo::fleet::MOST_LATE_MS) and two seconds after `to` at the latest.
    ///
    /// Of a group that was deleted and made again: what could be seen while it was there. None of a group that does
    /// not exist. Not meant for ranges of many days: they are worked out whole.
    #[must_use]
    pub fn oracle(&self, group: &str, from: i64, to: i64) -> Vec<Arc<LogEvent>> {
        let account = &self.0.account;
        let made_up = account.settings.synthetic.iter().find(|made_up| made_up.group == group);
        let always = vec![(i64::MIN, i64::MAX)];
        let alive =
            made_up.map(|made_up| &made_up.alive).filter(|alive| !alive.is_empty()).unwrap_or(&always);
        let mut seen = Vec::new();
        for &(born, gone) in alive {
            let now = if born == i64::MIN { to } else { born };
            let scene = Scene { account, clock: &self.0.now, now, faults: &[], tail_faults: &[] };
            let Ok(group) = Group::identified(scene, group) else { continue };
            let (first, last) = (from.max(born), to.min(gone.saturating_sub(1)));
            let mut at = first;
            while at <= last {
                let chunk = group.chunk(account, at);
                let wanted = |event: &&Arc<LogEvent>| {
                    (first..=last).contains(&event.timestamp) && event.ingested < gone
                };
                seen.extend(chunk.events.iter().filter(wanted).cloned());
                at = chunk.to;
            }
        }
        seen
    }
}
