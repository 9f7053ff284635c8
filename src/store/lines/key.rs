//! What a line is addressed by.

use crate::model::Timestamp;

/// A log group in the store; the same for as long as the store lives, and never given to another group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub(super) u32);

/// Addresses one line, whatever else comes and goes; ordered as lines are shown.
///
/// It is the order of (timestamp, ingestion, id); the group only parts lines that agree in all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineKey {
    /// When it happened.
    pub timestamp: Timestamp,
    /// When CloudWatch took it in.
    pub ingested: Timestamp,
    /// The hash of its event id.
    pub id: u64,
    /// Its group.
    pub group: GroupId,
}

impl LineKey {
    /// Before every line.
    pub const FIRST: Self = Self {
        timestamp: Timestamp::from_millis(i64::MIN),
        ingested: Timestamp::from_millis(i64::MIN),
        id: 0,
        group: GroupId(0),
    };

    /// Behind every line.
    pub const LAST: Self = Self {
        timestamp: Timestamp::from_millis(i64::MAX),
        ingested: Timestamp::from_millis(i64::MAX),
        id: u64::MAX,
        group: GroupId(u32::MAX),
    };

    /// Before every line of the instant `at`, behind every earlier one.
    #[must_use]
    pub const fn at(at: Timestamp) -> Self {
        Self { timestamp: at, ..Self::FIRST }
    }

    /// Where a gap of a group stands that begins at `start`: before all lines of that instant, but behind
    /// [`LineKey::at`] it.
    #[must_use]
    pub const fn of_gap(group: GroupId, start: Timestamp) -> Self {
        Self { id: 1, group, ..Self::at(start) }
    }

    /// Whether its timestamp is one that no log event can have: shown as a bad time.
    #[must_use]
    pub const fn has_bad_time(&self) -> bool {
        !self.timestamp.is_plausible()
    }

    pub(super) const fn place(&self) -> Place {
        Place { timestamp: self.timestamp, ingested: self.ingested, id: self.id }
    }
}

/// Where a line stands among those of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) timestamp: Timestamp,
    pub(super) ingested: Timestamp,
    pub(super) id: u64,
}

impl Place {
    pub(super) const fn of(self, group: GroupId) -> LineKey {
        LineKey { timestamp: self.timestamp, ingested: self.ingested, id: self.id, group }
    }
}
