//! The functions there are, and what is known of each.

use std::sync::Arc;

use crate::model::{Detail, Function, FunctionKey, Metric, Timestamp};

/// One function and everything known of it that is not a number.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionRecord {
    /// As the list of functions describes it.
    pub function: Function,
    /// What calls of its own told.
    pub detail: Detail,
    /// When it was first in a list.
    pub first_seen: Timestamp,
    /// When it was last in a list.
    pub last_seen: Timestamp,
    /// Whether CloudWatch had data of it in the last three hours; `None` before anything told.
    pub recently_active: Option<bool>,
    /// Which metrics CloudWatch has for it; `None` before anything told.
    pub metrics: Option<Arc<[Metric]>>,
    /// How often a function of this name was made again while we looked.
    pub epoch: u32,
    /// When its code was seen to change: the newer of the two `LastModified`.
    pub deployed_at: Option<Timestamp>,
    pub(super) revision: u64,
}

impl FunctionRecord {
    /// Which function.
    #[must_use]
    pub const fn key(&self) -> &FunctionKey {
        &self.function.key
    }

    /// Changes when anything known of the function changes, its numbers included.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

/// Limits of an account in one region; `None` is unknown, not unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Concurrent executions that the account may have at once.
    pub concurrency: Option<u32>,
    /// What is left of it outside of reservations.
    pub unreserved: Option<u32>,
}
