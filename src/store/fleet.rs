//! The functions there are, and what is known of each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::{Detail, FleetOrigin, Function, FunctionKey, FunctionList, Metric, Scope, Timestamp};

/// Names of deleted functions that are remembered, so that one made again is told from the first.
const MAX_DELETED: usize = 10_000;

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
    /// When its code changed while we looked (`LastModified` of the new code).
    pub deployed_at: Option<Timestamp>,
}

impl FunctionRecord {
    /// Which function.
    #[must_use]
    pub const fn key(&self) -> &FunctionKey {
        &self.function.key
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

/// All functions by scope and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Fleet {
    pub(super) functions: BTreeMap<FunctionKey, FunctionRecord>,
    /// Epochs of functions that were deleted while we looked.
    deleted: HashMap<FunctionKey, u32>,
    active: HashMap<Scope, BTreeSet<Arc<str>>>,
}

/// What a list said about one function.
enum Put {
    AsBefore,
    Changed,
    MadeAgain,
}

impl Fleet {
    /// Takes in a list. Returns the functions that no longer exist or were made again, since their numbers are
    /// those of something else, and those that are new or configured differently.
    pub(super) fn take(&mut self, at: Timestamp, list: FunctionList) -> (Vec<FunctionKey>, Vec<FunctionKey>) {
        let by_name_only = matches!(list.origin, FleetOrigin::ListMetrics { .. });
        let (mut gone, mut changed) = (Vec::new(), Vec::new());
        if list.complete {
            let listed: BTreeSet<&FunctionKey> =
                list.functions.iter().map(|function| &function.key).collect();
            // CloudWatch names only what ran lately: what ListFunctions once described may merely be idle.
            gone.extend(
                self.functions
                    .values()
                    .filter(|record| record.key().scope == list.scope && !listed.contains(record.key()))
                    .filter(|record| !by_name_only || record.function.arn.is_none())
                    .map(|record| record.key().clone()),
            );
            for key in &gone {
                if let Some(record) = self.functions.remove(key)
                    && self.deleted.len() < MAX_DELETED
                {
                    self.deleted.insert(key.clone(), record.epoch);
                }
            }
        }
        for function in list.functions {
            let key = function.key.clone();
            match self.put(at, function, by_name_only) {
                Put::AsBefore => {}
                Put::Changed => changed.push(key),
                Put::MadeAgain => {
                    gone.push(key.clone());
                    changed.push(key);
                }
            }
        }
        (gone, changed)
    }

    fn put(&mut self, at: Timestamp, function: Function, by_name_only: bool) -> Put {
        let Some(record) = self.functions.get_mut(&function.key) else {
            let epoch = self.deleted.remove(&function.key).map_or(0, |epoch| epoch + 1);
            let active = self.active.get(&function.key.scope);
            let record = FunctionRecord {
                detail: Detail::default(),
                first_seen: at,
                last_seen: at,
                recently_active: active.map(|names| names.contains(&function.key.name)),
                metrics: None,
                epoch,
                deployed_at: None,
                function,
            };
            self.functions.insert(record.key().clone(), record);
            return Put::Changed;
        };
        record.last_seen = at;
        if by_name_only || record.function == function {
            return Put::AsBefore;
        }
        let differs =
            |old: &Option<Arc<str>>, new: &Option<Arc<str>>| old.is_some() && new.is_some() && old != new;
        let made_again = differs(&record.function.arn, &function.arn);
        if made_again {
            record.epoch += 1;
            record.first_seen = at;
            record.detail = Detail::default();
            record.metrics = None;
            record.deployed_at = None;
        } else if differs(&record.function.code_sha256, &function.code_sha256) {
            record.deployed_at = function.last_modified.or(Some(at));
        }
        record.function = function;
        if made_again { Put::MadeAgain } else { Put::Changed }
    }

    /// Takes in which functions had data lately, and returns those of which that is news.
    pub(super) fn recently_active(&mut self, scope: Scope, names: Vec<Arc<str>>) -> Vec<FunctionKey> {
        let names: BTreeSet<_> = names.into_iter().collect();
        let mut changed = Vec::new();
        for record in self.functions.values_mut().filter(|record| record.function.key.scope == scope) {
            let active = Some(names.contains(&record.function.key.name));
            if record.recently_active != active {
                record.recently_active = active;
                changed.push(record.key().clone());
            }
        }
        self.active.insert(scope, names);
        changed
    }

    /// Everything under `from` lives under `to` from now on: its account was named.
    pub(super) fn rename(&mut self, from: &Scope, to: &Scope) {
        let moved: Vec<_> = self.functions.keys().filter(|key| key.scope == *from).cloned().collect();
        for key in moved {
            if let Some(mut record) = self.functions.remove(&key) {
                record.function.key.scope = to.clone();
                self.functions.entry(record.key().clone()).or_insert(record);
            }
        }
        if let Some(names) = self.active.remove(from) {
            self.active.entry(to.clone()).or_insert(names);
        }
    }
}
