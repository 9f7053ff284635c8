//! Which of the traces on screen are asked for now: those that are not there yet, and those that still grow.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use crate::model::{Timestamp, TraceDocuments, TraceId, TraceWant};

/// From one question for a trace that still grows, or is not there yet, to the next; the last one again and again.
const WAITS: [u64; 7] = [5, 10, 20, 40, 80, 160, 300];
/// For how long a trace may still grow or come.
const GROWS: Duration = Duration::from_mins(15);
/// From one question for a trace that X-Ray could not look up to the next: doubled each time, up to the longest.
const UNPROCESSED: Duration = Duration::from_secs(1);
const LONGEST_UNPROCESSED: Duration = Duration::from_secs(30);
/// Nodes of whole traces that are taken to be still held by whoever was told of them: half of what the store holds.
const HELD_NODES: usize = 100_000;

/// How a trace came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// There, and nothing more is to come; with so many segments.
    Whole(usize),
    /// There, and there is more to come.
    Growing,
    /// X-Ray does not know it.
    Unknown,
    /// X-Ray could not look it up.
    Unprocessed,
}

impl Came {
    /// Judges what is there of a trace, as seen at `now`.
    pub fn of(documents: &TraceDocuments, now: Timestamp) -> Self {
        if documents.is_settled(now) { Self::Whole(documents.segments.len()) } else { Self::Growing }
    }
}

/// The traces that are wanted, and when each is asked for next.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// The most wanted first.
    wanted: Vec<TraceId>,
    entries: HashMap<TraceId, Entry>,
    /// Whole ones that are not asked for again, each with its nodes; the oldest first.
    whole: VecDeque<(TraceId, usize)>,
    nodes: usize,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// When it was wanted first.
    since: Timestamp,
    /// When it is asked for; none while it is, and when that leads nowhere any more.
    due: Option<Timestamp>,
    asked: usize,
    unprocessed: u32,
}

impl Open {
    /// Takes in what is wanted now.
    pub fn want(&mut self, ids: &[TraceId], now: Timestamp) {
        let mut seen = HashSet::new();
        self.wanted = ids.iter().copied().filter(|id| seen.insert(*id)).take(TraceWant::MOST_OPEN).collect();
        self.entries.retain(|id, _| seen.contains(id));
        for id in &self.wanted {
            if !self.whole.iter().any(|(whole, _)| whole == id) {
                self.entries.entry(*id).or_insert(Entry {
                    since: now,
                    due: Some(now),
                    asked: 0,
                    unprocessed: 0,
                });
            }
        }
    }

    /// Up to `most` traces whose turn it is; they are out until [`Open::came`] or [`Open::failed`] tells of them.
    pub fn take_due(&mut self, most: usize, now: Timestamp) -> Vec<TraceId> {
        let mut due = Vec::new();
        for id in &self.wanted {
            if due.len() == most {
                break;
            }
            if let Some(entry) = self.entries.get_mut(id)
                && entry.due.is_some_and(|at| at <= now)
            {
                entry.due = None;
                due.push(*id);
            }
        }
        due
    }

    /// When the next turn is.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.entries.values().filter_map(|entry| entry.due).min()
    }

    /// A trace came back.
    pub fn came(&mut self, id: TraceId, came: Came, now: Timestamp) {
        if let Came::Whole(nodes) = came {
            self.entries.remove(&id);
            self.nodes += nodes;
            self.whole.push_back((id, nodes));
            while self.nodes > HELD_NODES && self.whole.len() > 1 {
                self.nodes -= self.whole.pop_front().map_or(0, |(_, nodes)| nodes);
            }
            return;
        }
        let Some(entry) = self.entries.get_mut(&id) else { return };
        if came == Came::Unprocessed {
            let wait = UNPROCESSED * 2_u32.saturating_pow(entry.unprocessed.min(8));
            entry.unprocessed += 1;
            entry.due = Some(now + wait.min(LONGEST_UNPROCESSED));
            return;
        }
        let wait = WAITS[entry.asked.min(WAITS.len() - 1)];
        entry.asked += 1;
        // One that is not there may come while it is young; what is there may grow for as long as it is looked at.
        let from = if came == Came::Unknown { made(id, entry.since) } else { entry.since };
        entry.due = (now.since(from) < GROWS).then(|| now + Duration::from_secs(wait));
    }

    /// The question for a trace failed: it is asked again at `again`.
    pub fn failed(&mut self, id: TraceId, again: Timestamp) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.due = Some(again);
        }
    }

    /// Everything that is not whole is asked for now.
    pub fn ask_again(&mut self, now: Timestamp) {
        for entry in self.entries.values_mut() {
            *entry = Entry { since: now, due: Some(now), asked: 0, unprocessed: 0 };
        }
    }
}

/// When a trace was made, by its id; OpenTelemetry's ids may hold no time.
fn made(id: TraceId, since: Timestamp) -> Timestamp {
    let told = Timestamp::from_secs(i64::from(id.seconds()));
    if told > since || is_nonsense(told, since) { since } else { told }
}

/// Longest that X-Ray keeps a trace.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// Whether no trace that can still be had is from then.
pub(super) fn is_nonsense(made: Timestamp, now: Timestamp) -> bool {
    made + KEPT < now || made > now + Duration::from_hours(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::xray;

    const NOW: Timestamp = Timestamp::from_secs(1_772_366_400);

    fn at(seconds: u64) -> Timestamp {
        NOW + Duration::from_secs(seconds)
    }

    /// A trace that was made so many seconds before now.
    fn id(ago: i64, number: u32) -> TraceId {
        TraceId::parse(&format!("1-{:08x}-{number:024x}", NOW.secs() - ago)).unwrap()
    }

    #[test]
    fn the_most_wanted_are_asked_for_first_five_at_a_time_and_once() {
        let ids: Vec<TraceId> = (0..60).map(|number| id(10, number)).collect();
        let mut open = Open::default();
        open.want(&[&ids[..], &ids[..]].concat(), NOW);
        let mut asked = Vec::new();
        loop {
            let due = open.take_due(5, NOW);
            if due.is_empty() {
                break;
            }
            assert!(due.len() <= 5);
            asked.extend(due);
        }
        assert_eq!(asked, ids[..TraceWant::MOST_OPEN]);
    }

    #[test]
    fn a_whole_trace_is_never_asked_for_again_and_what_grows_is_for_a_quarter_of_an_hour() {
        let mut open = Open::default();
        let (whole, growing) = (id(60, 1), id(60, 2));
        open.want(&[whole, growing], NOW);
        assert_eq!(open.take_due(5, NOW), [whole, growing]);
        open.came(whole, Came::Whole(3), NOW);
        open.came(growing, Came::Growing, NOW);
        let mut times = Vec::new();
        while let Some(due) = open.next_due() {
            assert_eq!(open.take_due(5, due), [growing]);
            times.push(due.since(NOW).as_secs());
            open.came(growing, Came::Growing, due);
        }
        assert_eq!(times, [5, 15, 35, 75, 155, 315, 615, 915]);
        open.want(&[], at(1000));
        open.want(&[whole, growing], at(1001));
        assert_eq!(open.take_due(5, at(1001)), [growing], "looked at once more");
        open.ask_again(at(1002));
        assert_eq!(open.take_due(5, at(1002)), [growing]);
    }

    #[test]
    fn what_x_ray_does_not_know_is_asked_again_only_while_it_may_still_come() {
        let mut open = Open::default();
        let (young, old, random) = (id(600, 1), id(3600, 2), TraceId::parse(&"f".repeat(32)).unwrap());
        open.want(&[young, old, random], NOW);
        assert_eq!(open.take_due(5, NOW).len(), 3);
        for id in [young, old, random] {
            open.came(id, Came::Unknown, NOW);
        }
        assert_eq!(open.take_due(5, at(5)), [young, random]);
        for (id, when) in [(young, 301), (random, 301)] {
            open.came(id, Came::Unknown, at(when));
        }
        assert_eq!(open.take_due(5, at(400)), [random], "a quarter of an hour old");
    }

    #[test]
    fn what_could_not_be_looked_up_is_asked_again_soon() {
        let mut open = Open::default();
        open.want(&[id(5, 1)], NOW);
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..7 {
            assert_eq!(open.take_due(5, now).len(), 1);
            open.came(id(5, 1), Came::Unprocessed, now);
            let due = open.next_due().unwrap();
            waits.push(due.since(now).as_secs());
            now = due;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_trace_is_whole_when_everything_in_it_has_ended_a_while_ago() {
        let came = |documents: &str, after: i64| {
            let found = xray::read(documents).unwrap();
            let documents = TraceDocuments {
                id: id(0, 1),
                segments: found.segments,
                unreadable: 0,
                truncated: false,
                retrieved: false,
            };
            Came::of(&documents, Timestamp::from_secs(1_000 + after))
        };
        let ended = r#"[{"id":"a","name":"x","start_time":990,"end_time":1000}]"#;
        assert_eq!((came(ended, 5), came(ended, 31)), (Came::Growing, Came::Whole(1)));
        let running = r#"[{"id":"a","name":"x","start_time":990,"in_progress":true}]"#;
        assert_eq!(came(running, 600), Came::Growing);
        let orphan = r#"[{"id":"a","parent_id":"b","name":"x","start_time":990,"end_time":1000}]"#;
        assert_eq!((came(orphan, 100), came(orphan, 121)), (Came::Growing, Came::Whole(1)));
    }
}
