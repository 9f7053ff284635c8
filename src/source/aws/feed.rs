//! What all feeds share: who they ask, how they report, and how they are woken and restarted.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::Instrument;

use super::clients::Clients;
use super::failure::Called;
use super::functions::Fleet;
use super::journal;
use super::operation::Operation;
use super::pace::{Lane, Pacer};
use super::spend::Ledger;
use crate::model::{Event, Failure, FailureKind, Feed, FeedReport, FunctionKey, Interest, Scope};
use crate::source::Settings;
use crate::source::clock::Clock;

/// The reader of events is gone: the program is ending, and so does the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

/// Why a round of calls ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The program is ending.
    Gone,
    /// A call failed.
    Failed(Failure),
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Who we are and with which clients: what the identity feed found out and the others work with.
#[derive(Debug)]
pub(super) struct Session {
    pub scope: Scope,
    pub clients: Clients,
    /// Whether the profile has an `mfa_serial`.
    pub mfa: bool,
}

/// Everything that a feed is given.
#[derive(Clone)]
pub(super) struct Context {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub interest: watch::Receiver<Interest>,
    pub events: mpsc::Sender<Event>,
    pub pacer: Arc<Pacer>,
    /// What has been paid; kept here so that a restarted feed cannot spend it again.
    pub ledger: Arc<Mutex<Ledger>>,
    /// The newest session; written by the identity feed.
    pub session: watch::Sender<Option<Arc<Session>>>,
    /// The functions there are; written by the functions feed.
    pub fleet: watch::Sender<Fleet>,
    /// Functions that have provisioned concurrency; written by the details feed.
    pub provisioned: watch::Sender<Vec<FunctionKey>>,
    /// Wakes the identity feed: a call found that the credentials do not work any more.
    pub login_lost: watch::Sender<u64>,
}

impl Context {
    /// Sends an event, waiting while the reader is behind.
    pub async fn send(&self, event: Event) -> Result<(), Gone> {
        self.events.send(event).await.map_err(|_| Gone)
    }

    /// Says how a feed is doing.
    pub async fn report(&self, scope: &Scope, feed: Feed, report: FeedReport) -> Result<(), Gone> {
        journal::reported(feed, scope, &report);
        self.send(Event::Feed { scope: scope.clone(), feed, at: self.clock.now(), report }).await
    }

    /// Reports a failure that is tried again after `wait`, and has the identity feed look if it is about credentials.
    pub async fn report_failed(
        &self,
        scope: &Scope,
        feed: Feed,
        failure: Failure,
        wait: Duration,
    ) -> Result<(), Gone> {
        if failure.needs_login() {
            self.login_lost.send_modify(|times| *times += 1);
        }
        self.report(scope, feed, FeedReport::Failed { failure, retry_at: self.clock.now() + wait }).await
    }

    /// Makes one call in its turn.
    pub fn call<'a, T, E>(
        &'a self,
        session: &'a Session,
        lane: Lane,
        operation: Operation,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> Asked<'a, T>
    where
        T: Send,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let called = Called { operation, region: &session.scope.region, mfa: session.mfa };
        self.paced(called, &session.scope, lane, call)
    }

    /// Makes one call in its turn, without a session.
    pub fn ask<'a, T, E>(
        &'a self,
        called: Called<'a>,
        lane: Lane,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> Asked<'a, T>
    where
        T: Send,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        Box::pin(async move {
            let scope = Scope::unnamed(called.region);
            self.paced(called, &scope, lane, call).await
        })
    }

    /// Waits for a turn, makes the call, and slows down when AWS says so.
    fn paced<'a, T, E>(
        &'a self,
        called: Called<'a>,
        scope: &'a Scope,
        lane: Lane,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> Asked<'a, T>
    where
        T: Send,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        Box::pin(async move {
            self.pacer.turn(scope, lane).await;
            let began = Instant::now();
            let answer = call.await.map_err(|error| called.failed(&error));
            journal::called(called.operation, began.elapsed(), answer.as_ref().err());
            if answer.as_ref().is_err_and(|failure| failure.kind == FailureKind::Throttled) {
                self.pacer.throttled(scope, lane);
            }
            answer
        })
    }
}

/// A call under way. Boxed, because the SDK's futures are some ten kilobytes each.
pub(super) type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// Lets a feed wait for a session, notice a new one, and be told to try again now.
pub(super) struct Wakes {
    session: watch::Receiver<Option<Arc<Session>>>,
    nudges: watch::Receiver<u64>,
    done: watch::Sender<u64>,
    /// The nudges that the round under way answers.
    answering: u64,
    /// The session of the round under way.
    worked_with: Option<Arc<Session>>,
}

/// What a round begins with.
pub(super) struct Round {
    pub session: Arc<Session>,
    /// Someone asked to try again, or there are new credentials: what is known or failed is asked again.
    pub again: bool,
}

impl Wakes {
    pub fn new(context: &Context, nudge: &Nudge) -> Self {
        let nudges = nudge.asked.subscribe();
        // Those that a feed before this one, which panicked, has left behind are answered by the first round.
        let answering = *nudges.borrow();
        Self {
            session: context.session.subscribe(),
            nudges,
            done: nudge.done.clone(),
            answering,
            worked_with: None,
        }
    }

    /// Begins a round, as soon as there is a session. It answers all nudges so far.
    pub async fn begin(&mut self) -> Result<Round, Gone> {
        loop {
            let newest = *self.nudges.borrow_and_update();
            let nudged = std::mem::replace(&mut self.answering, newest) != newest;
            if let Some(session) = self.session.borrow_and_update().clone() {
                let before = self.worked_with.replace(session.clone());
                let other = before.is_some_and(|before| !Arc::ptr_eq(&before, &session));
                return Ok(Round { session, again: nudged || other });
            }
            // Nothing can be tried without a session: a nudge for the identity feed is all there is to do.
            self.done.send_replace(self.answering);
            self.changed().await?;
        }
    }

    /// The round that began last has ended.
    pub fn round_ended(&self) {
        self.done.send_replace(self.answering);
    }

    /// Waits for a nudge or another session: then the next round knows of it.
    pub async fn changed(&mut self) -> Result<(), Gone> {
        tokio::select! {
            changed = self.session.changed() => changed,
            changed = self.nudges.changed() => changed,
        }
        .map_err(|_| Gone)
    }

    /// Waits for a nudge, without regard for sessions: the identity feed makes them.
    pub async fn nudged(&mut self) -> Result<(), Gone> {
        self.nudges.changed().await.map_err(|_| Gone)?;
        self.answering = *self.nudges.borrow_and_update();
        Ok(())
    }
}

/// How a feed is told to try again now, and how it says that it has.
#[derive(Clone, Debug)]
pub(super) struct Nudge {
    asked: watch::Sender<u64>,
    done: watch::Sender<u64>,
}

impl Nudge {
    pub fn new() -> Self {
        Self { asked: watch::Sender::new(0), done: watch::Sender::new(0) }
    }

    /// Wakes the feed, and returns when it has made a round since; waits at most `limit`.
    pub async fn and_wait(&self, limit: Duration) {
        let mut number = 0;
        self.asked.send_modify(|asked| {
            *asked += 1;
            number = *asked;
        });
        let mut done = self.done.subscribe();
        // Past the limit the feed's own reports tell what is going on.
        let _ = tokio::time::timeout(limit, done.wait_for(|done| *done >= number)).await;
    }
}

/// Runs a feed for ever: a panic in it is reported and it is started again, later each time.
pub(super) async fn supervise<F, Run>(context: Context, feed: Feed, run: F)
where
    F: Fn() -> Run,
    Run: Future<Output = Result<(), Gone>> + Send + 'static,
{
    let mut times = 0;
    loop {
        // A set, because dropping it ends the task in it.
        let mut task = JoinSet::new();
        task.spawn(run().instrument(journal::feed(feed)));
        match task.join_next().await {
            Some(Err(failed)) if failed.is_panic() => {}
            _ => return,
        }
        times += 1;
        let scope = context.session.borrow().as_ref().map_or_else(
            || Scope::unnamed(context.settings.region.as_deref().unwrap_or(super::identity::NO_REGION)),
            |session| session.scope.clone(),
        );
        if context.report(&scope, feed, FeedReport::Restarted { times }).await.is_err() {
            return;
        }
        context.clock.sleep(Duration::from_secs(1 << times.min(6))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_feed_that_panics_says_so_and_is_started_again_later_each_time() {
        let (events, mut told) = mpsc::channel(8);
        let clock = Clock::system();
        let context = Context {
            settings: Arc::default(),
            pacer: Arc::new(Pacer::new(clock.clone(), None)),
            ledger: Arc::new(Mutex::new(Ledger::new(clock.now()))),
            clock,
            interest: watch::Sender::default().subscribe(),
            events,
            session: watch::Sender::new(None),
            fleet: watch::Sender::default(),
            provisioned: watch::Sender::default(),
            login_lost: watch::Sender::default(),
        };
        let runs = watch::Sender::new(0);
        let run = || {
            runs.send_modify(|runs| *runs += 1);
            let number = *runs.borrow();
            async move {
                assert!(number > 2, "run {number} goes wrong");
                Ok(())
            }
        };
        let started = Instant::now();
        supervise(context, Feed::Details, run).await;
        assert_eq!((*runs.borrow(), started.elapsed()), (3, Duration::from_secs(2 + 4)));
        for times in [1, 2] {
            let Some(Event::Feed { feed: Feed::Details, report, .. }) = told.recv().await else {
                panic!("a report")
            };
            assert_eq!(report, FeedReport::Restarted { times });
        }
        assert_eq!(told.recv().await, None);
    }
}
