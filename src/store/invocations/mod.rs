//! The invocations that are held: joined from log lines by request id, bounded by their number. Attempts that Lambda
//! refused wrote no line: those come from traces.
//!
//! They are kept in a compact form, about 160 bytes each with all that finds them; who asks is given an
//! [`Invocation`] by value, made on the way out.
//!
//! | file | is about |
//! |---|---|
//! | `taking` | a page of lines, line by line: to which record each belongs, and what it adds |
//! | `attempts` | the attempts at one request in one stream, told apart |
//! | `environment` | the order of a stream: what lines without an id belong to, what hides what |
//! | `throttled` | attempts that Lambda refused |
//! | `settling` | what follows for each record, the list by start, the bound |
//! | `evidence`, `notable` | what lines say of how it went, and the outcome that follows |
//! | `record`, `names` | the compact form |
//! | `view`, `attribution` | invocations by value; the lines of a request, and the request of a line |
//! | `fingerprint` | what makes two errors the same |
//!
//! **What is exact.** What comes out depends on the lines that went in, not on the order of their pages, nor on how often
//! each came. Of a request's lines that say nothing but its name, only the first and the last leave a trace: where
//! Lambda tried a request again in the same environment *and* a START or REPORT comes later than such lines around it,
//! the end of the attempt before may be told too early.

mod attempts;
mod attribution;
mod environment;
mod evidence;
mod fingerprint;
mod names;
mod notable;
mod record;
mod settling;
mod taking;
mod throttled;
mod view;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use crate::model::{FunctionKey, GroupKey, Invocation, InvocationKey, RequestId, Scope, Timestamp, TraceId};

use super::lines::Spread;
use environment::Environment;
use names::{EnvironmentId, Names};
use notable::Notables;
use record::{NOBODY, Record, Slot, flag};
use settling::Order;

pub use fingerprint::fingerprint;

/// Invocations that are held if nobody says otherwise.
const DEFAULT_LIMIT: usize = 100_000;

/// All invocations that are held.
#[derive(Clone, Debug)]
pub struct Invocations {
    records: Vec<Record>,
    free: Vec<Slot>,
    /// Request ids are random where Lambda makes them; what a log line names may be made to collide.
    hashes: RandomState,
    /// The first record of all whose request ids have one hash.
    heads: HashMap<u64, Slot, Spread>,
    notables: HashMap<Slot, Notables, Spread>,
    environments: Vec<Environment>,
    free_environments: Vec<EnvironmentId>,
    streams: HashMap<GroupKey, HashMap<Arc<str>, EnvironmentId>>,
    /// Where the attempts of a function are that reached no environment.
    throttled: HashMap<FunctionKey, EnvironmentId>,
    names: Names,
    order: Order,
    /// Functions whose good requests leave no line of the platform.
    quiet: HashSet<FunctionKey>,
    limit: usize,
    evicted: u64,
    /// The latest begin of those that were evicted: what is older is not taken in.
    floor: i64,
    revision: u64,
    /// The revision at which one last left.
    left: u64,
}

impl Default for Invocations {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            free: Vec::new(),
            hashes: RandomState::new(),
            heads: HashMap::default(),
            notables: HashMap::default(),
            environments: Vec::new(),
            free_environments: Vec::new(),
            streams: HashMap::new(),
            throttled: HashMap::new(),
            names: Names::default(),
            order: Order::default(),
            quiet: HashSet::new(),
            limit: DEFAULT_LIMIT,
            evicted: 0,
            floor: i64::MIN,
            revision: 0,
            left: 0,
        }
    }
}

impl Invocations {
    /// Holds at most `limit` from now on; the oldest leave first.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.max(1);
        self.evict();
    }

    /// Whether good requests of `function` leave no START and no REPORT, because its configuration leaves out the
    /// platform's lines below WARN: then none is waited for.
    pub fn set_quiet(&mut self, function: &FunctionKey, quiet: bool) {
        let news = if quiet { self.quiet.insert(function.clone()) } else { self.quiet.remove(function) };
        if !news {
            return;
        }
        self.revision += 1;
        for environment in &mut self.environments {
            if *environment.function == *function {
                environment.quiet = quiet;
                for slot in &environment.attempts {
                    self.records[*slot as usize].changed = self.revision as u32;
                }
            }
        }
    }

    /// What was learnt before the account was known belongs to it.
    pub fn rename(&mut self, from: &Scope, to: &Scope) {
        let moved: Vec<GroupKey> =
            self.streams.keys().filter(|group| group.scope == *from).cloned().collect();
        if moved.is_empty() && self.throttled.is_empty() {
            return;
        }
        self.revision += 1;
        self.rename_throttled(from, to);
        for old in moved {
            let group = Arc::new(GroupKey { scope: to.clone(), name: Arc::clone(&old.name) });
            let streams = self.streams.remove(&old).unwrap_or_default();
            for id in streams.values() {
                let environment = &mut self.environments[*id as usize];
                environment.group = Arc::clone(&group);
                environment.function = self.names.function_named(to, &environment.function.name);
                environment.quiet = self.quiet.contains(&*environment.function);
                for slot in &environment.attempts {
                    self.records[*slot as usize].changed = self.revision as u32;
                }
            }
            // Lines of both names are never held: the account is named before the first line of a known account.
            self.streams.entry((*group).clone()).or_insert(streams);
        }
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, key: InvocationKey) -> Option<Invocation> {
        let mut own = self.chain(key.request);
        own.find(|slot| u32::from(self.record(*slot).attempt) == key.attempt).map(|slot| self.view(slot))
    }

    /// Whether it is still one of them.
    #[must_use]
    pub fn holds(&self, key: InvocationKey) -> bool {
        let mut own = self.chain(key.request);
        own.any(|slot| u32::from(self.record(slot).attempt) == key.attempt && self.is_shown(slot))
    }

    /// All of them, by their start, the oldest first.
    #[must_use]
    pub fn by_start(&self) -> impl DoubleEndedIterator<Item = Invocation> {
        self.order.all().map(|slot| self.view(slot))
    }

    /// Those that began at `from` or later, the oldest first.
    #[must_use]
    pub fn since(&self, from: Timestamp) -> impl DoubleEndedIterator<Item = Invocation> {
        self.order.since(from.millis()).map(|slot| self.view(slot))
    }

    /// The attempts at a request, the first one first.
    pub fn attempts(&self, request: RequestId) -> impl Iterator<Item = Invocation> {
        let mut own: Vec<Slot> = self.chain(request).filter(|slot| self.is_shown(*slot)).collect();
        own.sort_unstable_by_key(|slot| (self.record(*slot).begin(), self.record(*slot).attempt));
        own.into_iter().map(|slot| self.view(slot))
    }

    /// The invocations that a trace went through.
    pub fn of_trace(&self, trace: TraceId) -> impl Iterator<Item = Invocation> {
        let own = self.order.all().filter(move |slot| self.record(*slot).trace() == Some(trace));
        own.map(|slot| self.view(slot))
    }

    /// Those of a function, by their start, the oldest first.
    #[must_use]
    pub fn of_function(&self, function: &FunctionKey) -> impl DoubleEndedIterator<Item = Invocation> {
        let own =
            |slot: &Slot| *self.environments[self.record(*slot).environment as usize].function == *function;
        self.order.all().filter(own).map(|slot| self.view(slot))
    }

    /// Those that are new or have changed since [`Invocations::revision`] was `revision`, by their start. What has gone
    /// since is told by [`Invocations::left`].
    pub fn changed_since(&self, revision: u64) -> impl Iterator<Item = Invocation> {
        let all = self.order.all().filter(move |_| self.revision > revision);
        all.filter(move |slot| u64::from(self.record(*slot).changed) > revision).map(|slot| self.view(slot))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many left because there were too many.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Changes whenever anything here does.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The revision at which one last left: whoever keeps a list that is older asks [`Invocations::holds`] of each.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }

    fn record(&self, slot: Slot) -> &Record {
        &self.records[slot as usize]
    }

    /// Whether it is one of them, and not only an id in the lines of another.
    fn is_shown(&self, slot: Slot) -> bool {
        self.record(slot).is(flag::LISTED)
    }

    /// The records of a request.
    fn chain(&self, request: RequestId) -> impl Iterator<Item = Slot> {
        let head = self.heads.get(&self.hash(request)).copied();
        let next = |slot: &Slot| {
            let next = self.record(*slot).next;
            (next != NOBODY).then_some(next)
        };
        std::iter::successors(head, next).filter(move |slot| self.record(*slot).request() == request)
    }

    fn hash(&self, request: RequestId) -> u64 {
        self.hashes.hash_one(request.halves())
    }

    fn environment(&self, group: &GroupKey, stream: &str) -> Option<EnvironmentId> {
        self.streams.get(group)?.get(stream).copied()
    }
}
