//! Lines that say more of a request than that it ran: kept with their time, so that they can move to another attempt.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use crate::model::ErrorNote;

use super::evidence::{Evidence, Exit};

/// Such lines that are kept for one request: those that tell most.
pub(super) const MOST: usize = 8;

/// What one such line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notable {
    pub(super) at: i64,
    pub(super) evidence: Evidence,
    pub(super) exit: Exit,
    pub(super) error: Option<Arc<ErrorNote>>,
}

impl Notable {
    /// The one that tells most first: by what it is about, what it says, and when.
    fn rank(&self, other: &Self) -> Ordering {
        let key = |one: &Self| {
            let error = one.error.as_deref();
            let says = (
                error.is_some_and(|error| !error.message.is_empty()),
                error.is_some_and(|error| !error.kind.is_empty()),
            );
            Reverse((one.evidence.weight(), says, one.evidence, one.exit, Reverse(one.at)))
        };
        let text = |one: &Self| {
            one.error.as_deref().map(|error| (Arc::clone(&error.kind), Arc::clone(&error.message)))
        };
        key(self).cmp(&key(other)).then_with(|| text(self).cmp(&text(other)))
    }
}

/// The most telling lines of one request, the one that tells most first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Notables(Vec<Notable>);

impl Notables {
    /// Takes one more; whether that changed anything.
    pub(super) fn take(&mut self, one: Notable) -> bool {
        let place = self.0.binary_search_by(|held| held.rank(&one));
        match place {
            Err(place) if place < MOST => {
                self.0.insert(place, one);
                self.0.truncate(MOST);
                true
            }
            _ => false,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Notable> {
        self.0.iter()
    }
}

/// What several notable lines come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum<'a> {
    pub(super) evidence: Evidence,
    pub(super) exit: Exit,
    best: Option<&'a Notable>,
}

impl<'a> Sum<'a> {
    pub(super) fn add(&mut self, one: &'a Notable) {
        self.evidence |= one.evidence;
        self.exit = self.exit.max(one.exit);
        if one.error.is_some() && self.best.is_none_or(|best| one.rank(best) == Ordering::Less) {
            self.best = Some(one);
        }
    }

    pub(super) fn error(&self) -> Option<&'a Arc<ErrorNote>> {
        self.best?.error.as_ref()
    }
}
