use proptest::prelude::*;

use super::*;
use crate::model::{Call, SegmentKind};

fn segment(id: &str, parent: &str, start: f64, end: f64) -> Segment {
    Segment {
        id: Some(id.into()),
        parent: (!parent.is_empty()).then(|| parent.into()),
        trace_id: None,
        kind: SegmentKind::Segment,
        name: id.into(),
        origin: None,
        namespace: None,
        start_ms: Some(start),
        end_ms: Some(end),
        in_progress: false,
        fault: false,
        error: false,
        throttle: false,
        call: Call::default(),
        annotations: Vec::new(),
        metadata: None,
        exceptions: Vec::new(),
    }
}

fn drawn(tree: &Tree) -> Vec<String> {
    tree.nodes.iter().map(|node| format!("{}{}", "  ".repeat(node.depth), node.segment.name)).collect()
}

#[test]
fn children_stand_below_their_parent_by_start_in_whatever_order_they_come() {
    let parts = [
        segment("late", "root", 50.0, 60.0),
        segment("deep", "early", 12.0, 14.0),
        segment("early", "root", 10.0, 20.0),
        segment("root", "", 0.0, 100.0),
    ];
    let tree = Tree::of(parts);
    assert_eq!(drawn(&tree), ["root", "  early", "    deep", "  late"]);
    assert_eq!(tree.nodes.iter().map(|node| node.below).collect::<Vec<_>>(), [3, 1, 0, 0]);
    assert_eq!(tree.span(), Some((0.0, 100.0)));
}

#[test]
fn own_time_is_what_no_child_covers() {
    let tree = Tree::of([
        segment("root", "", 0.0, 100.0),
        segment("a", "root", 10.0, 40.0),
        segment("b", "root", 30.0, 50.0),
        segment("beyond", "root", 90.0, 130.0),
    ]);
    assert!((tree.nodes[0].self_ms - 50.0).abs() < 1e-9, "{}", tree.nodes[0].self_ms);
    assert_eq!(tree.nodes[3].oddity, Some(Oddity::Outside));
}

#[test]
fn a_missing_parent_makes_a_root_that_says_so() {
    let tree = Tree::of([segment("child", "gone", 5.0, 6.0), segment("root", "", 0.0, 9.0)]);
    assert_eq!(drawn(&tree), ["root", "child"]);
    assert_eq!(tree.nodes[1].oddity, Some(Oddity::Orphan));
}

#[test]
fn a_circle_is_cut_at_its_earliest_node() {
    let tree = Tree::of([
        segment("a", "c", 3.0, 4.0),
        segment("b", "a", 1.0, 9.0),
        segment("c", "b", 2.0, 8.0),
        segment("tail", "a", 3.5, 3.6),
        segment("self", "self", 7.0, 7.5),
    ]);
    assert_eq!(drawn(&tree), ["b", "  c", "    a", "      tail", "self"]);
    assert_eq!(tree.nodes[0].oddity, Some(Oddity::Circle));
    assert_eq!(tree.nodes[4].oddity, Some(Oddity::Circle));
}

#[test]
fn the_complete_one_of_twins_stays() {
    let unfinished = Segment { in_progress: true, end_ms: None, ..segment("x", "root", 1.0, 0.0) };
    let finished = segment("x", "root", 1.0, 5.0);
    for twins in [[unfinished.clone(), finished.clone()], [finished, unfinished]] {
        let tree = Tree::of(twins.into_iter().chain([segment("root", "", 0.0, 9.0)]));
        assert_eq!(drawn(&tree), ["root", "  x"]);
        assert_eq!(tree.nodes[1].segment.end_ms, Some(5.0));
    }
}

#[test]
fn segments_without_ids_are_never_one() {
    let bare = |name: &str| Segment { id: None, name: name.into(), ..segment("", "", 1.0, 2.0) };
    assert_eq!(Tree::of([bare("frontend"), bare("backend")]).nodes.len(), 2);
}

#[test]
fn ten_thousand_siblings_and_ten_thousand_levels_are_laid_out() {
    let wide = (0..10_000).map(|at| segment(&format!("w{at}"), "root", f64::from(at), f64::from(at) + 1.0));
    assert_eq!(Tree::of(wide.chain([segment("root", "", 0.0, 1e4)])).nodes.len(), 10_001);
    let deep = (0..10_000).map(|at| {
        let parent = if at == 0 { String::new() } else { format!("d{}", at - 1) };
        segment(&format!("d{at}"), &parent, 0.0, 1.0)
    });
    assert_eq!(Tree::of(deep).nodes.last().map(|node| node.depth), Some(9_999));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_node_stands_once_below_its_parent(links in prop::collection::vec((0_usize..12, 0_usize..14, -50_i32..50), 0..40)) {
        let segments: Vec<Segment> = links
            .iter()
            .map(|(id, parent, start)| segment(&format!("n{id}"), &if *parent == 13 { String::new() } else { format!("n{parent}") }, f64::from(*start), f64::from(*start) + 3.0))
            .collect();
        let ids: std::collections::HashSet<_> = segments.iter().map(|segment| segment.id.clone()).collect();
        let tree = Tree::of(segments);
        prop_assert_eq!(tree.nodes.len(), ids.len());
        for (at, node) in tree.nodes.iter().enumerate() {
            prop_assert!(ids.contains(&node.segment.id));
            prop_assert!(node.parent.is_none_or(|parent| parent < at && at <= parent + tree.nodes[parent].below));
            prop_assert_eq!(node.depth, node.parent.map_or(0, |parent| tree.nodes[parent].depth + 1));
            if node.parent.is_none() {
                prop_assert_eq!(node.segment.parent.is_some(), node.oddity.is_some_and(|oddity| oddity != Oddity::Outside));
            }
        }
    }
}
