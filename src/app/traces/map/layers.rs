//! In which layer of the map each node stands, and in which order.

use std::collections::HashMap;

use super::layout::Shape;

/// What stands at a place of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Item {
    /// A node.
    Node(usize),
    /// The calls of a node on their way to further layers.
    Passing(usize),
    /// A call back to a layer before, which closes a circle: its edge.
    Returning(usize),
}

/// The nodes in layers, ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layers {
    /// The layer of each node.
    pub of: Vec<usize>,
    /// Which edges go back and close a circle.
    pub back: Vec<bool>,
    /// What stands in each layer, top first.
    pub items: Vec<Vec<Item>>,
}

impl Layers {
    pub fn new(shape: &Shape) -> Self {
        let back = circles(shape);
        let of = depths(shape, &back);
        let mut layers = Self { items: fill(shape, &of, &back), of, back };
        layers.untangle(shape);
        layers
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
                let left = if layer == start { Item::Node(from) } else { Item::Passing(from) };
                let right = if layer + 1 == end { Item::Node(to) } else { Item::Passing(from) };
                pairs.push((left, right));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Orders each layer by where those stand that its items are joined with, and keeps the order with the fewest
    /// crossings; the first one is by how bad things are.
    fn untangle(&mut self, shape: &Shape) {
        const SWEEPS: usize = 12;
        let count = self.items.len();
        let pairs: Vec<Vec<(Item, Item)>> = (0..count).map(|layer| self.joined(shape, layer)).collect();
        let mut best = (crossings(&self.items, &pairs), self.items.clone());
        for sweep in 0..SWEEPS {
            if best.0 == 0 {
                break;
            }
            if sweep % 2 == 0 {
                for layer in 1..count {
                    let (before, rest) = self.items.split_at_mut(layer);
                    let links = pairs[layer - 1].iter().map(|(left, right)| (*right, *left));
                    gather(&mut rest[0], &before[layer - 1], links);
                }
            } else {
                for layer in (0..count.saturating_sub(1)).rev() {
                    let (before, rest) = self.items.split_at_mut(layer + 1);
                    gather(&mut before[layer], &rest[0], pairs[layer].iter().copied());
                }
            }
            let now = crossings(&self.items, &pairs);
            if now < best.0 {
                best = (now, self.items.clone());
            }
        }
        self.items = best.1;
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

/// The items of each layer, the worst first.
fn fill(shape: &Shape, of: &[usize], back: &[bool]) -> Vec<Vec<Item>> {
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
                match layer.iter_mut().find(|(_, item)| *item == Item::Passing(from)) {
                    Some((own, _)) => *own = rank.min(*own),
                    None => layer.push((rank, Item::Passing(from))),
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

/// Sorts a layer by the middle of where the items stand that each of its own is joined with.
fn gather(layer: &mut [Item], other: &[Item], links: impl Iterator<Item = (Item, Item)>) {
    let places: HashMap<Item, usize> = other.iter().enumerate().map(|(at, item)| (*item, at)).collect();
    let mut sums: HashMap<Item, (usize, usize)> = HashMap::new();
    for (own, its) in links {
        if let Some(place) = places.get(&its) {
            let (sum, count) = sums.entry(own).or_default();
            *sum += place;
            *count += 1;
        }
    }
    let mut weighed: Vec<(f64, usize, Item)> = layer
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let weight = sums.get(item).map_or(at as f64, |(sum, count)| *sum as f64 / *count as f64);
            (weight, at, *item)
        })
        .collect();
    weighed.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
    for (place, (_, _, item)) in layer.iter_mut().zip(weighed) {
        *place = item;
    }
}

/// How often lines between layers cross.
fn crossings(items: &[Vec<Item>], pairs: &[Vec<(Item, Item)>]) -> usize {
    let places: Vec<HashMap<Item, usize>> =
        items.iter().map(|layer| layer.iter().enumerate().map(|(at, item)| (*item, at)).collect()).collect();
    let mut count = 0;
    for (layer, pairs) in pairs.iter().enumerate().take(items.len().saturating_sub(1)) {
        let lines: Vec<(usize, usize)> = pairs
            .iter()
            .filter_map(|(left, right)| Some((*places[layer].get(left)?, *places[layer + 1].get(right)?)))
            .collect();
        for (at, one) in lines.iter().enumerate() {
            let crosses =
                |two: &&(usize, usize)| (one.0 < two.0 && one.1 > two.1) || (one.0 > two.0 && one.1 < two.1);
            count += lines[at + 1..].iter().filter(crosses).count();
        }
    }
    count
}
