//! Where boxes and lines of the map are: a pure function of who calls whom.
//!
//! ```text
//!        gutter  layer 0      gutter      layer 1      gutter
//!          ┌──────────────┐         ┌──────────────┐
//!          │ shop-gateway │────┬───▸│ checkout-api │──
//!          └──────────────┘    │    └──────────────┘
//! ```

use std::collections::BTreeMap;

use super::layers::{Bundle, Item, Layers};
use super::place::{Heights, Rows};
use super::route::{Gutter, Lane, Net, Trail};
use crate::app::Area;

/// What the places of nodes depend on: nothing that changes from minute to minute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The nodes.
    pub nodes: Vec<ShapeNode>,
    /// Caller and called of each edge; none to itself.
    pub edges: Vec<(usize, usize)>,
}

/// A node of a [`Shape`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShapeNode {
    /// Requests enter here.
    pub entry: bool,
    /// The less, the further up at first.
    pub rank: u64,
}

/// How large boxes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zoom {
    /// As large as lets all of them be seen.
    #[default]
    Fitting,
    /// Three rows, with numbers.
    Full,
    /// Lines with a number.
    Lines,
}

/// What room there is, and how large boxes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Columns; what does not fit reaches beyond.
    pub width: u16,
    /// Rows; what does not fit reaches beyond.
    pub height: u16,
    /// How large boxes are.
    pub zoom: Zoom,
}

/// A layer of the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerPlace {
    /// Its first column.
    pub x: u16,
    /// Its columns.
    pub width: u16,
    /// Its nodes, top first.
    pub nodes: Vec<usize>,
}

/// Places on a canvas that begins at 0, 0 and may be larger than the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapLayout {
    /// Columns of the canvas.
    pub width: u16,
    /// Rows of the canvas.
    pub height: u16,
    /// Whether boxes have three rows.
    pub full: bool,
    /// The layers, left to right.
    pub layers: Vec<LayerPlace>,
    /// The layer of each node.
    pub layer_of: Vec<usize>,
    /// The box of each node.
    pub boxes: Vec<Area>,
    /// The way of each edge.
    pub(super) trails: Vec<Vec<Step>>,
    /// The last cell before the box that each edge leads to.
    pub arrows: Vec<(u16, u16)>,
}

/// A cell on the way of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub at: (u16, u16),
    pub arms: super::route::Arms,
    pub net: NetKey,
}

/// Whose lines run together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum NetKey {
    /// The calls of a node.
    Of(usize),
    /// The calls to a node, on their common way.
    To(usize),
    /// A call back, which closes a circle: the edge.
    Back(usize),
}

/// How wide boxes are.
struct Widths {
    least: u16,
    /// Wider only where gutters keep room for the numbers on their lines.
    usual: u16,
    most: u16,
    /// Where no map of them fits.
    otherwise: u16,
}

const FULL: Widths = Widths { least: 16, usual: 28, most: BOX_WITH_MEDIAN, otherwise: 18 };
const LINES: Widths = Widths { least: 16, usual: 32, most: LINE_WITH_MEDIAN, otherwise: 20 };
/// The narrowest box of three rows with room for the median beside the slowest.
const BOX_WITH_MEDIAN: u16 = 32;
/// The narrowest line with room for the rate and the slowest.
pub const LINE_WITH_NUMBERS: u16 = 41;
/// The same with room for the median as well.
pub const LINE_WITH_MEDIAN: u16 = 49;
/// Narrowest and widest gutter beyond its lanes, and with room for a number on its lines.
const GUTTER: (u16, u16) = (4, 12);
const NUMBERED: u16 = 2;

/// Lays a map out: in that of several ways in which the fewest lines cross, as high as there is room.
#[must_use]
pub fn lay_out(shape: &Shape, room: Room) -> MapLayout {
    let ways = Layers::ways(shape);
    // The order is the same whatever room there is, so that nothing moves when boxes become lines.
    let close = |layers: &Layers| {
        placed(shape, layers, &Rows::new(shape, layers, Heights::LINES), Heights::LINES, room.width)
            .crossings()
    };
    let Some(layers) = ways.into_iter().min_by_key(close) else { return MapLayout::default() };
    let fits = |layout: &MapLayout| layout.height <= room.height;
    let spread = |heights: Heights| {
        let close = Rows::new(shape, &layers, heights);
        let placed_in = |rows: &Rows| placed(shape, &layers, rows, heights, room.width);
        let mut apart = heights.quarters().iter().map(|quarters| placed_in(&close.apart(*quarters, heights)));
        apart.find(fits).unwrap_or_else(|| placed_in(&close))
    };
    let full = |layout: &MapLayout| fits(layout) && layout.width <= room.width;
    match room.zoom {
        Zoom::Full => spread(Heights::FULL),
        Zoom::Lines => spread(Heights::LINES),
        Zoom::Fitting => [Heights::FULL, Heights::TIGHT]
            .into_iter()
            .map(spread)
            .find(full)
            .unwrap_or_else(|| spread(Heights::LINES)),
    }
}

/// A map with its items in these layers, its boxes of such a height.
fn placed(shape: &Shape, layers: &Layers, rows: &Rows, heights: Heights, width: u16) -> MapLayout {
    let crossings = Crossings::new(shape, layers, rows, heights);
    let mut height = rows.height;
    let gutters: Vec<Gutter> = crossings
        .gutters
        .iter()
        .map(|nets| Gutter::new(&nets.values().cloned().collect::<Vec<_>>(), &mut height))
        .collect();
    let (columns, width) = columns(&gutters, layers.items.len(), heights, width);
    let mut layout = MapLayout {
        width,
        height,
        full: heights.is_full(),
        layers: Vec::new(),
        layer_of: layers.of.clone(),
        boxes: vec![Area::default(); shape.nodes.len()],
        trails: Vec::new(),
        arrows: Vec::new(),
    };
    for (layer, items) in layers.items.iter().enumerate() {
        let place = &columns.layers[layer];
        let nodes: Vec<usize> = items
            .iter()
            .filter_map(|item| match item {
                Item::Node(node) => Some(*node),
                Item::Passing(_) | Item::Returning(_) => None,
            })
            .collect();
        for node in &nodes {
            let y = rows.first.get(&(layer, Item::Node(*node))).copied().unwrap_or(0);
            layout.boxes[*node] = Area { x: place.0, y, width: place.1, height: heights.node };
        }
        layout.layers.push(LayerPlace { x: place.0, width: place.1, nodes });
    }
    let drawing =
        Drawing { shape, layers, rows, heights, crossings: &crossings, gutters: &gutters, columns: &columns };
    for edge in 0..shape.edges.len() {
        let (trail, arrow) = drawing.trail(edge);
        layout.trails.push(trail);
        layout.arrows.push(arrow);
    }
    layout
}

/// The nets of each gutter: the one before layer `n` has the number `n`, the one behind the last layer is the last.
struct Crossings {
    gutters: Vec<BTreeMap<NetKey, Net>>,
}

impl Crossings {
    fn new(shape: &Shape, layers: &Layers, rows: &Rows, heights: Heights) -> Self {
        let mut gutters: Vec<BTreeMap<NetKey, Net>> = vec![BTreeMap::new(); layers.items.len() + 1];
        for edge in 0..shape.edges.len() {
            for part in parts(shape, layers, edge) {
                let net = gutters[part.gutter].entry(part.net).or_default();
                for (layer, item) in part.left {
                    net.left.insert(rows.joint(layer, item, heights));
                }
                for (layer, item) in part.right {
                    net.right.insert(rows.joint(layer, item, heights));
                }
            }
        }
        Self { gutters }
    }
}

/// What an edge joins in one gutter.
struct Part {
    gutter: usize,
    net: NetKey,
    left: Vec<(usize, Item)>,
    right: Vec<(usize, Item)>,
}

/// The way of an edge, gutter by gutter.
fn parts(shape: &Shape, layers: &Layers, edge: usize) -> Vec<Part> {
    let (from, to) = shape.edges[edge];
    let (start, end) = (layers.of[from], layers.of[to]);
    if !layers.back[edge] {
        return (start..end)
            .map(|layer| Part {
                gutter: layer + 1,
                net: match layers.bundles[edge] {
                    Bundle::To(to) if layer > start => NetKey::To(to),
                    _ => NetKey::Of(from),
                },
                left: vec![(layer, layers.on_way(shape, edge, layer))],
                right: vec![(layer + 1, layers.on_way(shape, edge, layer + 1))],
            })
            .collect();
    }
    let round = Item::Returning(edge);
    let turn = Part {
        gutter: start + 1,
        net: NetKey::Of(from),
        left: vec![(start, Item::Node(from)), (start, round)],
        right: Vec::new(),
    };
    let between = (end + 1..=start).rev().map(|layer| Part {
        gutter: layer,
        net: NetKey::Back(edge),
        left: vec![(layer - 1, round)],
        right: vec![(layer, round)],
    });
    let arrival = Part {
        gutter: end,
        net: NetKey::Back(edge),
        left: Vec::new(),
        right: vec![(end, round), (end, Item::Node(to))],
    };
    std::iter::once(turn).chain(between).chain([arrival]).collect()
}

/// First column and width of layers and gutters.
struct Columns {
    layers: Vec<(u16, u16)>,
    gutters: Vec<(u16, u16)>,
}

fn columns(gutters: &[Gutter], layers: usize, heights: Heights, room: u16) -> (Columns, u16) {
    let least: Vec<u16> = gutters
        .iter()
        .enumerate()
        .map(|(at, gutter)| match gutter.columns {
            // At the edges of the map nothing runs but what goes round.
            0 if at == 0 || at == layers => 1,
            columns if at == 0 || at == layers => columns + 3,
            columns => columns + GUTTER.0,
        })
        .collect();
    let lanes: u32 = least.iter().map(|width| u32::from(*width)).sum();
    let widths = if heights.is_full() { FULL } else { LINES };
    let between = layers.saturating_sub(1) as u32 * u32::from(NUMBERED);
    let fits = |width: &u16| {
        let numbered = if *width > widths.usual { between } else { 0 };
        lanes + numbered + u32::from(*width) * layers as u32 <= u32::from(room)
    };
    let width = (widths.least..=widths.most).rev().find(fits).unwrap_or(widths.otherwise);
    let spare = u32::from(room).saturating_sub(lanes + u32::from(width) * layers as u32);
    let inner = layers.saturating_sub(1) as u32;
    let more = spare.checked_div(inner).map_or(0, |more| more.min(u32::from(GUTTER.1)) as u16);
    let mut columns = Columns { layers: Vec::new(), gutters: Vec::new() };
    let mut x = 0_u16;
    for (at, least) in least.iter().enumerate() {
        let own = if at == 0 || at == layers { *least } else { least + more };
        columns.gutters.push((x, own));
        x = x.saturating_add(own);
        if at < layers {
            columns.layers.push((x, width));
            x = x.saturating_add(width);
        }
    }
    (columns, x)
}

struct Drawing<'a> {
    shape: &'a Shape,
    layers: &'a Layers,
    rows: &'a Rows,
    heights: Heights,
    crossings: &'a Crossings,
    gutters: &'a [Gutter],
    columns: &'a Columns,
}

impl Drawing<'_> {
    /// The cells of an edge, and the last one of them before the box that it leads to.
    fn trail(&self, edge: usize) -> (Vec<Step>, (u16, u16)) {
        let mut steps = Vec::new();
        let (_, to) = self.shape.edges[edge];
        for part in parts(self.shape, self.layers, edge) {
            let mut trail = Trail::default();
            let (x, width) = self.columns.gutters[part.gutter];
            let last = x + width.saturating_sub(1);
            let net = self.crossings.gutters[part.gutter].keys().position(|key| *key == part.net);
            let gutter = &self.gutters[part.gutter];
            let lane = net.map_or(Lane::None, |net| gutter.lanes[net]);
            // What is left of the gutter's width stands on both sides of its lanes.
            let first = x + 1 + width.saturating_sub(gutter.columns + 3) / 2;
            let level = |ends: &[(usize, Item)]| -> Vec<u16> {
                ends.iter().map(|(layer, item)| self.rows.joint(*layer, *item, self.heights)).collect()
            };
            let (left, right) = (level(&part.left), level(&part.right));
            let (left_lane, right_lane) = match lane {
                Lane::None => (last, x),
                Lane::One(column) => (first + column, first + column),
                Lane::Two { left, right, .. } => (first + left, first + right),
            };
            for row in &left {
                trail.across(*row, x, left_lane);
                trail.out_left(x, *row);
            }
            for row in &right {
                trail.across(*row, right_lane, last);
                trail.out_right(last, *row);
            }
            let ends = |column: u16, rows: &mut dyn Iterator<Item = u16>, trail: &mut Trail| {
                let rows: Vec<u16> = rows.collect();
                if let (Some(top), Some(bottom)) = (rows.iter().min(), rows.iter().max()) {
                    trail.along(column, *top, *bottom);
                }
            };
            match lane {
                Lane::None => {}
                Lane::Two { row, .. } if !left.is_empty() && !right.is_empty() => {
                    ends(left_lane, &mut left.iter().copied().chain([row]), &mut trail);
                    ends(right_lane, &mut right.iter().copied().chain([row]), &mut trail);
                    trail.across(row, left_lane, right_lane);
                }
                Lane::One(_) | Lane::Two { .. } => {
                    let column = if left.is_empty() { right_lane } else { left_lane };
                    ends(column, &mut left.iter().chain(&right).copied(), &mut trail);
                }
            }
            steps.extend(trail.0.into_iter().map(|(at, arms)| Step { at, arms, net: part.net }));
            // Through the layer that it passes on its way.
            for (layer, item) in part.right.iter().filter(|(_, item)| !matches!(item, Item::Node(_))) {
                let (x, width) = self.columns.layers[*layer];
                let row = self.rows.joint(*layer, *item, self.heights);
                let mut through = Trail::default();
                through.across(row, x, x + width - 1);
                through.out_left(x, row);
                through.out_right(x + width - 1, row);
                steps.extend(through.0.into_iter().map(|(at, arms)| Step { at, arms, net: part.net }));
            }
        }
        let layer = self.layers.of[to];
        let (x, width) = self.columns.gutters[layer];
        let row = self.rows.joint(layer, Item::Node(to), self.heights);
        (steps, ((x + width).saturating_sub(1), row))
    }
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
