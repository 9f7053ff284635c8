//! Lines of Live Tail have no event id: each stands until `FilterLogEvents` brings one with the same stream, times and
//! message, and is then replaced by it, one by one. Two equal lines of one millisecond stay two.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::model::{LogRow, Timestamp};

use super::block::{Block, Scratch};
use super::draft::{Draft, place};
use super::group::Group;
use super::key::Place;

/// Confirmed lines remembered, so that a session that sends one again does not bring it back.
const REMEMBERED: usize = 65_536;
/// About what an entry of the maps takes.
const ENTRY: usize = 96;

/// What is known of the Live Tail lines of one group, by a hash of all that such a line is known by.
#[derive(Clone, Debug, Default)]
pub(super) struct Confirmed {
    /// Held and waiting for their real lines.
    waiting: HashMap<u64, Vec<Place>>,
    /// Ids of those that were replaced.
    replaced: HashMap<u64, Vec<u64>>,
    replaced_ids: HashSet<u64>,
    /// In the order in which they were replaced.
    order: VecDeque<(u64, u64)>,
}

impl Confirmed {
    /// Whether the provisional line of this id was replaced by a real one.
    pub(super) fn has(&self, id: u64) -> bool {
        self.replaced_ids.contains(&id)
    }

    pub(super) fn bytes(&self) -> usize {
        (self.waiting.len() + self.order.len()) * ENTRY
    }

    /// Forgets lines that were evicted before they were confirmed.
    pub(super) fn forget(&mut self, ids: &[u64]) {
        let gone: HashSet<u64> = ids.iter().copied().collect();
        self.waiting.retain(|_, places| {
            places.retain(|place| !gone.contains(&place.id));
            !places.is_empty()
        });
    }

    fn replace(&mut self, what: u64, id: u64) {
        self.replaced.entry(what).or_default().push(id);
        self.replaced_ids.insert(id);
        self.order.push_back((what, id));
        if self.order.len() > REMEMBERED
            && let Some((what, id)) = self.order.pop_front()
        {
            self.replaced_ids.remove(&id);
            if let Some(ids) = self.replaced.get_mut(&what) {
                ids.retain(|other| *other != id);
                if ids.is_empty() {
                    self.replaced.remove(&what);
                }
            }
        }
    }

    /// Takes one of those that wait for such a line.
    fn claim(&mut self, what: u64) -> Option<Place> {
        let places = self.waiting.get_mut(&what)?;
        let place = places.pop();
        if places.is_empty() {
            self.waiting.remove(&what);
        }
        place
    }
}

/// All that a line of Live Tail is known by.
fn what(stream: &str, timestamp: Timestamp, ingested: Timestamp, message: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (stream, timestamp, ingested, message).hash(&mut hasher);
    hasher.finish()
}

fn what_of(draft: &Draft, at: usize, row: &LogRow) -> u64 {
    let stream = draft.streams.get(row.stream as usize).map_or("", |stream| &*stream.name);
    what(stream, row.timestamp, row.ingested, draft.message(at))
}

impl Group {
    /// Those provisional lines whose real lines are not here yet.
    pub(super) fn unclaimed(&mut self, guesses: Draft) -> Draft {
        let mut scratch = Scratch::default();
        let mut left = Vec::with_capacity(guesses.rows.len());
        for (at, row) in guesses.rows.iter().enumerate() {
            let what = what_of(&guesses, at, row);
            let replaced = self.confirmed.replaced.get(&what).map_or(0, Vec::len);
            if self.real_lines(what, row, &mut scratch) > replaced {
                self.confirmed.replace(what, row.id);
            } else {
                self.confirmed.waiting.entry(what).or_default().push(place(row));
                left.push(at as u32);
            }
        }
        if left.len() == guesses.rows.len() { guesses } else { guesses.select(&left) }
    }

    /// How many real lines are held that such a provisional line may stand for.
    fn real_lines(&self, wanted: u64, row: &LogRow, scratch: &mut Scratch) -> usize {
        let start = Place { id: 0, ..place(row) };
        let end = Place { id: u64::MAX, ..start };
        let mut found = 0;
        for slot in self.slots.iter().take_while(|slot| slot.first <= end) {
            let block = &slot.block;
            if slot.last < start || block.is_provisional() {
                continue;
            }
            let rows = block.before(start)..(block.before(end) + 1).min(block.len());
            if rows.is_empty() {
                continue;
            }
            let opened = block.open(&self.key, scratch);
            found += rows
                .map(|at| opened.line(at))
                .filter(|line| what(&line.stream.name, line.timestamp, line.ingested, line.message) == wanted)
                .count();
        }
        found
    }

    /// Takes out the provisional lines that the real lines of a draft replace.
    pub(super) fn confirm(&mut self, facts: &Draft) {
        if self.confirmed.waiting.is_empty() {
            return;
        }
        let waiting = self.slots.iter().filter(|slot| slot.block.is_provisional());
        let (first, last) = waiting.fold((i64::MAX, i64::MIN), |(first, last), slot| {
            (first.min(slot.first.timestamp.millis()), last.max(slot.last.timestamp.millis()))
        });
        let mut gone = HashSet::new();
        for (at, row) in facts.rows.iter().enumerate() {
            if !(first..=last).contains(&row.timestamp.millis()) {
                continue;
            }
            let what = what_of(facts, at, row);
            if let Some(place) = self.confirmed.claim(what) {
                self.confirmed.replace(what, place.id);
                gone.insert(place.id);
            }
        }
        if !gone.is_empty() {
            self.take_out(&gone);
        }
    }

    /// Makes the blocks of provisional lines anew that hold any of these.
    fn take_out(&mut self, gone: &HashSet<u64>) {
        let touched: Vec<Arc<Block>> = self
            .slots
            .iter()
            .filter(|slot| slot.block.is_provisional() && slot.block.ids().iter().any(|id| gone.contains(id)))
            .map(|slot| Arc::clone(&slot.block))
            .collect();
        self.remove(|block| touched.iter().any(|out| Arc::ptr_eq(out, block)));
        let mut scratch = Scratch::default();
        for block in touched {
            let mut rest = Draft::default();
            let mut streams = HashMap::default();
            let opened = block.open(&self.key, &mut scratch);
            for at in (0..block.len()).filter(|at| !gone.contains(&block.ids()[*at])) {
                rest.push(&opened, at, &mut streams);
            }
            let late = block.late() - rest.rows.iter().filter(|row| row.late).count();
            let out = (block.len() - rest.rows.len()) as u64;
            self.counts.held -= out;
            self.counts.provisional -= out;
            self.counts.late -= late as u64;
            rest.into_blocks().into_iter().for_each(|block| self.insert(Arc::new(block)));
        }
    }
}
