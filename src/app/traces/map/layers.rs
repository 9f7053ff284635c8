//! In which layer of the map each node stands, and what passes there.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::layout::Shape;
use super::order::{MANY, Tangle};

/// Orders that are drawn to see which is the clearest, for each way to pass layers.
const TRIED: usize = 3;

/// What stands at a place of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Item {
    /// A node.
    Node(usize),
    /// Calls on their way to further layers.
    Passing(Bundle),
    /// A call back to a layer before, which closes a circle: its edge.
    Returning(usize),
}

/// Calls that pass layers in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Bundle {
    /// Those of one caller.
    Of(usize),
    /// Those to one that is called.
    To(usize),
}

/// The nodes in layers, ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layers {
    /// The layer of each node.
    pub of: Vec<usize>,
    /// Which edges go back and close a circle.
    pub back: Vec<bool>,
    /// In which line each edge passes layers, if it passes any.
    pub bundles: Vec<Bundle>,
    /// What stands in each layer, top first.
    pub items: Vec<Vec<Item>>,
}

impl Layers {
    /// The ways to put a shape in layers: in several orders, with lines that pass layers by their callers, or also by whom
    /// they lead to. At least one.
    pub fn ways(shape: &Shape) -> Vec<Self> {
        let back = circles(shape);
        let mut of = depths(shape, &back);
        shorten(shape, &back, &mut of);
        let by_caller: Vec<Bundle> = shape.edges.iter().map(|(from, _)| Bundle::Of(*from)).collect();
        let either = bundles(shape, &of, &back, &by_caller);
        let mut ways = Vec::new();
        if either != by_caller {
            ways.extend(Self::in_order(shape, &of, &back, either));
        }
        let items = ways.first().map_or(0, |way: &Self| way.items.iter().map(Vec::len).sum());
        if items <= MANY {
            ways.extend(Self::in_order(shape, &of, &back, by_caller));
        }
        ways
    }

    /// With these lines, in several orders.
    fn in_order(shape: &Shape, of: &[usize], back: &[bool], bundles: Vec<Bundle>) -> Vec<Self> {
        let items = fill(shape, of, back, &bundles);
        let given = Self { of: of.to_vec(), back: back.to_vec(), bundles, items };
        let pairs: Vec<_> = (0..given.items.len()).map(|layer| given.joined(shape, layer)).collect();
        let orders = Tangle::new(&given.items, &pairs).untangled();
        let ordered = |order: Vec<Vec<usize>>| {
            let items = given.items.iter().zip(order);
            let items = items.map(|(items, order)| order.into_iter().map(|at| items[at]).collect());
            Self { items: items.collect(), ..given.clone() }
        };
        orders.into_iter().take(TRIED).map(ordered).collect()
    }

    /// The pairs of items that lines join between a layer and the next: left and right.
    pub fn joined(&self, shape: &Shape, layer: usize) -> Vec<(Item, Item)> {
        let mut pairs = Vec::new();
        for (index, (from, to)) in shape.edges.iter().copied().enumerate() {
            let (start, end) = (self.of[from], self.of[to]);
            if self.back[index] {
                // From the right side of the caller back to the left side of the called.
                if (end..start).contains(&layer) {
                    pairs.push((Item::Returning(index), Item::Returning(index)));
                }
            } else if (start..end).contains(&layer) {
                pairs.push((self.on_way(shape, index, layer), self.on_way(shape, index, layer + 1)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// What an edge joins in a layer on its way from its caller to whom it calls.
    pub fn on_way(&self, shape: &Shape, edge: usize, layer: usize) -> Item {
        let (from, to) = shape.edges[edge];
        match layer {
            _ if layer == self.of[from] => Item::Node(from),
            _ if layer == self.of[to] => Item::Node(to),
            _ => Item::Passing(self.bundles[edge]),
        }
    }
}

/// Which edges close a circle: those that lead back to a node on the way that was taken to it, from the entries on.
fn circles(shape: &Shape) -> Vec<bool> {
    let count = shape.nodes.len();
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut called = vec![false; count];
    for (index, (from, to)) in shape.edges.iter().enumerate() {
        out[*from].push(index);
        called[*to] = true;
    }
    let mut starts: Vec<usize> = (0..count).collect();
    starts.sort_by_key(|at| (!shape.nodes[*at].entry, called[*at], *at));
    let mut back = vec![false; shape.edges.len()];
    // 0: not seen; 1: on the way; 2: done.
    let mut state = vec![0_u8; count];
    for start in starts {
        if state[start] != 0 {
            continue;
        }
        state[start] = 1;
        let mut way = vec![(start, 0)];
        while let Some((at, next)) = way.last_mut() {
            let Some(edge) = out[*at].get(*next).copied() else {
                state[*at] = 2;
                way.pop();
                continue;
            };
            *next += 1;
            let to = shape.edges[edge].1;
            match state[to] {
                0 => {
                    state[to] = 1;
                    way.push((to, 0));
                }
                1 => back[edge] = true,
                _ => {}
            }
        }
    }
    back
}

/// The layer of each node: as far from the entries as the longest way to it.
fn depths(shape: &Shape, back: &[bool]) -> Vec<usize> {
    let count = shape.nodes.len();
    let forward = || shape.edges.iter().zip(back).filter(|(_, back)| !**back).map(|(edge, _)| *edge);
    let mut open = vec![0; count];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in forward() {
        open[to] += 1;
        out[from].push(to);
    }
    let mut depth = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|at| open[*at] == 0).collect();
    while let Some(at) = ready.pop() {
        for to in &out[at] {
            depth[*to] = depth[*to].max(depth[at] + 1);
            open[*to] -= 1;
            if open[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    depth
}

/// Moves nodes to the right where that makes lines shorter: to those whom they call, as far as their callers' lines go
/// anyway. What is called by nobody stays where it is.
fn shorten(shape: &Shape, back: &[bool], of: &mut [usize]) {
    const ROUNDS: usize = 4;
    let count = of.len();
    let (mut callers, mut called) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    for ((from, to), _) in shape.edges.iter().zip(back).filter(|(_, back)| !**back) {
        callers[*to].push(*from);
        called[*from].push(*to);
    }
    for _ in 0..ROUNDS {
        let mut order: Vec<usize> = (0..count).filter(|at| !callers[*at].is_empty()).collect();
        order.sort_by_key(|at| (Reverse(of[*at]), *at));
        let mut moved = false;
        for at in order {
            let Some(limit) = called[at].iter().map(|to| of[*to]).min() else { continue };
            let least = callers[at].iter().map(|from| of[*from] + 1).max().unwrap_or(0);
            let was = of[at];
            let length = |layer: usize| {
                let own = called[at].iter().map(|to| of[*to]).max().unwrap_or(layer) - layer;
                let others = |from: &usize| {
                    let ends = called[*from].iter().map(|to| if *to == at { layer } else { of[*to] });
                    ends.max().unwrap_or(layer) - of[*from]
                };
                own + callers[at].iter().map(others).sum::<usize>()
            };
            if let Some(best) = (least..limit).min_by_key(|layer| (length(*layer), *layer)) {
                of[at] = best;
                moved |= best != was;
            }
        }
        if !moved {
            break;
        }
    }
}

/// In which lines calls pass layers: those of one caller together, or those to one that is called by many, so that as few
/// lines pass as can be.
fn bundles(shape: &Shape, of: &[usize], back: &[bool], by_caller: &[Bundle]) -> Vec<Bundle> {
    const ROUNDS: usize = 2;
    let mut bundles = by_caller.to_vec();
    let passes = |edge: &usize| !back[*edge] && of[shape.edges[*edge].0] + 1 < of[shape.edges[*edge].1];
    let far: Vec<usize> = (0..shape.edges.len()).filter(passes).collect();
    let lines = |bundles: &[Bundle]| {
        let mut seen = BTreeSet::new();
        for edge in &far {
            let (from, to) = shape.edges[*edge];
            seen.extend((of[from] + 1..of[to]).map(|layer| (layer, bundles[*edge])));
        }
        seen.len()
    };
    let mut called: Vec<usize> = far.iter().map(|edge| shape.edges[*edge].1).collect();
    called.sort_unstable();
    called.dedup();
    let mut best = lines(&bundles);
    for to in (0..ROUNDS).flat_map(|_| called.iter().copied()) {
        let mut tried = bundles.clone();
        for edge in far.iter().filter(|edge| shape.edges[**edge].1 == to) {
            tried[*edge] = Bundle::To(to);
        }
        let now = lines(&tried);
        if now < best {
            (bundles, best) = (tried, now);
        }
    }
    bundles
}

/// The items of each layer, the worst first.
fn fill(shape: &Shape, of: &[usize], back: &[bool], bundles: &[Bundle]) -> Vec<Vec<Item>> {
    let count = of.iter().copied().max().map_or(0, |last| last + 1);
    let mut layers: Vec<Vec<(u64, Item)>> = vec![Vec::new(); count];
    for (at, layer) in of.iter().enumerate() {
        layers[*layer].push((shape.nodes[at].rank, Item::Node(at)));
    }
    for (index, (from, to)) in shape.edges.iter().copied().enumerate() {
        let rank = shape.nodes[to].rank;
        if back[index] {
            for layer in &mut layers[of[to]..=of[from]] {
                layer.push((u64::MAX, Item::Returning(index)));
            }
        } else {
            for layer in &mut layers[of[from] + 1..of[to]] {
                match layer.iter_mut().find(|(_, item)| *item == Item::Passing(bundles[index])) {
                    Some((own, _)) => *own = rank.min(*own),
                    None => layer.push((rank, Item::Passing(bundles[index]))),
                }
            }
        }
    }
    layers
        .into_iter()
        .map(|mut layer| {
            layer.sort_unstable();
            layer.into_iter().map(|(_, item)| item).collect()
        })
        .collect()
}
