//! The services and who calls whom, as the map shows them: a function once, although X-Ray counts it twice.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::{ServiceFigures, ServiceMap, ServiceName, ServiceNode};
use crate::store::traces::service_of;

/// Nodes beyond which healthy ones that call nobody are put together.
pub const MOST_NODES: usize = 60;
/// Nodes beyond which the rest is put together, however it is.
const MOST_DRAWN: usize = 200;
/// The kind of both of X-Ray's nodes for a function.
const LAMBDA: &str = "AWS::Lambda";
/// Errors travel along an edge from this share on, and from so many requests on.
const TRAVELS: (f64, u64) = (0.01, 3);

/// Services and the calls between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The services, by their names.
    pub nodes: Vec<MapNode>,
    /// The calls, by the places of caller and called; none to itself, and one between two.
    pub edges: Vec<MapEdge>,
}

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct MapNode {
    /// Its names; a function has the kind `AWS::Lambda`. Raw.
    pub name: ServiceName,
    /// Requests enter here.
    pub entry: bool,
    /// What it answered, of sampled traces.
    pub figures: ServiceFigures,
    /// How long it worked, with all it waited for, ms: of a function its own time, without Lambda's.
    pub worked_ms: f64,
    /// How many services it stands for, if not for one.
    pub folded: Option<usize>,
}

/// Calls of one service to another.
#[derive(Clone, Debug, PartialEq)]
pub struct MapEdge {
    /// Index of the caller.
    pub from: usize,
    /// Index of who is called.
    pub to: usize,
    /// What that one answered, of sampled traces.
    pub figures: ServiceFigures,
}

impl MapNode {
    /// Whether it is a function.
    #[must_use]
    pub fn is_function(&self) -> bool {
        self.name.kind.as_deref() == Some(LAMBDA)
    }

    /// What it is, in a word: `DynamoDB`, `SQS`, `remote`. Raw; may be empty.
    #[must_use]
    pub fn kind_word(&self) -> &str {
        let kind = self.name.kind.as_deref().unwrap_or_default();
        match service_of(kind) {
            "API Gateway" => "API",
            word => word,
        }
    }
}

impl MapEdge {
    /// Whether errors travel along it.
    #[must_use]
    pub fn is_heavy(&self) -> bool {
        self.failed() >= TRAVELS.1 && self.figures.failed().is_some_and(|share| share >= TRAVELS.0)
    }

    /// How many of them failed, of sampled traces.
    const fn failed(&self) -> u64 {
        self.figures.total.saturating_sub(self.figures.ok)
    }
}

/// Services that stand together under one node.
pub(super) type Folded = BTreeSet<ServiceName>;

impl Graph {
    /// The graph of a map. Of those in `folded` before as many as can be are put together again, so that nothing moves.
    pub(super) fn of(map: &ServiceMap, folded: &mut Folded) -> Self {
        let whole = Self::whole(map);
        let graph = if whole.nodes.len() > MOST_NODES {
            whole.folded(folded)
        } else {
            folded.clear();
            whole
        };
        if graph.nodes.len() > MOST_DRAWN { graph.cut() } else { graph }
    }

    /// All services of a map, clients left out: those that they call are entries.
    fn whole(map: &ServiceMap) -> Self {
        let is_client = |node: &ServiceNode| node.name.kind.as_deref() == Some("client");
        let clients = map.services.iter().filter(|node| is_client(node));
        let called: BTreeSet<i32> = clients.flat_map(|node| node.edges.iter().map(|edge| edge.to)).collect();
        let mut nodes: BTreeMap<ServiceName, MapNode> = BTreeMap::new();
        let mut names: HashMap<i32, ServiceName> = HashMap::new();
        for node in map.services.iter().filter(|node| !is_client(node)) {
            let name = known_as(&node.name);
            names.insert(node.id, name.clone());
            let entry = node.root || called.contains(&node.id);
            // What Lambda answers holds throttles too; how long the function worked, the function knows.
            let of_function = node.name.kind.as_deref() == Some("AWS::Lambda::Function");
            let figures = &node.figures;
            let merged = nodes.entry(name.clone()).or_insert_with(|| MapNode {
                name,
                entry: false,
                figures: ServiceFigures::default(),
                worked_ms: 0.0,
                folded: None,
            });
            merged.entry |= entry;
            if !of_function || merged.figures.total == 0 {
                merged.figures = figures.clone();
            }
            if of_function || merged.worked_ms <= 0.0 {
                merged.worked_ms = figures.total_ms;
            }
        }
        let places: BTreeMap<&ServiceName, usize> =
            nodes.keys().enumerate().map(|(at, name)| (name, at)).collect();
        let mut calls: BTreeMap<(usize, usize), ServiceFigures> = BTreeMap::new();
        for node in map.services.iter().filter(|node| !is_client(node)) {
            for edge in &node.edges {
                let ends = names.get(&node.id).zip(names.get(&edge.to));
                let Some((from, to)) = ends.and_then(|(from, to)| places.get(from).zip(places.get(to)))
                else {
                    continue;
                };
                if from != to {
                    add(calls.entry((*from, *to)).or_default(), &edge.figures);
                }
            }
        }
        let mut nodes: Vec<MapNode> = nodes.into_values().collect();
        for (_, to) in calls.keys() {
            // A function that another service calls is called by Lambda, which X-Ray takes for a root of its own.
            nodes[*to].entry &= called_from_outside(map, &called, &nodes[*to].name);
        }
        let edges = calls.into_iter().map(|((from, to), figures)| MapEdge { from, to, figures }).collect();
        Self { nodes, edges }
    }

    /// Puts healthy services that call nobody under one node, the least called first, until there are few enough.
    fn folded(self, before: &mut Folded) -> Self {
        let calls: BTreeSet<usize> = self.edges.iter().map(|edge| edge.from).collect();
        let healthy = |at: usize| {
            let node = &self.nodes[at];
            let quiet = self.edges.iter().filter(|edge| edge.to == at).all(|edge| !edge.is_heavy());
            !node.entry && quiet && node.figures.failed().is_none_or(|share| share < TRAVELS.0)
        };
        let mut leaves: Vec<usize> =
            (0..self.nodes.len()).filter(|at| !calls.contains(at) && healthy(*at)).collect();
        leaves.sort_by_key(|at| (!before.contains(&self.nodes[*at].name), self.nodes[*at].figures.total));
        let wanted = self.nodes.len() + 1 - MOST_NODES;
        leaves.truncate(wanted.max(2));
        if leaves.len() < 2 {
            before.clear();
            return self;
        }
        *before = leaves.iter().map(|at| self.nodes[*at].name.clone()).collect();
        let count = leaves.len();
        self.under_one(&leaves.into_iter().collect(), &format!("+{count} healthy"))
    }

    /// Keeps what fails and what is called most; the rest stands under one node.
    fn cut(self) -> Self {
        let mut by_worth: Vec<usize> = (0..self.nodes.len()).collect();
        by_worth.sort_by(|one, two| {
            let worth = |at: usize| {
                let node = &self.nodes[at];
                (node.entry, node.figures.total.saturating_sub(node.figures.ok), node.figures.total)
            };
            worth(*two).cmp(&worth(*one)).then(one.cmp(two))
        });
        let rest: BTreeSet<usize> = by_worth.split_off(MOST_DRAWN - 1).into_iter().collect();
        let count = rest.iter().map(|at| self.nodes[*at].folded.unwrap_or(1)).sum::<usize>();
        self.under_one(&rest, &format!("+{count} more"))
    }

    /// Puts nodes under one, which calls nobody.
    fn under_one(self, these: &BTreeSet<usize>, name: &str) -> Self {
        let mut sum = MapNode {
            name: ServiceName { name: name.into(), kind: None },
            entry: false,
            figures: ServiceFigures::default(),
            worked_ms: 0.0,
            folded: Some(these.iter().map(|at| self.nodes[*at].folded.unwrap_or(1)).sum()),
        };
        let mut places = Vec::with_capacity(self.nodes.len());
        let mut nodes = Vec::new();
        for (at, node) in self.nodes.into_iter().enumerate() {
            if these.contains(&at) {
                add(&mut sum.figures, &node.figures);
                sum.worked_ms += node.worked_ms;
                places.push(None);
            } else {
                places.push(Some(nodes.len()));
                nodes.push(node);
            }
        }
        let last = nodes.len();
        nodes.push(sum);
        let mut calls: BTreeMap<(usize, usize), ServiceFigures> = BTreeMap::new();
        for edge in self.edges {
            let Some(from) = places[edge.from] else { continue };
            add(calls.entry((from, places[edge.to].unwrap_or(last))).or_default(), &edge.figures);
        }
        let edges = calls.into_iter().map(|((from, to), figures)| MapEdge { from, to, figures }).collect();
        Self { nodes, edges }
    }

    /// The ways of the errors, each from where they come from to where they come out, along the calls that fail most: the
    /// worst first, then as many as it takes to go along every call that errors travel along.
    #[must_use]
    pub fn error_paths(&self) -> Vec<Vec<usize>> {
        let mut open: Vec<&MapEdge> = self.edges.iter().filter(|edge| edge.is_heavy()).collect();
        let worth = |edge: &&&MapEdge| {
            let origin = !self.callees(edge.to).any(MapEdge::is_heavy);
            (origin, edge.failed(), Reverse((edge.to, edge.from)))
        };
        let mut paths = Vec::new();
        while let Some(worst) = open.iter().max_by_key(worth).copied() {
            let path = self.error_path(worst);
            open.retain(|edge| {
                let gone = path.windows(2).any(|two| (edge.to, edge.from) == (two[0], two[1]));
                !gone && !std::ptr::eq(*edge, worst)
            });
            paths.push(path);
        }
        paths
    }

    /// The way of the errors through a call, from where they come from.
    fn error_path(&self, through: &MapEdge) -> Vec<usize> {
        let worst = |edges: &mut dyn Iterator<Item = &MapEdge>, end: fn(&MapEdge) -> usize| {
            let heavy = edges.filter(|edge| edge.is_heavy());
            heavy.map(|edge| (edge.failed(), Reverse(end(edge)))).max().map(|(_, node)| node.0)
        };
        let mut path = vec![through.to];
        let mut next = worst(&mut self.callees(through.to), |edge| edge.to);
        while let Some(at) = next.filter(|at| *at != through.from && !path.contains(at)) {
            path.insert(0, at);
            next = worst(&mut self.callees(at), |edge| edge.to);
        }
        let mut next = Some(through.from);
        while let Some(at) = next.filter(|at| !path.contains(at)) {
            path.push(at);
            next = worst(&mut self.callers(at), |edge| edge.from);
        }
        path
    }

    /// The calls that a service gets, and from whom.
    pub fn callers(&self, node: usize) -> impl Iterator<Item = &MapEdge> {
        self.edges.iter().filter(move |edge| edge.to == node)
    }

    /// The calls that a service makes, and to whom.
    pub fn callees(&self, node: usize) -> impl Iterator<Item = &MapEdge> {
        self.edges.iter().filter(move |edge| edge.from == node)
    }
}

/// A name as the map knows it: both nodes of a function are one.
fn known_as(name: &ServiceName) -> ServiceName {
    let lambda = name.kind.as_deref().is_some_and(|kind| kind.starts_with(LAMBDA));
    let kind: Option<Arc<str>> = if lambda { Some(LAMBDA.into()) } else { name.kind.clone() };
    ServiceName { name: name.name.clone(), kind }
}

/// Whether clients call a service themselves.
fn called_from_outside(map: &ServiceMap, called: &BTreeSet<i32>, name: &ServiceName) -> bool {
    map.services.iter().any(|node| called.contains(&node.id) && known_as(&node.name) == *name)
}

fn add(sum: &mut ServiceFigures, more: &ServiceFigures) {
    sum.total += more.total;
    sum.ok += more.ok;
    sum.errors += more.errors;
    sum.throttles += more.throttles;
    sum.faults += more.faults;
    sum.total_ms += more.total_ms;
    sum.times.extend(more.times.iter().copied());
    sum.times.sort_by(|one, two| one.0.total_cmp(&two.0));
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{Scope, ServiceEdge, TimeRange, Timestamp};

    pub fn figures(total: u64, failed: u64) -> ServiceFigures {
        ServiceFigures {
            total,
            ok: total - failed,
            faults: failed,
            total_ms: total as f64 * 10.0,
            times: vec![(10.0, total)],
            ..ServiceFigures::default()
        }
    }

    /// A service: number, name, kind, and the calls it makes with how many of a hundred fail.
    pub fn service(id: i32, name: &str, kind: &str, calls: &[(i32, u64)]) -> ServiceNode {
        ServiceNode {
            id,
            name: ServiceName { name: name.into(), kind: Some(kind.into()) },
            root: false,
            figures: figures(100, 0),
            edges: calls
                .iter()
                .map(|(to, failed)| ServiceEdge { to: *to, figures: figures(100, *failed) })
                .collect(),
        }
    }

    pub fn map(services: Vec<ServiceNode>) -> ServiceMap {
        let at = Timestamp::from_secs(9_000);
        ServiceMap {
            scope: Scope::new("123456789012", "eu-west-1"),
            at,
            range: TimeRange::last(std::time::Duration::from_mins(15), at),
            services,
        }
    }

    fn names(graph: &Graph, path: &[usize]) -> Vec<String> {
        path.iter().map(|at| graph.nodes[*at].name.name.to_string()).collect()
    }

    fn shop() -> ServiceMap {
        map(vec![
            service(0, "client", "client", &[(1, 3)]),
            service(1, "gateway", "AWS::ApiGateway::Stage", &[(2, 9), (6, 0)]),
            service(2, "checkout", "AWS::Lambda", &[(3, 9)]),
            service(3, "checkout", "AWS::Lambda::Function", &[(4, 20)]),
            service(4, "ledger", "AWS::DynamoDB::Table", &[]),
            service(6, "cart", "AWS::Lambda::Function", &[(4, 0)]),
        ])
    }

    #[test]
    fn a_function_is_one_node_and_clients_are_none() {
        let graph = Graph::of(&shop(), &mut Folded::new());
        assert_eq!(names(&graph, &[0, 1, 2, 3]), ["cart", "checkout", "gateway", "ledger"]);
        assert!(graph.nodes[1].is_function() && graph.nodes[0].is_function());
        assert!(graph.nodes[2].entry && !graph.nodes[1].entry);
        let ends: Vec<_> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(ends, [(0, 3), (1, 3), (2, 0), (2, 1)]);
    }

    #[test]
    fn errors_are_followed_from_where_they_come_from_to_the_entry() {
        let graph = Graph::of(&shop(), &mut Folded::new());
        assert_eq!(names(&graph, &graph.error_paths()[0]), ["ledger", "checkout", "gateway"]);
        let calm = map(vec![service(1, "a", "x", &[(2, 0)]), service(2, "b", "x", &[])]);
        assert!(Graph::of(&calm, &mut Folded::new()).error_paths().is_empty());
    }

    #[test]
    fn each_way_of_errors_is_followed_and_the_worst_is_the_first() {
        let two = map(vec![
            service(1, "gateway", "x", &[(2, 5), (3, 30)]),
            service(2, "cart", "x", &[(4, 9)]),
            service(3, "checkout", "x", &[(5, 40), (4, 20)]),
            service(4, "carts", "x", &[]),
            service(5, "ledger", "x", &[]),
        ]);
        let graph = Graph::of(&two, &mut Folded::new());
        let paths: Vec<_> = graph.error_paths().iter().map(|path| names(&graph, path).join(" ")).collect();
        assert_eq!(paths, ["ledger checkout gateway", "carts checkout gateway", "carts cart gateway"]);
    }

    #[test]
    fn errors_that_go_round_in_a_circle_are_followed_once() {
        let circle = map(vec![service(1, "a", "x", &[(2, 50)]), service(2, "b", "x", &[(1, 50)])]);
        let graph = Graph::of(&circle, &mut Folded::new());
        let paths: Vec<_> = graph.error_paths().iter().map(|path| names(&graph, path)).collect();
        assert_eq!(paths, [["a", "b"], ["b", "a"]]);
    }

    #[test]
    fn beyond_sixty_healthy_leaves_stand_under_one_node_and_the_same_ones_each_time() {
        let many = |rank: i32| {
            let mut services: Vec<ServiceNode> = (1..=80)
                .map(|id| {
                    let mut leaf = service(id, &format!("leaf-{id:02}"), "AWS::DynamoDB::Table", &[]);
                    leaf.figures = figures(100 + u64::from((id * rank % 83).unsigned_abs()), 0);
                    leaf
                })
                .collect();
            let calls: Vec<(i32, u64)> = (1..=80).map(|id| (id, if id < 5 { 30 } else { 0 })).collect();
            services.push(service(0, "gateway", "AWS::ApiGateway::Stage", &calls));
            map(services)
        };
        let mut folded = Folded::new();
        let graph = Graph::of(&many(7), &mut folded);
        assert_eq!(graph.nodes.len(), MOST_NODES);
        let sum = graph.nodes.last().unwrap();
        assert_eq!((&*sum.name.name, sum.folded), ("+22 healthy", Some(22)));
        assert!((1..5).all(|id| graph.nodes.iter().any(|node| *node.name.name == *format!("leaf-{id:02}"))));
        let before = folded.clone();
        Graph::of(&many(11), &mut folded);
        assert_eq!(folded, before, "other numbers, the same places");
    }

    #[test]
    fn a_map_without_end_is_cut() {
        let services = (0..5_000).map(|id| service(id, &format!("s-{id}"), "x", &[(id + 1, 40)])).collect();
        let graph = Graph::of(&map(services), &mut Folded::new());
        assert_eq!(graph.nodes.len(), MOST_DRAWN);
        assert_eq!(graph.nodes.last().unwrap().folded, Some(4_801));
    }
}
