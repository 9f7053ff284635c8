//! What is held against a plain list, sorted and without doubles.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// All lines of all groups, in order.
fn oracle(seen: &BTreeSet<(u32, u64)>) -> Vec<(LineKey, u64)> {
    let mut all: Vec<_> = seen
        .iter()
        .map(|(of, n)| {
            let Event { timestamp, ingested, id, .. } = event(*n);
            let (timestamp, ingested) = (Timestamp::from_millis(timestamp), Timestamp::from_millis(ingested));
            (LineKey { timestamp, ingested, id, group: GroupId(*of) }, *n)
        })
        .collect();
    all.sort_unstable();
    all
}

fn assert_is(line: &HeldLine, n: u64) {
    let event = event(n);
    let stream = LogStream {
        name: format!("stream {}", event.stream).into(),
        function: (event.stream == 2).then(|| "other".into()),
        version: None,
    };
    assert_eq!((&*line.message, line.key.id), (event.message.as_str(), event.id));
    assert_eq!((line.level, line.request, line.figures), (event.level, event.request, event.figures));
    assert_eq!((&*line.stream, line.late), (&stream, event.id.is_multiple_of(2)));
    assert_eq!(line.key.has_bad_time(), n % 97 == 13);
}

/// Something that happens to the store.
#[derive(Clone, Debug)]
enum Step {
    Page(u32, Vec<u64>),
    /// The chores of a worker, done at once.
    Chores(u8),
    /// A chore is begun, a page comes, and the chore ends.
    During(u32, Vec<u64>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let numbers = || prop::collection::vec(0..1200_u64, 0..120);
    let run = || (0..1200_u64, 1..90_u64).prop_map(|(start, count)| (start..start + count).collect());
    let step = prop_oneof![
        3 => (0..3_u32, numbers()).prop_map(|(of, list)| Step::Page(of, list)),
        3 => (0..3_u32, run()).prop_map(|(of, list)| Step::Page(of, list)),
        2 => (1..4_u8).prop_map(Step::Chores),
        1 => (0..3_u32, numbers()).prop_map(|(of, list)| Step::During(of, list)),
    ];
    prop::collection::vec(step, 1..25)
}

/// Carries the steps out; returns what was served, and how many rows in all.
fn carry_out(lines: &mut Lines, steps: &[Step]) -> (BTreeSet<(u32, u64)>, u64) {
    // Groups get their ids in this order.
    for of in 0..3 {
        lines.ingest(LogPage::new(group(of)));
    }
    let mut seen = BTreeSet::new();
    let mut rows = 0;
    let mut serve = |lines: &mut Lines, of: u32, list: &[u64]| {
        let pieces = lines.ingest(numbered(of, list));
        let new: usize = pieces.iter().map(Piece::len).sum();
        assert!(new <= list.len());
        rows += list.len() as u64;
        seen.extend(list.iter().map(|n| (of, *n)));
    };
    for step in steps {
        match step {
            Step::Page(of, list) => serve(lines, *of, list),
            Step::Chores(times) => {
                for _ in 0..*times {
                    if let Some(chore) = lines.chore() {
                        lines.finish(chore.run());
                    }
                }
            }
            Step::During(of, list) => {
                let chore = lines.chore();
                assert!(chore.is_none() || lines.chore().is_none(), "one at a time");
                serve(lines, *of, list);
                if let Some(chore) = chore {
                    lines.finish(chore.run());
                }
            }
        }
        assert!(lines.bytes() <= lines.limit(), "{} of {}", lines.bytes(), lines.limit());
    }
    (seen, rows)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_held_is_what_was_served_in_order_and_each_once(
        steps in steps(), step in 1..200_usize, probe in 0..1200_u64, plain in any::<bool>(),
    ) {
        let mut lines = Lines::default();
        // An eighth of it stays plain: with the small one nearly everything is compressed.
        lines.set_limit(if plain { 64 << 20 } else { 2 << 20 });
        let (seen, rows) = carry_out(&mut lines, &steps);
        let expected = oracle(&seen);
        let held = walked(&lines, step);
        prop_assert_eq!(held.iter().map(|line| line.key).collect::<Vec<_>>(),
            expected.iter().map(|(key, _)| *key).collect::<Vec<_>>());
        for (line, (_, n)) in held.iter().zip(&expected) {
            assert_is(line, *n);
        }

        let total = lines.total();
        prop_assert_eq!((total.held, total.duplicates), (seen.len() as u64, rows - seen.len() as u64));
        prop_assert_eq!((total.evicted, total.beyond_reach, total.provisional), (0, 0, 0));
        prop_assert_eq!(total.late, held.iter().filter(|line| line.late).count() as u64);

        let groups = all_groups(&lines);
        let mut reader = Reader::default();
        for of in 0..3 {
            let (key, n) = oracle(&BTreeSet::from([(of, probe)]))[0];
            let found = reader.line(&lines, key);
            prop_assert_eq!(found.is_some(), seen.contains(&(of, probe)));
            if let Some(line) = &found {
                assert_is(line, n);
            }
            let before = expected.iter().filter(|(other, _)| *other < key).count() as u64;
            let after = expected.iter().filter(|(other, _)| *other > key).count() as u64;
            prop_assert_eq!((lines.count_before(&groups, key), lines.count_after(&groups, key)), (before, after));
        }

        let range = TimeRange::new(Timestamp::from_millis(START + 100), Timestamp::from_millis(START + 2_500));
        let histogram = lines.histogram(&groups, range, 7);
        let mut counted = vec![BTreeMap::new(); 7];
        for line in held.iter().filter(|line| range.contains(line.key.timestamp)) {
            let bucket = histogram.bucket_of(line.key.timestamp).unwrap();
            *counted[bucket].entry(line.level).or_insert(0) += 1;
        }
        for (bucket, counted) in histogram.buckets.iter().zip(&counted) {
            prop_assert_eq!(bucket.total(), counted.values().sum::<u32>());
            for (level, count) in counted {
                prop_assert_eq!(bucket.of(*level), *count);
            }
        }
    }

    #[test]
    fn what_is_evicted_is_counted_exactly_and_the_bound_holds(steps in steps(), limit in 1_usize..200_000) {
        let mut lines = Lines::default();
        lines.set_limit(limit);
        let (seen, rows) = carry_out(&mut lines, &steps);
        let expected: BTreeMap<LineKey, u64> = oracle(&seen).into_iter().collect();
        let held = walked(&lines, 64);
        prop_assert!(held.is_sorted_by(|a, b| a.key < b.key), "in order and none twice");
        for line in &held {
            assert_is(line, expected[&line.key]);
        }
        let total = lines.total();
        prop_assert_eq!(total.held, held.len() as u64);
        prop_assert_eq!(total.held + total.evicted + total.duplicates + total.beyond_reach, rows);
        // A line that is out of reach may be one that was evicted before; every other is counted once.
        prop_assert!(total.held + total.evicted <= seen.len() as u64);
        prop_assert!(total.held + total.evicted + total.beyond_reach >= seen.len() as u64);
    }

    #[test]
    fn a_search_finds_what_a_look_at_every_line_finds(steps in steps(), digit in 0..10_u8, threads in 1..3_usize) {
        let mut lines = Lines::default();
        lines.set_limit(2 << 20);
        let (seen, _) = carry_out(&mut lines, &steps);
        let needle = format!("{digit} of");
        let expected: Vec<LineKey> = oracle(&seen)
            .into_iter()
            .filter(|(_, n)| event(*n).message.contains(&needle))
            .map(|(key, _)| key)
            .collect();
        let everywhere: Arc<dyn crate::query::LineMatcher> = Arc::new({
            let needle = needle.clone();
            move |line: &LogLine<'_>| line.message.contains(&needle)
        });
        for matcher in [everywhere, Arc::new(Literal(needle))] {
            let search = search_for(&lines, matcher, u64::MAX);
            let (mut keys, mut done) = (Vec::new(), 0);
            let mut scratches = vec![Scratch::default(); threads];
            for turn in 0.. {
                let Some(hits) = search.step(&mut scratches[turn % threads]) else { break };
                prop_assert!(hits.keys.is_sorted_by(|a, b| a > b) && hits.searched <= hits.lines);
                keys.extend(hits.keys);
                done += u32::from(hits.done);
            }
            keys.sort_unstable();
            prop_assert_eq!((&keys, done), (&expected, 1));
        }
    }
}

/// A literal, looked for in whole blocks.
struct Literal(String);

impl crate::query::LineMatcher for Literal {
    fn matches(&self, line: &LogLine<'_>) -> bool {
        line.message.contains(&self.0)
    }

    fn candidate(&self, text: &str, from: usize) -> Option<usize> {
        text.get(from..)?.find(&self.0).map(|at| from + at)
    }
}

fn search_for(lines: &Lines, matcher: Arc<dyn crate::query::LineMatcher>, keep: u64) -> Search {
    let pieces = lines.snapshot(&all_groups(lines));
    Search::new(SearchId(1), pieces, matcher, Arc::new(AtomicU64::new(1)), keep)
}
