//! Requests that Lambda refused, for `lambtop requests --filter outcome=throttled`: no log tells of them, so that X-Ray is
//! asked. It bills what it looks through, which is why nobody is asked for what no filter names.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{Command, TICK, say};
use crate::model::{
    Event, Feed, FeedReport, Function, FunctionKey, GroupKey, TimeRange, TraceId, TraceListWant,
    TraceMissing, TraceWant,
};
use crate::query::TraceQuery;
use crate::store::traces::{Throttled, Tree};

/// How long nothing may be heard of X-Ray.
const PATIENCE: Duration = Duration::from_secs(30);
/// Functions of which X-Ray is asked in one question, which is no longer than 2,000 characters.
const AT_ONCE: usize = 10;
/// Traces beyond so many are not fetched.
const MOST_TRACES: usize = 2_000;

/// Throttled attempts at a request of a function, and the group in which the others log.
pub(super) struct Refused {
    pub function: FunctionKey,
    pub group: GroupKey,
    pub attempts: Throttled,
}

/// What is known of the traces in which something was throttled.
#[derive(Default)]
struct Found {
    held: Vec<Refused>,
    /// Those that are to be fetched.
    open: Vec<TraceId>,
    /// Those that could not be.
    missing: BTreeMap<TraceId, TraceMissing>,
}

impl Command {
    /// The throttled attempts at requests of these functions that began in `range`, as far as X-Ray has them.
    pub(super) async fn throttled(&mut self, functions: &[Function], range: TimeRange) -> Vec<Refused> {
        let mut found = Found::default();
        for some in functions.chunks(AT_ONCE) {
            let names: Vec<&str> = some.iter().map(|function| &*function.key.name).collect();
            let expression = TraceQuery::throttled(&names).expression().text.into();
            let list = TraceListWant { since: range.start, until: Some(range.end), expression };
            if let Err(why) = self.listed(list, &mut found).await {
                say(&format!("lambtop: throttled requests are not listed: {why}"));
                break;
            }
            if let Err(why) = self.fetched(&mut found, functions).await {
                say(&format!("lambtop: not all throttled requests are listed: {why}"));
                break;
            }
        }
        self.interest.send_modify(|interest| interest.traces = None);
        let count = found.missing.len();
        if count > 0 {
            let traces = if count == 1 { "a trace".to_owned() } else { format!("{count} traces") };
            say(&format!(
                "lambtop: throttled requests of {traces} are not listed: X-Ray did not hand them out"
            ));
        }
        for refused in &mut found.held {
            refused.attempts.at.retain(|at| range.contains(*at));
        }
        found.held
    }

    /// Waits until the whole list is read.
    async fn listed(&mut self, list: TraceListWant, found: &mut Found) -> Result<(), String> {
        let since = list.since;
        let want = TraceWant { list: Some(list), ..TraceWant::default() };
        self.interest.send_modify(|interest| interest.traces = Some(want));
        let mut deadline = Instant::now() + PATIENCE;
        loop {
            let Event::TraceList(list) = self.heard(deadline).await? else { continue };
            deadline = Instant::now() + PATIENCE;
            found.open.extend(list.traces.iter().filter(|trace| trace.throttle).map(|trace| trace.id));
            if list.read.is_some_and(|read| read.start <= since) {
                break;
            }
        }
        found.open.sort_unstable();
        found.open.dedup();
        if found.open.len() > MOST_TRACES {
            let left = found.open.len() - MOST_TRACES;
            found.open.drain(..left);
            say(&format!(
                "lambtop: throttled requests of the {left} oldest traces are not listed: name a shorter --since"
            ));
        }
        Ok(())
    }

    /// Fetches the traces, and takes the throttled attempts out of them.
    async fn fetched(&mut self, found: &mut Found, functions: &[Function]) -> Result<(), String> {
        let mut left = std::mem::take(&mut found.open);
        while !left.is_empty() {
            let mut open: Vec<TraceId> = left.split_off(left.len().saturating_sub(TraceWant::MOST_OPEN));
            let want = TraceWant { open: open.clone(), ..TraceWant::default() };
            self.interest.send_modify(|interest| interest.traces = Some(want));
            let mut deadline = Instant::now() + PATIENCE;
            while !open.is_empty() {
                let Event::Traces(answer) = self.heard(deadline).await? else { continue };
                deadline = Instant::now() + PATIENCE;
                for trace in answer.found {
                    open.retain(|id| *id != trace.id);
                    let tree = Tree::of(trace.segments);
                    for throttled in Throttled::of(&tree, trace.id, &answer.scope.region) {
                        let own = functions.iter().find(|own| own.key.name == throttled.function);
                        if let Some(function) = own {
                            let (group, function) = (GroupKey::of(function), function.key.clone());
                            found.held.push(Refused { function, group, attempts: throttled });
                        }
                    }
                }
                for (id, why) in answer.missing {
                    if !matches!(why, TraceMissing::Unprocessed) {
                        open.retain(|open| *open != id);
                        found.missing.insert(id, why);
                    }
                }
            }
        }
        Ok(())
    }

    /// The next event; in words why none comes any more.
    async fn heard(&mut self, deadline: Instant) -> Result<Event, String> {
        loop {
            let tick = deadline.min(Instant::now() + TICK);
            match timeout_at(tick, self.events.recv()).await {
                Ok(Some(Event::Feed {
                    feed: Feed::Traces,
                    report: FeedReport::Failed { failure, .. },
                    ..
                })) => {
                    return Err(failure.to_string());
                }
                Ok(Some(event)) => return Ok(event),
                Ok(None) => return Err("nothing answers any more".to_owned()),
                Err(_) if Instant::now() >= deadline => {
                    return Err("X-Ray does not answer in time".to_owned());
                }
                Err(_) => {}
            }
        }
    }
}
