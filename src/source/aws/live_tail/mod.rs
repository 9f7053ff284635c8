//! Live Tail: lines a second after they were written, where someone has chosen to pay for it.
//!
//! It is the speed and not the truth: it samples, breaks off, and its events have no ids. So `FilterLogEvents` reads
//! on as without it; a line of Live Tail is provisional until it is read there, and a stretch that Live Tail lacks
//! is marked until then. A session holds ten groups; it ends when nobody has wanted it for a minute.

mod provisional;
mod session;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::LiveTailSessionLogEvent;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::feed::{Context, Session};
use crate::model::{GroupKey, Timestamp};
pub(super) use provisional::Provisional;

/// Most groups of a session.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html>.
const GROUPS: usize = 10;
/// How long sessions outlive the pane that wanted them.
const UNWANTED: Duration = Duration::from_mins(1);
/// What sessions have told and nobody has taken in yet: a reader never waits, what is too much is marked and read later.
const WAITING: usize = 256;

/// What a session tells.
#[derive(Debug)]
pub(super) enum News {
    /// It is connected.
    Begun,
    /// Its events of a second.
    Update {
        events: Vec<LiveTailSessionLogEvent>,
        /// More came than a session shows.
        sampled: bool,
    },
    /// No update for five seconds.
    Stale,
    /// Another minute begins, to be paid for.
    Minute,
    /// From then on, by the server's time, lines may be missing: it broke off, or they were too many to keep.
    Broken { since: Timestamp },
    /// It cannot be had: in words.
    Refused { why: String },
}

/// A group, by its ARN.
pub(super) type Target = (GroupKey, Arc<str>);

/// The sessions that are open.
#[derive(Debug)]
pub(super) struct LiveTails {
    sessions: Vec<Running>,
    news: mpsc::Receiver<(u64, News)>,
    told: mpsc::Sender<(u64, News)>,
    unwanted_since: Option<Instant>,
    number: u64,
}

/// One session and its fate.
#[derive(Debug)]
struct Running {
    number: u64,
    targets: Vec<Target>,
    /// Since when it is connected, by the server's time.
    since: Option<Timestamp>,
    stale: bool,
    refused: Option<String>,
    _task: JoinSet<()>,
}

impl LiveTails {
    pub fn new() -> Self {
        let (told, news) = mpsc::channel(WAITING);
        Self { sessions: Vec::new(), news, told, unwanted_since: None, number: 0 }
    }

    /// Opens what is wanted and closes what is not. `None` for the moment that nobody looks.
    pub fn want(&mut self, context: &Context, session: &Arc<Session>, targets: Option<&[Target]>) {
        let Some(targets) = targets else {
            let since = *self.unwanted_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= context.clock.real(UNWANTED) {
                self.sessions.clear();
            }
            return;
        };
        self.unwanted_since = None;
        // A session whose groups are all still wanted goes on; the others make room.
        self.sessions.retain(|running| running.targets.iter().all(|target| targets.contains(target)));
        let served = |target: &&Target| self.sessions.iter().any(|running| running.targets.contains(target));
        let open: Vec<Target> = targets.iter().filter(|target| !served(target)).cloned().collect();
        for targets in open.chunks(GROUPS) {
            self.number += 1;
            let mut task = JoinSet::new();
            let arns = targets.iter().map(|(_, arn)| arn.to_string()).collect();
            let reader =
                session::Reader::new(context.clone(), session.clone(), self.number, arns, self.told.clone());
            task.spawn(reader.run());
            self.sessions.push(Running {
                number: self.number,
                targets: targets.to_vec(),
                since: None,
                stale: false,
                refused: None,
                _task: task,
            });
        }
    }

    /// When sessions are to be closed that nobody wants.
    pub fn closes_at(&self, context: &Context) -> Option<Instant> {
        let since = self.unwanted_since.filter(|_| !self.sessions.is_empty())?;
        Some(since + context.clock.real(UNWANTED))
    }

    /// The next piece of news.
    pub async fn next(&mut self) -> (u64, News) {
        match self.news.recv().await {
            Some(news) => news,
            // Never: this holds a sender itself.
            None => std::future::pending().await,
        }
    }

    /// Takes in what it means for the session itself; its groups, or none if the session is gone.
    pub fn take_in(&mut self, number: u64, news: &News, now: Timestamp) -> Vec<Target> {
        let Some(running) = self.sessions.iter_mut().find(|running| running.number == number) else {
            return Vec::new();
        };
        match news {
            News::Begun => {
                running.since.get_or_insert(now);
                (running.stale, running.refused) = (false, None);
            }
            News::Update { .. } => running.stale = false,
            News::Stale => running.stale = true,
            News::Refused { why } => (running.since, running.refused) = (None, Some(why.clone())),
            News::Minute | News::Broken { .. } => {}
        }
        running.targets.clone()
    }

    /// Since when a group is shown live, and whether its session has fallen silent.
    pub fn of(&self, key: &GroupKey) -> Option<(Timestamp, bool)> {
        let running = self.running(key)?;
        Some((running.since?, running.stale))
    }

    /// Why a group that should be shown live is not.
    pub fn refused(&self, key: &GroupKey) -> Option<&str> {
        self.running(key)?.refused.as_deref()
    }

    fn running(&self, key: &GroupKey) -> Option<&Running> {
        self.sessions.iter().find(|running| running.targets.iter().any(|(group, _)| group == key))
    }

    /// How many are connected.
    pub fn open(&self) -> u64 {
        self.sessions.iter().filter(|running| running.since.is_some()).count() as u64
    }
}
