//! Pages that cannot be read however often they are asked for: their stretch is halved until the rest is read.
//!
//! One event may make a page unreadable. So the sweep is cut in two, each half again where it fails, in the order of
//! their lengths: what can be read comes, and the instants that cannot be are marked and never called complete in
//! silence. While nothing at all can be read, this goes on at the pace of any other failure.

use std::time::Duration;

use super::{Event, Failure, GapReason, Purpose, Sweep, Tail, TimeRange, Timestamp};
use crate::source::clock::Clock;

/// How often a page is asked for before its sweep is cut.
const TRIES: u32 = 3;
/// Failures without a readable page in between that a few bad events explain: a sweep cut in eight and in sixteen.
const IN_A_ROW: u32 = 20;
/// Instants that are remembered.
const MOST_KNOWN: usize = 256;
/// No sweep can be cut below this.
const INSTANT: Duration = Duration::from_millis(1);

/// What could not be read of a group.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    /// Pages that were read, and failures since the last of them.
    pages: u64,
    in_a_row: u32,
    /// Instants that could not be read; the oldest first known goes first.
    known: Vec<TimeRange>,
}

impl Unreadable {
    /// A page was read.
    pub const fn answered(&mut self) {
        self.pages += 1;
        self.in_a_row = 0;
    }

    /// Where a stretch is to be cut: around what is known to be unreadable in it, else in the middle.
    fn cuts(&self, range: TimeRange) -> Vec<TimeRange> {
        let known = self.known.iter().filter(|known| {
            range.start <= known.start && known.end <= range.end && range.length() > known.length()
        });
        let mut edges: Vec<Timestamp> = known.flat_map(|known| [known.start, known.end]).collect();
        if edges.is_empty() {
            edges.push(range.start + (range.length() / 2).max(INSTANT));
        }
        edges.extend([range.start, range.end]);
        edges.sort_unstable();
        edges.dedup();
        edges.windows(2).map(|ends| TimeRange::new(ends[0], ends[1])).collect()
    }

    fn know(&mut self, range: TimeRange) {
        if !self.known.contains(&range) {
            if self.known.len() >= MOST_KNOWN {
                self.known.remove(0);
            }
            self.known.push(range);
        }
    }
}

impl Tail {
    /// A page of a sweep was answered by an error, or by what is no answer. What concerns all groups is handed on.
    pub(super) fn unread(
        &mut self,
        mut sweep: Sweep,
        failure: Failure,
        now: Timestamp,
        clock: &Clock,
        events: &mut Vec<Event>,
    ) -> Option<Failure> {
        let unreadable = &mut self.unreadable_parts;
        unreadable.in_a_row += 1;
        let range = sweep.slice.range;
        let is_instant = range.length() <= INSTANT && sweep.backwards.is_none();
        // What was cut off around an instant could be read.
        let stands_alone = is_instant && sweep.cut_at.is_some_and(|pages| pages < unreadable.pages);
        let is_explained = stands_alone || unreadable.in_a_row <= IN_A_ROW;
        let tries = if sweep.cut_at.is_some() || !unreadable.known.is_empty() { 1 } else { TRIES };
        if sweep.failures < tries {
            self.paused.push_front(sweep);
            return self.failed(failure, now, clock);
        }
        if sweep.backwards.is_some() {
            // In windows it can be cut.
            self.older.not_backwards();
        } else if !is_instant {
            self.note = Some("a page could not be read: its stretch is read in parts".into());
            let (parts, pages) = (unreadable.cuts(range), unreadable.pages);
            self.paused.extend(parts.into_iter().map(|range| sweep.part(range, pages)));
        } else if sweep.most.is_none() {
            // Event by event, up to the one.
            sweep.most = Some(1);
            sweep.begin_again();
            self.paused.push_back(sweep);
        } else if stands_alone {
            self.give_up(&sweep, now, events);
        } else {
            self.paused.push_back(sweep);
        }
        // One bad event is this group's own affair.
        if is_explained { None } else { self.failed(failure, now, clock) }
    }

    /// Answers who waited for a stretch of which `range` was read: all of it, or the last part.
    pub(super) fn answer_again(&mut self, sweep: &Sweep, range: TimeRange, events: &mut Vec<Event>) {
        let overlap = |one: TimeRange, other: TimeRange| one.start < other.end && other.start < one.end;
        let open = |wanted: TimeRange| {
            let again = |sweep: &&Sweep| sweep.slice.purpose == Purpose::Again;
            self.paused.iter().filter(again).any(|sweep| overlap(sweep.slice.range, wanted))
        };
        self.asked_again.retain(|(id, wanted)| {
            let whole = range.start <= wanted.start && wanted.end <= range.end;
            let read = whole || sweep.cut_at.is_some() && overlap(range, *wanted) && !open(*wanted);
            if read {
                events.push(Event::Answered(*id));
            }
            !read
        });
    }

    /// An instant that cannot be read is marked, and the rest goes on.
    fn give_up(&mut self, sweep: &Sweep, now: Timestamp, events: &mut Vec<Event>) {
        let range = sweep.slice.range;
        self.note = Some("an event cannot be read: its instant is marked".into());
        self.unreadable_parts.know(range);
        let marked = self.gaps.iter().any(|gap| gap.range == range && gap.why == GapReason::Unreadable);
        if !marked {
            events.extend(self.gap(range, GapReason::Unreadable));
        }
        self.plan.finished(range, sweep.asked_at.unwrap_or(now));
        if sweep.slice.purpose == Purpose::Again {
            self.answer_again(sweep, range, events);
        }
    }
}
