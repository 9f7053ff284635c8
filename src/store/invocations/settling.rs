//! What follows for each record once a page is in: its place in its stream, how it went, its place in the list; and the
//! bound.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::model::Invocation;
use crate::store::lines::Spread;

use super::Invocations;
use super::environment::Placed;
use super::evidence::Evidence;
use super::names::EnvironmentId;
use super::notable::Sum;
use super::record::{NOBODY, NONE, Slot, flag};

/// The part of the bound that leaves at once, so that not every page has to make room.
const BATCH: usize = 32;

/// A record and when it began, in twelve bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    high: i32,
    low: u32,
    slot: Slot,
}

impl Entry {
    const fn new(begin: i64, slot: Slot) -> Self {
        Self { high: (begin >> 32) as i32, low: begin as u32, slot }
    }

    const fn begin(self) -> i64 {
        (self.high as i64) << 32 | self.low as i64
    }
}

/// The list of records by begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    entries: Vec<Entry>,
    /// Those that stand at a place that is no longer theirs.
    stale: Vec<Entry>,
    new: Vec<Entry>,
}

impl Order {
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = Slot> {
        self.entries.iter().map(|entry| entry.slot)
    }

    pub(super) fn since(&self, from: i64) -> impl DoubleEndedIterator<Item = Slot> {
        let start = self.entries.partition_point(|entry| entry.begin() < from);
        self.entries[start..].iter().map(|entry| entry.slot)
    }

    /// The record that stands in the list at `begin` is to leave it.
    pub(super) fn unlist(&mut self, begin: i64, slot: Slot) {
        self.stale.push(Entry::new(begin, slot));
    }

    pub(super) fn list(&mut self, begin: i64, slot: Slot) {
        self.new.push(Entry::new(begin, slot));
    }

    /// Carries out what was asked for: only what stands behind the earliest change is moved.
    pub(super) fn flush(&mut self) {
        if self.new.is_empty() && self.stale.is_empty() {
            return;
        }
        self.new.sort_unstable();
        self.stale.sort_unstable();
        let first = self.new.iter().chain(&self.stale).min().copied();
        let Some(first) = first else { return };
        let from = self.entries.partition_point(|entry| *entry < first);
        let mut behind = self.entries.split_off(from).into_iter().peekable();
        let mut new = self.new.drain(..).peekable();
        let mut stale = self.stale.drain(..).peekable();
        loop {
            let next = match (behind.peek(), new.peek()) {
                (None, None) => break,
                (Some(held), Some(fresh)) if held <= fresh => behind.next(),
                (Some(_), None) => behind.next(),
                (_, Some(_)) => {
                    self.entries.extend(new.next());
                    continue;
                }
            };
            let Some(next) = next else { break };
            while stale.next_if(|gone| *gone < next).is_some() {}
            if stale.next_if_eq(&next).is_none() {
                self.entries.push(next);
            }
        }
    }
}

impl Invocations {
    /// Settles what has changed in some environments.
    pub(super) fn settle(&mut self, touched: &[EnvironmentId]) {
        for id in touched {
            let environment = &mut self.environments[*id as usize];
            let placed = environment.settle(&self.records);
            let mut guests: HashMap<Slot, Vec<Slot>, Spread> = HashMap::default();
            for place in &placed {
                if let Some(host) = place.hidden_in {
                    guests.entry(host).or_default().push(place.slot);
                }
            }
            for place in &placed {
                if place.hidden_in.is_some() {
                    self.hide(place.slot);
                } else {
                    let guests = guests.get(&place.slot).map(Vec::as_slice).unwrap_or_default();
                    self.conclude(*id, place, guests);
                }
            }
        }
        self.order.flush();
    }

    pub(super) fn hide(&mut self, slot: Slot) {
        let record = &mut self.records[slot as usize];
        record.mark(flag::HIDDEN, true);
        if record.mark(flag::LISTED, false) {
            let begin = record.begin();
            self.order.unlist(begin, slot);
            self.left = self.revision;
        }
    }

    /// What follows for an attempt from its own lines, those beside them, and those that only seem to be another's.
    fn conclude(&mut self, environment: EnvironmentId, place: &Placed, guests: &[Slot]) {
        let loose = &self.environments[environment as usize].loose[place.loose.clone()];
        let mut sum = Sum::default();
        let own = |slot: &Slot| self.notables.get(slot).into_iter().flat_map(super::notable::Notables::iter);
        for notable in own(&place.slot).chain(guests.iter().flat_map(own)) {
            sum.add(notable);
        }
        for loose in loose {
            sum.add(&loose.said);
        }
        let took = |restore: bool| {
            let told = loose.iter().filter(|loose| loose.is_restore() == restore && loose.took != NONE);
            told.map(|loose| loose.took).max().unwrap_or(NONE)
        };
        let (init, restore) = (took(false), took(true));
        let (mut evidence, exit, error) = (sum.evidence, sum.exit, sum.error().cloned());

        let record = &mut self.records[place.slot as usize];
        if record.is(flag::SUCCEEDED) {
            evidence |= Evidence::SUCCEEDED;
        }
        let cold = record.reported_init().is_some()
            || record.reported_restore().is_some()
            || place.waited
            || evidence.has(Evidence::of_init());
        let end = guests_end(place.end, guests, &self.records);
        let record = &mut self.records[place.slot as usize];
        let mut news = record.place(place.first, end, place.claim);
        news |= record.mark(flag::HIDDEN, false);
        news |= record.mark(flag::COLD, cold);
        news |= record.set_init(if cold { init } else { NONE });
        news |= record.set_restore(if cold { restore } else { NONE });
        news |= (record.evidence, record.exit) != (evidence, exit) || record.error != error;
        (record.evidence, record.exit, record.error) = (evidence, exit, error);
        if record.mark(flag::LISTED, true) {
            let begin = record.begin();
            self.order.list(begin, place.slot);
            news = true;
        }
        if news {
            record.changed = self.revision as u32;
        }
    }

    /// Lets the oldest go where there are too many.
    pub(super) fn evict(&mut self) {
        if self.order.len() <= self.limit {
            return;
        }
        let floor = self.floor;
        let gone = self.let_go(self.order.len() - (self.limit - self.limit / BATCH));
        // One that was let go before, and of which a late line came, was counted then.
        self.evicted += gone.iter().filter(|entry| entry.begin() > floor).count() as u64;
    }

    /// Takes out the oldest `many`, in order. What comes of them later is not taken in.
    pub fn take_oldest(&mut self, many: usize) -> Vec<Invocation> {
        let many = many.min(self.order.len());
        let taken = self.order.all().take(many).map(|slot| self.view(slot)).collect();
        if many > 0 {
            self.let_go(many);
        }
        taken
    }

    /// Lets the oldest `many` go.
    fn let_go(&mut self, many: usize) -> Vec<Entry> {
        let gone: Vec<Entry> = self.order.entries.drain(..many).collect();
        let mut of: BTreeMap<EnvironmentId, i64> = BTreeMap::new();
        for entry in &gone {
            let begin = entry.begin();
            self.floor = self.floor.max(begin);
            let latest = of.entry(self.record(entry.slot).environment).or_insert(begin);
            *latest = begin.max(*latest);
        }
        let slots: HashSet<Slot, Spread> = gone.iter().map(|entry| entry.slot).collect();
        for (id, latest) in of {
            self.empty(id, latest, &slots);
        }
        self.revision += 1;
        self.left = self.revision;
        gone
    }

    /// Takes some attempts out of an environment, and what hides in them.
    fn empty(&mut self, id: EnvironmentId, latest: i64, gone: &HashSet<Slot, Spread>) {
        let records = &self.records;
        let environment = &mut self.environments[id as usize];
        let mut out: Vec<Slot> = Vec::new();
        environment.attempts.retain(|slot| {
            let record = &records[*slot as usize];
            let goes = gone.contains(slot) || record.is(flag::HIDDEN) && record.base() <= latest;
            if goes {
                out.push(*slot);
            }
            !goes
        });
        // All of them are: what is evicted goes once a page is settled.
        environment.settled = environment.attempts.len();
        environment.latest = NOBODY;
        if let Some(first) = environment.attempts.first() {
            let from = records[*first as usize].first();
            let dead = environment.loose.partition_point(|loose| loose.said.at < from.min(latest));
            environment.loose.drain(..dead);
        } else {
            let group = Arc::clone(&environment.group);
            environment.loose = Vec::new();
            if environment.stream.name.is_empty() {
                self.throttled.remove(&*environment.function);
            } else if let Some(streams) = self.streams.get_mut(&group) {
                streams.remove(&self.environments[id as usize].stream.name);
                if streams.is_empty() {
                    self.streams.remove(&group);
                }
            }
            self.free_environments.push(id);
        }
        for slot in out {
            self.unlink(slot);
        }
    }

    /// Takes a record out of the chain of its request.
    fn unlink(&mut self, slot: Slot) {
        let key = self.hash(self.record(slot).request());
        let next = self.record(slot).next;
        let head = self.heads.get(&key).copied().unwrap_or(NOBODY);
        if head == slot {
            if next == NOBODY {
                self.heads.remove(&key);
            } else {
                self.heads.insert(key, next);
            }
        } else {
            let mut at = head;
            while at != NOBODY {
                let after = self.record(at).next;
                if after == slot {
                    self.records[at as usize].next = next;
                    break;
                }
                at = after;
            }
        }
        self.notables.remove(&slot);
        self.records[slot as usize].error = None;
        self.free.push(slot);
    }
}

/// The latest line of an attempt or of what hides in it.
fn guests_end(end: i64, guests: &[Slot], records: &[super::record::Record]) -> i64 {
    guests.iter().map(|slot| records[*slot as usize].last()).fold(end, i64::max)
}
