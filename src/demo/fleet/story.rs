//! What goes wrong in the shop, and when: a rota of troubles that comes round every 250 minutes.
//!
//! The rota is laid out so that whenever somebody looks, several functions are in trouble of different kinds and the
//! last hour shows how at least one of the troubles began. 250 minutes do not divide the day, so that each trouble
//! comes at another hour each time. [`ANCHOR_MS`] puts one of its turns where the pictures of the program are taken.

use super::MINUTE_MS;

/// One way for the shop to go wrong; each belongs to one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// `payment-capture`: a deploy that writes too often to a table, which throttles it, until it is rolled back.
    LedgerThrottled,
    /// `checkout-api`: customers come in waves, each of which starts new environments, while payments fail.
    CheckoutSurge,
    /// `order-events`: bursts fill its reserved concurrency.
    ThrottleStorm,
    /// `image-resize`: each environment uses more memory with each request, until it is killed.
    MemoryLeak,
    /// `stock-sync`: falls behind its stream.
    StreamBehind,
    /// `webhook-ingest`: a provider sends what the code does not understand.
    BadPayloads,
    /// `inventory-reserve`: its table throttles.
    StockTableThrottled,
    /// `email-sender`: the mail service refuses, events are dropped, and so is part of the dead letters.
    MailRefused,
    /// `supplier-feed`: suppliers answer slowly, some not before the timeout.
    PartnerSlow,
    /// `recommendations`: more requests than its provisioned concurrency can serve.
    Spillover,
}

/// 2026-03-01T14:02:11Z, in ms since the epoch: the beginning of one turn of the rota, with a bad deploy.
pub(super) const ANCHOR_MS: i64 = 1_772_373_731_000;

/// Length of a turn, minutes.
pub(super) const TURN_MINUTES: i64 = 250;

impl Trouble {
    /// Every trouble.
    pub const ALL: [Self; 10] = [
        Self::LedgerThrottled,
        Self::CheckoutSurge,
        Self::ThrottleStorm,
        Self::MemoryLeak,
        Self::StreamBehind,
        Self::BadPayloads,
        Self::StockTableThrottled,
        Self::MailRefused,
        Self::PartnerSlow,
        Self::Spillover,
    ];

    /// The function that it befalls.
    #[must_use]
    pub const fn function(self) -> &'static str {
        match self {
            Self::LedgerThrottled => "payment-capture",
            Self::CheckoutSurge => "checkout-api",
            Self::ThrottleStorm => "order-events",
            Self::MemoryLeak => "image-resize",
            Self::StreamBehind => "stock-sync",
            Self::BadPayloads => "webhook-ingest",
            Self::StockTableThrottled => "inventory-reserve",
            Self::MailRefused => "email-sender",
            Self::PartnerSlow => "supplier-feed",
            Self::Spillover => "recommendations",
        }
    }

    /// Its times in a turn: first and last minute. A time may run over the end of the turn.
    const fn times(self) -> &'static [(i64, i64)] {
        match self {
            Self::LedgerThrottled => &[(0, LEDGER_MINUTES)],
            Self::CheckoutSurge => &[(0, LEDGER_MINUTES), (100, 131)],
            Self::ThrottleStorm => &[(6, 84), (150, 201)],
            Self::MemoryLeak => &[(103, 165), (228, 290)],
            Self::StreamBehind => &[(8, 66), (116, 180)],
            Self::BadPayloads => &[(58, 113), (170, 236)],
            Self::StockTableThrottled => &[(74, 131), (192, 251)],
            Self::MailRefused => &[(90, 158), (206, 251)],
            Self::PartnerSlow => &[(156, 260)],
            Self::Spillover => &[(44, 104)],
        }
    }

    /// Where in this trouble a time (ms since the epoch) lies; `None` while nothing is wrong.
    #[must_use]
    pub fn at(self, time_ms: i64) -> Option<Episode> {
        self.occurrence(time_ms).and_then(|occurrence| occurrence.at(time_ms))
    }

    /// The occurrence of this trouble that a time (ms since the epoch) lies in.
    pub(super) fn occurrence(self, time_ms: i64) -> Option<Occurrence> {
        let turn_ms = TURN_MINUTES * MINUTE_MS;
        let position = (time_ms - ANCHOR_MS).rem_euclid(turn_ms);
        self.times().iter().find_map(|&(first, last)| {
            let (first, last) = (first * MINUTE_MS, last * MINUTE_MS);
            let inside = [position, position + turn_ms].into_iter().find(|p| (first..last).contains(p))?;
            let from_ms = time_ms - (inside - first);
            Some(Occurrence { from_ms, to_ms: from_ms + last - first })
        })
    }
}

/// One occurrence of a trouble.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    /// Its beginning, ms since the epoch.
    from_ms: i64,
    /// Its end, exclusive.
    to_ms: i64,
}

impl Occurrence {
    /// Where in this occurrence a time lies, if in it.
    #[inline]
    pub(super) fn at(self, time_ms: i64) -> Option<Episode> {
        (self.from_ms..self.to_ms).contains(&time_ms).then(|| Episode {
            minutes_in: (time_ms - self.from_ms) as f64 / MINUTE_MS as f64,
            minutes: (self.to_ms - self.from_ms) as f64 / MINUTE_MS as f64,
        })
    }
}

/// Minutes from the bad deploy to its rollback.
pub(super) const LEDGER_MINUTES: i64 = 52;

/// A moment within one occurrence of a trouble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Minutes since it began.
    pub minutes_in: f64,
    /// Minutes that it lasts in all.
    pub minutes: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_least_three_troubles_run_in_every_minute_of_a_turn() {
        for minute in 0..TURN_MINUTES {
            let time = ANCHOR_MS + minute * MINUTE_MS;
            let running: Vec<_> = Trouble::ALL.iter().filter(|trouble| trouble.at(time).is_some()).collect();
            assert!(running.len() >= 3, "minute {minute}: {running:?}");
            // And, but for the first minutes of the bad deploy, three of them for long enough to be seen.
            let seen = |trouble: &Trouble| trouble.at(time).is_some_and(|episode| episode.minutes_in >= 6.0);
            let seen = Trouble::ALL.into_iter().filter(seen).count();
            assert!(seen >= 3 || minute < 8, "minute {minute}: {running:?}");
        }
    }

    #[test]
    fn the_last_hour_shows_how_a_trouble_began() {
        for minute in 0..TURN_MINUTES {
            let time = ANCHOR_MS + minute * MINUTE_MS;
            let began =
                |trouble: &&Trouble| trouble.at(time).is_some_and(|episode| episode.minutes_in < 45.0);
            assert!(Trouble::ALL.iter().any(|trouble| began(&trouble)), "minute {minute}");
        }
    }
}
