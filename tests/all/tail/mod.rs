//! Tails against the demo's endpoint in this process, on tokio's paused clock: what arrives is what was served.

mod asking;
mod faults;
mod groups;
mod live;
mod promises;
mod search;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use lambtop::demo::cloud::{Endpoint, Lines, Settings as Account, Synthetic};
use lambtop::demo::faults::{Fault, Faults, Kind};
use lambtop::model::{
    Event, Feed, FeedReport, GroupKey, Interest, LogGap, LogWant, Scope, TailReport, TailStatus, Timestamp,
    Want, WantId,
};
use lambtop::source::aws::Mount;
use lambtop::source::clock::Clock;
use lambtop::source::{Settings, Sources, start};
use lambtop::store::lines::Lines as Held;
use tokio::sync::{mpsc, watch};

/// 2026-03-01 12:00:07, by the server's clock.
pub const START: Timestamp = Timestamp::from_secs(1_772_366_407);
/// A group of made-up lines.
pub const FLOOD: &str = "/shop/flood";

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn mins(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

pub fn key(group: &str) -> GroupKey {
    GroupKey::new(&Scope::new("123456789012", "eu-west-1"), group)
}

/// What `FilterLogEvents` does wrong, from so many seconds after the start until so many.
pub fn fault(kind: Kind, from: u64, until: u64) -> Fault {
    faulty(kind, "logs:FilterLogEvents", from, until)
}

/// What goes wrong with some calls, from so many seconds after the start until so many.
pub fn faulty(kind: Kind, target: &str, from: u64, until: u64) -> Fault {
    Fault::new(kind, target).between((START + secs(from)).millis(), (START + secs(until)).millis())
}

/// So many events at an even pace, from so many seconds before the start on.
pub fn flood(before: u64, events: u64, per_second: u32, late_share: f64) -> Synthetic {
    Synthetic::new(
        FLOOD,
        Lines::Flood { from: (START - secs(before)).millis(), events, per_second, late_share },
    )
}

/// An account with those groups and no function, where this goes wrong.
pub fn account(synthetic: Vec<Synthetic>, faults: Faults) -> Account {
    Account { synthetic, faults, empty: true, ..Account::default() }
}

/// An account with those groups beside the fleet's.
pub fn shop(synthetic: Vec<Synthetic>, faults: Faults) -> Account {
    Account { empty: false, ..account(synthetic, faults) }
}

/// The number of an event of a flood.
pub fn number(event_id: &str) -> u64 {
    event_id[event_id.len() - 22..].parse().expect("a number")
}

/// Tails at work, and a reader who keeps what they tell.
pub struct Tailing {
    /// The clock of this computer.
    pub clock: Clock,
    pub endpoint: Endpoint,
    pub interest: watch::Sender<Interest>,
    /// By event id: its group, time, and whether it was late.
    pub lines: BTreeMap<String, (String, Timestamp, bool)>,
    /// How many lines begin with which character.
    pub beginnings: BTreeMap<char, u64>,
    /// Ids of lines of Live Tail that nothing has replaced yet.
    pub provisional: BTreeSet<u64>,
    /// How many lines came by Live Tail, and the minutes that are paid for.
    pub shown_live: usize,
    pub live_minutes: u64,
    /// Events that were told more than once.
    pub twice: BTreeSet<String>,
    pub reports: Vec<(Timestamp, TailReport)>,
    pub gaps: Vec<LogGap>,
    pub answered: Vec<WantId>,
    /// What is held of it all, for tests that look at that.
    pub held: Option<Held>,
    pub searches: Vec<lambtop::model::SearchReport>,
    pub spend: lambtop::model::Spend,
    pub feed: Vec<(Timestamp, FeedReport)>,
    /// By how many milliseconds the server's clock is ahead of this computer's.
    ahead: Arc<AtomicI64>,
    events: mpsc::Receiver<Event>,
    _sources: Sources,
}

impl Tailing {
    /// Tails of an account, by this computer's right clock.
    pub fn of(account: Account) -> Self {
        Self::skewed(account, 0)
    }

    /// The same, with so many calls of `FilterLogEvents` a second.
    pub fn paced(account: Account, calls_per_second: f64) -> Self {
        let settings = Settings { log_calls_per_second: Some(calls_per_second), ..Settings::default() };
        Self::with(account, 0, settings)
    }

    /// The same, with a clock that is so many seconds ahead of the server's.
    pub fn skewed(account: Account, ahead: i64) -> Self {
        Self::with(account, ahead, Settings::default())
    }

    /// The same, with settings of their own.
    pub fn with(account: Account, ahead: i64, settings: Settings) -> Self {
        let clock = Clock::starting_at(Timestamp::from_millis(START.millis() + ahead * 1000), 1.0);
        let difference = Arc::new(AtomicI64::new(-ahead * 1000));
        let (told_by, offset) = (clock.clone(), difference.clone());
        let now = move || told_by.now().millis() + offset.load(Ordering::Relaxed);
        let endpoint = Endpoint::new(account, Arc::new(now));
        let settings = Settings {
            http_client: Some(Mount::new(endpoint.http_client())),
            static_credentials: true,
            ..settings
        };
        let interest = watch::Sender::new(Interest::default());
        let (sender, events) = mpsc::channel(64);
        let sources = start(settings, clock.clone(), interest.subscribe(), sender);
        Self {
            clock,
            endpoint,
            interest,
            lines: BTreeMap::new(),
            beginnings: BTreeMap::new(),
            provisional: BTreeSet::new(),
            shown_live: 0,
            live_minutes: 0,
            twice: BTreeSet::new(),
            reports: Vec::new(),
            gaps: Vec::new(),
            answered: Vec::new(),
            held: None,
            searches: Vec::new(),
            spend: lambtop::model::Spend::default(),
            feed: Vec::new(),
            ahead: difference,
            events,
            _sources: sources,
        }
    }

    /// Tails one group from so long before the start.
    pub fn group(account: Account, group: &str, since: Duration) -> Self {
        let tailing = Self::of(account);
        tailing.want(&[group], since);
        tailing
    }

    /// Wants these groups from so long before the start.
    pub fn want(&self, groups: &[&str], since: Duration) {
        let groups = groups.iter().map(|group| key(group)).collect();
        self.wants(LogWant { groups, since: START - since, ..LogWant::default() });
    }

    pub fn wants(&self, want: LogWant) {
        self.interest.send_modify(|interest| interest.logs = Some(want));
    }

    /// Asks for something once.
    pub fn ask(&self, id: u64, want: Want) {
        self.interest.send_modify(|interest| interest.wants.push((WantId(id), want)));
    }

    /// The server's time.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now().millis() + self.ahead.load(Ordering::Relaxed))
    }

    /// This computer stands still for a while.
    pub fn stand_still(&self, time: Duration) {
        self.ahead.fetch_add(i64::try_from(time.as_millis()).expect("milliseconds"), Ordering::Relaxed);
    }

    /// Lets time pass, taking in whatever is told.
    pub async fn pass(&mut self, time: Duration) {
        let until = tokio::time::Instant::now() + time;
        while let Ok(Some(event)) = tokio::time::timeout_at(until, self.events.recv()).await {
            self.take_in(event);
        }
    }

    /// Lets time pass until so long after the start, by the server's clock.
    pub async fn pass_to(&mut self, time: Duration) {
        self.pass((START + time).since(self.now())).await;
    }

    /// Lets time pass until `is`; fails after `limit`.
    pub async fn until(&mut self, limit: Duration, what: &str, is: impl Fn(&Self) -> bool) {
        let until = tokio::time::Instant::now() + limit;
        while !is(self) {
            let Ok(event) = tokio::time::timeout_at(until, self.events.recv()).await else {
                panic!("{what}: not within {limit:?}; {:?}; {:?}", self.reports.last(), self.feed)
            };
            self.take_in(event.expect("the sources are there"));
        }
    }

    fn take_in(&mut self, event: Event) {
        if let Some(held) = &mut self.held {
            match event.clone() {
                Event::Logs(page) => drop(held.ingest(page)),
                Event::Tail(report) => held.report(report),
                Event::LogGap(gap) => held.gap(gap),
                _ => {}
            }
        }
        match event {
            Event::Logs(page) if page.unnamed => {}
            Event::Logs(page) => {
                let sorted = page.rows.is_sorted_by_key(|row| (row.timestamp, row.ingested, row.id));
                assert!(sorted, "rows stand in order");
                for id in &page.confirmed {
                    assert!(self.provisional.remove(id), "only what was shown is replaced");
                }
                for line in page.lines().filter(|line| line.provisional) {
                    assert!(self.provisional.insert(line.id), "each line of Live Tail has an id of its own");
                    self.shown_live += 1;
                }
                for line in page.lines().filter(|line| !line.provisional) {
                    *self.beginnings.entry(line.message.chars().next().unwrap_or(' ')).or_default() += 1;
                    let kept = (page.group.name.to_string(), line.timestamp, line.late);
                    if self.lines.insert(line.event_id.to_owned(), kept).is_some() {
                        self.twice.insert(line.event_id.to_owned());
                    }
                }
            }
            Event::Tail(report) => {
                let before = self.report_of(&report.group.name);
                let grows = before.is_none_or(|before| {
                    before.seen_to <= report.seen_to && before.complete_to <= report.complete_to
                });
                assert!(grows, "promises are kept: {before:?} then {report:?}");
                self.reports.push((self.now(), report));
            }
            Event::LogGap(gap) => self.gaps.push(gap),
            Event::LogSearch(report) => self.searches.push(report),
            Event::Spend { spend, .. } => {
                self.live_minutes = spend.live_minutes;
                self.spend = spend;
            }
            Event::Answered(id) => self.answered.push(id),
            Event::Feed { feed: Feed::Logs, report, .. } => self.feed.push((self.now(), report)),
            _ => {}
        }
    }

    /// The newest report of a group.
    pub fn report_of(&self, group: &str) -> Option<&TailReport> {
        self.reports.iter().rev().map(|(_, report)| report).find(|report| &*report.group.name == group)
    }

    /// The newest report.
    pub fn report(&self) -> &TailReport {
        &self.reports.last().expect("a report").1
    }

    /// What the reports said, one after the other, each once in a row.
    pub fn statuses(&self) -> Vec<&TailStatus> {
        let mut statuses: Vec<&TailStatus> = self.reports.iter().map(|(_, report)| &report.status).collect();
        statuses.dedup_by_key(|status| std::mem::discriminant(*status));
        statuses
    }

    /// The numbers of the flood's events that have come.
    pub fn numbers(&self) -> BTreeSet<u64> {
        let own = self.lines.iter().filter(|(_, (group, ..))| group == FLOOD);
        own.map(|(id, _)| number(id)).collect()
    }

    /// Everything has come, nothing twice.
    pub fn all_of(&self, events: u64) {
        let numbers = self.numbers();
        let missing: Vec<u64> = (0..events).filter(|number| !numbers.contains(number)).take(5).collect();
        assert!(
            missing.is_empty(),
            "{} of {events} came; missing {missing:?}; {:?}",
            numbers.len(),
            self.reports.last()
        );
        assert_eq!(numbers.len() as u64, events);
        assert!(self.twice.is_empty(), "{} came twice, such as {:?}", self.twice.len(), self.twice.first());
    }
}
