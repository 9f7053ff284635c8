//! Lays the requests of a trace out in time, as nodes.
//!
//! ```text
//! Stage > Integration > Service [> Dwell, Attempt] > Function > Init
//!                                                             > Invocation > Handler > Call ... > Inferred
//!                                                             > Overhead
//! ```
//!
//! Times are those of the request: the function's segment is its duration, an initialisation its own, a call its own.
//! What Lambda and the API add lies around them.

use super::document::service_of;
use super::{API, Arrival, Node, Part, ServiceName, Shape};
use crate::demo::fleet::draw::Draw;
use crate::demo::fleet::invocation::{Call, Invocation, Outcome, Service};
use crate::demo::fleet::spec::{EventSource, FunctionSpec};

/// A request, where a function served it.
pub(super) struct Served<'a> {
    pub spec: &'a FunctionSpec,
    pub request: &'a Invocation,
    /// The initialisation of its environment, if that was made ready ahead and this is its first request: when it began,
    /// ms since the epoch, and how long it took, ms.
    pub ahead: Option<(f64, f64)>,
}

/// The nodes of a trace: of a request from outside, and of the request that it made.
pub(super) fn nodes(requests: &[Served]) -> Vec<Node> {
    let mut axis = Axis { nodes: Vec::with_capacity(24) };
    for (number, served) in requests.iter().enumerate() {
        let from = if number == 0 {
            axis.entrance(served)
        } else {
            requests.first().and_then(|first| axis.call_of(first.request, served.request))
        };
        Laid { number, served, draw: draw(served.request) }.on(&mut axis, from);
    }
    axis.nodes
}

/// All chance about the trace of a request.
pub(super) fn draw(request: &Invocation) -> Draw {
    Draw::new(TRACE).about_name(&request.request_id)
}

/// The nodes, while they are laid out.
struct Axis {
    nodes: Vec<Node>,
}

impl Axis {
    fn push(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// The way in from outside: the API's stage, where there is one.
    fn entrance(&mut self, served: &Served) -> Option<usize> {
        if served.spec.source != EventSource::Api {
            return None;
        }
        let draw = draw(served.request).about(ENTRANCE);
        let laid = Laid { number: 0, served, draw };
        let status = served.request.http_status;
        let (from, to) = (served.request.start_ms as f64 - lead_ms(laid.draw), served.request.end_ms() + 4.2);
        let stage = laid.node(self, None, Part::Stage, from - 3.0 - 4.0 * draw.unit(), Some(to + 0.9));
        let node = &mut self.nodes[stage];
        node.service = Some(ServiceName { name: API, kind: "AWS::ApiGateway::Stage" });
        node.status = status;
        node.fault = status.is_some_and(|status| status >= 500);
        node.error = status.is_some_and(|status| (400..500).contains(&status));
        node.throttle = status == Some(429);
        let integration = laid.node(self, Some(stage), Part::Integration, from - 1.4, Some(to));
        self.nodes[integration].status = Some(200);
        Some(integration)
    }

    /// The call of the first request that became another one.
    fn call_of(&self, first: &Invocation, request: &Invocation) -> Option<usize> {
        let became = |call: &Call| call.request_id.as_ref() == Some(&request.request_id);
        let call = first.downstream.iter().position(became)?;
        self.nodes.iter().position(|node| node.part == Part::Call(call))
    }
}

/// A request while it is laid out.
struct Laid<'a> {
    number: usize,
    served: &'a Served<'a>,
    draw: Draw,
}

impl Laid<'_> {
    /// Adds a node; one that stands for a service or a document is told so afterwards.
    fn node(
        &self,
        axis: &mut Axis,
        parent: Option<usize>,
        part: Part,
        start_ms: f64,
        end_ms: Option<f64>,
    ) -> usize {
        let number = axis.nodes.len() as u64;
        let node = Node {
            id: self.draw.about(ID).about(number).bits(),
            parent,
            request: self.number,
            part,
            service: None,
            start_ms,
            end_ms,
            status: None,
            fault: false,
            error: false,
            throttle: false,
            arrival: None,
        };
        let index = axis.push(node);
        if matches!(part, Part::Stage | Part::Service | Part::Function) {
            axis.nodes[index].arrival = Some(self.arrival(number, start_ms, end_ms.unwrap_or(start_ms)));
        }
        index
    }

    /// When a document is known: most a second after its end, few of them many seconds.
    fn arrival(&self, number: u64, start_ms: f64, end_ms: f64) -> Arrival {
        let draw = self.draw.about(ARRIVAL).about(number);
        let begun_ms = (start_ms + 400.0 + 900.0 * draw.unit()) as i64;
        let late = if draw.about(1).chance(0.04) { 7_500.0 * draw.about(2).unit() } else { 0.0 };
        let complete_ms = (end_ms + 350.0 + 1_100.0 * draw.about(3).unit() + late) as i64;
        Arrival { begun_ms: begun_ms.min(complete_ms), complete_ms }
    }

    fn on(&self, axis: &mut Axis, from: Option<usize>) {
        let Served { spec, request, .. } = self.served;
        let start_ms = request.start_ms as f64;
        let called = request.caller.is_some();
        let lead = if called { 0.0 } else { lead_ms(self.draw.about(ENTRANCE)) };
        let dwell = request.event_age_ms.map(|age| age.max(1.0));
        let service_start = start_ms - dwell.unwrap_or(lead);
        let end_ms = if request.environment.is_some() { request.end_ms() } else { start_ms + 2.0 };
        let service =
            self.node(axis, from, Part::Service, service_start, Some(end_ms + 1.5 + self.draw.unit()));
        let failed = request.outcome.is_error();
        let throttled = request.outcome == Outcome::Throttled;
        let node = &mut axis.nodes[service];
        node.service = Some(ServiceName { name: spec.name, kind: "AWS::Lambda" });
        node.status =
            Some(if throttled { 429 } else { request.http_status.filter(|_| url(spec)).unwrap_or(200) });
        (node.fault, node.error) = (failed, throttled);
        // Also where a later attempt was let in.
        node.throttle = throttled || !request.refused_ms.is_empty();
        let Some(header) = request.trace.as_ref().filter(|_| !throttled) else { return };
        let mut parent = service;
        if dwell.is_some() {
            let first = request.refused_ms.first().map_or(start_ms, |first| *first as f64);
            self.node(axis, Some(service), Part::Dwell, service_start, Some(first - 0.6));
            for (number, refused) in (1..).zip(&request.refused_ms) {
                let at = *refused as f64;
                let attempt = self.node(axis, Some(service), Part::Attempt(number), at - 0.6, Some(at + 2.4));
                let node = &mut axis.nodes[attempt];
                (node.status, node.error, node.throttle) = (Some(429), true, true);
            }
            let number = request.refused_ms.len() + 1;
            parent =
                self.node(axis, Some(service), Part::Attempt(number), start_ms - 0.6, Some(end_ms + 0.7));
            axis.nodes[parent].status = Some(200);
            axis.nodes[parent].fault = failed;
        }
        let begun_ms = start_ms + request.init_ms.unwrap_or(0.0);
        let function = self.node(axis, Some(parent), Part::Function, begun_ms, Some(end_ms));
        let node = &mut axis.nodes[function];
        node.id = u64::from_str_radix(&header.segment_id, 16).unwrap_or(node.id);
        node.service = Some(ServiceName { name: spec.name, kind: "AWS::Lambda::Function" });
        node.fault = failed;
        self.inside(axis, function, begun_ms, end_ms);
    }

    /// What is below the function's segment.
    fn inside(&self, axis: &mut Axis, function: usize, begun_ms: f64, end_ms: f64) {
        let Served { spec, request, ahead } = self.served;
        let failed = request.outcome.is_error();
        let waited = request.init_ms.map(|init| (request.start_ms as f64, init));
        if let Some((start_ms, init_ms)) = waited.or(*ahead) {
            let init = self.node(axis, Some(function), Part::Init, start_ms, Some(start_ms + init_ms));
            axis.nodes[init].fault = matches!(request.outcome, Outcome::InitError { .. });
        }
        let (mut parent, mut run_end) = (function, end_ms);
        if Shape::of(spec) == Shape::Old {
            run_end = end_ms - overhead_ms(request);
            parent = self.node(axis, Some(function), Part::Invocation, begun_ms, Some(run_end));
            axis.nodes[parent].fault = failed;
            if run_end < end_ms {
                self.node(axis, Some(function), Part::Overhead, run_end, Some(end_ms));
            }
        }
        if matches!(request.outcome, Outcome::InitError { .. }) {
            return;
        }
        if has_handler(spec) {
            // A process that is cut off or killed never says that its handler has ended.
            let ended = !ends_abruptly(&request.outcome);
            parent = self.node(axis, Some(parent), Part::Handler, begun_ms, ended.then_some(run_end));
            axis.nodes[parent].fault = failed && ended;
        }
        self.calls(axis, parent, begun_ms);
    }

    /// The calls, those of several attempts below a node of their own.
    fn calls(&self, axis: &mut Axis, parent: usize, begun_ms: f64) {
        let calls = &self.served.request.downstream;
        let mut first = 0;
        while first < calls.len() {
            let more = calls[first + 1..].iter().take_while(|call| call.attempt > 1).count();
            let attempts = &calls[first..=first + more];
            let mut below = parent;
            if more > 0 {
                let (from, to) =
                    (begun_ms + attempts[0].offset_ms, end_of(&attempts[more]).map(|end| begun_ms + end));
                below = self.node(axis, Some(parent), Part::Attempts(first), from, to);
                axis.nodes[below].fault = attempts[more].throttled;
            }
            for (index, call) in (first..).zip(attempts) {
                self.call(axis, below, index, call, begun_ms);
            }
            first += more + 1;
        }
    }

    fn call(&self, axis: &mut Axis, parent: usize, index: usize, call: &Call, begun_ms: f64) {
        let start_ms = begun_ms + call.offset_ms;
        let end_ms = end_of(call).map(|end| begun_ms + end);
        let node = self.node(axis, Some(parent), Part::Call(index), start_ms, end_ms);
        let status = call.status;
        let called = &mut axis.nodes[node];
        called.status = status;
        called.throttle = call.throttled;
        called.error = status.is_some_and(|status| (400..500).contains(&status));
        called.fault = status.is_some_and(|status| status >= 500);
        let Some(end_ms) = end_ms else { return };
        if self.served.spec.has_extension() {
            // Its agent sends each call by itself.
            let number = node as u64;
            called.arrival = Some(self.arrival(number, end_ms, end_ms));
        }
        if call.service == Service::Lambda {
            return;
        }
        let arrival = within(&axis.nodes, node);
        let inferred = self.node(axis, Some(node), Part::Inferred(node), start_ms, Some(end_ms));
        let of = axis.nodes[node].clone();
        let inferred = &mut axis.nodes[inferred];
        inferred.service = Some(service_of(call));
        inferred.arrival =
            arrival.map(|at| Arrival { begun_ms: at.complete_ms, complete_ms: at.complete_ms });
        (inferred.status, inferred.fault, inferred.error, inferred.throttle) =
            (of.status, of.fault, of.error, of.throttle);
    }
}

/// When the document arrives that a node is part of.
fn within(nodes: &[Node], mut index: usize) -> Option<Arrival> {
    loop {
        let node = nodes.get(index)?;
        if node.arrival.is_some() {
            return node.arrival;
        }
        index = node.parent?;
    }
}

/// When a call ended, ms after the beginning of the code; `None` if it never came back.
fn end_of(call: &Call) -> Option<f64> {
    call.status.map(|_| call.offset_ms + call.duration_ms)
}

/// Whether a function is called by its own URL: then Lambda's segment has the status that the client saw.
fn url(spec: &FunctionSpec) -> bool {
    spec.source == EventSource::Url
}

/// Whether its code has the shop's library, which records the handler.
pub(super) fn has_handler(spec: &FunctionSpec) -> bool {
    spec.layers.iter().any(|layer| layer.starts_with("shop-shared"))
}

/// Whether a request ended without that its code could say so.
const fn ends_abruptly(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Timeout | Outcome::OutOfMemory | Outcome::RuntimeExit { .. })
}

/// What the runtime does after the answer, ms: part of the duration, and nothing where it was cut off.
pub(super) fn overhead_ms(request: &Invocation) -> f64 {
    if ends_abruptly(&request.outcome) || matches!(request.outcome, Outcome::InitError { .. }) {
        return 0.0;
    }
    let calls_end = calls_end_ms(request);
    let usual = 0.4 + 1.6 * draw(request).about(OVERHEAD).unit();
    (usual.min((request.duration_ms - calls_end) / 2.0).max(0.0) * 100.0).floor() / 100.0
}

/// When the last call that came back had done so, ms after the beginning of the code.
pub(super) fn calls_end_ms(request: &Invocation) -> f64 {
    request.downstream.iter().filter_map(end_of).fold(0.0, f64::max)
}

/// What Lambda does before it hands a request to an environment, ms.
fn lead_ms(draw: Draw) -> f64 {
    1.8 + 5.0 * draw.about(LEAD).unit()
}

/// Keep the draws of a trace apart.
const TRACE: u64 = 0x58_02;
const ENTRANCE: u64 = 0x58_03;
const ID: u64 = 0x58_04;
const ARRIVAL: u64 = 0x58_05;
const LEAD: u64 = 0x58_06;
const OVERHEAD: u64 = 0x58_07;
