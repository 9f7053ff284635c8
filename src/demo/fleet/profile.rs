//! A function of the fleet with everything that the simulation derives from its specification once.

use super::MINUTE_MS;
use super::curve;
use super::deploy::Deploys;
use super::draw::Draw;
use super::fault::Fault;
use super::minute;
use super::spec::{EventSource, FunctionSpec};
use super::story::{ANCHOR_MS, Trouble};

/// A function, ready to be simulated.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Its index in the fleet.
    pub function: usize,
    /// What is fixed about it.
    pub spec: FunctionSpec,
    /// All chance about it.
    pub draw: Draw,
    /// What befalls it.
    pub trouble: Option<Trouble>,
    /// What goes wrong on an ordinary day.
    pub ordinary: Fault,
    /// Whether it has metrics that not every function has.
    pub further: bool,
    /// Its deploys.
    pub deploys: Deploys,
    /// Logarithm of the median duration in ms, and the deviation of the logarithm.
    pub duration: (f64, f64),
    /// Logarithm of the median initialisation in ms.
    pub init: f64,
    /// An environment that nobody used for so long is gone, ms.
    pub idle_ms: u32,
    /// Environments live at most so long, ms: then the whole pool is replaced.
    pub lifetime_ms: i64,
    /// A time at which the pool is replaced, ms.
    pub replaced_at_ms: i64,
    /// No request begins in this time before the pool is replaced, ms.
    pub guard_ms: u32,
}

/// The 99th percentile of [`Draw::normal`].
const NORMAL_P99: f64 = 2.28;

impl Profile {
    pub(super) fn new(function: usize, spec: &FunctionSpec, seed: u64) -> Self {
        let draw = Draw::new(seed).about_name(spec.name);
        let trouble = Trouble::ALL.into_iter().find(|trouble| trouble.function() == spec.name);
        let load = spec.load;
        let (lifetime_minutes, replaced_at_ms) = match (trouble, spec.source) {
            // The leak of a pool is at its worst when the other troubles of the anchor are under way.
            (Some(Trouble::MemoryLeak), _) => (125, ANCHOR_MS - 85 * MINUTE_MS),
            // On the full hours, away from the nightly runs.
            (_, EventSource::Schedule) => (240, 0),
            _ => {
                let minutes = if load.per_minute > 100.0 { 60 } else { 180 };
                (minutes, draw.about(LIFETIME).below(minutes as u64 * 60).cast_signed() * 1_000)
            }
        };
        Self {
            function,
            spec: *spec,
            draw,
            trouble,
            ordinary: Fault::ordinary(spec),
            further: minute::has_further(spec),
            deploys: Deploys::of(trouble, draw),
            duration: (curve::ln(load.p50_ms), curve::ln(load.p99_ms / load.p50_ms) / NORMAL_P99),
            init: curve::ln(load.init_ms),
            // A surge is felt only if the environments of the last one are gone.
            idle_ms: if trouble == Some(Trouble::CheckoutSurge) {
                40_000
            } else {
                360_000 + draw.about(IDLE).below(300_000) as u32
            },
            lifetime_ms: lifetime_minutes * MINUTE_MS,
            replaced_at_ms,
            guard_ms: (load.p50_ms * 2.0).clamp(250.0, 5_000.0) as u32,
        }
    }
}

/// Keep these draws apart from the function's others.
const LIFETIME: u64 = 0x1F_01;
const IDLE: u64 = 0x1F_02;

/// A span in which a pool of environments lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Span {
    /// Its beginning, ms since the epoch, on a whole second.
    pub start_ms: i64,
    /// Its end, exclusive.
    pub end_ms: i64,
}

impl Span {
    /// The span around a time for functions that are simulated together: between two replacements of the first
    /// one's pool, or between deploys of any of them.
    pub(super) fn around(time_ms: i64, group: &[&Profile]) -> Self {
        let Some(first) = group.first() else {
            return Self { start_ms: time_ms, end_ms: time_ms + MINUTE_MS };
        };
        let number = (time_ms - first.replaced_at_ms).div_euclid(first.lifetime_ms);
        let mut span = Self {
            start_ms: first.replaced_at_ms + number * first.lifetime_ms,
            end_ms: first.replaced_at_ms + (number + 1) * first.lifetime_ms,
        };
        for profile in group {
            // Deploys within the regular span, from its end backwards.
            let mut before = span.end_ms - 1;
            loop {
                let (_, at_ms) = profile.deploys.at(profile.draw, before);
                if at_ms <= span.start_ms {
                    break;
                }
                if at_ms <= time_ms {
                    span.start_ms = at_ms;
                    break;
                }
                span.end_ms = at_ms;
                before = at_ms - 1;
            }
        }
        span
    }
}
