//! A trace from X-Ray, by the same feed that the screen reads.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

use super::request::{Traced, find};
use super::{Style, Subject, show};
use crate::cli::{Flags, TraceArgs};
use crate::model::{
    Event, FailureKind, Feed, Interest, Timestamp, TraceAnswer, TraceDocuments, TraceId, TraceMissing,
    TraceWant,
};
use crate::report::trace::{Missing, why_missing};
use crate::run::launch::{Launch, Shop};
use crate::run::logs::login_failure;
use crate::run::watch::{PICTURED, runtime};
use crate::run::{Stop, say};
use crate::source::{self, Sources, clock::Clock};
use crate::term::Exit;

/// How long a trace that still arrives is waited for.
const PATIENCE: Duration = Duration::from_mins(1);
/// From one look at how it does to the next.
const TICK: Duration = Duration::from_secs(1);
/// Events that may wait.
const EVENTS: usize = 16;
/// X-Ray knows a trace some seconds after its end; what it does not know then, it never will.
const COMES: Duration = Duration::from_mins(15);

/// Carries out `lambtop trace ID`.
pub(super) fn trace(
    launch: &Launch,
    args: &TraceArgs,
    given: &Flags,
    subject: Subject,
    style: &Style,
) -> Result<Exit, Stop> {
    let names = given.functions.clone();
    if matches!(subject, Subject::Request(_)) && names.is_empty() && args.groups.is_empty() {
        return Err(Stop::BadInput(
            "X-Ray does not know the ids of requests: name the function with --function, or its log group with --log-group, and its log is searched".to_owned(),
        ));
    }
    let runtime = runtime(args.on.demo)?;
    let ended = runtime.block_on(async {
        let shop = args.on.demo.then(|| {
            let at = args.on.simulation.now.unwrap_or(PICTURED);
            Shop::open(args.on.simulation.seed, Clock::starting_at(at, 1.0))
        });
        let clock = shop.as_ref().map_or_else(Clock::system, |shop| shop.clock.clone());
        let searches = matches!(subject, Subject::Request(_));
        let mut settings = source::Settings { functions: names.clone(), ..launch.source(shop.as_ref()) };
        settings.without = vec![Feed::Metrics, Feed::Details, Feed::Logs];
        if !searches || names.is_empty() {
            settings.without.push(Feed::Functions);
        }
        let mut asking = Asking::start(settings, clock);
        let ids = match subject {
            Subject::Trace(id) => vec![id],
            Subject::Request(request) => {
                let since = args.since.as_deref().or(given.since.as_deref());
                match find(&mut asking, request, names, args.groups.clone(), since).await? {
                    Traced::In(ids) => ids,
                    Traced::Not(why) => {
                        say(&format!("lambtop: {request}: {why}"));
                        return Ok(Exit::Incomplete);
                    }
                }
            }
        };
        let fetched = asking.fetch(&ids).await?;
        fetched.print(&ids, style)
    });
    runtime.shutdown_background();
    ended
}

/// The sources at work, and what they tell.
pub(super) struct Asking {
    pub clock: Clock,
    pub interest: watch::Sender<Interest>,
    events: mpsc::Receiver<Event>,
    _sources: Sources,
}

/// What has come of the traces.
#[derive(Default)]
struct Fetched {
    found: BTreeMap<TraceId, TraceDocuments>,
    missing: BTreeMap<TraceId, TraceMissing>,
}

impl Asking {
    pub fn start(settings: source::Settings, clock: Clock) -> Self {
        let (told, events) = mpsc::channel(EVENTS);
        let (interest, wanted) = watch::channel(Interest::default());
        let sources = source::start(settings, clock.clone(), wanted, told);
        Self { clock, interest, events, _sources: sources }
    }

    /// The next event, or none at the deadline. A login that does not work ends everything.
    pub async fn next(&mut self, deadline: Instant) -> Result<Option<Event>, Stop> {
        match timeout_at(deadline, self.events.recv()).await {
            Ok(Some(event)) => match login_failure(&event) {
                Some(failure) => Err(Stop::Failed(failure)),
                None => Ok(Some(event)),
            },
            Ok(None) | Err(_) => Ok(None),
        }
    }

    /// Waits until the traces are whole, or patience runs out.
    async fn fetch(&mut self, ids: &[TraceId]) -> Result<Fetched, Stop> {
        let open = ids.to_vec();
        self.interest.send_modify(|interest| {
            interest.traces = Some(TraceWant { open, ..TraceWant::default() });
        });
        let mut fetched = Fetched::default();
        let deadline = Instant::now() + PATIENCE;
        while !ids.iter().all(|id| fetched.is_over(*id, self.clock.now())) && Instant::now() < deadline {
            let tick = deadline.min(Instant::now() + TICK);
            if let Some(Event::Traces(answer)) = self.next(tick).await? {
                fetched.take(answer);
            }
        }
        Ok(fetched)
    }
}

impl Fetched {
    fn take(&mut self, answer: TraceAnswer) {
        for found in answer.found {
            self.missing.remove(&found.id);
            self.found.insert(found.id, found);
        }
        for (id, why) in answer.missing {
            if !self.found.contains_key(&id) {
                self.missing.insert(id, why);
            }
        }
    }

    /// Whether waiting for a trace leads nowhere.
    fn is_over(&self, id: TraceId, now: Timestamp) -> bool {
        if let Some(found) = self.found.get(&id) {
            return found.is_settled(now);
        }
        match self.missing.get(&id) {
            None | Some(TraceMissing::Unprocessed) => false,
            Some(TraceMissing::Unknown) => now.since(Timestamp::from_secs(i64::from(id.seconds()))) >= COMES,
            Some(TraceMissing::Unretrievable(_)) => true,
            Some(TraceMissing::Failed(failure)) => {
                matches!(failure.kind, FailureKind::AccessDenied { .. } | FailureKind::Refused)
            }
        }
    }

    /// Prints what is there, and says what is not.
    fn print(self, ids: &[TraceId], style: &Style) -> Result<Exit, Stop> {
        let mut said = Vec::new();
        for id in ids {
            match (self.found.get(id), self.missing.get(id)) {
                (Some(found), _) if found.is_in_progress() => {
                    said.push(format!("{id}: in progress: something in it has not ended"));
                }
                (Some(found), _) if found.unreadable > 0 => {
                    said.push(format!("{id}: {} of its documents could not be read", found.unreadable));
                }
                (Some(_), _) => {}
                (None, Some(why)) => said.push(format!("{id}: {}", why_missing(why))),
                (None, None) => said.push(format!("{id}: no answer in time")),
            }
        }
        let mut exit = Exit::Success;
        let unprocessed = self.missing.iter().filter(|(_, why)| **why == TraceMissing::Unprocessed);
        let missing = Missing {
            truncated: self.found.values().any(|found| found.truncated),
            unreadable: self.found.values().map(|found| found.unreadable as usize).sum(),
            unprocessed: unprocessed.map(|(id, _)| id.to_string()).collect(),
        };
        let segments: Vec<_> = self.found.into_values().flat_map(|found| found.segments).collect();
        if !segments.is_empty() {
            exit = show(segments, &missing, style)?;
        }
        for line in &said {
            say(&format!("lambtop: {line}"));
            exit = Exit::Incomplete;
        }
        Ok(exit)
    }
}
