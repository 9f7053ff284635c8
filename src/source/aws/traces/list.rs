//! Which stretch of the list of traces is asked for next.
//!
//! ```text
//! since                                       now
//!   |<- older <- older <-|<----- newest ----->|-> polls by the time of change
//! ```
//!
//! The newest traces come first, then what lies before them, by the time in their ids. What is new or changed since
//! comes by polls over the time of change. X-Ray bills what it scans for each, so a poll reaches back no further than
//! is cheap; a deeper one, now and then, finds what was taken in late.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{Attention, Period, TimeRange, Timestamp, TraceListWant, TraceSummary};

/// From one poll to the next, while someone is there and while nobody is.
const POLL: Duration = Duration::from_secs(10);
const POLL_AWAY: Duration = Duration::from_mins(1);
/// The first stretch, and the longest one; each is twice as long as the one after it.
const FIRST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(6);
/// How far polls reach back into what was asked for: as far as so many traces, and between these.
const CHEAP: f64 = 50.0;
const SHORTEST_OVERLAP: Duration = Duration::from_secs(10);
const LONGEST_OVERLAP: Duration = Duration::from_mins(10);
/// From one poll that reaches back as far as any to the next.
const DEEP: Duration = Duration::from_mins(10);
/// Summaries after which nothing older is read: more are not held.
const MOST_SUMMARIES: usize = 20_000;
/// From one look at a partial trace of the past to the next, and until when it may grow.
const PARTIAL_WAITS: [u64; 5] = [5, 10, 20, 40, 80];
const GROWS: Duration = Duration::from_mins(15);

/// By which time X-Ray looks traces up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The time in their ids.
    Made,
    /// The time at which X-Ray took in something of them.
    Changed,
}

/// A stretch to ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub range: TimeRange,
    pub by: By,
}

/// What the planner says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    Ask(Window),
    /// Nothing before then; `None` for ever.
    At(Option<Timestamp>),
}

/// How far a list has been read.
#[derive(Clone, Debug)]
pub(super) struct List {
    want: TraceListWant,
    /// What was read of it without a hole.
    read: Option<TimeRange>,
    /// How long the next stretch before that is.
    step: Duration,
    /// Traces scanned in each second of the last poll.
    rate: f64,
    deep_at: Timestamp,
    polled_at: Timestamp,
    /// Summaries that came for what is older.
    told: usize,
    /// Minutes of the past in which a trace was partial: how often they were read again, and when they are next.
    partial: BTreeMap<Timestamp, (usize, Timestamp)>,
}

impl List {
    pub fn new(want: TraceListWant) -> Self {
        Self {
            want,
            read: None,
            step: FIRST,
            rate: 0.0,
            deep_at: Timestamp::default(),
            polled_at: Timestamp::default(),
            told: 0,
            partial: BTreeMap::new(),
        }
    }

    pub const fn want(&self) -> &TraceListWant {
        &self.want
    }

    /// What was read of it without a hole.
    pub const fn read(&self) -> Option<TimeRange> {
        self.read
    }

    /// Takes in another want. Keeps what was read, if it is a part of the same list; false if nothing of that holds.
    pub fn change(&mut self, want: &TraceListWant, now: Timestamp) -> bool {
        if self.want == *want {
            return true;
        }
        let end = want.until.unwrap_or(now);
        let joins = |read: TimeRange| read.start <= end && want.since <= read.end;
        let same = self.want.expression == want.expression && self.read.is_some_and(joins);
        if same {
            self.want = want.clone();
            self.told = 0;
        } else {
            *self = Self::new(want.clone());
        }
        same
    }

    /// What to ask for now. `now` is X-Ray's time.
    pub fn next(&self, attention: Attention, now: Timestamp) -> Next {
        let end = self.want.until.map_or(now, |until| until.min(now));
        let by_id = |start: Timestamp, end| {
            Next::Ask(Window { range: TimeRange::new(start.max(self.want.since), end), by: By::Made })
        };
        let Some(read) = self.read else {
            return if self.want.since < end { by_id(end - FIRST, end) } else { Next::At(self.want.until) };
        };
        let poll = if attention == Attention::Here { POLL } else { POLL_AWAY };
        let mut next = None;
        if self.want.until.is_none() {
            let due = self.polled_at + poll;
            if due <= now && read.end < now {
                let start = (read.end - self.overlap(now)).max(self.want.since);
                return Next::Ask(Window { range: TimeRange::new(start, now), by: By::Changed });
            }
            next = Some(due);
        } else if read.end < end {
            return by_id(read.end, end);
        }
        if self.want.since < read.start && self.told < MOST_SUMMARIES {
            return by_id(read.start - self.step, read.start);
        }
        if let Some((minute, (_, due))) = self.partial.iter().min_by_key(|(_, (_, due))| *due) {
            if *due <= now {
                let range = TimeRange::new(*minute, *minute + Period::MINUTE.duration());
                return Next::Ask(Window { range, by: By::Made });
            }
            next = Some(next.map_or(*due, |next| next.min(*due)));
        }
        Next::At(next)
    }

    fn overlap(&self, now: Timestamp) -> Duration {
        if self.deep_at + DEEP <= now || self.rate <= 0.0 {
            return LONGEST_OVERLAP;
        }
        let cheap = (CHEAP / self.rate).min(LONGEST_OVERLAP.as_secs_f64());
        Duration::from_secs_f64(cheap).max(SHORTEST_OVERLAP)
    }

    /// A stretch that was asked for at `asked_at` came, whole; X-Ray scanned so many traces for it.
    pub fn came(
        &mut self,
        window: Window,
        summaries: &[(Timestamp, bool)],
        scanned: u64,
        asked_at: Timestamp,
    ) {
        let range = window.range;
        if window.by == By::Changed || self.read.is_none() {
            self.rate = scanned as f64 / range.length().as_secs_f64().max(1.0);
        }
        if window.by == By::Changed {
            self.polled_at = asked_at;
            if range.length() >= LONGEST_OVERLAP {
                self.deep_at = asked_at;
            }
        } else {
            self.told += summaries.len();
            self.watch_partial(window, summaries, asked_at);
        }
        let Some(read) = &mut self.read else {
            self.read = Some(range);
            self.step = FIRST * 2;
            // What was read by the ids is as good as a deep poll.
            (self.polled_at, self.deep_at) = (asked_at, asked_at);
            return;
        };
        if range.start <= read.start && read.start <= range.end {
            self.step = (self.step * 2).min(LONGEST);
        }
        if range.start <= read.end && read.start <= range.end {
            *read = TimeRange::new(read.start.min(range.start), read.end.max(range.end));
        }
    }

    /// Keeps the minutes of the past that are read again, because something in them goes on.
    fn watch_partial(&mut self, window: Window, summaries: &[(Timestamp, bool)], now: Timestamp) {
        if self.want.until.is_none() {
            // Polls tell of every change.
            return;
        }
        let inside: Vec<Timestamp> =
            self.partial.keys().copied().filter(|minute| window.range.contains(*minute)).collect();
        let mut before: BTreeMap<Timestamp, usize> = BTreeMap::new();
        for minute in inside {
            if let Some((tries, _)) = self.partial.remove(&minute) {
                before.insert(minute, tries + 1);
            }
        }
        for (start, _) in summaries.iter().filter(|(start, partial)| *partial && now.since(*start) < GROWS) {
            let minute = start.floor(Period::MINUTE);
            let tries = before.get(&minute).copied().unwrap_or(0);
            let wait = PARTIAL_WAITS[tries.min(PARTIAL_WAITS.len() - 1)];
            self.partial.insert(minute, (tries, now + Duration::from_secs(wait)));
        }
    }
}

/// What the planner has to know of a summary: when its trace began, and whether it goes on.
pub(super) fn outline(summary: &TraceSummary) -> (Timestamp, bool) {
    (summary.start, summary.partial)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_772_366_400);

    fn at(seconds: u64) -> Timestamp {
        NOW + Duration::from_secs(seconds)
    }

    fn ago(minutes: u64) -> Timestamp {
        NOW - Duration::from_mins(minutes)
    }

    fn want(since: Timestamp, until: Option<Timestamp>) -> TraceListWant {
        TraceListWant { since, until, expression: "".into() }
    }

    /// Follows for so long, where so many traces come each second; the traces scanned.
    fn follow(list: &mut List, per_second: f64, seconds: u64) -> f64 {
        let mut scanned = 0.0;
        for second in 0..seconds {
            while let Next::Ask(window) = list.next(Attention::Here, at(second)) {
                let traces = window.range.length().as_secs_f64() * per_second;
                scanned += traces;
                list.came(window, &[], traces as u64, at(second));
            }
        }
        scanned
    }

    #[test]
    fn the_newest_come_first_then_what_is_older_in_longer_and_longer_stretches() {
        let mut list = List::new(want(ago(60), None));
        let mut asked = Vec::new();
        while let Next::Ask(window) = list.next(Attention::Here, NOW) {
            assert_eq!(window.by, By::Made);
            asked.push((
                NOW.since(window.range.start).as_secs() / 60,
                NOW.since(window.range.end).as_secs() / 60,
            ));
            list.came(window, &[], 0, NOW);
        }
        assert_eq!(asked, [(1, 0), (3, 1), (7, 3), (15, 7), (31, 15), (60, 31)]);
    }

    #[test]
    fn polls_follow_each_other_without_a_hole_and_reach_back_as_far_as_is_cheap() {
        let mut list = List::new(want(ago(10), None));
        follow(&mut list, 1.0, 1);
        let Next::Ask(first) = list.next(Attention::Here, at(10)) else { panic!("a poll") };
        let back = NOW - Duration::from_secs(50);
        assert_eq!((first.by, first.range), (By::Changed, TimeRange::new(back, at(10))), "fifty traces back");
        list.came(first, &[], 0, at(10));
        let Next::Ask(second) = list.next(Attention::Here, at(20)) else { panic!("a poll") };
        let range = TimeRange::new(ago(10) + Duration::from_secs(10), at(20));
        assert_eq!(second.range, range, "where nothing comes, it costs nothing");
        list.came(second, &[], 0, at(20));
        assert_eq!(list.next(Attention::Away, at(30)), Next::At(Some(at(80))));
    }

    #[test]
    fn following_a_thousand_traces_a_minute_costs_a_tenth_of_asking_for_five_minutes_each_time() {
        let per_second = 1000.0 / 60.0;
        let mut list = List::new(want(ago(10), None));
        let scanned = follow(&mut list, per_second, 3600);
        let dollars = scanned * 0.5 / 1e6;
        assert!((0.05..0.12).contains(&dollars), "${dollars} an hour");
    }

    #[test]
    fn the_past_is_read_once_and_only_what_goes_on_in_it_again() {
        let mut list = List::new(want(ago(20), Some(ago(5))));
        let mut windows = 0;
        while let Next::Ask(window) = list.next(Attention::Here, NOW) {
            windows += 1;
            let partial = (ago(7) + Duration::from_secs(3), true);
            let inside = window.range.contains(partial.0);
            list.came(window, if inside { std::slice::from_ref(&partial) } else { &[] }, 0, NOW);
        }
        assert_eq!(windows, 4);
        assert_eq!(list.next(Attention::Here, NOW), Next::At(Some(at(5))));
        let Next::Ask(again) = list.next(Attention::Here, at(5)) else { panic!("once more") };
        assert_eq!(again.range, TimeRange::new(ago(7), ago(6)));
        list.came(again, &[(ago(7) + Duration::from_secs(3), false)], 0, at(5));
        assert_eq!(list.next(Attention::Here, at(5)), Next::At(None), "all of it has ended");
    }

    #[test]
    fn another_stretch_of_the_same_list_is_read_where_it_was_not() {
        let mut list = List::new(want(ago(30), None));
        follow(&mut list, 1.0, 1);
        assert!(list.change(&want(ago(60), None), NOW));
        let Next::Ask(older) = list.next(Attention::Here, NOW) else { panic!("what is older") };
        assert_eq!(older.range.end, ago(30));
        assert!(!list.change(&want(ago(60), None).clone().with("fault"), NOW), "another list");
    }

    impl TraceListWant {
        fn with(self, expression: &str) -> Self {
            Self { expression: expression.into(), ..self }
        }
    }
}
