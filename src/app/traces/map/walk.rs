//! Going from node to node with the arrows.

use super::graph::Graph;
use super::layout::MapLayout;

/// Where an arrow leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the node above in the layer, from its first to the last of the layer before.
    Up,
    /// To the node below, from the last to the first of the next layer.
    Down,
    /// To who calls it.
    Left,
    /// To whom it calls.
    Right,
}

impl MapLayout {
    /// The node that an arrow leads to: left and right along a call, if there is one; up and down through the layer, and
    /// beyond its ends through the next one and the one before, so that every node is reached.
    #[must_use]
    pub fn step(&self, graph: &Graph, from: usize, step: Step) -> Option<usize> {
        let layer = *self.layer_of.get(from)?;
        let nodes = &self.layers.get(layer)?.nodes;
        let at = nodes.iter().position(|node| *node == from)?;
        match step {
            Step::Up if at > 0 => nodes.get(at - 1).copied(),
            Step::Up => self.layers[..layer].iter().rev().find_map(|layer| layer.nodes.last()).copied(),
            Step::Down if at + 1 < nodes.len() => nodes.get(at + 1).copied(),
            Step::Down => self.layers[layer + 1..].iter().find_map(|layer| layer.nodes.first()).copied(),
            Step::Left => {
                let callers = graph.callers(from).map(|edge| (edge.from, edge.is_heavy()));
                self.nearest(from, callers, |caller| caller < layer)
            }
            Step::Right => {
                let called = graph.callees(from).map(|edge| (edge.to, edge.is_heavy()));
                self.nearest(from, called, |called| called > layer)
            }
        }
    }

    /// Of those that calls join a node with: what lies in the arrow's direction, then what is in the nearest layer, then
    /// along the way of the errors, then the nearest row.
    fn nearest(
        &self,
        from: usize,
        joined: impl Iterator<Item = (usize, bool)>,
        ahead: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let (layer, row) = (self.layer_of[from], self.middle(from));
        let order = |(node, heavy): &(usize, bool)| {
            let its = self.layer_of[*node];
            (!ahead(its), its.abs_diff(layer), !heavy, self.middle(*node).abs_diff(row), *node)
        };
        joined.min_by_key(order).map(|(node, _)| node)
    }

    /// The row in the middle of a node's box.
    #[must_use]
    pub fn middle(&self, node: usize) -> u16 {
        self.boxes.get(node).map_or(0, |own| own.y + own.height / 2)
    }
}
