//! The sources through the real SDK, against the demo's endpoint in this process, on tokio's paused clock.

mod faults;
mod fleet;
mod metrics;
mod money;
mod traces;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lambtop::demo::cloud::{Endpoint, Settings as Account};
use lambtop::demo::faults::{Fault, Faults, Kind};
use lambtop::model::{
    Completeness, Event, Feed, FeedReport, FunctionKey, FunctionList, Interest, Scope, SeriesKey, Timestamp,
    Want, WantId,
};
use lambtop::source::aws::Mount;
use lambtop::source::clock::Clock;
use lambtop::source::{Settings, Sources, start};
use tokio::sync::{mpsc, watch};

/// 2026-03-01 12:00:07.
pub const START: Timestamp = Timestamp::from_secs(1_772_366_407);

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn mins(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

pub fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

pub fn key(name: &str) -> FunctionKey {
    FunctionKey::new(&scope(), name)
}

/// A fault on some calls, from so many seconds after the start until so many.
pub fn fault(kind: Kind, target: &str, from: u64, until: u64) -> Fault {
    Fault::new(kind, target).between((START + secs(from)).millis(), (START + secs(until)).millis())
}

/// The sources at work on an endpoint, and everything that they have told.
pub struct Watching {
    pub clock: Clock,
    pub endpoint: Endpoint,
    pub interest: watch::Sender<Interest>,
    pub told: Vec<(Timestamp, Event)>,
    /// What the newest answers say, as a reader would keep it.
    pub series: BTreeMap<SeriesKey, Kept>,
    events: mpsc::Receiver<Event>,
    sources: Option<Sources>,
}

/// One series as a reader keeps it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub points: BTreeMap<Timestamp, f64>,
    /// How each answer for it was.
    pub answers: Vec<Completeness>,
    /// How often a point that was there came back different.
    pub revised: usize,
}

impl Watching {
    /// Watches an account with those faults.
    pub fn with(faults: Faults) -> Self {
        Self::of(Account { faults, ..Account::default() }, Settings::default())
    }

    /// Watches `account` by `settings`, whose endpoint and keys are filled in.
    pub fn of(account: Account, settings: Settings) -> Self {
        Self::skewed(account, settings, 0)
    }

    /// The same, with a server whose clock is so many seconds behind this computer's.
    pub fn skewed(account: Account, settings: Settings, behind: i64) -> Self {
        let clock = Clock::starting_at(START, 1.0);
        let told_by = clock.clone();
        let endpoint = Endpoint::new(account, Arc::new(move || told_by.now().millis() - behind * 1000));
        let settings = Settings {
            http_client: Some(Mount::new(endpoint.http_client())),
            static_credentials: true,
            ..settings
        };
        let interest = watch::Sender::new(Interest::default());
        let (sender, events) = mpsc::channel(64);
        let sources = Some(start(settings, clock.clone(), interest.subscribe(), sender));
        Self { clock, endpoint, interest, told: Vec::new(), series: BTreeMap::new(), events, sources }
    }

    /// Changes what the screen needs.
    pub fn look_at(&self, change: impl FnOnce(&mut Interest)) {
        self.interest.send_modify(change);
    }

    /// Puts the first functions of the list on screen.
    pub fn look_at_rows(&self, count: usize) {
        let rows = self.list().functions.iter().take(count).map(|function| function.key.clone()).collect();
        self.look_at(|interest| interest.visible = rows);
    }

    /// Lets time pass, taking in whatever is told.
    pub async fn pass(&mut self, time: Duration) {
        let until = tokio::time::Instant::now() + time;
        while let Ok(Some(event)) = tokio::time::timeout_at(until, self.events.recv()).await {
            self.take_in(event);
        }
    }

    /// Lets time pass until something is told; fails after `limit`.
    pub async fn until(&mut self, limit: Duration, what: &str, mut is: impl FnMut(&Self, &Event) -> bool) {
        let until = tokio::time::Instant::now() + limit;
        loop {
            let Ok(received) = tokio::time::timeout_at(until, self.events.recv()).await else {
                panic!("{what}: not within {limit:?}; {}", self.reports())
            };
            let event = received.unwrap_or_else(|| panic!("{what}: the sources ended; {}", self.reports()));
            let found = is(self, &event);
            self.take_in(event);
            if found {
                return;
            }
        }
    }

    /// Until a whole list of functions came.
    pub async fn until_listed(&mut self) -> FunctionList {
        self.until(
            mins(2),
            "a whole list of functions",
            |_, event| matches!(event, Event::Functions(list) if list.complete),
        )
        .await;
        self.list().clone()
    }

    /// The newest list of functions.
    pub fn list(&self) -> &FunctionList {
        let list = self.told.iter().rev().find_map(|(_, event)| match event {
            Event::Functions(list) => Some(list),
            _ => None,
        });
        list.expect("a list was told")
    }

    /// The reports of one feed, in order.
    pub fn reports_of(&self, feed: Feed) -> Vec<(Timestamp, &FeedReport)> {
        let reports = self.told.iter().filter_map(|(_, event)| match event {
            Event::Feed { feed: of, at, report, .. } if *of == feed => Some((*at, report)),
            _ => None,
        });
        reports.collect()
    }

    /// Asks a feed to try again, and waits until it has.
    pub async fn retry(&mut self, id: u64, feed: Option<Feed>) {
        self.look_at(|interest| interest.wants.push((WantId(id), Want::Retry(feed))));
        self.until(secs(30), "the want is answered", |_, event| *event == Event::Answered(WantId(id))).await;
    }

    /// Ends the sources, as the program does; tells what they had still sent.
    pub async fn end(mut self) -> Self {
        self.sources = None;
        while let Some(event) = self.events.recv().await {
            self.take_in(event);
        }
        self
    }

    fn take_in(&mut self, event: Event) {
        if let Event::Series { pages, .. } = &event {
            for page in pages {
                let kept = self.series.entry(page.key.clone()).or_default();
                kept.answers.push(page.completeness);
                for point in &page.points {
                    let before = kept.points.insert(point.at, point.value);
                    kept.revised +=
                        usize::from(before.is_some_and(|before| before.to_bits() != point.value.to_bits()));
                }
                if page.completeness == Completeness::Complete {
                    kept.points
                        .retain(|at, _| !page.range.contains(*at) || page.points.iter().any(|p| p.at == *at));
                }
            }
        }
        self.told.push((self.clock.now(), event));
    }

    fn reports(&self) -> String {
        let reports = self.told.iter().filter_map(|(_, event)| match event {
            Event::Feed { feed, at, report, .. } => {
                Some(format!("\n{:>6}s {feed:?}: {report:?}", at.since(START).as_secs()))
            }
            _ => None,
        });
        reports.collect()
    }
}
