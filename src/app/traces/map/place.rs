//! Where the rows of a layer's items are.

use std::collections::HashMap;

use super::layers::{Item, Layers};
use super::layout::Shape;

/// The first row of each item, by layer in its order, and the height of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    /// Layer and item to its first row.
    pub first: HashMap<(usize, Item), u16>,
    /// All rows.
    pub height: u16,
}

/// Rows of one node's box, and the blank ones between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heights {
    pub node: u16,
    pub gap: u16,
}

impl Heights {
    /// Boxes with numbers.
    pub const FULL: Self = Self { node: 3, gap: 1 };
    /// The same one directly below the other.
    pub const TIGHT: Self = Self { node: 3, gap: 0 };
    /// Lines.
    pub const LINES: Self = Self { node: 1, gap: 0 };

    /// How much further apart rows may stand where there is room, in quarters: the most first, each in even steps.
    pub const fn quarters(self) -> &'static [u16] {
        if self.is_full() { &[7, 6, 5] } else { &[12, 8, 6] }
    }

    /// Whether boxes have numbers.
    pub const fn is_full(self) -> bool {
        self.node == Self::FULL.node
    }

    const fn of(self, item: Item) -> u16 {
        match item {
            Item::Node(_) => self.node,
            Item::Passing(_) | Item::Returning(_) => 1,
        }
    }

    /// From an item's first row to the one that lines join it at.
    pub const fn middle(self, item: Item) -> u16 {
        self.of(item) / 2
    }

    /// Blank rows between two items.
    const fn between(self, one: Item, two: Item) -> u16 {
        match (one, two) {
            (Item::Node(_), Item::Node(_)) => self.gap,
            _ => 0,
        }
    }
}

impl Rows {
    /// Gives each item rows near those that it is joined with: as few in all as the fullest layer needs.
    pub fn new(shape: &Shape, layers: &Layers, heights: Heights) -> Self {
        let tall = |items: &[Item]| {
            let boxes: u32 = items.iter().map(|item| u32::from(heights.of(*item))).sum();
            let gaps: u32 = items.windows(2).map(|two| u32::from(heights.between(two[0], two[1]))).sum();
            boxes + gaps
        };
        let height = layers.items.iter().map(|items| tall(items)).max().unwrap_or(0);
        let mut rows: Vec<Vec<u32>> = layers.items.iter().map(|items| stacked(items, heights)).collect();
        let count = rows.len();
        let joined: Vec<_> = (0..count).map(|layer| layers.joined(shape, layer)).collect();
        // Towards those who call, then towards those who are called, then once more.
        for sweep in 0..4 {
            let forward = sweep % 2 == 0;
            let order: Vec<usize> =
                if forward { (1..count).collect() } else { (0..count.saturating_sub(1)).rev().collect() };
            for layer in order {
                let other = if forward { layer - 1 } else { layer + 1 };
                let links = &joined[layer.min(other)];
                let wanted = wishes(layers, &rows, (layer, other), links, heights);
                rows[layer] = settled(&layers.items[layer], &wanted, heights, height);
            }
        }
        let first = layers.items.iter().zip(&rows).enumerate().flat_map(|(layer, (items, rows))| {
            items.iter().zip(rows).map(move |(item, row)| ((layer, *item), narrowed(*row)))
        });
        Self { first: first.collect(), height: narrowed(height) }
    }

    /// The same rows further apart, by quarters: what was level stays level, so that no line takes another way.
    pub fn apart(&self, quarters: u16, heights: Heights) -> Self {
        let further = |row: u16| (u32::from(row) * u32::from(quarters) / 4).min(u32::from(u16::MAX)) as u16;
        let moved = |(key, row): (&(usize, Item), &u16)| {
            let middle = heights.middle(key.1);
            (*key, further(row + middle) - middle)
        };
        let first: HashMap<_, _> = self.first.iter().map(moved).collect();
        let height = first.iter().map(|(key, row)| row + heights.of(key.1)).max().unwrap_or(0);
        Self { first, height }
    }

    /// The row at which lines join an item.
    pub fn joint(&self, layer: usize, item: Item, heights: Heights) -> u16 {
        self.first.get(&(layer, item)).map_or(0, |row| row + heights.middle(item))
    }
}

fn narrowed(rows: u32) -> u16 {
    u16::try_from(rows).unwrap_or(u16::MAX)
}

/// One below the other from the top.
fn stacked(items: &[Item], heights: Heights) -> Vec<u32> {
    let mut rows: Vec<u32> = Vec::with_capacity(items.len());
    let mut next = 0;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            next += u32::from(heights.between(items[at - 1], *item));
        }
        rows.push(next);
        next += u32::from(heights.of(*item));
    }
    rows
}

/// Where each item of a layer would stand to be level with the middle one of those it is joined with.
fn wishes(
    layers: &Layers,
    rows: &[Vec<u32>],
    (layer, other): (usize, usize),
    links: &[(Item, Item)],
    heights: Heights,
) -> Vec<Option<u32>> {
    let level: HashMap<Item, u32> = layers.items[other]
        .iter()
        .zip(&rows[other])
        .map(|(item, row)| (*item, row + u32::from(heights.middle(*item))))
        .collect();
    let mut joined: HashMap<Item, Vec<u32>> = HashMap::new();
    for (left, right) in links {
        let (own, its) = if layer < other { (left, right) } else { (right, left) };
        if let Some(row) = level.get(its) {
            joined.entry(*own).or_default().push(*row);
        }
    }
    layers.items[layer]
        .iter()
        .map(|item| {
            let rows = joined.get_mut(item)?;
            rows.sort_unstable();
            Some(rows[(rows.len() - 1) / 2].saturating_sub(u32::from(heights.middle(*item))))
        })
        .collect()
}

/// As near to their wishes as the order and the height allow.
fn settled(items: &[Item], wanted: &[Option<u32>], heights: Heights, height: u32) -> Vec<u32> {
    let mut rows = Vec::with_capacity(items.len());
    let mut least = 0;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            least += u32::from(heights.between(items[at - 1], *item));
        }
        let row = wanted[at].unwrap_or(least).max(least);
        rows.push(row);
        least = row + u32::from(heights.of(*item));
    }
    let mut limit = height;
    for (at, item) in items.iter().enumerate().rev() {
        rows[at] = rows[at].min(limit.saturating_sub(u32::from(heights.of(*item))));
        limit = rows[at];
        if at > 0 {
            limit = limit.saturating_sub(u32::from(heights.between(items[at - 1], *item)));
        }
    }
    rows
}
