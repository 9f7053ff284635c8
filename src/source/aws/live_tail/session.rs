//! One session: connected, read without a pause, connected anew, for as long as it is wanted.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::operation::start_live_tail::StartLiveTailOutput;
use aws_sdk_cloudwatchlogs::types::{LiveTailSessionMetadata, StartLiveTailResponseStream as Frame};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Instant;

use super::News;
use crate::model::{Failure, FailureKind, Timestamp};
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::START_LIVE_TAIL;
use crate::source::aws::pace::Lane;

/// The service sends an update each second, even an empty one: without one for so long, the session is stale.
const STALE: Duration = Duration::from_secs(5);
/// And for so long, it is dropped. This also ends connections that are half open, and messages that never end.
const DEAD: Duration = Duration::from_secs(10);
/// A session lasts three hours: before that, another one is opened beside it.
const RENEWED: Duration = Duration::from_mins(175);
/// Before a session that broke off is connected anew: the first wait and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// What was connected for so long begins with the first wait again.
const STEADY: Duration = Duration::from_secs(10);
/// Before a session that was refused is tried again.
const AFTER_REFUSAL: Duration = Duration::from_mins(5);
const MINUTE: Duration = Duration::from_mins(1);

/// The task of one session.
pub(super) struct Reader {
    context: Context,
    session: Arc<Session>,
    number: u64,
    arns: Vec<String>,
    told: mpsc::Sender<(u64, News)>,
    /// The server's time of the last update: up to there nothing is missing.
    whole_to: Option<Timestamp>,
    /// Something could not be told, and has to be.
    lost_since: Option<Timestamp>,
}

/// Why reading a session ended.
enum End {
    /// It broke off, or is over: connect anew.
    Broken,
    /// Nobody reads the news any more.
    Gone,
}

impl Reader {
    pub fn new(
        context: Context,
        session: Arc<Session>,
        number: u64,
        arns: Vec<String>,
        told: mpsc::Sender<(u64, News)>,
    ) -> Self {
        Self { context, session, number, arns, told, whole_to: None, lost_since: None }
    }

    pub async fn run(mut self) {
        let mut wait = FIRST_WAIT;
        loop {
            let connected = Instant::now();
            match self.connect().await {
                Ok(stream) => {
                    if let End::Gone = self.read(stream).await {
                        return;
                    }
                    let since = self.whole_to.unwrap_or_else(|| self.session.clients.server.now());
                    if self.told.send((self.number, News::Broken { since })).await.is_err() {
                        return;
                    }
                    if self.context.clock.own(connected.elapsed()) >= STEADY {
                        wait = FIRST_WAIT;
                    }
                    self.context.clock.sleep(self.jittered(wait)).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                Err(failure) => {
                    let passes = matches!(
                        failure.kind,
                        FailureKind::Service | FailureKind::TimedOut | FailureKind::ExpiredCredentials
                    );
                    let why = Self::why(&failure);
                    if self.told.send((self.number, News::Refused { why })).await.is_err() {
                        return;
                    }
                    let pause = if passes { self.jittered(wait) } else { AFTER_REFUSAL };
                    wait = (wait * 2).min(LONGEST_WAIT);
                    self.context.clock.sleep(pause).await;
                }
            }
        }
    }

    /// Why there is no Live Tail, and that lines come all the same.
    fn why(failure: &Failure) -> String {
        let what = match &failure.kind {
            FailureKind::AccessDenied { permission } => format!("denied, needs {permission}"),
            // `LimitExceededException`, in the words of the general kind.
            FailureKind::Throttled => "the account's 15 sessions are in use".to_owned(),
            FailureKind::NoNetwork => {
                format!("stream-logs.{} cannot be reached: a VPC needs an endpoint for it", failure.region)
            }
            _ => format!("{failure}"),
        };
        format!("Live Tail: {what}; read by FilterLogEvents instead")
    }

    async fn connect(&self) -> Result<StartLiveTailOutput, Failure> {
        let arns = Some(self.arns.clone());
        let call = self.session.clients.logs.start_live_tail().set_log_group_identifiers(arns).send();
        self.context.call(&self.session, Lane::LiveTail, START_LIVE_TAIL, call).await
    }

    /// Reads until the stream ends, falls silent, or nobody listens.
    async fn read(&mut self, mut stream: StartLiveTailOutput) -> End {
        let clock = self.context.clock.clone();
        let mut last = Instant::now();
        let (mut renew_at, mut minute) = (last + clock.real(RENEWED), last);
        let mut stale = false;
        loop {
            let quiet = if stale { DEAD } else { STALE };
            tokio::select! {
                frame = stream.response_stream.recv() => match frame {
                    Ok(Some(Frame::SessionStart(_))) => {
                        last = Instant::now();
                        if self.tell(News::Begun).is_err() {
                            return End::Gone;
                        }
                    }
                    Ok(Some(Frame::SessionUpdate(update))) => {
                        (last, stale) = (Instant::now(), false);
                        let sampled = update.session_metadata().is_some_and(LiveTailSessionMetadata::sampled);
                        let events = update.session_results.unwrap_or_default();
                        if self.tell(News::Update { events, sampled }).is_err() {
                            return End::Gone;
                        }
                        self.whole_to = Some(self.session.clients.server.now());
                    }
                    // A kind of message that is not known yet says nothing.
                    Ok(Some(_)) => {}
                    Ok(None) | Err(_) => return End::Broken,
                },
                () = tokio::time::sleep_until(last + clock.real(quiet)) => {
                    if stale {
                        return End::Broken;
                    }
                    stale = true;
                    if self.tell(News::Stale).is_err() {
                        return End::Gone;
                    }
                }
                () = tokio::time::sleep_until(minute) => {
                    minute += clock.real(MINUTE);
                    if self.tell(News::Minute).is_err() {
                        return End::Gone;
                    }
                }
                () = tokio::time::sleep_until(renew_at) => {
                    // The old one is read on until the new one is there: the seams overlap.
                    match self.connect().await {
                        Ok(new) => (stream, renew_at) = (new, Instant::now() + clock.real(RENEWED)),
                        Err(_) => renew_at = Instant::now() + clock.real(LONGEST_WAIT),
                    }
                }
            }
        }
    }

    /// Tells without waiting. What finds no room is told of as a stretch that lacks lines.
    fn tell(&mut self, news: News) -> Result<(), ()> {
        if let Some(since) = self.lost_since {
            match self.told.try_send((self.number, News::Broken { since })) {
                Ok(()) => self.lost_since = None,
                Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Closed(_)) => return Err(()),
            }
        }
        match self.told.try_send((self.number, news)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                let now = self.session.clients.server.now();
                self.lost_since.get_or_insert(self.whole_to.unwrap_or(now));
                Ok(())
            }
            Err(TrySendError::Closed(_)) => Err(()),
        }
    }

    /// Up to a quarter more, so that sessions that broke off together do not come back together.
    fn jittered(&self, wait: Duration) -> Duration {
        let seed = self.context.clock.now().millis().unsigned_abs() ^ self.number << 32;
        let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        wait.mul_f64(1.0 + mixed as f64 / f64::from(1 << 24) / 4.0)
    }
}
