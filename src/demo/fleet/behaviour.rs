//! How one request runs, once it has an environment: how long, with how much memory, and how it ends.

use super::curve;
use super::draw::Draw;
use super::fault::Fault;
use super::profile::Profile;
use super::story::{Episode, Trouble};

/// How a request ran.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// Duration in hundredths of a millisecond.
    pub duration: u32,
    /// How it ended.
    pub fault: Fault,
    /// Attempts that the call in trouble needed: 1 on a good day.
    pub attempts: u8,
    /// Memory that it needed, MB.
    pub memory: u16,
}

/// A call that is retried when it is throttled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// Which of the function's steps.
    pub step: usize,
    /// Attempts before it gives up.
    pub most: u8,
    /// Wait before the second attempt, ms; it doubles each time.
    pub backoff_ms: f64,
    /// How it ends when all were throttled.
    pub fault: Fault,
}

/// The call that is throttled in a trouble, if that is what the trouble is.
pub(super) const fn retry(trouble: Option<Trouble>) -> Option<Retry> {
    match trouble {
        Some(Trouble::LedgerThrottled) => {
            Some(Retry { step: 2, most: 4, backoff_ms: 400.0, fault: Fault::LedgerThrottled })
        }
        Some(Trouble::StockTableThrottled) => {
            Some(Retry { step: 0, most: 3, backoff_ms: 60.0, fault: Fault::StockThrottled })
        }
        _ => None,
    }
}

/// Wait before an attempt (from 1), and the time that a throttled attempt takes, both in ms.
pub(super) fn attempt_ms(retry: Retry, draw: Draw, attempt: u8) -> (f64, f64) {
    let wire = 18.0 + 7.0 * draw.about(WIRE).about(u64::from(attempt)).unit();
    if attempt == 1 {
        return (0.0, wire);
    }
    let slow = curve::exp(0.24 * draw.about(BACKOFF).normal());
    let jitter = 0.96 + 0.06 * draw.about(BACKOFF).about(u64::from(attempt)).unit();
    (retry.backoff_ms * f64::from(1_u32 << (attempt - 2)) * slow * jitter, wire)
}

/// The time of a request's initialisation, in hundredths of a millisecond.
pub(super) fn init(profile: &Profile, draw: Draw) -> u32 {
    hundredths(curve::exp(profile.init + 0.14 * draw.about(INIT).normal()))
}

/// Runs a request, in this episode of its function's trouble, in an environment that has served `served` before.
#[inline]
pub(super) fn run(profile: &Profile, draw: Draw, episode: Option<Episode>, served: u32, cold: bool) -> Run {
    let load = &profile.spec.load;
    let (median, deviation) = profile.duration;
    let mut healthy = curve::exp(median + deviation * draw.about(DURATION).normal());
    // One draw for two things that nobody compares.
    let other = draw.about(OTHER);
    let memory =
        f64::from(load.memory_mb) * (1.0 + 0.04 * other.normal() + 0.0002 * f64::from(served.min(200)));
    let mut run = Run {
        duration: 0,
        fault: if other.chance(load.errors) { profile.ordinary } else { Fault::None },
        attempts: 1,
        memory: memory as u16,
    };
    if let Some(trouble) = profile.trouble {
        // Everything but the leak, which is always there, happens only in its own times.
        let minutes_in = episode.map(|episode| episode.minutes_in);
        if minutes_in.is_some() || trouble == Trouble::MemoryLeak {
            healthy = suffer(profile, trouble, draw, minutes_in.unwrap_or(0.0), served, healthy, &mut run);
        }
    }
    if cold && profile.spec.name == "label-translate" && draw.about(INIT + 1).chance(0.3) {
        run.fault = Fault::InitError;
        healthy = 3.0;
    }
    finish(profile, &mut run, healthy);
    run
}

/// What a trouble makes of a request; answers its duration in ms.
fn suffer(
    profile: &Profile,
    trouble: Trouble,
    draw: Draw,
    minutes_in: f64,
    served: u32,
    healthy: f64,
    run: &mut Run,
) -> f64 {
    // A trouble takes a few minutes to come to its height.
    let height = (minutes_in / 3.0).min(1.0);
    match trouble {
        Trouble::LedgerThrottled if minutes_in >= 0.5 => {
            if draw.about(HANG).chance(0.007 * height) {
                run.fault = Fault::Timeout;
            }
            throttled(profile, trouble, draw, 0.645 * height, healthy, run)
        }
        Trouble::StockTableThrottled => throttled(profile, trouble, draw, 0.46 * height, healthy, run),
        Trouble::MemoryLeak => {
            // The leak, and now and then a picture so large that only an environment with room to spare survives it.
            let large = if draw.about(LARGE).chance(0.02) { 260.0 } else { 0.0 };
            let memory = f64::from(run.memory) + 1.35 * f64::from(served) + large;
            run.memory = memory.min(f64::from(u16::MAX)) as u16;
            healthy
        }
        Trouble::BadPayloads => {
            if draw.about(ERROR).chance(0.26 * height) {
                run.fault = Fault::BadPayload;
            }
            healthy
        }
        Trouble::MailRefused => {
            if draw.about(ERROR).chance(0.34 * height) {
                run.fault = Fault::MailRefused;
            }
            healthy * (1.0 + 0.8 * height)
        }
        Trouble::PartnerSlow => {
            if draw.about(HANG).chance(0.11 * height) {
                run.fault = Fault::Timeout;
            }
            healthy * (1.0 + 1.2 * height)
        }
        Trouble::Spillover => healthy * (1.0 + 0.9 * height),
        Trouble::LedgerThrottled
        | Trouble::CheckoutSurge
        | Trouble::ThrottleStorm
        | Trouble::StreamBehind => healthy,
    }
}

/// A request whose call is throttled with this chance at each attempt; answers its duration in ms.
fn throttled(
    profile: &Profile,
    trouble: Trouble,
    draw: Draw,
    chance: f64,
    healthy: f64,
    run: &mut Run,
) -> f64 {
    let Some(retry) = retry(Some(trouble)) else { return healthy };
    let mut time = healthy;
    loop {
        if !draw.about(THROTTLED).about(u64::from(run.attempts)).chance(chance) {
            return time;
        }
        time += attempt_ms(retry, draw, run.attempts).1;
        if run.attempts == retry.most {
            run.fault = retry.fault;
            // The attempt that would have worked never came.
            return time - healthy * step_share(profile, retry.step);
        }
        run.attempts += 1;
        time += attempt_ms(retry, draw, run.attempts).0;
    }
}

/// The share of a healthy duration that a step takes.
pub(super) fn step_share(profile: &Profile, step: usize) -> f64 {
    profile.spec.steps.get(step).map_or(0.0, |step| f64::from(step.share) / 100.0)
}

/// Sets the duration, cut off at the timeout, and kills what used too much memory.
fn finish(profile: &Profile, run: &mut Run, healthy_ms: f64) {
    let timeout = profile.spec.timeout_s * 100_000;
    run.duration = hundredths(healthy_ms).max(1);
    let size = u16::try_from(profile.spec.memory_mb).unwrap_or(u16::MAX);
    if run.memory > size {
        run.fault = Fault::OutOfMemory;
        run.memory = size;
    }
    if run.fault == Fault::Timeout || run.duration >= timeout {
        run.fault = Fault::Timeout;
        run.duration = timeout;
    }
}

/// Milliseconds (not negative) in hundredths, as Lambda reports them.
pub(super) fn hundredths(ms: f64) -> u32 {
    (ms * 100.0 + 0.5) as u32
}

/// Keep the draws of a request apart.
const DURATION: u64 = 0x20_01;
const OTHER: u64 = 0x20_02;
const ERROR: u64 = 0x20_03;
const INIT: u64 = 0x20_06;
const HANG: u64 = 0x20_08;
const LARGE: u64 = 0x20_09;
const THROTTLED: u64 = 0x20_0A;
const BACKOFF: u64 = 0x20_0B;
const WIRE: u64 = 0x20_0C;
