//! Runs a span: the requests of a function, or of one that calls another together with that one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::MINUTE_MS;
use super::fault::Fault;
use super::load;
use super::pool::{Block, Pool, Record, Seat, call_overhead};
use super::profile::{Profile, Span};

/// Share of the caller's requests that call the other function.
const CALLING: f64 = 0.45;

/// Share of the caller's own time that passes before it calls.
pub(super) const BEFORE_CALL: f64 = 0.35;

/// Share of failed calls that the caller cannot do without.
const NEEDED: f64 = 0.38;

/// Simulates the span of a function, and of the one that it calls.
pub(super) fn simulate(profile: &Profile, callee: Option<&Profile>, span: Span) -> Vec<Block> {
    let mut pool = Pool::new(profile, span);
    let mut calls = callee.map(|callee| Calls::new(callee, span));
    let mut arrivals = Vec::new();
    for minute in span.start_ms.div_euclid(MINUTE_MS)..=(span.end_ms - 1).div_euclid(MINUTE_MS) {
        pool.minute(minute * MINUTE_MS);
        if let Some(calls) = &mut calls {
            calls.pool.minute(minute * MINUTE_MS);
        }
        load::arrivals(profile, minute, &mut arrivals);
        for &within in &arrivals {
            let at_ms = minute * MINUTE_MS + i64::from(within);
            if at_ms < span.start_ms || at_ms >= span.end_ms - i64::from(profile.guard_ms) {
                continue;
            }
            let start = (at_ms - span.start_ms) as u32;
            if let Some(calls) = &mut calls {
                calls.settle(&mut pool, start);
            }
            let Some(seat) = pool.admit(start) else { continue };
            pool.run(seat);
            if !calls.as_mut().is_some_and(|calls| calls.begin(&mut pool, seat)) {
                pool.leave(seat);
            }
        }
    }
    let Some(mut calls) = calls else { return vec![pool.finish()] };
    calls.settle(&mut pool, u32::MAX);
    vec![pool.finish(), calls.pool.finish()]
}

/// The calls from one function to another that have not begun yet, and the pool that will serve them.
struct Calls<'a> {
    pool: Pool<'a>,
    /// When each begins (ms since the span began), its request's record, as an index into `callers`.
    pending: BinaryHeap<Reverse<(u32, usize)>>,
    callers: Vec<Seat>,
    end: u32,
}

impl<'a> Calls<'a> {
    fn new(callee: &'a Profile, span: Span) -> Self {
        Self {
            pool: Pool::new(callee, span),
            pending: BinaryHeap::new(),
            callers: Vec::new(),
            end: (span.end_ms - span.start_ms) as u32,
        }
    }

    /// Whether a request calls: it then holds its environment until the call is settled.
    fn begin(&mut self, pool: &mut Pool, seat: Seat) -> bool {
        let calling = pool.draw(seat).about(CALLS).chance(CALLING);
        let record = pool.record(seat);
        let before = (f64::from(record.duration) * BEFORE_CALL) as u32;
        let at = (record.start * 100 + record.init + before).div_ceil(100);
        // Nobody calls in the last moments of a span, or from a request that has already failed.
        let begins = calling && record.fault == Fault::None && at + 250 < self.end;
        if begins {
            pool.hold(seat);
            self.pending.push(Reverse((at, self.callers.len())));
            self.callers.push(seat);
        }
        begins
    }

    /// Makes the calls that begin up to `until`, in order: the callee runs, then its caller goes on and ends.
    fn settle(&mut self, pool: &mut Pool, until: u32) {
        while let Some(&Reverse((at, caller))) = self.pending.peek() {
            if at > until {
                break;
            }
            self.pending.pop();
            let seat = self.callers[caller];
            let (called, index) = self.pool.serve(at, seat.record as u32);
            go_on(pool, seat, at, called, index);
        }
    }
}

/// A request whose call at `at` is done: what it answers, and when.
fn go_on(pool: &mut Pool, seat: Seat, at: u32, called: Record, index: u32) {
    let (draw, timeout) = (pool.draw(seat), pool.timeout());
    let record = pool.record(seat);
    let before = (f64::from(record.duration) * BEFORE_CALL) as u32;
    let waited = at * 100 - record.start * 100 - record.init;
    record.duration = waited + called.init + called.duration + call_overhead(draw) + record.duration - before;
    record.link = index;
    if called.fault != Fault::None && draw.about(NEED).chance(NEEDED) {
        record.fault =
            if draw.about(CRASH).chance(0.25) { Fault::PaymentCrash } else { Fault::PaymentFailed };
    }
    if record.duration >= timeout {
        record.duration = timeout;
        record.fault = Fault::Timeout;
    }
    pool.leave(seat);
}

/// Keep the draws of a call apart from the request's others.
const CALLS: u64 = 0x40_01;
const NEED: u64 = 0x40_02;
const CRASH: u64 = 0x40_03;
