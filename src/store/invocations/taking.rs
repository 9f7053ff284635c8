//! A page of lines, line by line.

use std::sync::Arc;

use crate::model::{LineKind, LogPage, LogRow, RequestFigures, RequestId, RequestNotes};

use super::Invocations;
use super::attempts::{Fact, Role, facts, told_apart};
use super::environment::{Environment, Loose};
use super::evidence::{Evidence, Exit};
use super::names::{EnvironmentId, VersionId};
use super::notable::{Notable, Notables};
use super::record::{NOBODY, NONE, Record, Slot, flag, packed};

/// Environments without a request that are remembered: their first request may still come.
const MOST_IDLE: usize = 20_000;
/// Attempts at one request in one stream that are told apart; what would begin one more is passed over. Lambda makes three
/// at most (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>), but a function can
/// print what it likes.
pub(super) const MOST_ATTEMPTS: usize = 16;

/// Where the streams of a page are, found as they are needed.
struct Streams<'a> {
    page: &'a LogPage,
    found: Vec<EnvironmentId>,
}

/// The records of a request in one stream.
enum Own {
    None,
    One(Slot),
    Many(Vec<Slot>),
}

impl Invocations {
    /// Takes in what a page of lines tells. The same page again changes nothing.
    pub fn take(&mut self, page: &LogPage) {
        let mut streams = Streams { page, found: vec![EnvironmentId::MAX; page.streams.len()] };
        let mut touched: Vec<EnvironmentId> = Vec::new();
        let mut figures = page.figures.iter().peekable();
        let mut notes = page.notes.iter().peekable();
        for (at, row) in page.rows.iter().enumerate() {
            let own_figures = figures.next_if(|(of, _)| *of as usize == at).map(|(_, own)| own);
            let own_notes = notes.next_if(|(of, _)| *of as usize == at).map(|(_, own)| own);
            if !row.timestamp.is_plausible() || row.stream as usize >= page.streams.len() {
                continue;
            }
            match row.request {
                Some(request) => {
                    let environment = self.found(&mut streams, row.stream);
                    self.named(row, request, own_figures, own_notes, environment, &mut touched);
                }
                None if is_environments(row.kind) || own_notes.is_some_and(|notes| notes.fault.is_some()) => {
                    let environment = self.found(&mut streams, row.stream);
                    self.unnamed(row, own_figures, own_notes, environment, &mut touched);
                }
                None => {}
            }
        }
        if !touched.is_empty() {
            self.revision += 1;
            self.settle(&touched);
            self.evict();
        }
        self.forget_idle();
    }

    fn found(&mut self, streams: &mut Streams<'_>, stream: u32) -> EnvironmentId {
        let found = &mut streams.found[stream as usize];
        if *found == EnvironmentId::MAX {
            *found = self.environment_of(streams.page, stream as usize);
        }
        *found
    }

    fn environment_of(&mut self, page: &LogPage, stream: usize) -> EnvironmentId {
        let stream = &page.streams[stream];
        if let Some(id) = self.environment(&page.group, &stream.name) {
            return id;
        }
        let group = self.streams.get(&page.group).and_then(|streams| streams.values().next());
        let group = group.map(|id| Arc::clone(&self.environments[*id as usize].group));
        let group = group.unwrap_or_else(|| Arc::new(page.group.clone()));
        let function = self.names.function(&group, stream);
        let mut environment = Environment::new(group, Arc::new(stream.clone()), function);
        environment.quiet = self.quiet.contains(&*environment.function);
        let id = self.new_environment(environment);
        self.streams.entry(page.group.clone()).or_default().insert(Arc::clone(&stream.name), id);
        id
    }

    pub(super) fn new_environment(&mut self, environment: Environment) -> EnvironmentId {
        if let Some(id) = self.free_environments.pop() {
            self.environments[id as usize] = environment;
            return id;
        }
        self.environments.push(environment);
        self.environments.len() as EnvironmentId - 1
    }

    /// A line that names its request.
    fn named(
        &mut self,
        row: &LogRow,
        request: RequestId,
        figures: Option<&RequestFigures>,
        notes: Option<&RequestNotes>,
        environment: EnvironmentId,
        touched: &mut Vec<EnvironmentId>,
    ) {
        let at = row.timestamp.millis();
        let latest = self.environments[environment as usize].latest;
        let known = latest != NOBODY && self.record(latest).request() == request;
        if known && row.kind == LineKind::Application && notes.is_none() {
            // Most lines: one more that only names the request.
            let record = &mut self.records[latest as usize];
            let before = record.begin();
            if record.touch(at) {
                self.changed(latest, before, environment, touched);
            }
            return;
        }
        let own = if known { Own::One(latest) } else { self.own(request, environment) };
        if at < self.floor && matches!(own, Own::None) {
            return;
        }
        let fact = self.fact(row, figures, notes);
        match own {
            Own::None => {
                let slot = self.add(request, environment, at);
                self.environments[environment as usize].latest = slot;
                self.put(slot, &fact);
                self.changed(slot, at, environment, touched);
            }
            Own::One(slot) if fact.fits(self.record(slot)) => {
                self.environments[environment as usize].latest = slot;
                let before = self.record(slot).begin();
                if self.put(slot, &fact) {
                    self.changed(slot, before, environment, touched);
                }
            }
            Own::One(slot) => self.tell_apart(request, environment, &[slot], fact, touched),
            Own::Many(slots) => self.tell_apart(request, environment, &slots, fact, touched),
        }
    }

    /// A line without an id: of an environment, or of whoever was served there.
    fn unnamed(
        &mut self,
        row: &LogRow,
        figures: Option<&RequestFigures>,
        notes: Option<&RequestNotes>,
        environment: EnvironmentId,
        touched: &mut Vec<EnvironmentId>,
    ) {
        let at = row.timestamp.millis();
        if at < self.floor {
            return;
        }
        let took = figures.and_then(|figures| figures.init_ms.or(figures.restore_ms));
        let said = self.notable(row, figures, notes).unwrap_or_else(|| Notable {
            at,
            evidence: Evidence::NONE,
            exit: Exit::default(),
            error: None,
        });
        let held = &mut self.environments[environment as usize];
        if held.take(Loose { kind: row.kind, took: took.map_or(NONE, |took| packed(Some(took))), said }) {
            mark(held, environment, at, at, touched);
        }
    }

    fn fact(&mut self, row: &LogRow, figures: Option<&RequestFigures>, notes: Option<&RequestNotes>) -> Fact {
        let role = match row.kind {
            LineKind::Start => Role::Start,
            LineKind::Report => Role::Report(figures.copied().unwrap_or_default()),
            _ => Role::Other(figures.copied()),
        };
        let version = notes.and_then(|notes| notes.version.as_ref());
        Fact {
            at: row.timestamp.millis(),
            role,
            by_platform: row.kind != LineKind::Application,
            version: version.map_or(VersionId::NONE, |version| self.names.version(version)),
            trace: notes.and_then(|notes| notes.trace),
            sampled: notes.and_then(|notes| notes.sampled),
            succeeded: notes.is_some_and(|notes| notes.succeeded),
            notable: self.notable(row, figures, notes),
        }
    }

    fn notable(
        &mut self,
        row: &LogRow,
        figures: Option<&RequestFigures>,
        notes: Option<&RequestNotes>,
    ) -> Option<Notable> {
        let evidence = Evidence::of(row.kind, figures, notes);
        if evidence.is_empty() {
            return None;
        }
        let error = notes.and_then(|notes| notes.error.as_ref());
        Some(Notable {
            at: row.timestamp.millis(),
            evidence,
            exit: Exit::of(notes.and_then(|notes| notes.fault)),
            error: error.map(|error| self.names.error(error)),
        })
    }

    fn own(&self, request: RequestId, environment: EnvironmentId) -> Own {
        let mut own = self.chain(request).filter(|slot| self.record(*slot).environment == environment);
        let Some(first) = own.next() else { return Own::None };
        match own.next() {
            None => Own::One(first),
            Some(second) => Own::Many([first, second].into_iter().chain(own).collect()),
        }
    }

    /// A new record.
    pub(super) fn add(&mut self, request: RequestId, environment: EnvironmentId, at: i64) -> Slot {
        let attempt = self.chain(request).map(|slot| self.record(slot).attempt).max().unwrap_or_default();
        let mut record = Record::new(request, environment, at, attempt.saturating_add(1));
        let hash = self.hash(request);
        record.next = self.heads.get(&hash).copied().unwrap_or(NOBODY);
        let slot = if let Some(slot) = self.free.pop() {
            self.records[slot as usize] = record;
            slot
        } else {
            self.records.push(record);
            self.records.len() as Slot - 1
        };
        self.heads.insert(hash, slot);
        self.environments[environment as usize].attempts.push(slot);
        slot
    }

    /// Puts what a line says into a record; whether that changed anything.
    fn put(&mut self, slot: Slot, fact: &Fact) -> bool {
        let mut news = fact.put(&mut self.records[slot as usize]);
        if let Some(notable) = &fact.notable {
            news |= self.notables.entry(slot).or_default().take(notable.clone());
        }
        news
    }

    /// A record has changed, which began at `before`.
    fn changed(
        &mut self,
        slot: Slot,
        before: i64,
        environment: EnvironmentId,
        touched: &mut Vec<EnvironmentId>,
    ) {
        let record = &mut self.records[slot as usize];
        record.changed = self.revision as u32 + 1;
        let (begin, last) = (record.begin(), record.last());
        if begin != before && record.mark(flag::LISTED, false) {
            self.order.unlist(before, slot);
        }
        let held = &mut self.environments[environment as usize];
        held.has_platform |= record.is(flag::PLATFORM);
        mark(held, environment, begin.min(before).min(record.base()), last.max(begin).max(before), touched);
    }

    /// There is more than one attempt, or there may be: all that is known of them is sorted out anew.
    fn tell_apart(
        &mut self,
        request: RequestId,
        environment: EnvironmentId,
        slots: &[Slot],
        fact: Fact,
        touched: &mut Vec<EnvironmentId>,
    ) {
        let begins: Vec<i64> = slots.iter().map(|slot| self.record(*slot).begin()).collect();
        let mut all = vec![fact];
        let noted: Vec<Notables> =
            slots.iter().map(|slot| self.notables.get(slot).cloned().unwrap_or_default()).collect();
        for (slot, notables) in slots.iter().zip(&noted) {
            all.extend(facts(self.record(*slot), notables.iter()));
        }
        let attempts = told_apart(all);
        if attempts.len() > MOST_ATTEMPTS {
            return;
        }
        for slot in slots {
            self.notables.remove(slot);
        }
        // Each goes on as the record that holds its START or REPORT already, so that its name stays.
        let mut left: Vec<Slot> = slots.to_vec();
        let mut chosen: Vec<Option<Slot>> = vec![None; attempts.len()];
        for (attempt, chosen) in attempts.iter().zip(&mut chosen) {
            let same = left.iter().position(|slot| {
                let record = self.record(*slot);
                let start = attempt.start.is_some() && record.start_line() == attempt.start;
                start || attempt.report.is_some() && record.report() == attempt.report
            });
            *chosen = same.map(|at| left.remove(at));
        }
        for (attempt, chosen) in attempts.iter().zip(chosen) {
            let first = attempt.facts.iter().map(|fact| fact.at).min().unwrap_or_default();
            let chosen = chosen.or_else(|| (!left.is_empty()).then(|| left.remove(0)));
            let slot = chosen.unwrap_or_else(|| self.add(request, environment, first));
            let old = &self.records[slot as usize];
            let mut record = Record::new(request, environment, first, old.attempt);
            let mut notables = Notables::default();
            for fact in &attempt.facts {
                fact.put(&mut record);
                if let Some(notable) = &fact.notable {
                    notables.take(notable.clone());
                }
            }
            let before = slots.iter().position(|of| *of == slot);
            let same = before.is_some_and(|at| record.says_as(old) && notables == noted[at]);
            if !notables.is_empty() {
                self.notables.insert(slot, notables);
            }
            if !same {
                let before = before.map_or(first, |at| begins[at]);
                (record.next, record.flags) = (old.next, record.flags | old.flags & flag::LISTED);
                self.records[slot as usize] = record;
                self.changed(slot, before, environment, touched);
            }
        }
        self.environments[environment as usize].latest = NOBODY;
    }

    /// Environments that have served nobody are kept for a while.
    fn forget_idle(&mut self) {
        if self.environments.len() - self.free_environments.len() <= MOST_IDLE + self.order.len() {
            return;
        }
        let environments = &mut self.environments;
        let free = &mut self.free_environments;
        self.streams.retain(|_, streams| {
            streams.retain(|_, id| {
                let environment = &mut environments[*id as usize];
                let idle = environment.attempts.is_empty();
                if idle {
                    environment.loose = Vec::new();
                    free.push(*id);
                }
                !idle
            });
            !streams.is_empty()
        });
    }
}

fn mark(
    held: &mut Environment,
    environment: EnvironmentId,
    from: i64,
    to: i64,
    touched: &mut Vec<EnvironmentId>,
) {
    if held.unsettled.is_none() {
        touched.push(environment);
    }
    held.unsettle(from, to);
}

/// Whether such a line is about its environment.
const fn is_environments(kind: LineKind) -> bool {
    matches!(
        kind,
        LineKind::InitStart
            | LineKind::InitDone
            | LineKind::InitReport
            | LineKind::RestoreStart
            | LineKind::RestoreDone
            | LineKind::RestoreReport
    )
}
