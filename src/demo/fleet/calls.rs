//! What a request called, and when.

use super::behaviour::{self, Retry};
use super::draw::Draw;
use super::fault::Fault;
use super::invocation::{Call, Service};
use super::pool::call_overhead_ms;
use super::request::Request;
use super::spec::Step;

/// The request of another function that a request made.
pub(super) struct Linked {
    /// When it began, ms after the caller's code did.
    pub offset_ms: f64,
    /// How long the other function took, initialisation included, ms.
    pub took_ms: f64,
    /// Whether it was throttled.
    pub throttled: bool,
    /// Its id.
    pub request_id: String,
}

/// The calls of a request, in order of time.
///
/// The healthy part of its duration (without retries, without waiting for another function) is shared out between
/// its steps and its own code; retries are the very ones that made the duration.
pub(super) fn calls(request: &Request, linked: Option<Linked>) -> Vec<Call> {
    let mut line = Line { request, calls: Vec::new(), at_ms: 0.0 };
    let fault = request.record.fault;
    if matches!(fault, Fault::Throttled | Fault::InitError) {
        return line.calls;
    }
    let steps = request.profile.spec.steps;
    let retry = behaviour::retry(request.profile.trouble);
    let healthy = healthy_ms(request, retry, linked.as_ref());
    let own_share = 1.0 - steps.iter().map(|step| f64::from(step.share)).sum::<f64>() / 100.0;
    let gap = healthy * own_share / (steps.len() + 1) as f64;
    let ends_at = last_step(fault, steps, retry);
    let mut linked = linked;
    for (index, step) in steps.iter().enumerate() {
        let draw = request.draw.about(STEP).about(index as u64);
        if step.service == Service::Lambda {
            if let Some(linked) = linked.take() {
                line.invoke(step, linked);
            }
            if Some(index) == ends_at {
                break;
            }
            continue;
        }
        line.at_ms += gap * (0.4 + 0.6 * draw.unit());
        if fault == Fault::Timeout && Some(index) == ends_at {
            line.hang(step);
            break;
        }
        let time =
            behaviour::step_share(request.profile, index) * healthy * (0.8 + 0.2 * draw.about(1).unit());
        match retry.filter(|retry| retry.step == index) {
            Some(retry) => line.attempts(step, retry, time),
            None => line.call(step, time, status(fault, Some(index) == ends_at)),
        }
        if Some(index) == ends_at {
            break;
        }
    }
    line.calls
}

/// What the duration would have been without retries and without the other function.
fn healthy_ms(request: &Request, retry: Option<Retry>, linked: Option<&Linked>) -> f64 {
    let record = request.record;
    let total = f64::from(record.duration) / 100.0;
    if record.fault == Fault::Timeout {
        return total.min(request.profile.spec.load.p50_ms);
    }
    let mut own = total - linked.map_or(0.0, |linked| linked.took_ms + call_overhead_ms(request.draw));
    if let Some(retry) = retry {
        let throttled = throttled_attempts(request, retry);
        for attempt in 1..=record.attempts {
            let (backoff, wire) = behaviour::attempt_ms(retry, request.draw, attempt);
            own -= backoff + if attempt <= throttled { wire } else { 0.0 };
        }
        if record.fault == retry.fault {
            own /= 1.0 - behaviour::step_share(request.profile, retry.step);
        }
    }
    own.max(0.0)
}

/// How many of the attempts of the retried call were throttled.
fn throttled_attempts(request: &Request, retry: Retry) -> u8 {
    if request.record.fault == retry.fault { request.record.attempts } else { request.record.attempts - 1 }
}

/// The step after which a request that failed makes no more calls.
fn last_step(fault: Fault, steps: &[Step], retry: Option<Retry>) -> Option<usize> {
    let of = |service: Service| steps.iter().position(|step| step.service == service);
    match fault {
        Fault::None | Fault::Throttled | Fault::InitError => None,
        Fault::LedgerThrottled | Fault::StockThrottled => retry.map(|retry| retry.step),
        Fault::CardDeclined | Fault::Partner => of(Service::Http),
        Fault::MailRefused => of(Service::Ses),
        Fault::PaymentFailed | Fault::PaymentCrash => of(Service::Lambda),
        // The longest call is the likeliest to hang.
        Fault::Timeout => retry
            .map(|retry| retry.step)
            .or_else(|| (0..steps.len()).max_by_key(|index| (steps[*index].share, usize::MAX - index))),
        Fault::BadPayload | Fault::BadPicture | Fault::CodeError => Some(0),
        Fault::OutOfMemory | Fault::RuntimeExit => steps.len().checked_sub(2),
    }
}

/// HTTP status of a call: bad only in the step that made the request fail.
const fn status(fault: Fault, last: bool) -> u16 {
    match fault {
        Fault::CardDeclined if last => 402,
        Fault::Partner if last => 503,
        Fault::MailRefused if last => 400,
        _ => 200,
    }
}

/// A request's time, while its calls are laid out on it.
struct Line<'a> {
    request: &'a Request<'a>,
    calls: Vec<Call>,
    at_ms: f64,
}

impl Line<'_> {
    fn push(&mut self, step: &Step, duration_ms: f64, status: Option<u16>) -> &mut Call {
        self.calls.push(Call {
            service: step.service,
            name: step.name,
            operation: step.operation,
            offset_ms: self.at_ms,
            duration_ms,
            status,
            attempt: 1,
            throttled: false,
            backoff_ms: 0.0,
            request_id: None,
        });
        self.at_ms += duration_ms;
        let last = self.calls.len() - 1;
        &mut self.calls[last]
    }

    /// A call that was answered.
    fn call(&mut self, step: &Step, time_ms: f64, status: u16) {
        self.push(step, time_ms, Some(status));
    }

    /// A call that was still unanswered at the timeout.
    fn hang(&mut self, step: &Step) {
        let left = f64::from(self.request.record.duration) / 100.0 - self.at_ms;
        self.push(step, left.max(0.0), None);
    }

    /// A call of another function.
    fn invoke(&mut self, step: &Step, linked: Linked) {
        self.at_ms = linked.offset_ms;
        let time = linked.took_ms + call_overhead_ms(self.request.draw);
        let left = f64::from(self.request.record.duration) / 100.0 - self.at_ms;
        let call = self.push(step, time.min(left), Some(if linked.throttled { 429 } else { 200 }));
        call.throttled = linked.throttled;
        call.request_id = Some(linked.request_id);
    }

    /// A call with the attempts that it needed: all but the last throttled, or all of them.
    fn attempts(&mut self, step: &Step, retry: Retry, time_ms: f64) {
        let draw: Draw = self.request.draw;
        let throttled = throttled_attempts(self.request, retry);
        for attempt in 1..=self.request.record.attempts {
            let (backoff_ms, wire_ms) = behaviour::attempt_ms(retry, draw, attempt);
            self.at_ms += backoff_ms;
            let refused = attempt <= throttled;
            let call = self.push(
                step,
                if refused { wire_ms } else { time_ms },
                Some(if refused { 400 } else { 200 }),
            );
            call.attempt = attempt;
            call.throttled = refused;
            call.backoff_ms = backoff_ms;
        }
    }
}

/// Keeps the draws of steps apart from the request's others.
const STEP: u64 = 0x70_01;
