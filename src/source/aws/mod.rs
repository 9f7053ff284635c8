//! The AWS side: the feeds that call, and how they pace, pay for, and survive what AWS answers.
//!
//! ```text
//! identity --session--> functions --fleet--> metrics
//!                           \------fleet--> details --provisioned--> metrics
//! ```
//!
//! The identity feed finds out who we are and hands a session (scope and clients) to the others; the functions feed
//! lists the fleet; details and metrics ask about it as the screen needs,
//! logs and traces about what is on it. Every call goes through
//! `Context::call`, which waits for its turn and names its [`Operation`]: so nothing can be
//! called that [`OPERATIONS`] does not list, and all of those only read.
//!
//! `ListMetrics` and the calls to Lambda and STS cost nothing (`ListMetrics` within the first million requests of a
//! month, which these rounds come nowhere near); `GetMetricData` is counted in the ledger of the metrics feed.

mod clients;
mod describe;
mod details;
mod failure;
mod feed;
mod functions;
mod identity;
mod journal;
mod live_tail;
mod logs;
mod metric_list;
mod metrics;
mod operation;
mod pace;
mod repair;
mod server;
mod spend;
mod traces;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

pub use clients::Mount;
pub use operation::{OPERATIONS, Operation};

use super::Settings;
use super::clock::Clock;
use crate::model::{Event, Feed, Interest, Want, WantId};
use feed::{Context, Gone, Nudge, supervise};

/// How long a retry may take until it is called answered: then the feed's own reports say what is going on.
const WANT_LIMIT: Duration = Duration::from_secs(20);

/// Spawns all feeds. The set aborts them when it is dropped.
pub(super) fn start(
    settings: Settings,
    clock: Clock,
    interest: watch::Receiver<Interest>,
    events: mpsc::Sender<Event>,
) -> JoinSet<()> {
    let pacer = pace::Pacer::new(clock.clone(), settings.log_calls_per_second);
    let context = Context {
        settings: Arc::new(settings),
        pacer: Arc::new(pacer),
        ledger: Arc::new(Mutex::new(spend::Ledger::new(clock.now()))),
        clock,
        interest,
        events,
        session: watch::Sender::new(None),
        fleet: watch::Sender::default(),
        provisioned: watch::Sender::default(),
        login_lost: watch::Sender::default(),
    };
    let running = Feed::ALL.into_iter().filter(|feed| !context.settings.without.contains(feed));
    let nudges: Arc<[(Feed, Nudge)]> = running.map(|feed| (feed, Nudge::new())).collect();
    let mut tasks = JoinSet::new();
    for (feed, nudge) in nudges.iter().cloned() {
        let (supervised, inner) = (context.clone(), context.clone());
        tasks.spawn(supervise(supervised, feed, move || run(feed, inner.clone(), nudge.clone())));
    }
    let (supervised, inner) = (context.clone(), context.clone());
    tasks.spawn(supervise(supervised, Feed::Logs, move || logs::search::run(inner.clone())));
    // No feed of its own: should it panic, the one that everything begins with says so.
    let supervised = context.clone();
    let answer = move || answer_wants(context.clone(), nudges.clone());
    tasks.spawn(supervise(supervised, Feed::Identity, answer));
    tasks
}

async fn run(feed: Feed, context: Context, nudge: Nudge) -> Result<(), Gone> {
    match feed {
        Feed::Identity => identity::run(context, nudge).await,
        Feed::Functions => functions::run(context, nudge).await,
        Feed::Metrics => metrics::run(context, nudge).await,
        Feed::Details => details::run(context, nudge).await,
        Feed::Logs => logs::run(context, nudge).await,
        Feed::Traces => traces::run(context, nudge).await,
    }
}

/// Has feeds try again when the screen asks for it, and says when they have.
async fn answer_wants(context: Context, nudges: Arc<[(Feed, Nudge)]>) -> Result<(), Gone> {
    let mut interest = context.interest.clone();
    let mut seen: BTreeSet<WantId> = BTreeSet::new();
    let mut answering = JoinSet::new();
    loop {
        let wants = interest.borrow_and_update().wants.clone();
        seen.retain(|id| wants.iter().any(|(want, _)| want == id));
        for (id, want) in wants {
            // The others are answered by the feed they are about.
            let Want::Retry(which) = want else { continue };
            if !seen.insert(id) {
                continue;
            }
            let context = context.clone();
            let concerned: Vec<Nudge> = nudges
                .iter()
                .filter(|(feed, _)| which.is_none_or(|which| which == *feed))
                .map(|(_, nudge)| nudge.clone())
                .collect();
            answering.spawn(async move {
                let mut rounds: JoinSet<()> = concerned
                    .into_iter()
                    .map(|nudge| async move { nudge.and_wait(WANT_LIMIT).await })
                    .collect();
                while rounds.join_next().await.is_some() {}
                context.send(Event::Answered(id)).await
            });
        }
        tokio::select! {
            changed = interest.changed() => changed.map_err(|_| Gone)?,
            Some(answered) = answering.join_next() => match answered {
                Ok(answered) => answered?,
                Err(failed) => if let Ok(panic) = failed.try_into_panic() { std::panic::resume_unwind(panic) },
            },
        }
    }
}
