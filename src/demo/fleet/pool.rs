//! The execution environments of one function during one span.
//!
//! The model: a request takes the first environment that is free; if none is, a new one is started and the request
//! waits for it (a cold start); if there may be no more of them, it is throttled. An environment serves one request
//! at a time, is lost after a crash, a timeout or an out-of-memory kill, and is gone when nobody used it for some
//! minutes. Environments live for one span, an hour or a few: at its end Lambda replaces the pool, ahead of
//! requests and out of their sight, except after a deploy, when everyone waits for the new code. No request runs over
//! the end of a span, so that each span can be simulated without those before it.

use std::collections::VecDeque;

use super::MINUTE_MS;
use super::behaviour::{self, hundredths};
use super::curve;
use super::draw::Draw;
use super::fault::Fault;
use super::invocation::EnvironmentStart;
use super::load;
use super::profile::{Profile, Span};
use super::spec::EventSource;
use super::story::{Occurrence, Trouble};

/// One request, as lean as can be: everything else about it is derived when somebody asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// When it began, ms since the span did.
    pub start: u32,
    /// Duration in hundredths of a millisecond; 0 when throttled.
    pub duration: u32,
    /// What it waited for its environment, in hundredths of a millisecond; 0 when it did not.
    pub init: u32,
    /// Its environment, as an index into those of the span.
    pub environment: u32,
    /// The request that it called, or that called it, as an index into the other function's; of an asynchronous
    /// request the attempt before, which was throttled, as an index into its own function's; or [`NO_LINK`].
    pub link: u32,
    /// Most memory that its environment had used by its end, MB.
    pub memory: u16,
    /// How it ended.
    pub fault: Fault,
    /// Attempts that the call in trouble needed.
    pub attempts: u8,
    /// Environments busy when it had begun, this one among them; at most 255.
    pub busy: u8,
    /// Environments of provisioned concurrency among those.
    pub ready: u8,
    /// Whether it went past full provisioned concurrency.
    pub spilled: bool,
}

/// A request that has no part in a call between functions.
pub(super) const NO_LINK: u32 = u32::MAX;

impl Record {
    /// When its environment was free again, in hundredths of a millisecond since the span began.
    pub(super) const fn end(&self) -> u32 {
        self.start * 100 + self.init + self.duration
    }
}

/// How an environment came to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Started {
    /// When, ms since the span began; those made ready ahead of requests are older than it.
    pub at: i32,
    /// Why.
    pub why: EnvironmentStart,
}

/// Everything that happened to one function in one span.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// When.
    pub span: Span,
    /// Root of the chance of its requests.
    pub draw: Draw,
    /// Its requests, by start.
    pub records: Vec<Record>,
    /// The environments that it had.
    pub environments: Vec<Started>,
    /// How many requests were running at the beginning of each second of the span; at most 255.
    pub carried: Vec<u8>,
}

impl Block {
    /// A span in which nothing happened.
    pub(super) const fn empty(span: Span) -> Self {
        let draw = Draw::new(0);
        Self { span, draw, records: Vec::new(), environments: Vec::new(), carried: Vec::new() }
    }

    /// All chance about one of its requests.
    pub(super) const fn draw(&self, index: usize) -> Draw {
        self.draw.about(index as u64)
    }

    /// The requests that began in `from..to`, ms since the epoch, as indices.
    pub(super) fn between(&self, from_ms: i64, to_ms: i64) -> std::ops::Range<usize> {
        let index = |at: i64| {
            let at = at - self.span.start_ms;
            self.records.partition_point(|record| i64::from(record.start) < at)
        };
        index(from_ms)..index(to_ms)
    }

    /// The throttled attempts at an asynchronous request before this one, the latest first, as indexes.
    pub(super) fn refused_before(&self, index: usize) -> impl Iterator<Item = usize> {
        let before = |index: &usize| {
            let link = self.records[*index].link;
            (link != NO_LINK).then_some(link as usize)
        };
        std::iter::successors(Some(index), before).skip(1)
    }
}

/// A place for an environment.
#[derive(Clone, Copy, Debug)]
struct Slot {
    environment: u32,
    /// Requests that the environment has served.
    served: u32,
    /// Most memory that it has used, MB.
    memory: u16,
    /// Whether it was lost.
    lost: bool,
}

impl Slot {
    /// A place with an environment that has not served yet.
    const fn with(environment: u32) -> Self {
        Self { environment, served: 0, memory: 0, lost: false }
    }
}

/// When a place is free again while only the called function knows.
const UNKNOWN: u32 = u32::MAX;

/// The pool of a function during a span, while it is simulated.
pub(super) struct Pool<'a> {
    profile: &'a Profile,
    block: Block,
    slots: Vec<Slot>,
    /// When each place is free again, in hundredths of a millisecond since the span began, or [`UNKNOWN`].
    free_at: Vec<u32>,
    /// How many of the first slots are provisioned concurrency.
    provisioned: usize,
    most: usize,
    /// The occurrence of the function's trouble that this minute may have a part of.
    occurrence: Option<Occurrence>,
    /// Throttled asynchronous requests: when each is due again (ms since the span began), and its record.
    refused: VecDeque<(u32, u32)>,
}

/// A request that was let in, to be run or settled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    /// Its index among the records of the span.
    pub record: usize,
    slot: usize,
}

/// Without a reservation a function could have more, but none comes near.
const MOST_ENVIRONMENTS: usize = 200;

impl<'a> Pool<'a> {
    pub(super) fn new(profile: &'a Profile, span: Span) -> Self {
        let provisioned = profile.spec.provisioned.map_or(0, |provisioned| provisioned.environments as usize);
        let block = Block { draw: profile.draw.about(span.start_ms as u64), ..Block::empty(span) };
        let most = profile.spec.reserved.map_or(MOST_ENVIRONMENTS, |reserved| reserved as usize);
        let mut pool = Self {
            profile,
            block,
            slots: Vec::new(),
            free_at: Vec::new(),
            provisioned,
            most,
            occurrence: None,
            refused: VecDeque::new(),
        };
        let minutes = (span.end_ms - span.start_ms) / MINUTE_MS;
        let expected = load::rate(profile, span.start_ms.div_euclid(MINUTE_MS)) * minutes as f64;
        pool.block.records.reserve(expected as usize);
        for _ in 0..provisioned {
            pool.ready(EnvironmentStart::Provisioned);
        }
        let (_, deployed_ms) = profile.deploys.at(profile.draw, span.start_ms);
        if deployed_ms != span.start_ms {
            for _ in 0..pool.usual().saturating_sub(provisioned).min(most) {
                pool.ready(EnvironmentStart::Proactive);
            }
        }
        pool
    }

    /// How many environments the function needs at the beginning of the span, on an ordinary day.
    fn usual(&self) -> usize {
        let minute = self.block.span.start_ms.div_euclid(MINUTE_MS);
        let rate = load::rate(self.profile, minute);
        let (median, deviation) = self.profile.duration;
        let mean_ms = curve::exp(median + deviation * deviation / 2.0);
        if rate * f64::from(self.profile.idle_ms) < 2.0 * 60_000.0 {
            return 0;
        }
        let busy = rate * mean_ms / 60_000.0;
        (busy + 2.6 * busy.sqrt() + 0.6).ceil() as usize
    }

    /// Adds an environment that was made ready before the span.
    fn ready(&mut self, why: EnvironmentStart) {
        let environment = self.block.environments.len() as u32;
        let before = 20_000 + self.block.draw.about(READY).about(u64::from(environment)).below(40_000) as i32;
        self.block.environments.push(Started { at: -before, why });
        self.free_at.push(0);
        self.slots.push(Slot::with(environment));
    }

    /// Prepares for the requests of a minute, which begins at `minute_ms`.
    pub(super) fn minute(&mut self, minute_ms: i64) {
        // Troubles last much longer than a minute; some seconds more, for calls that began in the minute before.
        let edges = [minute_ms - MINUTE_MS / 4, minute_ms + MINUTE_MS];
        let near = |trouble: Trouble| edges.iter().find_map(|edge| trouble.occurrence(*edge));
        self.occurrence = self.profile.trouble.and_then(near);
        // Places at the end that were left long ago are only in the way: who needs one starts anew anyway.
        let long_ago = (minute_ms - self.block.span.start_ms) * 100 - i64::from(self.profile.idle_ms) * 100;
        while self.slots.len() > self.provisioned
            && self.free_at.last().is_some_and(|free_at| i64::from(*free_at) < long_ago)
        {
            self.slots.pop();
            self.free_at.pop();
        }
    }

    /// Lets a request in at `start` (ms since the span began), or throttles it.
    pub(super) fn admit(&mut self, start: u32) -> Option<Seat> {
        let now = start * 100;
        let busy = self.free_at.iter().filter(|free_at| **free_at > now).count();
        let ready = self.free_at[..self.provisioned].iter().filter(|free_at| **free_at > now).count();
        let free = self.free_at.iter().position(|free_at| *free_at <= now);
        let record = self.block.records.len();
        let link = self.due(start);
        let Some(slot) = free.or_else(|| (self.slots.len() < self.most).then_some(self.slots.len())) else {
            self.block.records.push(Record {
                start,
                duration: 0,
                init: 0,
                environment: 0,
                link,
                memory: 0,
                fault: Fault::Throttled,
                attempts: 0,
                busy: busy.min(255) as u8,
                ready: ready as u8,
                spilled: false,
            });
            self.refuse(record as u32);
            return None;
        };
        let init = self.environment_for(slot, start);
        self.block.records.push(Record {
            start,
            duration: 0,
            init,
            environment: self.slots[slot].environment,
            link,
            memory: 0,
            fault: Fault::None,
            attempts: 1,
            busy: (busy + 1).min(255) as u8,
            ready: (ready + usize::from(slot < self.provisioned)) as u8,
            spilled: self.provisioned > 0 && slot >= self.provisioned,
        });
        Some(Seat { record, slot })
    }

    /// The throttled request that one which comes at `start` is the next attempt at: what waits goes before what is new.
    fn due(&mut self, start: u32) -> u32 {
        let next = self.refused.pop_front_if(|(due, _)| *due <= start);
        next.map_or(NO_LINK, |(_, record)| record)
    }

    /// A request was throttled. Lambda tries an asynchronous one again after a second, then after two, up to five minutes:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
    fn refuse(&mut self, record: u32) {
        if self.profile.spec.source != EventSource::Async {
            return;
        }
        let attempts = self.block.refused_before(record as usize).count() as u32 + 1;
        let wait = (1_000_u32 << (attempts - 1).min(9)).min(300_000);
        let due = self.block.records[record as usize].start + wait;
        let place = self.refused.partition_point(|(other, _)| *other <= due);
        self.refused.insert(place, (due, record));
    }

    /// Sees that a slot has an environment; answers what the request waits for it.
    fn environment_for(&mut self, slot: usize, start: u32) -> u32 {
        let provisioned = slot < self.provisioned;
        if let Some(known) = self.slots.get(slot) {
            let idle = start * 100 - self.free_at[slot] > self.profile.idle_ms * 100;
            if !known.lost && (provisioned || !idle) {
                return 0;
            }
        }
        let environment = self.block.environments.len() as u32;
        if slot == self.slots.len() {
            self.slots.push(Slot::with(environment));
            self.free_at.push(0);
        } else {
            self.slots[slot] = Slot::with(environment);
        }
        let why = if provisioned { EnvironmentStart::Provisioned } else { EnvironmentStart::OnDemand };
        self.block.environments.push(Started { at: start.cast_signed(), why });
        if provisioned { 0 } else { behaviour::init(self.profile, self.block.draw(self.block.records.len())) }
    }

    /// Runs a request that was let in: fills its record, but for what a function that it calls adds.
    pub(super) fn run(&mut self, seat: Seat) -> &mut Record {
        let record = &mut self.block.records[seat.record];
        let at_ms = self.block.span.start_ms + i64::from(record.start);
        let episode = self.occurrence.and_then(|occurrence| occurrence.at(at_ms));
        let served = self.slots[seat.slot].served;
        let draw = self.block.draw.about(seat.record as u64);
        let run = behaviour::run(self.profile, draw, episode, served, record.init > 0);
        record.duration = run.duration;
        record.fault = run.fault;
        record.attempts = run.attempts;
        record.memory = run.memory;
        record
    }

    /// Serves a call of another function's request, from beginning to end; answers its record and its index.
    pub(super) fn serve(&mut self, start: u32, caller: u32) -> (Record, u32) {
        let index = self.block.records.len();
        if let Some(seat) = self.admit(start) {
            self.run(seat);
            self.leave(seat);
        }
        let record = &mut self.block.records[index];
        record.link = caller;
        (*record, index as u32)
    }

    /// Keeps an environment busy until [`Pool::leave`].
    pub(super) fn hold(&mut self, seat: Seat) {
        self.free_at[seat.slot] = UNKNOWN;
    }

    /// The record of a request.
    pub(super) fn record(&mut self, seat: Seat) -> &mut Record {
        &mut self.block.records[seat.record]
    }

    /// All chance about a request.
    pub(super) const fn draw(&self, seat: Seat) -> Draw {
        self.block.draw(seat.record)
    }

    /// The function's timeout in hundredths of a millisecond.
    pub(super) const fn timeout(&self) -> u32 {
        self.profile.spec.timeout_s * 100_000
    }

    /// Ends a request: its environment is free when its record says so, or lost.
    pub(super) fn leave(&mut self, seat: Seat) {
        let record = &mut self.block.records[seat.record];
        fit(record, self.block.span);
        let slot = &mut self.slots[seat.slot];
        slot.memory = slot.memory.max(record.memory);
        record.memory = slot.memory;
        slot.served += 1;
        self.free_at[seat.slot] = record.end();
        slot.lost = record.fault.ends_environment();
    }

    /// Everything that happened.
    pub(super) fn finish(mut self) -> Block {
        let span = self.block.span;
        self.block.carried = carried(&self.block.records, ((span.end_ms - span.start_ms) / 1_000) as usize);
        self.block
    }
}

/// How many requests were running at the beginning of each second.
fn carried(records: &[Record], seconds: usize) -> Vec<u8> {
    let mut carried = vec![0_u8; seconds];
    for record in records {
        let first = record.start as usize / 1_000 + 1;
        let end = (record.end().div_ceil(100_000) as usize).min(seconds);
        for second in carried.iter_mut().take(end).skip(first) {
            *second = second.saturating_add(1);
        }
    }
    carried
}

/// Makes a request end with its span: one that would run on past it is answered quickly instead.
fn fit(record: &mut Record, span: Span) {
    let end = ((span.end_ms - span.start_ms) * 100) as u32;
    if record.end() > end {
        let left = end - record.start * 100;
        record.init = record.init.min(left / 2);
        record.duration = left - record.init;
        record.fault = Fault::None;
    }
}

/// Keeps the draws of environments apart from those of requests.
const READY: u64 = 1 << 40;

/// Milliseconds that a call of a function adds to what the function itself takes.
pub(super) fn call_overhead_ms(draw: Draw) -> f64 {
    5.0 + 9.0 * draw.about(OVERHEAD).unit()
}

/// The same in hundredths.
pub(super) fn call_overhead(draw: Draw) -> u32 {
    hundredths(call_overhead_ms(draw))
}

const OVERHEAD: u64 = 0x30_01;
