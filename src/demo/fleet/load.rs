//! When requests arrive.

use super::draw::Draw;
use super::profile::Profile;
use super::story::Trouble;
use super::{MINUTE_MS, curve};

/// No function is asked more often than this in a minute, whatever happens.
pub(super) const MOST_PER_MINUTE: usize = 1_500;

/// Requests a minute that a function can expect, bursts not counted: daily and weekly rhythm, some weather.
pub(super) fn rate(profile: &Profile, minute: i64) -> f64 {
    let load = &profile.spec.load;
    let busy = curve::busy(minute.rem_euclid(1_440));
    // The epoch was a Thursday: days 2 and 3 of its weeks are the weekend, when people shop.
    let week = match minute.div_euclid(1_440).rem_euclid(7) {
        2 => 1.0,
        3 => 1.04,
        1 => 0.94,
        _ => 0.9,
    };
    let slow = if profile.trouble == Some(Trouble::Spillover) && running(profile, minute).is_some() {
        1.7
    } else {
        1.0
    };
    load.per_minute * (1.0 - load.rhythm * (1.0 - busy)) * week * slow * weather(profile.draw, minute)
}

/// Slow ups and downs of about a tenth, without jumps: values at every twelfth minute, and lines between them.
fn weather(draw: Draw, minute: i64) -> f64 {
    let (knot, way) = (minute.div_euclid(12), minute.rem_euclid(12) as f64 / 12.0);
    let at = |knot: i64| draw.about(WEATHER).about(knot as u64).normal();
    1.0 + 0.05 * (at(knot) * (1.0 - way) + at(knot + 1) * way)
}

/// Minutes into the function's trouble at the beginning of a minute.
fn running(profile: &Profile, minute: i64) -> Option<f64> {
    Some(profile.trouble?.at(minute * MINUTE_MS)?.minutes_in)
}

/// Puts the requests that arrive in a minute into `into`, as ms within the minute, in order.
pub(super) fn arrivals(profile: &Profile, minute: i64, into: &mut Vec<u32>) {
    into.clear();
    if scheduled(profile, minute, into) {
        return;
    }
    let expected = rate(profile, minute);
    if expected <= 0.0 {
        return;
    }
    let mut chance = profile.draw.about(ARRIVALS).about(minute as u64);
    let count = poisson(expected, &mut chance).min(MOST_PER_MINUTE);
    // Sums of exponential gaps, stretched to the minute, are even draws that come in order.
    let mut at = 0.0;
    let mut gap = || -curve::ln(1.0 - chance.next().unit());
    let mut gaps = Vec::with_capacity(count);
    for _ in 0..count {
        at += gap();
        gaps.push(at);
    }
    let scale = MINUTE_MS as f64 / (at + gap());
    into.extend(gaps.iter().map(|at| (at * scale) as u32));
    if bursts(profile, minute, expected, into) {
        into.sort_unstable();
        into.truncate(MOST_PER_MINUTE);
    }
}

/// The arrivals of functions that run on a schedule. Whether this is one.
fn scheduled(profile: &Profile, minute: i64, into: &mut Vec<u32>) -> bool {
    let of_day = minute.rem_euclid(1_440);
    let due = match profile.spec.name {
        "report-nightly" => of_day == 2 * 60 + 15,
        "settlement-daily" => of_day == 5 * 60 + 50,
        "config-audit" => of_day % 20 == 7,
        "cache-warmer" => true,
        "voucher-migrate" => false,
        _ => return false,
    };
    if due {
        into.push(40 + profile.draw.about(ARRIVALS).about(minute as u64).below(600) as u32);
    }
    true
}

/// Adds what comes in bursts. Whether there was any.
fn bursts(profile: &Profile, minute: i64, expected: f64, into: &mut Vec<u32>) -> bool {
    // How many bursts, how long each (ms), how many requests in each.
    let (times, length, each) = match (profile.trouble, running(profile, minute)) {
        (Some(Trouble::ThrottleStorm), Some(_)) => (2, 1_200, 165),
        (Some(Trouble::CheckoutSurge), Some(_)) => (1, 5_000, (expected * 0.45) as u64),
        _ => return false,
    };
    let mut chance = profile.draw.about(BURSTS).about(minute as u64);
    for burst in 0..times {
        let room = 60_000 / times;
        let start = burst * room + chance.next().below(room - length);
        let count = each * 3 / 4 + chance.next().below(each / 2 + 1);
        into.extend((0..count).map(|_| (start + chance.next().below(length)) as u32));
    }
    true
}

/// A count with this mean, as counts of independent happenings are.
fn poisson(mean: f64, chance: &mut Draw) -> usize {
    if mean > 40.0 {
        return (mean + mean.sqrt() * chance.next().normal()).round().max(0.0) as usize;
    }
    let floor = curve::exp(-mean);
    let mut product = chance.next().unit();
    let mut count = 0;
    while product > floor {
        product *= chance.next().unit();
        count += 1;
    }
    count
}

/// Keep these draws apart from the function's others.
const ARRIVALS: u64 = 0x10_01;
const BURSTS: u64 = 0x10_02;
const WEATHER: u64 = 0x10_03;
