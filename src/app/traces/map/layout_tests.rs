//! What holds of every map that is laid out.

use std::collections::{BTreeSet, HashMap, VecDeque};

use proptest::prelude::*;

use super::super::graph::{Graph, MapEdge, MapNode};
use super::super::stroke::EdgeStyle;
use super::super::walk::Step as Arrow;
use super::*;
use crate::model::{ServiceFigures, ServiceName};

fn shape(count: usize, edges: &[(usize, usize)]) -> Shape {
    let called: BTreeSet<usize> = edges.iter().map(|(_, to)| *to).collect();
    Shape {
        nodes: (0..count).map(|at| ShapeNode { entry: !called.contains(&at), rank: at as u64 }).collect(),
        edges: edges.to_vec(),
    }
}

fn room(width: u16, zoom: Zoom) -> Room {
    Room { width, height: 5, zoom }
}

fn any_zoom() -> impl Strategy<Value = Zoom> {
    prop::sample::select(vec![Zoom::Fitting, Zoom::Full, Zoom::Lines])
}

/// The lines and boxes as letters.
fn drawn(shape: &Shape, room: Room) -> String {
    let layout = lay_out(shape, room);
    let mut styles = vec![EdgeStyle::default(); shape.edges.len()];
    if let Some(first) = styles.first_mut() {
        first.heavy = true;
    }
    let strokes = layout.strokes(&styles);
    let mut rows = vec![vec![' '; usize::from(layout.width)]; usize::from(layout.height)];
    for ((x, y), stroke) in &strokes {
        let arms = stroke.arms.map(|arm| arm > 0);
        rows[usize::from(*y)][usize::from(*x)] = match arms {
            [_, true, _, true] if !arms[0] && !arms[2] => '-',
            [true, false, true, false] => '|',
            _ => '+',
        };
    }
    for (node, place) in layout.boxes.iter().enumerate() {
        for y in place.y..place.y + place.height {
            for x in place.x..place.x + place.width {
                rows[usize::from(y)][usize::from(x)] = char::from(b'a' + (node % 26) as u8);
            }
        }
    }
    for (x, y) in &layout.arrows {
        rows[usize::from(*y)][usize::from(*x)] = '>';
    }
    rows.into_iter().map(|row| row.into_iter().collect::<String>().trim_end().to_owned() + "\n").collect()
}

#[test]
fn a_chain_is_a_straight_line() {
    let chain = shape(3, &[(0, 1), (1, 2)]);
    let text = drawn(&chain, room(64, Zoom::Full));
    let middle = text.lines().nth(1).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(middle.contains("a---") && middle.contains("->b") && middle.contains("->c"), "{text}");
}

#[test]
fn boxes_move_together_before_they_become_lines_and_lines_grow_until_they_have_room_for_numbers() {
    let fan = |leaves: usize| shape(leaves + 1, &(1..=leaves).map(|leaf| (0, leaf)).collect::<Vec<_>>());
    let fitting = |leaves: usize, width: u16| {
        let layout = lay_out(&fan(leaves), Room { width, height: 35, zoom: Zoom::Fitting });
        let apart = layout.boxes[2].y - layout.boxes[1].y - layout.boxes[1].height;
        (layout.full, apart, layout.layers[0].width)
    };
    let (full, apart, _) = fitting(9, 200);
    assert!(full && apart > 0, "boxes with blank rows between them");
    let (full, apart, width) = fitting(11, 200);
    assert_eq!((full, apart, width), (true, 0, BOX_WITH_MEDIAN), "boxes without");
    let (full, _, width) = fitting(12, 200);
    assert_eq!((full, width), (false, LINE_WITH_MEDIAN), "lines with all numbers");
    let (full, _, width) = fitting(12, 96);
    assert!(
        !full && (LINE_WITH_NUMBERS..LINE_WITH_MEDIAN).contains(&width),
        "{width}: lines with most of them"
    );
    assert!(fitting(12, 60).2 < LINE_WITH_NUMBERS, "lines with names");
}

#[test]
fn a_fan_has_one_trunk_and_a_circle_goes_round() {
    let fan = shape(4, &[(0, 1), (0, 2), (0, 3), (2, 0)]);
    let text = drawn(&fan, room(70, Zoom::Full));
    assert_eq!(text.matches('>').count(), 4, "{text}");
}

/// Whose line a cell is of, whether it runs across there, and to which node it leads.
type Owner = (NetKey, bool, usize);

/// Every node with what `lay_out` promised of it.
fn check(shape: &Shape, room: Room) -> Result<(), TestCaseError> {
    let layout = lay_out(shape, room);
    prop_assert_eq!(&layout, &lay_out(shape, room), "the same again");
    for (at, one) in layout.boxes.iter().enumerate() {
        prop_assert!(one.x + one.width <= layout.width && one.y + one.height <= layout.height);
        for two in &layout.boxes[at + 1..] {
            let apart = one.x + one.width <= two.x
                || two.x + two.width <= one.x
                || one.y + one.height <= two.y
                || two.y + two.height <= one.y;
            prop_assert!(apart, "{one:?} {two:?}");
        }
    }
    let mut owners: HashMap<(u16, u16), BTreeSet<Owner>> = HashMap::new();
    for (edge, steps) in layout.trails.iter().enumerate() {
        let (from, to) = shape.edges[edge];
        let cells: BTreeSet<(u16, u16)> = steps.iter().map(|step| step.at).collect();
        for (column, row) in &cells {
            prop_assert!(*column < layout.width && *row < layout.height, "edge {edge} leaves the map");
            prop_assert!(
                !layout.boxes.iter().any(|own| own.contains(*column, *row)),
                "edge {edge} runs through a box"
            );
        }
        // From the caller's right side every cell hangs together up to the arrow.
        let source = layout.boxes[from];
        let start = (source.x + source.width, layout.middle(from));
        let end = layout.arrows[edge];
        let target = layout.boxes[to];
        prop_assert_eq!(end, (target.x - 1, layout.middle(to)));
        prop_assert!(cells.contains(&start) && cells.contains(&end), "edge {edge}");
        let mut seen = BTreeSet::from([start]);
        let mut open = VecDeque::from([start]);
        while let Some((x, y)) = open.pop_front() {
            let arms: Vec<_> = steps.iter().filter(|step| step.at == (x, y)).map(|step| step.arms).collect();
            let next = [
                (arms.iter().any(|arms| arms.up), (x, y.wrapping_sub(1))),
                (arms.iter().any(|arms| arms.right), (x + 1, y)),
                (arms.iter().any(|arms| arms.down), (x, y + 1)),
                (arms.iter().any(|arms| arms.left), (x.wrapping_sub(1), y)),
            ];
            for (_, cell) in next.into_iter().filter(|(has, cell)| *has && cells.contains(cell)) {
                if seen.insert(cell) {
                    open.push_back(cell);
                }
            }
        }
        prop_assert_eq!(seen.len(), cells.len(), "edge {} hangs together", edge);
        for step in steps {
            owners.entry(step.at).or_default().insert((step.net, step.arms.left || step.arms.right, to));
        }
    }
    // No line seems to lead where it does not: lines of two callers share a cell only where they cross, or lead to one box.
    for (at, owners) in owners {
        let across: Vec<_> = owners.iter().filter(|(_, across, _)| *across).collect();
        for one in &across {
            for two in &across {
                let meet = one.0 == two.0
                    || across.iter().any(|own| {
                        own.0 == one.0 && across.iter().any(|its| its.0 == two.0 && its.2 == own.2)
                    });
                prop_assert!(meet, "{at:?}: {one:?} {two:?}");
            }
        }
    }
    Ok(())
}

fn graph_of(shape: &Shape) -> Graph {
    Graph {
        nodes: shape
            .nodes
            .iter()
            .enumerate()
            .map(|(at, node)| MapNode {
                name: ServiceName { name: format!("{at:03}").into(), kind: None },
                entry: node.entry,
                figures: ServiceFigures::default(),
                worked_ms: 0.0,
                folded: None,
            })
            .collect(),
        edges: shape
            .edges
            .iter()
            .map(|(from, to)| MapEdge { from: *from, to: *to, figures: ServiceFigures::default() })
            .collect(),
    }
}

fn any_shape() -> impl Strategy<Value = Shape> {
    (1..24_usize).prop_flat_map(|count| {
        let edges = prop::collection::btree_set((0..count, 0..count), 0..count * 2);
        edges.prop_map(move |edges| {
            let edges: Vec<_> = edges.into_iter().filter(|(from, to)| from != to).collect();
            shape(count, &edges)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn boxes_and_lines_have_their_own_places(shape in any_shape(), width in 20..200_u16, height in 5..70_u16, zoom in any_zoom()) {
        check(&shape, Room { width, height, zoom })?;
    }

    #[test]
    fn every_node_is_reached_by_the_arrows(shape in any_shape(), zoom in any_zoom()) {
        let (layout, graph) = (lay_out(&shape, room(120, zoom)), graph_of(&shape));
        let mut seen = BTreeSet::from([0]);
        let mut open = VecDeque::from([0]);
        while let Some(at) = open.pop_front() {
            for arrow in [Arrow::Up, Arrow::Down, Arrow::Left, Arrow::Right] {
                if let Some(next) = layout.step(&graph, at, arrow) && seen.insert(next) {
                    open.push_back(next);
                }
            }
        }
        prop_assert_eq!(seen.len(), shape.nodes.len());
    }

    #[test]
    fn a_map_of_sixty_is_as_high_as_its_fullest_layer(seed in 0..1_000_usize) {
        let edges: Vec<_> = (1..60).map(|to| ((to * (seed + 7)) % to.min(9), to)).collect();
        let shape = shape(60, &edges);
        let layout = lay_out(&shape, room(120, Zoom::Lines));
        let fullest = layout.layers.iter().map(|layer| layer.nodes.len()).max().unwrap_or(0);
        // Beside its nodes a layer has lines that pass: at most one for each caller before it.
        prop_assert!(usize::from(layout.height) <= fullest + 60 && layout.boxes.len() == 60);
    }
}
