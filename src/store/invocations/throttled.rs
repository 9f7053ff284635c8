//! Attempts that Lambda refused: they reached no environment and wrote no line, so that they come from traces alone.
//!
//! Each function has a place of its own for them, beside its environments: an [`Environment`] whose stream has no name.
//! It is never settled, since nothing there belongs to anybody else's lines.

use std::sync::Arc;

use crate::model::{FunctionKey, GroupKey, LogStream, Scope};
use crate::store::traces::Throttled;

use super::Invocations;
use super::environment::Environment;
use super::evidence::Evidence;
use super::names::EnvironmentId;
use super::record::{NOBODY, Record, Slot, flag};
use super::taking::MOST_ATTEMPTS;

impl Invocations {
    /// Takes in the throttled attempts at a request, which replace what was known of them; of many, the first sixteen.
    /// The same again changes nothing.
    pub fn take_throttled(&mut self, function: &FunctionKey, group: &GroupKey, throttled: &Throttled) {
        // What was let go is not taken in again.
        let held = throttled.at.iter().map(|at| at.millis()).filter(|begin| *begin > self.floor);
        let begins: Vec<i64> = held.take(MOST_ATTEMPTS).collect();
        let own = self.throttled.get(function).copied();
        let mut slots: Vec<Slot> = self
            .chain(throttled.request)
            .filter(|slot| own == Some(self.record(*slot).environment))
            .collect();
        slots.sort_unstable_by_key(|slot| self.record(*slot).attempt);
        let listed = slots.iter().filter(|slot| self.is_shown(**slot)).count();
        if listed == begins.len() && slots.iter().zip(&begins).all(|(slot, begin)| self.is_at(*slot, *begin))
        {
            return;
        }
        self.revision += 1;
        for (nth, begin) in begins.iter().copied().enumerate() {
            match slots.get(nth) {
                Some(slot) if self.is_at(*slot, begin) => {}
                Some(slot) => self.put_throttled(*slot, begin, throttled),
                None => {
                    let environment = self.place_of_throttled(function, group);
                    let slot = self.add(throttled.request, environment, begin);
                    self.environments[environment as usize].settled += 1;
                    self.put_throttled(slot, begin, throttled);
                }
            }
        }
        for slot in slots.into_iter().skip(begins.len()) {
            self.hide(slot);
        }
        self.order.flush();
        self.evict();
    }

    fn is_at(&self, slot: Slot, begin: i64) -> bool {
        self.is_shown(slot) && self.record(slot).begin() == begin
    }

    /// Writes an attempt anew.
    fn put_throttled(&mut self, slot: Slot, begin: i64, throttled: &Throttled) {
        let old = &self.records[slot as usize];
        if old.is(flag::LISTED) {
            self.order.unlist(old.begin(), slot);
        }
        let mut record = Record::new(throttled.request, old.environment, begin, old.attempt);
        record.next = old.next;
        record.evidence = Evidence::THROTTLED;
        record.mark(flag::PLATFORM | flag::LISTED, true);
        if let Some(trace) = throttled.trace {
            record.set_trace(trace, true);
            record.set_sampled(true);
        }
        record.changed = self.revision as u32;
        self.records[slot as usize] = record;
        self.order.list(begin, slot);
    }

    /// Where the throttled attempts of a function are.
    fn place_of_throttled(&mut self, function: &FunctionKey, group: &GroupKey) -> EnvironmentId {
        if let Some(id) = self.throttled.get(function) {
            return *id;
        }
        let key = self.names.function_named(&function.scope, &function.name);
        let stream = LogStream { name: "".into(), function: Some(Arc::clone(&function.name)), version: None };
        let mut environment = Environment::new(Arc::new(group.clone()), Arc::new(stream), key);
        environment.interleaves = true;
        environment.latest = NOBODY;
        let id = self.new_environment(environment);
        self.throttled.insert(function.clone(), id);
        id
    }

    /// The places of throttled attempts of functions whose account is named now.
    pub(super) fn rename_throttled(&mut self, from: &Scope, to: &Scope) {
        let moved: Vec<FunctionKey> =
            self.throttled.keys().filter(|function| function.scope == *from).cloned().collect();
        for old in moved {
            let Some(id) = self.throttled.remove(&old) else { continue };
            let function = self.names.function_named(to, &old.name);
            let environment = &mut self.environments[id as usize];
            environment.group =
                Arc::new(GroupKey { scope: to.clone(), name: Arc::clone(&environment.group.name) });
            environment.function = Arc::clone(&function);
            for slot in &environment.attempts {
                self.records[*slot as usize].changed = self.revision as u32;
            }
            self.throttled.entry((*function).clone()).or_insert(id);
        }
    }
}
