//! Going from node to node with the arrows.

use super::graph::Graph;
use super::layout::MapLayout;

/// Where an arrow leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the node above in the layer.
    Up,
    /// To the node below.
    Down,
    /// To who calls it.
    Left,
    /// To whom it calls.
    Right,
}

impl MapLayout {
    /// The node that an arrow leads to: up and down within a layer, left and right along a call where there is one, else
    /// to the nearest node of that layer. Every node can be reached from every other.
    #[must_use]
    pub fn step(&self, graph: &Graph, from: usize, step: Step) -> Option<usize> {
        let layer = *self.layer_of.get(from)?;
        let nodes = &self.layers.get(layer)?.nodes;
        let at = nodes.iter().position(|node| *node == from)?;
        match step {
            Step::Up => nodes.get(at.checked_sub(1)?).copied(),
            Step::Down => nodes.get(at + 1).copied(),
            Step::Left => {
                let next = layer.checked_sub(1)?;
                self.towards(graph, from, next, true)
            }
            Step::Right => {
                (layer + 1 < self.layers.len()).then_some(())?;
                self.towards(graph, from, layer + 1, false)
            }
        }
    }

    /// Towards a layer: along a call into it, else along one beyond it, else to what is nearest in it.
    fn towards(&self, graph: &Graph, from: usize, layer: usize, back: bool) -> Option<usize> {
        let beyond =
            |node: &usize| if back { self.layer_of[*node] <= layer } else { self.layer_of[*node] >= layer };
        let own = self.middle(from);
        let joined = graph.edges.iter().filter_map(|edge| match (back, edge.from == from, edge.to == from) {
            (true, _, true) => Some((edge.from, edge.is_heavy())),
            (false, true, _) => Some((edge.to, edge.is_heavy())),
            _ => None,
        });
        // The nearest layer, then the way of the errors, then the nearest row.
        let along = joined
            .filter(|(node, _)| beyond(node))
            .min_by_key(|(node, heavy)| {
                let far = self.layer_of[*node].abs_diff(layer);
                (far, !heavy, self.middle(*node).abs_diff(own), *node)
            })
            .map(|(node, _)| node);
        along.or_else(|| {
            self.layers[layer].nodes.iter().copied().min_by_key(|node| self.middle(*node).abs_diff(own))
        })
    }

    /// The row in the middle of a node's box.
    #[must_use]
    pub fn middle(&self, node: usize) -> u16 {
        self.boxes.get(node).map_or(0, |own| own.y + own.height / 2)
    }
}
