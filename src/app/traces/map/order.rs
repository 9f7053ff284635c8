//! In which order the items of each layer stand, so that few lines cross.
//!
//! From several starts each layer is sorted by the middle of what its items are joined with, left to right and back,
//! and neighbours change places while that takes crossings away; the best order of all is kept. Everything follows
//! from the shape alone, so that the same services always stand in the same order.

use std::collections::HashMap;

use super::layers::Item;

/// Starts: the given order, its reverse, the way of the calls, and so many that are mixed.
const MIXED: u64 = 4;
/// Sweeps from one start.
const SWEEPS: usize = 12;
/// Items beyond which only one way is tried: a map of so many is not read line by line.
pub(super) const MANY: usize = 300;

/// Layers as numbers: each item by its place in the order that was given.
pub(super) struct Tangle {
    /// Of each layer and item, those of the layer before it that it is joined with.
    before: Vec<Vec<Vec<usize>>>,
    /// And of the layer behind it.
    behind: Vec<Vec<Vec<usize>>>,
}

/// An order: of each layer its items from the top, and of each item its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    items: Vec<Vec<usize>>,
    places: Vec<Vec<usize>>,
}

impl Order {
    fn new(items: Vec<Vec<usize>>) -> Self {
        let places = items.iter().map(|layer| inverse(layer)).collect();
        Self { items, places }
    }

    fn put(&mut self, layer: usize, items: Vec<usize>) {
        self.places[layer] = inverse(&items);
        self.items[layer] = items;
    }
}

fn inverse(items: &[usize]) -> Vec<usize> {
    let mut places = vec![0; items.len()];
    for (place, item) in items.iter().enumerate() {
        places[*item] = place;
    }
    places
}

impl Tangle {
    /// Of items and the pairs of them that lines join between each layer and the next.
    pub fn new(items: &[Vec<Item>], pairs: &[Vec<(Item, Item)>]) -> Self {
        let mut before: Vec<Vec<Vec<usize>>> =
            items.iter().map(|layer| vec![Vec::new(); layer.len()]).collect();
        let mut behind = before.clone();
        let places: Vec<HashMap<Item, usize>> = items
            .iter()
            .map(|layer| layer.iter().enumerate().map(|(at, item)| (*item, at)).collect())
            .collect();
        for (layer, pairs) in pairs.iter().enumerate().take(items.len().saturating_sub(1)) {
            for (left, right) in pairs {
                if let (Some(left), Some(right)) = (places[layer].get(left), places[layer + 1].get(right)) {
                    behind[layer][*left].push(*right);
                    before[layer + 1][*right].push(*left);
                }
            }
        }
        Self { before, behind }
    }

    /// The best order on the way from each start, as far as they differ, those with the fewest crossings first: of each
    /// layer its items, by their places in the order that was given.
    pub fn untangled(&self) -> Vec<Vec<Vec<usize>>> {
        let given = || self.before.iter().map(|layer| (0..layer.len()).collect::<Vec<usize>>());
        let turned = given().map(|layer| layer.into_iter().rev().collect());
        let mixed = (0..MIXED).map(|seed| given().map(|layer| mixed(layer, seed)).collect());
        let starts = [given().collect(), self.by_calls(), turned.collect()].into_iter().chain(mixed);
        let count: usize = self.before.iter().map(Vec::len).sum();
        let starts = starts.take(if count > MANY { 1 } else { usize::MAX });
        let mut found: Vec<(usize, Order)> = Vec::new();
        for start in starts {
            let one = self.swept(Order::new(start));
            if !found.contains(&one) {
                found.push(one);
            }
        }
        found.sort_by_key(|(crossings, _)| *crossings);
        found.into_iter().map(|(_, order)| order.items).collect()
    }

    /// Items in the order in which calls reach them, depth first: what belongs together stands together.
    fn by_calls(&self) -> Vec<Vec<usize>> {
        let mut seen: Vec<Vec<bool>> = self.before.iter().map(|layer| vec![false; layer.len()]).collect();
        let mut order: Vec<Vec<usize>> = vec![Vec::new(); self.before.len()];
        for layer in 0..self.before.len() {
            for item in 0..self.before[layer].len() {
                let mut open = vec![(layer, item)];
                while let Some((layer, item)) = open.pop() {
                    if std::mem::replace(&mut seen[layer][item], true) {
                        continue;
                    }
                    order[layer].push(item);
                    open.extend(self.behind[layer][item].iter().rev().map(|next| (layer + 1, *next)));
                }
            }
        }
        order
    }

    /// The best order on the way from a start, and how often lines cross in it.
    fn swept(&self, start: Order) -> (usize, Order) {
        let mut order = start;
        let mut best = (self.crossings(&order), order.clone());
        for sweep in 0..SWEEPS {
            if best.0 == 0 {
                break;
            }
            let count = self.before.len();
            if sweep % 2 == 0 {
                (1..count).for_each(|layer| self.gather(&mut order, layer, true));
            } else {
                (0..count.saturating_sub(1)).rev().for_each(|layer| self.gather(&mut order, layer, false));
            }
            self.change_places(&mut order);
            let now = self.crossings(&order);
            if now < best.0 {
                best = (now, order.clone());
            }
        }
        best
    }

    /// Sorts a layer by where those stand that its items are joined with in the layer before it, or behind it.
    fn gather(&self, order: &mut Order, layer: usize, by_before: bool) {
        let (joined, other) = if by_before { (&self.before, layer - 1) } else { (&self.behind, layer + 1) };
        let mut weighed: Vec<(f64, usize, usize)> = order.items[layer]
            .iter()
            .enumerate()
            .map(|(place, item)| {
                let ends = &joined[layer][*item];
                let sum: usize = ends.iter().map(|end| order.places[other][*end]).sum();
                // What is joined with nothing there stays about where it is.
                let share = place as f64 / order.items[layer].len() as f64 * order.items[other].len() as f64;
                let weight = if ends.is_empty() { share } else { sum as f64 / ends.len() as f64 };
                (weight, place, *item)
            })
            .collect();
        weighed.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
        order.put(layer, weighed.into_iter().map(|(_, _, item)| item).collect());
    }

    /// Lets neighbours change places as long as that takes crossings away.
    fn change_places(&self, order: &mut Order) {
        loop {
            let mut gained = false;
            for layer in 0..self.before.len() {
                for at in 1..order.items[layer].len() {
                    let (upper, lower) = (order.items[layer][at - 1], order.items[layer][at]);
                    let (mut as_it_is, mut changed) = (0, 0);
                    for (joined, other) in
                        [(&self.before, layer.checked_sub(1)), (&self.behind, Some(layer + 1))]
                    {
                        let Some(places) = other.and_then(|other| order.places.get(other)) else { continue };
                        for one in &joined[layer][upper] {
                            for two in &joined[layer][lower] {
                                as_it_is += usize::from(places[*one] > places[*two]);
                                changed += usize::from(places[*one] < places[*two]);
                            }
                        }
                    }
                    if changed < as_it_is {
                        order.items[layer].swap(at - 1, at);
                        order.places[layer].swap(upper, lower);
                        gained = true;
                    }
                }
            }
            if !gained {
                return;
            }
        }
    }

    /// How often lines between layers cross: pairs of them whose ends stand in another order on the right than on the left.
    fn crossings(&self, order: &Order) -> usize {
        let mut count = 0;
        for (layer, items) in order.items.iter().enumerate().take(order.items.len().saturating_sub(1)) {
            let places = &order.places[layer + 1];
            // Of the lines further up on the left: how many end at each place, as sums over powers of two.
            let mut sums = vec![0_usize; places.len() + 1];
            let mut lines = 0;
            for item in items {
                let ends = &self.behind[layer][*item];
                for end in ends {
                    let mut at = places[*end] + 1;
                    let mut above = 0;
                    while at > 0 {
                        above += sums[at];
                        at &= at - 1;
                    }
                    count += lines - above;
                }
                for end in ends {
                    let mut at = places[*end] + 1;
                    while at < sums.len() {
                        sums[at] += 1;
                        at += at & at.wrapping_neg();
                    }
                }
                lines += ends.len();
            }
        }
        count
    }
}

/// The same items in an order that looks like chance and is the same each time.
fn mixed(mut items: Vec<usize>, seed: u64) -> Vec<usize> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ items.len() as u64;
    for last in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (state >> 33) as usize % (last + 1));
    }
    items
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two layers of so many items, and lines between them.
    fn tangle(left: usize, right: usize, lines: &[(usize, usize)]) -> Tangle {
        let items = [(0..left).map(Item::Node).collect(), (0..right).map(Item::Node).collect()];
        let mut pairs: Vec<_> = lines.iter().map(|(one, two)| (Item::Node(*one), Item::Node(*two))).collect();
        pairs.sort_unstable();
        pairs.dedup();
        Tangle::new(&items, &[pairs, Vec::new()])
    }

    fn given(tangle: &Tangle) -> Order {
        Order::new(tangle.before.iter().map(|layer| (0..layer.len()).collect()).collect())
    }

    #[test]
    fn lines_that_change_places_are_untangled() {
        let crossed = tangle(3, 3, &[(0, 2), (1, 1), (2, 0)]);
        assert_eq!(crossed.crossings(&given(&crossed)), 3);
        let best = Order::new(crossed.untangled().remove(0));
        assert_eq!(crossed.crossings(&best), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_pair_of_lines_that_crosses_is_counted(
            lines in prop::collection::btree_set((0..9_usize, 0..7_usize), 0..30),
        ) {
            let lines: Vec<_> = lines.into_iter().collect();
            let pairs = lines.iter().flat_map(|one| lines.iter().map(move |two| (one, two)));
            let wanted = pairs.filter(|(one, two)| one.0 < two.0 && one.1 > two.1).count();
            let tangle = tangle(9, 7, &lines);
            prop_assert_eq!(tangle.crossings(&given(&tangle)), wanted);
            let found = tangle.untangled();
            prop_assert!(tangle.crossings(&Order::new(found[0].clone())) <= wanted);
            prop_assert_eq!(found, tangle.untangled(), "the same each time");
        }
    }
}
