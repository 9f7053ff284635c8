//! From a request to its trace: X-Ray does not know the ids of requests, the lines of their logs do.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::online::Asking;
use crate::model::{
    Event, LineKind, LogSearch, Reading, RequestId, SearchBy, SearchState, TimeRange, Timestamp, TraceId,
    Want, WantId,
};
use crate::parse::log;
use crate::run::Stop;
use crate::run::logs::choice::Choice;
use crate::run::logs::span::instant;
use crate::run::say;

/// How far back the log is searched without `--since`.
const USUAL: Duration = Duration::from_hours(1);
/// How long nothing may be heard of who is asking, of the functions there are, or of the search.
const PATIENCE: Duration = Duration::from_secs(30);
/// The search that is made, and the same by the clock of CloudWatch, where that is another one.
const SEARCHES: [WantId; 2] = [WantId(1), WantId(2)];

/// What the log says of a request.
pub(super) enum Traced {
    /// These traces are kept: one, but for a request that was tried again.
    In(Vec<TraceId>),
    /// None is, and why.
    Not(String),
}

/// Searches the log of a function for a request and its trace.
pub(super) async fn find(
    asking: &mut Asking,
    request: RequestId,
    names: Vec<String>,
    groups: Vec<String>,
    since: Option<&str>,
) -> Result<Traced, Stop> {
    let now = asking.clock.now();
    let (since, age) = since.map_or(Ok((now - USUAL, true)), |since| instant("--since", since, now))?;
    let mut choice = Choice::new(names, groups);
    let mut deadline = Instant::now() + PATIENCE;
    while !choice.is_made() {
        match asking.next(deadline).await? {
            Some(event) => {
                if !matches!(event, Event::Feed { .. }) {
                    deadline = Instant::now() + PATIENCE;
                }
                choice.take(&event);
            }
            None if choice.has_scope() => choice.give_up(),
            None => break,
        }
    }
    let (chosen, said) = choice.made()?;
    for said in said.iter().chain(&choice.missing) {
        say(&format!("lambtop: {said}"));
    }
    let groups: Vec<_> = chosen.into_iter().map(|chosen| chosen.key).collect();
    let names: Vec<Arc<str>> = groups.iter().map(|group| Arc::clone(&group.name)).collect();
    let mut heard = Heard::default();
    let mut ahead_ms = 0;
    for id in SEARCHES {
        let theirs = |at: Timestamp| Timestamp::from_millis(at.millis().saturating_sub(ahead_ms));
        // What is logged now is in it.
        let until = theirs(asking.clock.now() + Duration::from_secs(1));
        let range = TimeRange::new(if age { theirs(since) } else { since }, until);
        let by = SearchBy::Pattern(format!("\"{request}\"").into());
        let search = LogSearch { groups: groups.clone(), range, by };
        asking.interest.send_modify(|interest| interest.wants = vec![(id, Want::SearchLogs(search))]);
        let by_their_clock = ahead_ms != 0;
        ahead_ms = listen(asking, request, id, by_their_clock, &mut heard).await?;
        if by_their_clock || ahead_ms == 0 || heard.reported {
            break;
        }
    }
    asking.interest.send_modify(|interest| interest.wants.clear());
    Ok(heard.verdict(&names))
}

/// What has been heard of a request.
#[derive(Default)]
struct Heard {
    lines: usize,
    /// Its traces, each with whether it is kept, where that is said.
    traces: Vec<(TraceId, Option<bool>)>,
    reported: bool,
    /// Log groups that do not exist.
    missing: Vec<Arc<str>>,
}

/// Listens until a search is over, or, unless it is one `by_their_clock`, until it says that this computer's clock is
/// ahead of theirs by so many ms, or behind it.
async fn listen(
    asking: &mut Asking,
    request: RequestId,
    search: WantId,
    by_their_clock: bool,
    heard: &mut Heard,
) -> Result<i64, Stop> {
    loop {
        match asking.next(Instant::now() + PATIENCE).await? {
            Some(Event::Logs(page)) => {
                for line in page.lines().filter(|line| line.request == Some(request)) {
                    heard.line(line.kind, &log::read(line.message));
                }
            }
            Some(Event::LogSearch(report)) if report.id == search => {
                let ahead_ms = report.clock_ahead_ms;
                match report.state {
                    SearchState::Finished(progress) => {
                        heard.missing = progress.missing;
                        return Ok(ahead_ms);
                    }
                    SearchState::Failed { failure } => return Err(Stop::Failed(failure.to_string())),
                    SearchState::Refused { why } => return Err(Stop::Failed(why.to_string())),
                    SearchState::Estimated { .. } | SearchState::Running(_) => {
                        // Its end is what matters, and the newest comes first.
                        if heard.reported || ahead_ms != 0 && !by_their_clock {
                            return Ok(ahead_ms);
                        }
                    }
                }
            }
            Some(_) => {}
            None => return Err(Stop::Failed("the log: no answer in time".to_owned())),
        }
    }
}

impl Heard {
    fn line(&mut self, kind: LineKind, said: &Reading<'_>) {
        self.lines += 1;
        self.reported |= kind == LineKind::Report;
        let Some(trace) = said.trace.as_deref().and_then(TraceId::parse) else { return };
        let sampled = said.sampled;
        match self.traces.iter_mut().find(|(known, _)| *known == trace) {
            Some((_, known)) => *known = known.or(sampled),
            None => self.traces.push((trace, sampled)),
        }
    }

    /// What follows, where these groups were searched.
    fn verdict(self, groups: &[Arc<str>]) -> Traced {
        let kept: Vec<TraceId> = self
            .traces
            .iter()
            .filter(|(_, sampled)| *sampled != Some(false))
            .map(|(trace, _)| *trace)
            .collect();
        if !kept.is_empty() {
            return Traced::In(kept);
        }
        let (absent, searched): (Vec<&str>, Vec<&str>) = groups
            .iter()
            .map(|group| &**group)
            .partition(|group| self.missing.iter().any(|gone| **gone == **group));
        let no_group = || match absent[..] {
            [] => None,
            [one] => Some(format!("there is no log group {one}")),
            _ => Some(format!("there are no log groups {}", absent.join(", "))),
        };
        let no_line = || {
            let places = searched.join(", ");
            (!searched.is_empty())
                .then(|| format!("no line of it in {places}: for an older one give --since"))
        };
        Traced::Not(if self.lines == 0 {
            no_group().into_iter().chain(no_line()).collect::<Vec<_>>().join("; ")
        } else if self.reported || !self.traces.is_empty() {
            "not sampled by X-Ray (first request each second + 5 % of the rest)".to_owned()
        } else {
            "its REPORT line, which names the trace, has not come".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::cloud::{Endpoint, Settings as Account};
    use crate::model::Feed;
    use crate::source::aws::Mount;
    use crate::source::{self, clock::Clock};

    fn heard(lines: &[&str]) -> Traced {
        let mut heard = Heard::default();
        for line in lines {
            let said = log::read(line);
            heard.line(said.kind, &said);
        }
        heard.verdict(&["/aws/lambda/a".into()])
    }

    fn why(lines: &[&str]) -> String {
        match heard(lines) {
            Traced::Not(why) => why,
            Traced::In(ids) => panic!("{ids:?}"),
        }
    }

    /// What is found on a computer whose clock is so many hours ahead of the endpoint's, of a request that was sampled
    /// a quarter of an hour ago by the endpoint's clock.
    async fn found_by_a_clock_ahead(hours: i64, since: Option<&str>) -> Traced {
        const NOW: Timestamp = Timestamp::from_secs(1_772_366_407);
        let theirs = Clock::starting_at(NOW, 1.0);
        let told_by = theirs.clone();
        let endpoint = Endpoint::new(Account::default(), Arc::new(move || told_by.now().millis()));
        let quarter = (NOW - Duration::from_mins(15)).millis();
        let events = endpoint.oracle("/aws/lambda/checkout-api", quarter - 60_000, quarter);
        let request = events.iter().find_map(|event| {
            let of = event.message.strip_prefix("REPORT RequestId: ")?;
            let id = of.split_whitespace().next().and_then(RequestId::parse)?;
            event.message.contains("Sampled: true").then_some(id)
        });
        let settings = source::Settings {
            http_client: Some(Mount::new(endpoint.http_client())),
            static_credentials: true,
            without: vec![Feed::Metrics, Feed::Details, Feed::Logs, Feed::Functions],
            ..source::Settings::default()
        };
        let ours = Timestamp::from_millis(NOW.millis() + hours * 3_600_000);
        let mut asking = Asking::start(settings, Clock::starting_at(ours, 1.0));
        let groups = vec!["/aws/lambda/checkout-api".to_owned()];
        let request = request.expect("a request that was sampled");
        find(&mut asking, request, Vec::new(), groups, since).await.unwrap_or_else(|_| panic!("no answer"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_found_by_the_clock_of_cloudwatch_whatever_this_computers_shows() {
        for (hours, since) in [(0, None), (5, None), (-5, None), (5, Some("30m")), (-5, Some("30m"))] {
            let found = found_by_a_clock_ahead(hours, since).await;
            let Traced::In(ids) = found else { panic!("{hours} h ahead, --since {since:?}: not found") };
            assert_eq!(ids.len(), 1);
        }
        let found = found_by_a_clock_ahead(5, Some("5m")).await;
        assert!(
            matches!(found, Traced::Not(why) if why.contains("no line of it")),
            "that is too short an age"
        );
    }

    const START: &str = "START RequestId: 8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9 Version: $LATEST";
    const REPORT: &str = "REPORT RequestId: 8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t";

    #[test]
    fn the_report_names_the_trace_of_a_sampled_request() {
        let report = format!(
            "{REPORT}\nXRAY TraceId: 1-6a507b87-0cc4438344b48ef127ab1931\tSegmentId: 0cc4438344b48ef1\tSampled: true\t\n"
        );
        let record = r#"{"time":"2026-03-01T12:00:00Z","type":"platform.report","record":{"requestId":"8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9","metrics":{"durationMs":1},"tracing":{"spanId":"0cc4438344b48ef1","type":"X-Amzn-Trace-Id","value":"Root=1-6a507b87-0cc4438344b48ef127ab1931;Parent=0cc4438344b48ef1;Sampled=1"},"status":"success"}}"#;
        for line in [&*report, record] {
            let Traced::In(ids) = heard(&[START, line, line]) else { panic!("{line}") };
            assert_eq!(ids, [TraceId::parse("1-6a507b87-0cc4438344b48ef127ab1931").unwrap()]);
        }
    }

    #[test]
    fn a_log_group_that_does_not_exist_is_no_log_without_the_request() {
        let verdict = |groups: &[&str], missing: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect::<Vec<_>>();
            let heard = Heard { missing: owned(missing), ..Heard::default() };
            match heard.verdict(&owned(groups)) {
                Traced::Not(why) => why,
                Traced::In(ids) => panic!("{ids:?}"),
            }
        };
        assert_eq!(verdict(&["/a"], &["/a"]), "there is no log group /a");
        assert_eq!(verdict(&["/a", "/b"], &["/a", "/b"]), "there are no log groups /a, /b");
        assert_eq!(
            verdict(&["/a", "/b"], &["/a"]),
            "there is no log group /a; no line of it in /b: for an older one give --since"
        );
    }

    #[test]
    fn a_request_without_a_trace_says_why_there_is_none() {
        assert!(why(&[]).contains("no line of it in /aws/lambda/a"));
        assert!(why(&[START]).contains("has not come"));
        assert!(why(&[START, REPORT]).starts_with("not sampled by X-Ray (first request each second + 5 %"));
        let dropped = format!(
            "{REPORT}\nXRAY TraceId: 1-6a507b87-0cc4438344b48ef127ab1931\tSegmentId: 0cc4438344b48ef1\tSampled: false\t\n"
        );
        assert!(why(&[START, &dropped]).starts_with("not sampled by X-Ray"));
    }
}
