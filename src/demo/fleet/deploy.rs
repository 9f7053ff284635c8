//! When each function was deployed: versions, and the code behind them, as a function of time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::MINUTE_MS;
use super::draw::Draw;
use super::story::{ANCHOR_MS, LEDGER_MINUTES, TURN_MINUTES, Trouble};

/// A deploy of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deploy {
    /// The number it was published as; numbers of the distant past do not go below 1.
    pub version: u32,
    /// When, ms since the epoch, on a whole second: the function's `LastModified` from then on.
    pub at_ms: i64,
    /// SHA-256 of its code, in base64.
    pub code_sha256: String,
    /// Size of its code, bytes.
    pub code_size: u64,
}

/// The deploys of one function, from the beginning of time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deploys {
    /// In the daytime, once in so many days.
    EveryDays {
        /// How many days, at least 2.
        days: i64,
        /// The version in force at the anchor of the story.
        version: i64,
    },
    /// As the rota of troubles wants it: a bad one, and its rollback.
    BadAndBack,
}

const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The version that goes bad in the turn of the anchor.
const BAD_VERSION: i64 = 88;

impl Deploys {
    /// The deploys of a function whose chance is `draw`.
    pub(super) fn of(trouble: Option<Trouble>, draw: Draw) -> Self {
        if trouble == Some(Trouble::LedgerThrottled) {
            return Self::BadAndBack;
        }
        let days = 3 + draw.about(DAYS).below(18).cast_signed();
        Self::EveryDays { days, version: 6 + draw.about(NUMBER).below(210).cast_signed() }
    }

    /// Number and time of the deploy in force at a time: the number counts up, from anywhere.
    pub(super) fn at(self, draw: Draw, time_ms: i64) -> (i64, i64) {
        match self {
            Self::BadAndBack => {
                let turn_ms = TURN_MINUTES * MINUTE_MS;
                let turn = (time_ms - ANCHOR_MS).div_euclid(turn_ms);
                let bad = ANCHOR_MS + turn * turn_ms;
                let back = bad + LEDGER_MINUTES * MINUTE_MS;
                if time_ms < back { (2 * turn, bad) } else { (2 * turn + 1, back) }
            }
            Self::EveryDays { days, .. } => {
                let period = days * DAY_MS;
                let offset = draw.about(DAYS + 1).below(days as u64).cast_signed() * DAY_MS;
                // Between 08:00 and 16:00, when people deploy, and on a whole second.
                let time_of = |n: i64| {
                    n * period + offset + (28_800 + draw.about(n as u64).below(28_800).cast_signed()) * 1_000
                };
                let number = (time_ms - offset).div_euclid(period);
                let number = if time_of(number) > time_ms { number - 1 } else { number };
                (number, time_of(number))
            }
        }
    }

    /// The version of a deploy, by its number.
    pub(super) fn version(self, draw: Draw, number: i64) -> u32 {
        let version = match self {
            Self::BadAndBack => BAD_VERSION + number,
            Self::EveryDays { version, .. } => version + number - self.at(draw, ANCHOR_MS).0,
        };
        u32::try_from(version.max(1)).unwrap_or(u32::MAX)
    }

    /// The deploy in force at a time.
    pub(super) fn deploy(self, draw: Draw, time_ms: i64) -> Deploy {
        let (number, at_ms) = self.at(draw, time_ms);
        let code = draw.about(CODE).about(number as u64);
        let hash: Vec<u8> = (0..4).flat_map(|word| code.about(word).bits().to_be_bytes()).collect();
        Deploy {
            version: self.version(draw, number),
            at_ms,
            code_sha256: STANDARD.encode(hash),
            code_size: 180_000 + draw.about(CODE).below(9_000_000) + code.below(4_000),
        }
    }
}

/// Keep the draws of a function's deploys apart from each other and from its other draws.
const DAYS: u64 = 0xDE_01_00;
const NUMBER: u64 = 0xDE_02_00;
const CODE: u64 = 0xDE_03_00;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bad_version_of_the_story_is_in_force_from_14_02_11_to_its_rollback() {
        let deploys = Deploys::of(Some(Trouble::LedgerThrottled), Draw::new(7));
        let at = |minutes: i64| deploys.deploy(Draw::new(7), ANCHOR_MS + minutes * MINUTE_MS);
        assert_eq!((at(0).version, at(0).at_ms), (88, ANCHOR_MS));
        assert_eq!(at(-1).version, 87);
        assert_eq!(at(29), at(0));
        assert_eq!(at(52).version, 89);
        assert_ne!(at(52).code_sha256, at(0).code_sha256);
    }

    #[test]
    fn the_deploy_in_force_is_never_of_the_future_and_versions_only_count_up() {
        let draw = Draw::new(11);
        let deploys = Deploys::of(None, draw);
        let mut last = deploys.deploy(draw, ANCHOR_MS - 60 * DAY_MS);
        for hour in 0..60 * 24 {
            let time = ANCHOR_MS - 60 * DAY_MS + hour * 3_600_000;
            let deploy = deploys.deploy(draw, time);
            assert!(deploy.at_ms <= time && deploy.version >= last.version && deploy.at_ms >= last.at_ms);
            assert_eq!(deploys.deploy(draw, deploy.at_ms), deploy, "in force from its own time on");
            last = deploy;
        }
    }
}
