//! Sources and app without a terminal: what the headless commands look at.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::Stop;
use super::launch::{Launch, Shop};
use crate::app::{App, Input, Key};
use crate::cli::Simulation;
use crate::model::{Feed, Timestamp};
use crate::source::{self, Sources, clock::Clock};

/// Where the demo stands still when no time is given: a bad deploy, a throttle storm and a stream that falls behind.
/// 2026-03-01T14:31:16Z.
pub(super) const PICTURED: Timestamp = Timestamp::from_secs(1_772_375_476);
/// How long before that a picture of the demo begins to watch.
pub(super) const WARM_UP: Duration = Duration::from_secs(76);
/// How long an account may take to answer everything.
const PATIENCE: Duration = Duration::from_mins(1);
/// Events that may wait.
const EVENTS: usize = 1024;

/// An app that is fed by sources and never drawn.
pub(super) struct Watch {
    pub app: App,
    clock: Clock,
    events: mpsc::Receiver<crate::model::Event>,
    interest: watch::Sender<crate::model::Interest>,
    _sources: Sources,
}

/// Runs `program` on the simulated shop, in time that passes as fast as it can be computed: the same seed and
/// time give the same answer to the byte.
pub(super) fn simulated<T>(
    launch: &Launch,
    simulation: &Simulation,
    size: (u16, u16),
    program: impl AsyncFnOnce(Watch, Timestamp) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let until = simulation.now.unwrap_or(PICTURED);
    runtime(true)?.block_on(async {
        let shop = Shop::open(simulation.seed, Clock::starting_at(until - WARM_UP, 1.0));
        program(Watch::start(launch, Some(&shop), shop.clock.clone(), size), until).await
    })
}

/// Runs `program` on the account that the settings lead to.
pub(super) fn account<T>(
    launch: &Launch,
    size: (u16, u16),
    program: impl AsyncFnOnce(Watch) -> Result<T, Stop>,
) -> Result<T, Stop> {
    runtime(false)?.block_on(async { program(Watch::start(launch, None, Clock::system(), size)).await })
}

/// A runtime of one thread; `paused` lets time pass as fast as it can be computed.
pub(super) fn runtime(paused: bool) -> Result<tokio::runtime::Runtime, Stop> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(paused)
        .build()
        .map_err(|error| Stop::Failed(format!("no threads can be started: {error}")))
}

impl Watch {
    fn start(launch: &Launch, shop: Option<&Shop>, clock: Clock, (columns, rows): (u16, u16)) -> Self {
        let mut app = App::new(launch.app(shop.is_some()), clock.now());
        app.input(clock.now(), Input::Resize { columns, rows });
        let (told, events) = mpsc::channel(EVENTS);
        let (interest, wanted) = watch::channel(app.interest());
        let sources = source::start(launch.source(shop), clock.clone(), wanted, told);
        Self { app, clock, events, interest, _sources: sources }
    }

    /// Presses keys, as a person would.
    pub fn press(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.take(Input::Key(key));
        }
    }

    /// Watches until the shop's clock shows `end`, which then is the time on screen.
    pub async fn until(&mut self, end: Timestamp) {
        while self.clock.now() < end {
            self.turn(end.since(self.clock.now()).min(Duration::from_secs(1))).await;
        }
        while let Ok(event) = self.events.try_recv() {
            self.app.input(end, Input::Event(Box::new(event)));
        }
        self.app.input(end, Input::Tick);
    }

    /// Watches until `settled`, or until patience runs out.
    pub async fn settle(&mut self, settled: impl Fn(&App) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !settled(&self.app) && Instant::now() < end {
            self.turn(Duration::from_millis(200)).await;
        }
    }

    /// Takes in the next event, or the passing of `longest`.
    async fn turn(&mut self, longest: Duration) {
        let input = tokio::select! {
            Some(event) = self.events.recv() => Input::Event(Box::new(event)),
            () = self.clock.sleep(longest) => Input::Tick,
        };
        self.take(input);
    }

    fn take(&mut self, input: Input) {
        self.app.input(self.clock.now(), input);
        let wanted = self.app.interest();
        self.interest.send_if_modified(|known| {
            let news = *known != wanted;
            *known = wanted;
            news
        });
    }
}

/// Whether everything that was asked for first has been answered, or has failed.
pub(super) fn settled(app: &App) -> bool {
    let login = app.store().feed(Feed::Identity).failing.is_some_and(|failing| failing.failure.needs_login());
    login
        || [Feed::Functions, Feed::Metrics].into_iter().all(|feed| {
            let state = app.store().feed(feed);
            state.failing.is_some() || state.last_answered.is_some()
        })
}
