//! One request of a block, with what is derived from its record alone: metrics and details read the same answers.

use super::curve;
use super::draw::Draw;
use super::fault::Fault;
use super::invocation::DurableStep;
use super::pool::{Block, Record};
use super::profile::Profile;
use super::spec::EventSource;
use super::story::Trouble;

/// A request, where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// Its function.
    pub profile: &'a Profile,
    /// Its record.
    pub record: Record,
    /// All chance about it.
    pub draw: Draw,
    /// When it began, ms since the epoch.
    pub at_ms: i64,
    /// How long before that its event was tried first, ms; 0 where it was not throttled before.
    pub tried_ms: i64,
}

impl<'a> Request<'a> {
    pub(super) fn of(profile: &'a Profile, block: &Block, index: usize) -> Self {
        let record = block.records[index];
        let at_ms = block.span.start_ms + i64::from(record.start);
        let first = if profile.spec.source == EventSource::Async {
            block.refused_before(index).last().unwrap_or(index)
        } else {
            index
        };
        let tried_ms = i64::from(record.start) - i64::from(block.records[first].start);
        Self { profile, record, draw: block.draw(index), at_ms, tried_ms }
    }

    /// Whether it reached an environment.
    pub(super) fn ran(&self) -> bool {
        self.record.fault != Fault::Throttled
    }

    /// How much of the restore that it waited for is billed, ms: what the runtime took to load, the smaller part.
    pub(super) fn billed_restore_ms(&self) -> Option<u64> {
        let restored = self.profile.spec.snap_start && self.record.init > 0;
        restored.then(|| {
            let share = 0.2 + 0.15 * self.draw.about(RESTORE).unit();
            (f64::from(self.record.init) / 100.0 * share) as u64
        })
    }

    /// How long its event waited for asynchronous invocation, ms.
    pub(super) fn event_age_ms(&self) -> Option<f64> {
        let waits = self.profile.spec.source == EventSource::Async && self.ran();
        waits.then(|| self.tried_ms as f64 + cents(curve::exp(3.6 + 0.5 * self.draw.about(AGE).normal())))
    }

    /// Whether its event was dropped for good, and the dead-letter queue did not take it either.
    pub(super) fn dead_letter_failed(&self) -> bool {
        self.profile.trouble == Some(Trouble::MailRefused)
            && self.record.fault.is_error()
            && Trouble::MailRefused.at(self.at_ms).is_some()
            && self.draw.about(DEAD_LETTER).chance(0.2)
    }

    /// Age of the newest record of its batch, ms: about a second, unless the function has fallen behind its stream.
    pub(super) fn iterator_age_ms(&self) -> Option<f64> {
        if self.profile.spec.source != EventSource::Stream || !self.ran() {
            return None;
        }
        let usual = 900.0 + 400.0 * self.draw.about(AGE).unit();
        let trouble = self.profile.trouble.filter(|trouble| *trouble == Trouble::StreamBehind);
        let behind = trouble.and_then(|trouble| trouble.at(self.at_ms)).map_or(0.0, |episode| {
            // Twelve seconds a minute, until somebody adds a shard; then it drains.
            let turn = episode.minutes * 0.72;
            let (up, down) = (
                episode.minutes_in,
                (episode.minutes - episode.minutes_in) * turn / (episode.minutes - turn),
            );
            12_000.0 * up.min(down).max(0.0)
        });
        Some(cents(usual + behind * (0.995 + 0.01 * self.draw.about(AGE + 1).unit())))
    }

    /// Records between the newest and the last one read from a topic.
    pub(super) fn offset_lag(&self) -> Option<u32> {
        let kafka = self.profile.spec.source == EventSource::Kafka && self.ran();
        kafka.then(|| {
            let unit = self.draw.about(AGE).unit();
            (unit * unit * unit * 900.0) as u32
        })
    }

    /// How long an extension ran on after the answer, ms.
    pub(super) fn extension_ms(&self) -> Option<f64> {
        let runs = self.profile.spec.has_extension() && self.ran();
        runs.then(|| cents(curve::exp(1.9 + 0.6 * self.draw.about(EXTENSION).normal())))
    }

    /// The HTTP status that a client saw, for functions behind an API or URL.
    pub(super) fn http_status(&self) -> Option<u16> {
        if !matches!(self.profile.spec.source, EventSource::Api | EventSource::Url) {
            return None;
        }
        let refused = self.draw.about(STATUS);
        Some(match self.record.fault {
            Fault::Throttled => 429,
            Fault::Timeout => 504,
            Fault::None if refused.chance(0.018) => [400, 401, 404][refused.about(1).below(3) as usize],
            Fault::None => 200,
            _ => 502,
        })
    }

    /// Time from request to answer at the function's URL, ms.
    pub(super) fn url_latency_ms(&self) -> f64 {
        let own = f64::from(self.record.init + self.record.duration) / 100.0;
        cents(own + 3.0 + 6.0 * self.draw.about(STATUS + 1).unit())
    }

    /// What it did for its durable execution: one begins, goes on once, and ends, on average.
    pub(super) fn durable(&self) -> Option<DurableStep> {
        if self.profile.spec.source != EventSource::Durable || !self.ran() {
            return None;
        }
        let draw = self.draw.about(DURABLE);
        Some(match draw.below(3) {
            0 => DurableStep::Started,
            1 => DurableStep::Resumed,
            _ => DurableStep::Ended {
                succeeded: !self.record.fault.is_error() && !draw.about(1).chance(0.03),
                after_ms: cents(curve::exp(13.2 + 0.7 * draw.about(2).normal())),
            },
        })
    }

    /// Operations that it added to its durable execution, and the bytes it stored for it.
    pub(super) const fn durable_writes(&self) -> (u32, u32) {
        let draw = self.draw.about(DURABLE).about(3);
        (1 + draw.below(4) as u32, 420 + draw.about(1).below(3_800) as u32)
    }
}

/// Rounded to hundredths, the precision that samples are kept in.
fn cents(value: f64) -> f64 {
    (value * 100.0 + 0.5).floor() / 100.0
}

/// Keep these draws apart from the request's others.
const AGE: u64 = 0x50_01;
const DEAD_LETTER: u64 = 0x50_03;
const EXTENSION: u64 = 0x50_04;
const STATUS: u64 = 0x50_05;
const RESTORE: u64 = 0x50_06;
const DURABLE: u64 = 0x50_07;
