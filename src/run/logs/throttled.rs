//! Requests that Lambda refused, for `lambtop requests --filter outcome=throttled`: no log tells of them, so that X-Ray is
//! asked. It bills what it looks through, which is why nobody is asked for what no filter names.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::reading::is_final;
use super::{Command, say};
use crate::model::{
    Event, Feed, FeedReport, FunctionKey, GroupKey, TimeRange, TraceId, TraceListWant, TraceMissing,
    TraceWant,
};
use crate::query::TraceQuery;
use crate::store::traces::{Throttled, Tree};
use crate::term::Exit;

/// The operation that lists traces.
const LIST: &str = "GetTraceSummaries";
/// How long nothing may be heard of X-Ray.
const PATIENCE: Duration = Duration::from_secs(30);

/// Throttled attempts at a request of a function, and the group in which the others log.
pub(super) struct Refused {
    pub function: FunctionKey,
    pub group: GroupKey,
    pub attempts: Throttled,
}

/// What has come of the traces in which something was throttled.
#[derive(Default)]
struct Found {
    held: Vec<Refused>,
    /// Traces that X-Ray did not hand out.
    missing: usize,
}

/// Why nothing more comes.
enum Halt {
    /// In words.
    Why(String),
    Signal(Exit),
}

impl Command {
    /// The throttled attempts at requests of these functions, each with its log group, that began in `range`, and whether
    /// X-Ray handed out all that it has; or the signal that came before.
    pub(super) async fn throttled(
        &mut self,
        functions: &[(FunctionKey, GroupKey)],
        range: TimeRange,
    ) -> Result<(Vec<Refused>, bool), Exit> {
        let mut found = Found::default();
        let why = match self.of_functions(functions, range, &mut found).await {
            Err(Halt::Signal(exit)) => return Err(exit),
            Err(Halt::Why(words)) => Some(words),
            Ok(()) => (found.missing > 0).then(|| {
                let traces = if found.missing == 1 { "trace" } else { "traces" };
                format!("X-Ray did not hand out {} {traces}", found.missing)
            }),
        };
        self.interest.send_modify(|interest| interest.traces = None);
        if let Some(why) = &why {
            say(&format!("lambtop: not all throttled requests are listed: {why}"));
        }
        for refused in &mut found.held {
            refused.attempts.at.retain(|at| range.contains(*at));
        }
        Ok((found.held, why.is_none()))
    }

    async fn of_functions(
        &mut self,
        functions: &[(FunctionKey, GroupKey)],
        range: TimeRange,
        found: &mut Found,
    ) -> Result<(), Halt> {
        if functions.is_empty() {
            let words = "X-Ray knows functions, not log groups: name the function".to_owned();
            return Err(Halt::Why(words));
        }
        let names: Vec<&str> = functions.iter().map(|(key, _)| &*key.name).collect();
        let expression = TraceQuery::throttled(&names).expression().text.into();
        let list = TraceListWant { since: range.start, until: Some(range.end), expression };
        let traces = self.listed(list).await?;
        self.fetched(traces, found, functions).await
    }

    /// Waits until the whole list is read: its traces in which something was throttled, the oldest first.
    async fn listed(&mut self, list: TraceListWant) -> Result<Vec<TraceId>, Halt> {
        let since = list.since;
        let want = TraceWant { list: Some(list), ..TraceWant::default() };
        self.interest.send_modify(|interest| interest.traces = Some(want));
        let mut traces = Vec::new();
        let mut deadline = Instant::now() + PATIENCE;
        loop {
            let Event::TraceList(list) = self.heard(deadline).await? else { continue };
            deadline = Instant::now() + PATIENCE;
            traces.extend(list.traces.iter().filter(|trace| trace.throttle).map(|trace| trace.id));
            if list.read.is_some_and(|read| read.start <= since) {
                break;
            }
        }
        traces.sort_unstable();
        traces.dedup();
        Ok(traces)
    }

    /// Fetches traces, and takes the throttled attempts out of them.
    async fn fetched(
        &mut self,
        mut left: Vec<TraceId>,
        found: &mut Found,
        functions: &[(FunctionKey, GroupKey)],
    ) -> Result<(), Halt> {
        while !left.is_empty() {
            let mut open: Vec<TraceId> = left.split_off(left.len().saturating_sub(TraceWant::MOST_OPEN));
            let want = TraceWant { open: open.clone(), ..TraceWant::default() };
            self.interest.send_modify(|interest| interest.traces = Some(want));
            let mut deadline = Instant::now() + PATIENCE;
            while !open.is_empty() {
                let Event::Traces(answer) = self.heard(deadline).await? else { continue };
                let before = open.len();
                for trace in answer.found {
                    open.retain(|id| *id != trace.id);
                    let tree = Tree::of(trace.segments);
                    for throttled in Throttled::of(&tree, trace.id, &answer.scope.region) {
                        let own = functions.iter().find(|(key, _)| key.name == throttled.function);
                        if let Some((function, group)) = own.cloned() {
                            found.held.push(Refused { function, group, attempts: throttled });
                        }
                    }
                }
                for (id, why) in answer.missing {
                    if let TraceMissing::Failed(failure) = &why
                        && is_final(failure, false)
                    {
                        return Err(Halt::Why(failure.to_string()));
                    }
                    // What failed or was left out is asked for again.
                    let waits = matches!(why, TraceMissing::Unprocessed | TraceMissing::Failed(_));
                    if !waits && open.contains(&id) {
                        open.retain(|open| *open != id);
                        found.missing += 1;
                    }
                }
                // What fails again and again is no sign of life.
                if open.len() < before {
                    deadline = Instant::now() + PATIENCE;
                }
            }
        }
        Ok(())
    }

    /// The next answer of X-Ray. A failure that passes is waited for until `deadline`.
    async fn heard(&mut self, deadline: Instant) -> Result<Event, Halt> {
        let mut failed = None;
        loop {
            let event = tokio::select! {
                event = timeout_at(deadline, self.events.recv()) => event,
                exit = self.interrupt.heard() => return Err(Halt::Signal(exit)),
            };
            match event {
                Ok(Some(Event::Feed {
                    feed: Feed::Traces,
                    report: FeedReport::Failed { failure, .. },
                    ..
                })) => {
                    if is_final(&failure, false) {
                        return Err(Halt::Why(failure.to_string()));
                    }
                    failed = Some(failure);
                }
                // Another part of the feed may be refused while the list is not.
                Ok(Some(Event::Feed {
                    feed: Feed::Traces,
                    report: FeedReport::Degraded { failure },
                    ..
                })) if &*failure.operation == LIST && is_final(&failure, false) => {
                    return Err(Halt::Why(failure.to_string()));
                }
                Ok(Some(event @ (Event::TraceList(_) | Event::Traces(_)))) => return Ok(event),
                Ok(Some(_)) => {}
                Ok(None) => return Err(Halt::Why("nothing answers any more".to_owned())),
                Err(_) => {
                    let words =
                        failed.map_or("X-Ray does not answer in time".to_owned(), |why| why.to_string());
                    return Err(Halt::Why(words));
                }
            }
        }
    }
}
