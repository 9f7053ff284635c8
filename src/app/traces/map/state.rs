//! What of the map is on screen and under the cursor.

use super::graph::{Folded, Graph, MapEdge, MapNode};
use super::layout::{MapLayout, Room, Shape, ShapeNode, Zoom, lay_out};
use super::stroke::{EdgeStyle, Strokes};
use super::walk::Step;
use crate::app::{Area, FilterState};
use crate::model::{ServiceMap, ServiceName, Timestamp};

/// A number on a line of the map: how much of the calls to a service fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapLabel {
    /// Its first cell on the canvas.
    pub at: (u16, u16),
    /// Its cells.
    pub width: u16,
    /// The share, 0 to 1.
    pub failed: f64,
}

/// The map of services.
#[derive(Clone, Debug, Default)]
pub struct TraceMap {
    /// Who calls whom.
    pub graph: Graph,
    /// Where everything is.
    pub layout: MapLayout,
    /// The lines, those of the node under the cursor over all others.
    pub strokes: Strokes,
    /// The numbers on them.
    pub labels: Vec<MapLabel>,
    /// The ways of the errors, the worst first, each from where they come from: indices of nodes.
    pub paths: Vec<Vec<usize>>,
    /// The node under the cursor.
    pub selected: Option<ServiceName>,
    /// The first column and row of the canvas that are on screen.
    pub corner: (u16, u16),
    /// How large the boxes are.
    pub zoom: Zoom,
    /// What is looked for, and what is being typed of it.
    pub find: FilterState<String>,
    folded: Folded,
    made_of: Option<MadeOf>,
    placed: Option<Placed>,
    /// Whose lines go over all others now.
    stroked_for: Option<usize>,
    /// The call that an arrow went along last: where from, and to whom.
    came: Option<(ServiceName, ServiceName)>,
}

/// How a node stands to the one under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the one.
    Chosen,
    /// It is called by it.
    Called,
    /// It calls it.
    Calling,
    /// Neither.
    Apart,
}

/// What the map was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MadeOf {
    at: Timestamp,
    area: (u16, u16),
    zoom: Zoom,
}

/// What the places were found for.
#[derive(Clone, Debug)]
struct Placed {
    names: Vec<ServiceName>,
    shape: Shape,
    room: Room,
}

impl TraceMap {
    /// Index of the node under the cursor.
    #[must_use]
    pub fn at(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.graph.nodes.iter().position(|node| node.name == *selected)
    }

    /// The node under the cursor.
    #[must_use]
    pub fn node(&self) -> Option<&MapNode> {
        self.graph.nodes.get(self.at()?)
    }

    /// The nodes whose names hold what is looked for, in the order of the screen.
    pub fn found(&self) -> impl Iterator<Item = usize> + '_ {
        let wanted = self.find.applied.to_lowercase();
        let nodes = self.layout.layers.iter().flat_map(|layer| layer.nodes.iter().copied());
        nodes.filter(move |node| {
            !wanted.is_empty() && self.graph.nodes[*node].name.name.to_lowercase().contains(&wanted)
        })
    }

    /// Whether the name of a node holds what is looked for.
    #[must_use]
    pub fn is_found(&self, node: usize) -> bool {
        let wanted = self.find.applied.to_lowercase();
        !wanted.is_empty() && self.graph.nodes[node].name.name.to_lowercase().contains(&wanted)
    }

    /// Makes the map anew, if it, the room for it or the size of its boxes is another one. Nodes keep their places as long
    /// as the same ones call the same ones. `rank` says how far up a node stands where it has no place yet.
    pub(in crate::app) fn make(&mut self, map: &ServiceMap, area: Area, rank: impl Fn(&MapNode) -> u64) {
        let made_of = MadeOf { at: map.at, area: (area.width, area.height), zoom: self.zoom };
        if self.made_of != Some(made_of) && area.height > 0 {
            self.made_of = Some(made_of);
            self.graph = Graph::of(map, &mut self.folded);
            self.lay_out(area, rank);
            self.paths = self.graph.error_paths();
            self.stroke();
            self.labels = self.make_labels();
            if self.at().is_none() {
                let first = self.paths.first().and_then(|path| path.first());
                let first =
                    first.or_else(|| self.layout.layers.first().and_then(|layer| layer.nodes.first()));
                self.selected = first.map(|node| self.graph.nodes[*node].name.clone());
            }
        }
        if self.stroked_for != self.at() {
            self.stroke();
        }
    }

    /// Gives everything its place, where who calls whom or the room for it is another one.
    fn lay_out(&mut self, area: Area, rank: impl Fn(&MapNode) -> u64) {
        let names = || self.graph.nodes.iter().map(|node| &node.name);
        let edges = || self.graph.edges.iter().map(|edge| (edge.from, edge.to));
        let room = Room { width: area.width, height: area.height, zoom: self.zoom };
        // What is worse now than it was before stands where it stood.
        let same = |placed: &Placed| {
            placed.names.iter().eq(names()) && placed.shape.edges.iter().copied().eq(edges())
        };
        let placed = self.placed.take().filter(same);
        if placed.as_ref().is_none_or(|placed| placed.room != room) {
            let shape = placed.map_or_else(
                || Shape {
                    nodes: self
                        .graph
                        .nodes
                        .iter()
                        .map(|node| ShapeNode { entry: node.entry, rank: rank(node) })
                        .collect(),
                    edges: edges().collect(),
                },
                |placed| placed.shape,
            );
            self.layout = lay_out(&shape, room);
            self.placed = Some(Placed { names: names().cloned().collect(), shape, room });
        } else {
            self.placed = placed;
        }
    }

    /// Draws the lines, those of the node under the cursor over all others.
    fn stroke(&mut self) {
        let at = self.at();
        let style = |edge: &MapEdge| EdgeStyle {
            heavy: edge.is_heavy(),
            chosen: at.is_some_and(|at| edge.from == at || edge.to == at),
        };
        let styles: Vec<EdgeStyle> = self.graph.edges.iter().map(style).collect();
        self.strokes = self.layout.strokes(&styles);
        self.stroked_for = at;
    }

    /// How much of the calls to each service fails, where errors travel: above the end of its lines, or on it.
    fn make_labels(&self) -> Vec<MapLabel> {
        let mut labels: Vec<MapLabel> = Vec::new();
        for (edge, arrow) in self.graph.edges.iter().zip(&self.layout.arrows) {
            if !edge.is_heavy()
                || labels
                    .iter()
                    .any(|label| label.at.1.abs_diff(arrow.1) <= 1 && label.at.0 + label.width == arrow.0)
            {
                continue;
            }
            let calls = self.graph.callers(edge.to);
            let (failed, total) = calls.fold((0, 0), |(failed, total), edge| {
                let figures = &edge.figures;
                (failed + figures.total.saturating_sub(figures.ok), total + figures.total)
            });
            let failed = failed as f64 / total.max(1) as f64;
            let width = crate::model::number::share(failed).width() + 2;
            let Some(x) = arrow.0.checked_sub(width) else { continue };
            let above = arrow.1.checked_sub(1);
            let rows = [above, Some(arrow.1 + 1)];
            let free =
                rows.into_iter().flatten().find(|y| self.layout.is_free(&self.strokes, *y, x..arrow.0));
            // On the line itself, where it runs straight for long enough.
            let straight = (x.saturating_sub(2)..arrow.0).all(|x| {
                let arms = self.strokes.get(&(x, arrow.1)).map(|stroke| stroke.arms);
                arms.is_some_and(|arms| arms[0] == 0 && arms[2] == 0)
            });
            let on_it = (x > 2 && straight).then_some(arrow.1);
            if let Some(y) = free.or(on_it) {
                labels.push(MapLabel { at: (x, y), width, failed });
            }
        }
        labels
    }

    /// Goes along an arrow, as often as is said; whether there was somewhere to go.
    pub(in crate::app) fn walk(&mut self, step: Step, times: usize) -> bool {
        let mut moved = false;
        for _ in 0..times {
            let Some(at) = self.at() else { break };
            let Some(next) = self.back_along(at, step).or_else(|| self.layout.step(&self.graph, at, step))
            else {
                break;
            };
            let name = |node: usize| self.graph.nodes[node].name.clone();
            self.came = matches!(step, Step::Left | Step::Right).then(|| (name(at), name(next)));
            self.select(next);
            moved = true;
        }
        moved
    }

    /// Where the call was taken from that led to this node, if the arrow leads back along it.
    fn back_along(&self, at: usize, step: Step) -> Option<usize> {
        let (from, to) = self.came.as_ref()?;
        let from = self.graph.nodes.iter().position(|node| node.name == *from)?;
        let joined = |edge: &MapEdge| match step {
            Step::Left => (edge.from, edge.to) == (from, at),
            Step::Right => (edge.from, edge.to) == (at, from),
            Step::Up | Step::Down => false,
        };
        (self.graph.nodes[at].name == *to && self.graph.edges.iter().any(joined)).then_some(from)
    }

    /// How a node stands to the one under the cursor.
    #[must_use]
    pub fn standing(&self, node: usize) -> Standing {
        let Some(at) = self.at() else { return Standing::Apart };
        if node == at {
            Standing::Chosen
        } else if self.graph.callees(at).any(|edge| edge.to == node) {
            Standing::Called
        } else if self.graph.callers(at).any(|edge| edge.from == node) {
            Standing::Calling
        } else {
            Standing::Apart
        }
    }

    /// To the first or the last node of the layer.
    pub(in crate::app) fn go_to_end(&mut self, last: bool) {
        let layer = self.at().and_then(|at| self.layout.layer_of.get(at));
        let nodes = layer.and_then(|layer| self.layout.layers.get(*layer)).map(|layer| &layer.nodes);
        let end = nodes.and_then(|nodes| if last { nodes.last() } else { nodes.first() }).copied();
        if let Some(end) = end {
            self.select(end);
        }
    }

    /// To the next node that is looked for, or the last one before.
    pub(in crate::app) fn next_found(&mut self, forward: bool) {
        let found: Vec<usize> = self.found().collect();
        let at = self.at().and_then(|at| found.iter().position(|node| *node == at));
        let next = match (at, forward) {
            (Some(at), true) => (at + 1) % found.len().max(1),
            (Some(at), false) => (at + found.len().max(1) - 1) % found.len().max(1),
            (None, _) => 0,
        };
        if let Some(node) = found.get(next) {
            self.select(*node);
        }
    }

    /// Puts the cursor on a node.
    pub(in crate::app) fn select(&mut self, node: usize) {
        if let Some(node) = self.graph.nodes.get(node) {
            self.selected = Some(node.name.clone());
        }
    }

    /// The node at a cell of the screen's part of the canvas.
    #[must_use]
    pub fn node_at(&self, x: u16, y: u16) -> Option<usize> {
        let (x, y) = (x.saturating_add(self.corner.0), y.saturating_add(self.corner.1));
        self.layout.boxes.iter().position(|own| own.contains(x, y))
    }

    /// The columns that are to be seen of a canvas wider than the screen, first and end: those of a node's layer, with the one
    /// before and the one behind it if there is room, or only with the one behind it.
    fn wanted_columns(&self, own: Area, width: u16) -> (u16, u16) {
        let layers = &self.layout.layers;
        let layer = layers.iter().position(|layer| layer.x == own.x).unwrap_or(0);
        let (before, behind) = (layer.saturating_sub(1), (layer + 1).min(layers.len().saturating_sub(1)));
        let columns = |(first, last): (usize, usize)| (layers[first].x, layers[last].x + layers[last].width);
        let fits = |(first, end): &(u16, u16)| end + 1 - first <= width;
        [(before, behind), (layer, behind)]
            .map(columns)
            .into_iter()
            .find(fits)
            .unwrap_or((own.x, own.x + own.width))
    }

    /// Scrolls so that the node under the cursor is seen, and with it who may call it and be called by it: by layers to the
    /// side, by rows up and down.
    pub(in crate::app) fn keep_visible(&mut self, area: Area) {
        let Some(own) = self.at().and_then(|at| self.layout.boxes.get(at)).copied() else { return };
        let (mut left, mut top) = self.corner;
        let starts = || self.layout.layers.iter().map(|layer| layer.x.saturating_sub(1));
        if self.layout.width <= area.width {
            left = 0;
        } else {
            let (first, end) = self.wanted_columns(own, area.width);
            if first < left + 1 {
                left = starts().rfind(|start| *start < first).unwrap_or(0);
            }
            if end > left.saturating_add(area.width) {
                let shows = |start: &u16| end <= start.saturating_add(area.width);
                left = starts().find(shows).unwrap_or_else(|| first.saturating_sub(1));
                left = left.min(self.layout.width - area.width);
            }
            // The first layer has what goes round before it.
            if starts().next().is_some_and(|start| left <= start) {
                left = 0;
            }
        }
        if self.layout.height <= area.height {
            top = 0;
        } else {
            let margin = u16::from(area.height > own.height + 2);
            top = top.min(own.y.saturating_sub(margin));
            top = top.max((own.y + own.height + margin).saturating_sub(area.height));
            top = top.min(self.layout.height - area.height);
        }
        self.corner = (left, top);
    }
}
