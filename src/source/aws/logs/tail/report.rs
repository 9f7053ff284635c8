//! What a tail says of itself: how it is doing, up to where it has seen, up to where it is complete.

use std::sync::PoisonError;

use super::{Existence, Tail};
use crate::model::{FailureKind, TailReport, TailStatus, Timestamp};
use crate::source::aws::logs::sweep::Rhythm;

impl Tail {
    /// The report, if it says something new.
    pub fn report(
        &mut self,
        rhythm: Rhythm,
        live: Option<TailStatus>,
        ahead_ms: i64,
        now: Timestamp,
    ) -> Option<TailReport> {
        let seen = self.plan.seen();
        let never_confirmed = self.settle();
        let status = if let Some(why) = &self.unreadable {
            TailStatus::Unreadable { why: why.clone() }
        } else {
            match (self.existence, &self.failing) {
                (Existence::Deleted { at }, _) => TailStatus::Deleted { at },
                (Existence::Awaited, _) => TailStatus::Waiting,
                (_, Some((failure, retry_at, _))) if failure.kind == FailureKind::Throttled => {
                    TailStatus::Throttled { retry_at: *retry_at }
                }
                (_, Some((failure, retry_at, _))) => {
                    TailStatus::Failed { failure: failure.clone(), retry_at: *retry_at }
                }
                (_, None) if seen.is_none() => TailStatus::Starting,
                (_, None) => live.unwrap_or(TailStatus::Polling),
            }
        };
        let read_from = seen.map_or_else(|| self.plan.start(), |seen| seen.start);
        let oldest = self.described.as_ref().and_then(|described| described.oldest(now));
        let stretched = self.distance > rhythm.fast.mul_f64(1.5);
        let report = TailReport {
            group: self.key.clone(),
            at: self.reported.as_ref().map_or(now, |reported| reported.at),
            status,
            read_from,
            at_beginning: self.older.is_at_beginning() || oldest.is_some_and(|oldest| read_from <= oldest),
            seen_to: seen.map(|seen| seen.end),
            complete_to: self.plan.complete_to(),
            interval: if stretched { self.distance } else { rhythm.fast },
            late: self.late,
            later_than_promised: self.later_than_promised,
            remembered_from: self.remembered_from,
            never_confirmed,
            epoch: self.epoch,
            clock_ahead_ms: ahead_ms,
            note: self.note.clone(),
        };
        if self.reported.as_ref() == Some(&report) {
            return None;
        }
        let report = TailReport { at: now, ..report };
        self.reported = Some(report.clone());
        Some(report)
    }

    /// Lines of Live Tail whose time is complete are confirmed by now, or never will be: so many.
    fn settle(&self) -> u64 {
        let mut provisional = self.provisional.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(complete_to) = self.plan.complete_to() {
            provisional.settle(complete_to);
        }
        provisional.never_confirmed()
    }
}
