//! A query at work.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::command::{Column, Command, Tally};
use super::row::{Datum, Row};
use crate::demo::cloud::account::Account;
use crate::demo::cloud::logs::group::{Chunk, Group};
use crate::demo::faults::hash;
use crate::demo::fleet::LogEvent;

/// How long a query waits before it runs, and how long it takes at least.
const WAITS: Duration = Duration::from_millis(300);
/// No more matches than this are kept, the newest of them, before they are sorted and counted.
const MOST_KEPT: usize = 200_000;

/// A query that was started, as its task and its readers share it.
#[derive(Debug, Default)]
pub(super) struct Running(Mutex<State>);

/// How a query is doing.
#[derive(Debug, Default)]
pub(super) struct State {
    pub status: Status,
    pub rows: Vec<Vec<(String, String)>>,
    pub scanned: u64,
    pub matched: u64,
    pub bytes: u64,
    pub groups: usize,
}

/// Where a query is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Status {
    #[default]
    Scheduled,
    Running,
    Complete,
    Cancelled,
}

impl Status {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::Running => "Running",
            Self::Complete => "Complete",
            Self::Cancelled => "Cancelled",
        }
    }
}

impl State {
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Scheduled | Status::Running)
    }

    /// Ends it early; false if it has ended already.
    pub fn cancel(&mut self) -> bool {
        let open = self.is_open();
        if open {
            self.status = Status::Cancelled;
        }
        open
    }
}

impl Running {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a query has to do.
pub(super) struct Work {
    pub account: Arc<Account>,
    pub groups: Vec<Group>,
    /// First and last instant, both included, ms since the epoch.
    pub from: i64,
    pub to: i64,
    /// What was not ingested by then is not seen.
    pub now: i64,
    pub limit: usize,
    pub pipeline: Vec<Command>,
}

/// What has been found so far.
enum Matches {
    Kept(Vec<(Arc<LogEvent>, Arc<str>)>),
    Counted(Tally),
}

impl Work {
    /// Works it out; stops when it is cancelled.
    pub async fn run(self, running: &Running) {
        tokio::time::sleep(WAITS).await;
        // Filters at the head are applied at once, and so is a count behind them.
        let filters = self
            .pipeline
            .iter()
            .take_while(|command| matches!(command, Command::Filter(_) | Command::Fields(_)));
        let head = filters.count();
        let mut matches = match self.pipeline.get(head) {
            Some(Command::Stats(stats)) => Matches::Counted(Tally::new(stats.clone())),
            _ => Matches::Kept(Vec::new()),
        };
        for group in &self.groups {
            let log: Arc<str> = format!("{}:{}", self.account.settings.account, group.name).into();
            let first = self.from.max(group.oldest(self.now));
            let mut at = self.to;
            while at >= first {
                let chunk = group.chunk(&self.account, at);
                if !self.scan(running, head, &chunk, first, &log, &mut matches) {
                    return;
                }
                at = chunk.from.saturating_sub(1);
                tokio::task::yield_now().await;
            }
            running.state().groups += 1;
        }
        let rows = self.shown(head, matches);
        tokio::time::sleep(WAITS).await;
        let mut state = running.state();
        if state.status != Status::Cancelled {
            state.rows = rows;
            state.status = Status::Complete;
        }
    }

    /// Looks through a chunk, from its end; false if the query was cancelled.
    fn scan(
        &self,
        running: &Running,
        head: usize,
        chunk: &Chunk,
        first: i64,
        log: &Arc<str>,
        matches: &mut Matches,
    ) -> bool {
        let mut state = running.state();
        if state.status == Status::Cancelled {
            return false;
        }
        state.status = Status::Running;
        for event in chunk.events.iter().rev() {
            if !(first..=self.to).contains(&event.timestamp) || event.ingested > self.now {
                continue;
            }
            state.scanned += 1;
            state.bytes += event.message.len() as u64 + 26;
            let Some(row) = self.through(head, Row::of(event, log)) else { continue };
            state.matched += 1;
            match matches {
                Matches::Kept(kept) if kept.len() < MOST_KEPT => {
                    kept.push((Arc::clone(event), Arc::clone(log)));
                }
                Matches::Kept(_) => {}
                Matches::Counted(tally) => tally.add(&row),
            }
        }
        true
    }

    /// A row behind the first commands, if it passes them.
    fn through(&self, head: usize, mut row: Row) -> Option<Row> {
        for command in &self.pipeline[..head] {
            match command {
                Command::Filter(condition) if !condition.holds(&row) => return None,
                Command::Fields(columns) => name(columns, &mut row),
                _ => {}
            }
        }
        Some(row)
    }

    /// The rows of the result.
    fn shown(&self, head: usize, matches: Matches) -> Vec<Vec<(String, String)>> {
        let (mut rows, rest) = match matches {
            Matches::Counted(tally) => (tally.rows(), head + 1),
            Matches::Kept(kept) => {
                let rows = kept.iter().map(|(event, log)| Row::of(event, log));
                let mut rows: Vec<Row> = rows.filter_map(|row| self.through(head, row)).collect();
                // The newest first, unless the query says otherwise.
                rows.sort_by_key(|row| std::cmp::Reverse(row.timestamp()));
                (rows, head)
            }
        };
        let mut limit = self.limit;
        for command in &self.pipeline[rest..] {
            match command {
                Command::Filter(condition) => rows.retain(|row| condition.holds(row)),
                Command::Fields(columns) => rows.iter_mut().for_each(|row| name(columns, row)),
                Command::Sort(keys) => rows.sort_by(|a, b| {
                    let each = keys.iter().map(|(key, down)| {
                        let order = key.of(a).compare(&key.of(b)).unwrap_or(Ordering::Equal);
                        if *down { order.reverse() } else { order }
                    });
                    each.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
                }),
                Command::Limit(most) => {
                    rows.truncate(*most);
                    limit = limit.min(*most);
                }
                Command::Stats(stats) => {
                    let mut tally = Tally::new(stats.clone());
                    for row in &rows {
                        tally.add(row);
                    }
                    rows = tally.rows();
                }
            }
        }
        rows.truncate(limit);
        let counted = self.pipeline.iter().any(|command| matches!(command, Command::Stats(_)));
        let names = self.names();
        rows.iter().map(|row| written(row, names.as_deref().filter(|_| !counted))).collect()
    }

    /// The fields that are shown, where the query says so.
    fn names(&self) -> Option<Vec<String>> {
        let mut named = self.pipeline.iter().filter_map(|command| match command {
            Command::Fields(columns) => Some(columns.iter().map(|column| column.name.clone())),
            _ => None,
        });
        let first: Vec<String> = named.next()?.collect();
        Some(named.fold(first, |mut all, more| {
            all.extend(more);
            all
        }))
    }
}

fn name(columns: &[Column], row: &mut Row) {
    for column in columns {
        let datum = column.expression.of(row);
        if column.name != column.expression.name() {
            row.named.push((column.name.clone(), datum));
        }
    }
}

/// A row as it goes out; a row that is an event has a pointer to it.
fn written(row: &Row, names: Option<&[String]>) -> Vec<(String, String)> {
    let field = |name: &str, datum: Datum| datum.text().map(|text| (name.to_owned(), text));
    let Some(event) = &row.event else {
        return row.named.iter().filter_map(|(name, datum)| field(name, datum.clone())).collect();
    };
    let usual = ["@timestamp".to_owned(), "@message".to_owned()];
    let names = names.unwrap_or(&usual);
    let mut members: Vec<_> = names.iter().filter_map(|name| field(name, row.field(name))).collect();
    members.push(("@ptr".to_owned(), format!("Cl{:016x}{}", hash(&row.log), event.id)));
    members
}
