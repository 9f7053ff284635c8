//! `GetServiceGraph`: the services of the sampled traces, who called whom, and how that went.
//! Source: <https://docs.aws.amazon.com/xray/latest/api/API_GetServiceGraph.html>.

mod tally;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::put::Put;
use super::seen::Seen;
use super::{KEPT_MS, Scene, begun_ms, invalid, range};
use crate::demo::cloud::paging::{Token, page, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::fleet::{Part, Trace};
use tally::{Outcome, Tally};

/// Services in a page.
const PAGE: usize = 40;
/// Graphs of minutes that are kept: more than may be asked for at once.
const KEPT: usize = 800;

const MINUTE_MS: i64 = 60_000;

/// Name and kind of a service.
type Key = (Cow<'static, str>, Cow<'static, str>);

/// Graphs of minutes of which nothing more will come.
#[derive(Debug, Default)]
pub(super) struct Graphs(Mutex<HashMap<i64, Arc<Graph>>>);

/// What happened between services in some time.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    services: BTreeMap<Key, Service>,
    /// Calls, by who called and who was called.
    edges: BTreeMap<(Key, Key), Tally>,
}

#[derive(Clone, Debug, Default)]
struct Service {
    tally: Tally,
    /// Whether requests from outside come here.
    root: bool,
    /// Whether those are requests of clients, rather than events.
    clients: bool,
    /// Whether it sends segments of its own.
    own: bool,
}

impl Graph {
    /// Adds what is complete of a trace of the fleet at an instant.
    fn add_trace(&mut self, trace: &Trace, now: i64) {
        let key = |name: &'static str, kind: &'static str| (Cow::Borrowed(name), Cow::Borrowed(kind));
        for node in trace.nodes.iter().filter(|node| node.complete(now)) {
            let (Some(service), Some(end_ms)) = (node.service, node.end_ms) else { continue };
            let outcome = Outcome::of(node.fault, node.error, node.throttle);
            let own = key(service.name, service.kind);
            let mut above = node.parent;
            let caller = loop {
                let Some(parent) = above.map(|above| &trace.nodes[above]) else { break None };
                match parent.service {
                    Some(caller) => break Some(key(caller.name, caller.kind)),
                    None => above = parent.parent,
                }
            };
            let asked = node.parent.is_none() && service.kind == "AWS::ApiGateway::Stage";
            self.add(
                own,
                caller,
                !matches!(node.part, Part::Inferred(_)),
                asked,
                outcome,
                node.start_ms,
                end_ms,
            );
        }
    }

    /// Adds what is complete of any trace.
    fn add_seen(&mut self, seen: &Seen) {
        let key = |place: usize| {
            let segment = &seen.segments[place];
            (Cow::Owned(segment.name.to_owned()), Cow::Owned(segment.kind.to_owned()))
        };
        for (place, segment) in seen.segments.iter().enumerate().filter(|(_, segment)| segment.is_service) {
            let Some(end_ms) = segment.end_ms else { continue };
            let outcome = Outcome::of(segment.fault, segment.error, segment.throttle);
            let asked = !segment.has_parent;
            self.add(key(place), segment.parent.map(key), true, asked, outcome, segment.start_ms, end_ms);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one segment, whoever sent it")]
    fn add(
        &mut self,
        key: Key,
        caller: Option<Key>,
        own: bool,
        asked: bool,
        outcome: Outcome,
        start_ms: f64,
        end_ms: f64,
    ) {
        let service = self.services.entry(key.clone()).or_default();
        service.root |= caller.is_none();
        service.clients |= asked;
        service.own |= own;
        service.tally.add(outcome, start_ms, end_ms);
        if let Some(caller) = caller {
            self.edges.entry((caller, key)).or_default().add(outcome, start_ms, end_ms);
        }
    }

    fn merge(&mut self, other: &Self) {
        for (key, service) in &other.services {
            let own = self.services.entry(key.clone()).or_default();
            own.root |= service.root;
            own.clients |= service.clients;
            own.own |= service.own;
            own.tally.merge(&service.tally);
        }
        for (key, tally) in &other.edges {
            self.edges.entry(key.clone()).or_default().merge(tally);
        }
    }

    /// The services as X-Ray lists them: every one with its number and the calls that it made.
    fn services(&self, account: &str) -> Vec<Value> {
        let clients = self.services.iter().filter(|(_, service)| service.clients);
        let clients: Vec<&Key> = clients.map(|(key, _)| key).collect();
        let number_of: HashMap<&Key, usize> =
            self.services.keys().enumerate().map(|(number, key)| (key, clients.len() + number)).collect();
        let mut listed = Vec::new();
        for (number, key) in clients.iter().enumerate() {
            let Some(service) = self.services.get(*key) else { continue };
            let edge = service.tally.edge(number_of[*key]);
            let client = named(number, &key.0, account).with("Type", "client").with("State", "unknown");
            listed.push(service.tally.times(client).with("Edges", vec![edge]));
        }
        for (key, service) in &self.services {
            let edges = self.edges.iter().filter(|((caller, _), _)| caller == key);
            let edges: Vec<Value> = edges.map(|((_, called), tally)| tally.edge(number_of[called])).collect();
            let value = named(number_of[key], &key.0, account)
                .with("Root", service.root)
                .with("Type", (!key.1.is_empty()).then(|| key.1.to_string()))
                .with("State", if service.own { "active" } else { "unknown" });
            let histogram = service.tally.histogram();
            listed.push(
                service
                    .tally
                    .times(value)
                    .with("Edges", edges)
                    .with("SummaryStatistics", service.tally.summary())
                    .with("DurationHistogram", histogram.clone())
                    .with("ResponseTimeHistogram", histogram),
            );
        }
        listed
    }
}

fn named(number: usize, name: &str, account: &str) -> Value {
    Value::structure()
        .with("ReferenceId", number)
        .with("Name", name)
        .with("Names", vec![Value::from(name)])
        .with("AccountId", account)
}

impl Graphs {
    /// Runs `GetServiceGraph`. Other tasks run in between.
    pub async fn run(&self, put: &Put, scene: Scene<'_>, input: &Value) -> Result<Value, Refusal> {
        let (from, to) = range(input, 6)?;
        let digest = request_digest("GetServiceGraph", input);
        let token = match input.text("NextToken").filter(|text| !text.is_empty()) {
            Some(text) => Some(Token::decode(text, digest).ok_or_else(|| invalid("Invalid NextToken."))?),
            None => None,
        };
        let scene = Scene { now: token.map_or(scene.now, |token| token.at), ..scene };
        let mut graph = Graph::default();
        for stored in put.all().iter().filter(|stored| (from..=to).contains(&begun_ms(&stored.id))) {
            graph.add_seen(&Seen::of_stored(scene, stored));
        }
        if !scene.account.settings.empty {
            let first = from.max(scene.now - KEPT_MS).div_euclid(MINUTE_MS);
            for minute in first..=to.min(scene.now).div_euclid(MINUTE_MS) {
                graph.merge(&self.minute(scene, minute, from, to));
                tokio::task::yield_now().await;
            }
        }
        let services = graph.services(&scene.account.settings.account);
        let (services, next) = page(&services, token.map_or(0, |token| token.offset), PAGE);
        let token = next.map(|offset| Token { offset, at: scene.now, request: digest }.encode());
        Ok(Value::structure()
            .with("StartTime", Value::Time(from))
            .with("EndTime", Value::Time(to))
            .with("Services", services.to_vec())
            .with("ContainsOldGroupVersions", false)
            .with("NextToken", token))
    }

    /// The graph of the part of a minute that is in the range.
    fn minute(&self, scene: Scene, minute: i64, from: i64, to: i64) -> Arc<Graph> {
        let whole = from <= minute * MINUTE_MS && (minute + 1) * MINUTE_MS - 1 <= to;
        if let Some(known) = self.kept().get(&minute).filter(|_| whole) {
            return Arc::clone(known);
        }
        let traces = scene.account.fleet.traces(minute);
        let mut graph = Graph::default();
        let inside = |trace: &&Trace| (from..=to).contains(&(trace.start_ms as i64));
        // Of what began just before the minute did, the first request is in it.
        for trace in traces.iter().filter(|trace| whole || inside(trace)) {
            graph.add_trace(trace, scene.now);
        }
        let graph = Arc::new(graph);
        if whole && traces.iter().all(|trace| trace.complete_ms() <= scene.now) {
            let mut kept = self.kept();
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(minute, Arc::clone(&graph));
        }
        graph
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<i64, Arc<Graph>>> {
        // A cache is right whatever happened to whoever held it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
