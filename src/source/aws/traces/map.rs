//! The map of services: `GetServiceGraph` over the stretch on screen, refreshed as it moves on.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_xray::primitives::DateTime;
use aws_sdk_xray::types as sdk;

use crate::model::{
    Event, FailureKind, ServiceEdge, ServiceFigures, ServiceMap, ServiceName, ServiceNode, TimeRange,
    Timestamp, TraceWant,
};
use crate::source::aws::failure::Called;
use crate::source::aws::feed::{Context, Session, Stop};
use crate::source::aws::operation::GET_SERVICE_GRAPH;
use crate::source::aws::pace::Lane;

/// From one map to the next of a stretch that moves with the clock.
const EVERY: Duration = Duration::from_mins(1);
/// Another stretch than the clock explains: someone looks elsewhere.
const ELSEWHERE: Duration = Duration::from_secs(90);
/// A stretch of the past changes no more so long after its end.
const SETTLED: Duration = Duration::from_mins(15);
/// More pages than any map has.
const MOST_PAGES: usize = 100;

/// When the map is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Map {
    want: Option<TimeRange>,
    /// The stretch of the map that came last, and when it was asked for.
    came: Option<(TimeRange, Timestamp)>,
}

impl Map {
    /// Takes in the stretch that is wanted now.
    pub fn want(&mut self, range: Option<TimeRange>) {
        self.want = range.map(|range| {
            let longest = range.end - TraceWant::LONGEST_MAP;
            TimeRange::new(range.start.max(longest), range.end)
        });
    }

    /// What to ask for at `now`, or when to look again.
    pub fn next(&self, now: Timestamp) -> Result<TimeRange, Option<Timestamp>> {
        let Some(want) = self.want.filter(|want| want.start < want.end) else { return Err(None) };
        let Some((range, asked_at)) = self.came else { return Ok(want) };
        let apart = |a: Timestamp, b: Timestamp| a.since(b).max(b.since(a));
        let passed = now.since(asked_at);
        let explained = |new: Timestamp, old: Timestamp| new == old || apart(new, old + passed) < ELSEWHERE;
        if !explained(want.start, range.start) || !explained(want.end, range.end) {
            return Ok(want);
        }
        if want == range && asked_at.since(want.end) >= SETTLED {
            return Err(None);
        }
        if passed >= EVERY { Ok(want) } else { Err(Some(asked_at + EVERY)) }
    }

    /// The map of a stretch came.
    pub fn came(&mut self, range: TimeRange, asked_at: Timestamp) {
        self.came = Some((range, asked_at));
    }

    /// It is asked for now.
    pub fn ask_again(&mut self) {
        self.came = None;
    }
}

/// Asks for a map, page by page, and tells it.
pub(super) async fn ask(context: &Context, session: &Session, range: TimeRange) -> Result<(), Stop> {
    let mut services = Vec::new();
    let mut tokens: HashSet<String> = HashSet::new();
    let mut token: Option<String> = None;
    loop {
        let call = session
            .clients
            .xray
            .get_service_graph()
            .start_time(DateTime::from_millis(range.start.millis()))
            .end_time(DateTime::from_millis(range.end.millis()))
            .set_next_token(token.take())
            .send();
        let page = context.call(session, Lane::Traces, GET_SERVICE_GRAPH, call).await?;
        services.extend(page.services().iter().filter_map(node));
        token = page.next_token.filter(|token| !token.is_empty());
        match &token {
            None => break,
            Some(token) if tokens.len() < MOST_PAGES && tokens.insert(token.clone()) => {}
            Some(_) => {
                let region = &session.scope.region;
                let called = Called { operation: GET_SERVICE_GRAPH, region, mfa: session.mfa };
                return Err(called.failure(FailureKind::Service, "pages without an end").into());
            }
        }
    }
    let at = context.clock.now();
    let map = ServiceMap { scope: session.scope.clone(), at, range, services };
    context.send(Event::ServiceMap(map)).await?;
    Ok(())
}

fn node(service: &sdk::Service) -> Option<ServiceNode> {
    let figures = service.summary_statistics().map_or_else(ServiceFigures::default, |of| {
        figures(
            of.ok_count(),
            of.error_statistics(),
            of.fault_statistics(),
            of.total_count(),
            of.total_response_time(),
            service.response_time_histogram(),
        )
    });
    Some(ServiceNode {
        id: service.reference_id()?,
        name: ServiceName {
            name: service
                .name()
                .or_else(|| service.names().first().map(String::as_str))
                .unwrap_or("?")
                .into(),
            kind: service.r#type().filter(|kind| !kind.is_empty()).map(Arc::from),
        },
        root: service.root().unwrap_or(false),
        figures,
        edges: service.edges().iter().filter_map(edge).collect(),
    })
}

fn edge(edge: &sdk::Edge) -> Option<ServiceEdge> {
    let figures = edge.summary_statistics().map_or_else(ServiceFigures::default, |of| {
        figures(
            of.ok_count(),
            of.error_statistics(),
            of.fault_statistics(),
            of.total_count(),
            of.total_response_time(),
            edge.response_time_histogram(),
        )
    });
    Some(ServiceEdge { to: edge.reference_id()?, figures })
}

/// X-Ray counts in whole numbers and measures in seconds.
fn figures(
    ok: Option<i64>,
    errors: Option<&sdk::ErrorStatistics>,
    faults: Option<&sdk::FaultStatistics>,
    total: Option<i64>,
    seconds: Option<f64>,
    histogram: &[sdk::HistogramEntry],
) -> ServiceFigures {
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
    let millis = |seconds: f64| if seconds.is_finite() { seconds.max(0.0) * 1e3 } else { 0.0 };
    let mut times: Vec<(f64, u64)> = histogram
        .iter()
        .map(|entry| (millis(entry.value), u64::try_from(entry.count).unwrap_or(0)))
        .filter(|(_, count)| *count > 0)
        .collect();
    times.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    ServiceFigures {
        total: count(total),
        ok: count(ok),
        errors: count(errors.and_then(sdk::ErrorStatistics::total_count)),
        throttles: count(errors.and_then(sdk::ErrorStatistics::throttle_count)),
        faults: count(faults.and_then(sdk::FaultStatistics::total_count)),
        total_ms: millis(seconds.unwrap_or(0.0)),
        times,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_772_366_400);

    fn hour(end: Timestamp) -> TimeRange {
        TimeRange::last(Duration::from_hours(1), end)
    }

    #[test]
    fn a_map_that_moves_with_the_clock_is_refreshed_each_minute_and_another_one_at_once() {
        let mut map = Map::default();
        assert_eq!(map.next(NOW), Err(None));
        let mut asked = Vec::new();
        for second in 0..130 {
            let now = NOW + Duration::from_secs(second);
            map.want(Some(hour(now)));
            if let Ok(range) = map.next(now) {
                asked.push(second);
                map.came(range, now);
            }
        }
        assert_eq!(asked, [0, 60, 120]);
        map.want(Some(hour(NOW - Duration::from_hours(2))));
        let past = map.next(NOW + Duration::from_secs(131)).expect("looked elsewhere");
        map.came(past, NOW + Duration::from_secs(131));
        assert_eq!(map.next(NOW + Duration::from_hours(9)), Err(None), "the past does not change");
    }

    #[test]
    fn a_map_covers_six_hours_at_most() {
        let mut map = Map::default();
        map.want(Some(TimeRange::last(Duration::from_hours(24), NOW)));
        assert_eq!(map.next(NOW), Ok(TimeRange::last(Duration::from_hours(6), NOW)));
    }
}
