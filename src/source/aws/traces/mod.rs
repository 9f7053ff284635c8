//! The traces feed: what X-Ray keeps of the requests on screen.
//!
//! ```text
//!            +-- open      --> fetch --> BatchGetTraces | a retrieval | the log group of spans
//! interest --+-- list      --> summaries --> GetTraceSummaries
//!            +-- map       --> GetServiceGraph
//! ```
//!
//! Three parts with a pace and a fate of their own: [`open`] says which whole traces are asked for, [`list`] which
//! stretch of the list, [`map`] when the map. First of all [`backend`] finds out where traces are kept. The loop here
//! keeps their calls under way and says how they do; nothing is asked while nobody looks at traces.

mod backend;
mod bill;
mod cause;
mod fetch;
mod list;
mod map;
mod open;
mod part;
mod retrieval;
mod spans;
mod summaries;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, JoinSet};

use super::feed::{Context, Gone, Nudge, Round, Session, Stop, Wakes};
use crate::model::{
    Attention, Event, Failure, FailureKind, Feed, Interest, Scope, TimeRange, Timestamp, TraceAnswer,
    TraceBackend, TraceId, TraceList, TraceMissing, TraceWant,
};
use fetch::{BATCH, Fetched, Way, fetch};
use list::{List, Next};
use map::Map;
use open::{Came, Open};
use part::{Part, say};
use summaries::{Ended, Reading};

/// Questions for whole traces under way at once: a retrieval takes seconds, and must not hold up the others.
const FETCHES: usize = 2;
/// Traces in one retrieval: all that can be wanted at once.
const RETRIEVED: usize = TraceWant::MOST_OPEN;
/// How long a closed way is not tried again.
const CLOSED_FOR: Duration = Duration::from_mins(15);
/// From one question for where traces are kept to the next.
const BACKEND_EVERY: Duration = Duration::from_hours(1);
/// How long nothing is asked for when the cap leaves no room.
const HELD_BY_CAP: Duration = Duration::from_mins(1);

/// A call, or a row of them, that ended.
enum Done {
    Backend(Result<TraceBackend, Failure>),
    Traces(Vec<TraceId>, Result<Fetched, Failure>),
    List { number: u64, reading: Box<Reading>, ended: Ended },
    Map { range: TimeRange, asked_at: Timestamp, outcome: Result<(), Failure> },
}

/// Asks what is due, takes in what comes, and waits.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    let mut interest = context.interest.clone();
    let mut desk: Option<Desk> = None;
    loop {
        let Round { session, again } = wakes.begin().await?;
        let desk = match &mut desk {
            Some(desk) if desk.scope == session.scope => desk,
            other => other.insert(Desk::new(&session.scope)),
        };
        let now = session.clients.xray_server.now();
        if again {
            desk.ask_again(now);
        }
        let wanted = interest.borrow_and_update().clone();
        desk.look(&wanted, now, session.clients.xray_server.is_heard());
        let next = desk.begin(&context, &session, wanted.attention, now).await?;
        if desk.calls.is_empty() {
            wakes.round_ended();
        }
        let wait = next.map_or(Duration::from_hours(1), |next| next.since(now));
        tokio::select! {
            Some(ended) = desk.calls.join_next() => match ended {
                Ok(done) => desk.take(&context, &session, done?).await?,
                Err(failed) => if let Ok(panic) = failed.try_into_panic() { std::panic::resume_unwind(panic) },
            },
            () = context.clock.sleep(wait) => {}
            changed = interest.changed() => changed.map_err(|_| Gone)?,
            changed = wakes.changed() => changed?,
        }
    }
}

/// Everything that is known and under way in one scope.
struct Desk {
    scope: Scope,
    calls: JoinSet<Result<Done, Gone>>,
    looked_at: bool,
    backend: Option<TraceBackend>,
    open: Open,
    list: Option<List>,
    /// Lists so far: an answer for another one than this is none.
    number: u64,
    map: Map,
    closed: BTreeMap<Way, (Failure, Timestamp)>,
    finding: Part,
    fetching: Part,
    listing: Part,
    mapping: Part,
    listing_now: Option<AbortHandle>,
    /// A stretch of the list that stands at a page, and its pages when it last stopped.
    paused: Option<Box<Reading>>,
    pages_before: usize,
    asking: bool,
}

impl Desk {
    fn new(scope: &Scope) -> Self {
        Self {
            scope: scope.clone(),
            calls: JoinSet::new(),
            looked_at: false,
            backend: None,
            open: Open::default(),
            list: None,
            number: 0,
            map: Map::default(),
            closed: BTreeMap::new(),
            finding: Part::default(),
            fetching: Part::default(),
            listing: Part::default(),
            mapping: Part::default(),
            listing_now: None,
            paused: None,
            pages_before: 0,
            asking: false,
        }
    }

    /// What failed or is not there is asked for now.
    fn ask_again(&mut self, now: Timestamp) {
        for part in [&mut self.finding, &mut self.fetching, &mut self.listing, &mut self.mapping] {
            part.held_until = None;
        }
        self.finding.due = Some(now);
        self.closed.clear();
        self.open.ask_again(now);
        self.map.ask_again();
    }

    /// Takes in what the screen needs; `heard`: X-Ray has said what time it is there.
    fn look(&mut self, interest: &Interest, now: Timestamp, heard: bool) {
        let want = interest.traces.clone();
        self.looked_at = want.is_some();
        // What was put on the calendar by a clock that is ahead would wait until X-Ray's comes to it.
        if !heard && self.backend.is_none() {
            return;
        }
        let want = want.unwrap_or_default();
        self.open.want(&want.open, now);
        self.map.want(want.map);
        let kept = match (&mut self.list, &want.list) {
            (Some(list), Some(want)) => list.change(want, now),
            (list, want) => {
                *list = want.clone().map(List::new);
                false
            }
        };
        if !kept {
            self.number += 1;
            (self.paused, self.pages_before) = (None, 0);
            if let Some(under_way) = self.listing_now.take() {
                under_way.abort();
                self.listing.in_flight = 0;
            }
        }
    }

    /// Begins what is due and has room; when to look again.
    async fn begin(
        &mut self,
        context: &Context,
        session: &Arc<Session>,
        attention: Attention,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Gone> {
        if !self.looked_at {
            return Ok(None);
        }
        let mut next: Option<Timestamp> = None;
        let mut wait = |at: Option<Timestamp>| next = next.into_iter().chain(at).min();
        if self.finding.in_flight == 0 {
            match self.finding.free(now) {
                Some(held) => wait(Some(held)),
                None if self.finding.due.is_none_or(|due| due <= now) => {
                    self.finding.in_flight = 1;
                    let (context, session) = (context.clone(), session.clone());
                    self.calls
                        .spawn(async move { Ok(Done::Backend(backend::ask(&context, &session).await)) });
                }
                None => wait(self.finding.due),
            }
        }
        // Without knowing where traces are, nothing can be said of one that is not found.
        if let Some(backend) = self.backend.clone() {
            wait(self.begin_fetches(context, session, &backend, now));
        }
        wait(self.begin_list(context, session, attention, now));
        wait(self.begin_map(context, session, now));
        if !self.calls.is_empty() && !std::mem::replace(&mut self.asking, true) {
            context.report(&self.scope, Feed::Traces, crate::model::FeedReport::Asking).await?;
        }
        Ok(next)
    }

    fn begin_fetches(
        &mut self,
        context: &Context,
        session: &Arc<Session>,
        backend: &TraceBackend,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if let Some(held) = self.fetching.free(now) {
            return Some(held);
        }
        self.closed.retain(|_, (_, until)| now < *until);
        let search = matches!(backend, TraceBackend::TransactionSearch { .. });
        let most = if search { RETRIEVED } else { BATCH };
        while self.fetching.in_flight < FETCHES {
            if self.open.next_due().is_some_and(|due| due <= now) && !bill::affords(context, most as u64) {
                return Some(self.fetching.hold(now + HELD_BY_CAP));
            }
            let ids = self.open.take_due(most, now);
            if ids.is_empty() {
                return self.open.next_due();
            }
            self.fetching.in_flight += 1;
            let closed = self.closed.iter().map(|(way, (why, _))| (*way, why.clone())).collect();
            let (context, session, backend) = (context.clone(), session.clone(), backend.clone());
            self.calls.spawn(async move {
                let outcome = fetch(&context, &session, &backend, &ids, &closed).await;
                Ok(Done::Traces(ids, outcome))
            });
        }
        None
    }

    fn begin_list(
        &mut self,
        context: &Context,
        session: &Arc<Session>,
        attention: Attention,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let list = self.list.as_ref()?;
        if self.listing.in_flight > 0 {
            return None;
        }
        if let Some(held) = self.listing.free(now) {
            return Some(held);
        }
        // One that failed or was held goes on where it stands; what it reads is asked for before anything else.
        let reading = match self.paused.take() {
            Some(paused) => paused,
            None => match list.next(attention, now) {
                Next::At(at) => return at,
                Next::Ask(window) => Box::new(Reading::new(window, now)),
            },
        };
        self.listing.in_flight = 1;
        let (number, expression) = (self.number, list.want().expression.clone());
        let (context, session) = (context.clone(), session.clone());
        self.listing_now = Some(self.calls.spawn(async move {
            let mut reading = reading;
            let ended = reading.go_on(&context, &session, &expression).await?;
            Ok(Done::List { number, reading, ended })
        }));
        None
    }

    fn begin_map(&mut self, context: &Context, session: &Arc<Session>, now: Timestamp) -> Option<Timestamp> {
        if self.mapping.in_flight > 0 {
            return None;
        }
        if let Some(held) = self.mapping.free(now) {
            return Some(held);
        }
        let range = match self.map.next(now) {
            Ok(range) => range,
            Err(at) => return at,
        };
        self.mapping.in_flight = 1;
        let (context, session) = (context.clone(), session.clone());
        self.calls.spawn(async move {
            let outcome = match map::ask(&context, &session, range).await {
                Ok(()) => Ok(()),
                Err(Stop::Failed(failure)) => Err(failure),
                Err(Stop::Gone) => return Err(Gone),
            };
            Ok(Done::Map { range, asked_at: now, outcome })
        });
        None
    }

    /// Takes in what a call brought, and says how the feed does.
    async fn take(&mut self, context: &Context, session: &Session, done: Done) -> Result<(), Gone> {
        let now = session.clients.xray_server.now();
        match done {
            Done::Backend(outcome) => {
                self.finding.in_flight = 0;
                match outcome {
                    Ok(backend) => {
                        let refused = match &backend {
                            TraceBackend::Unknown(why) => Some(why.clone()),
                            _ => None,
                        };
                        self.finding.answered();
                        self.finding.refused =
                            refused.filter(|why| matches!(why.kind, FailureKind::AccessDenied { .. }));
                        self.finding.due = Some(now + BACKEND_EVERY);
                        if self.backend.as_ref() != Some(&backend) {
                            self.backend = Some(backend.clone());
                            context.send(Event::TraceBackend { scope: self.scope.clone(), backend }).await?;
                        }
                    }
                    Err(failure) => {
                        // Whoever does not know the question may know traces all the same.
                        if failure.kind == FailureKind::Service && self.backend.is_none() {
                            let backend = TraceBackend::Unknown(failure.clone());
                            self.backend = Some(backend.clone());
                            context.send(Event::TraceBackend { scope: self.scope.clone(), backend }).await?;
                        }
                        self.finding.failed(failure, now);
                    }
                }
            }
            Done::Traces(ids, outcome) => self.take_traces(context, ids, outcome, now).await?,
            Done::List { number, reading, ended } => {
                if number != self.number {
                    return Ok(());
                }
                self.take_list(context, reading, ended, now).await?;
            }
            Done::Map { range, asked_at, outcome } => {
                self.mapping.in_flight = 0;
                match outcome {
                    Ok(()) => {
                        self.mapping.answered();
                        self.map.came(range, asked_at);
                    }
                    Err(failure) => self.mapping.failed(failure, now),
                }
            }
        }
        self.asking = false;
        say(context, &self.scope, [&self.finding, &self.fetching, &self.listing, &self.mapping], now).await
    }

    async fn take_list(
        &mut self,
        context: &Context,
        reading: Box<Reading>,
        ended: Ended,
        now: Timestamp,
    ) -> Result<(), Gone> {
        self.listing.in_flight = 0;
        self.listing_now = None;
        let Some(list) = &mut self.list else { return Ok(()) };
        if !matches!(ended, Ended::Failed(_)) || reading.pages > self.pages_before {
            self.listing.answered();
        }
        self.pages_before = reading.pages;
        match ended {
            Ended::HeldByCap => {
                self.listing.hold(now + HELD_BY_CAP);
                self.paused = Some(reading);
            }
            Ended::Failed(failure) => {
                self.listing.failed(failure, now);
                self.paused = Some(reading);
            }
            Ended::Finished => {
                self.pages_before = 0;
                let Reading { window, outlines, scanned, asked_at, .. } = *reading;
                list.came(window, &outlines, scanned, asked_at);
                let (expression, read) = (list.want().expression.clone(), list.read());
                let (scope, at) = (self.scope.clone(), context.clock.now());
                let told = TraceList { scope, at, expression, traces: Vec::new(), read };
                context.send(Event::TraceList(told)).await?;
            }
        }
        Ok(())
    }

    async fn take_traces(
        &mut self,
        context: &Context,
        ids: Vec<TraceId>,
        outcome: Result<Fetched, Failure>,
        now: Timestamp,
    ) -> Result<(), Gone> {
        self.fetching.in_flight -= 1;
        let mut answer = TraceAnswer {
            scope: self.scope.clone(),
            at: context.clock.now(),
            found: Vec::new(),
            missing: Vec::new(),
        };
        match outcome {
            Ok(fetched) => {
                self.fetching.answered();
                self.fetching.refused = fetched.closed.first().map(|(_, why)| why.clone());
                for (way, why) in fetched.closed {
                    self.closed.insert(way, (why, now + CLOSED_FOR));
                }
                for found in &fetched.found {
                    self.open.came(found.id, Came::of(found, now), now);
                }
                for (id, why) in &fetched.missing {
                    let came = match why {
                        TraceMissing::Unprocessed => Came::Unprocessed,
                        _ => Came::Unknown,
                    };
                    self.open.came(*id, came, now);
                }
                bill::pay(context, &self.scope, fetched.found.len() as u64).await?;
                (answer.found, answer.missing) = (fetched.found, fetched.missing);
            }
            Err(failure) => {
                self.fetching.failed(failure.clone(), now);
                let again = self.fetching.held_until.unwrap_or(now);
                for id in &ids {
                    self.open.failed(*id, again);
                }
                answer.missing =
                    ids.into_iter().map(|id| (id, TraceMissing::Failed(failure.clone()))).collect();
            }
        }
        context.send(Event::Traces(answer)).await
    }
}
