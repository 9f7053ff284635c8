use proptest::prelude::*;

use super::*;

const START: Timestamp = Timestamp::from_secs(1_772_366_400);

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A planner at work: every sweep takes as long as it is told to, and ends, or fails.
struct Work {
    plan: Plan,
    rhythm: Rhythm,
    now: Timestamp,
    sweeps: Vec<(Timestamp, Slice)>,
}

impl Work {
    fn new(since: Duration, order: LogOrder, rhythm: Rhythm) -> Self {
        Self { plan: Plan::new(START - since, None, order), rhythm, now: START, sweeps: Vec::new() }
    }

    /// Works until `end`; `fate` says how long the next sweep takes and whether it ends well.
    fn until(&mut self, end: Timestamp, mut fate: impl FnMut() -> (Duration, bool)) {
        while self.now < end {
            match self.plan.next(self.rhythm, self.now) {
                Next::Sweep(slice) => {
                    assert!(slice.range.start < slice.range.end, "{slice:?}");
                    assert!(slice.range.end <= self.now, "a sweep has an end, and it is not in the future");
                    let (asked_at, (takes, ends)) = (self.now, fate());
                    self.plan.begun(slice, self.rhythm, asked_at);
                    self.sweeps.push((asked_at, slice));
                    self.now = self.now + takes.max(Duration::from_millis(1));
                    if ends {
                        self.plan.finished(slice.range, asked_at);
                    }
                }
                Next::At(at) => {
                    assert!(at > self.now, "it does not spin");
                    self.now = at.min(end);
                }
                Next::Never => return,
            }
        }
    }
}

#[test]
fn the_budget_is_shared_out_and_intervals_stretch() {
    let every = |groups, calls| {
        let rhythm = Rhythm::of(groups, calls);
        (rhythm.fast.as_secs_f64().round(), rhythm.later.as_secs_f64().round())
    };
    assert_eq!(every(1, 5.0), (2.0, 10.0));
    assert_eq!(every(10, 5.0), (3.0, 12.0));
    assert_eq!(every(50, 5.0), (15.0, 60.0));
    assert_eq!(every(50, 2.5), (30.0, 120.0));
    for groups in 1..=50 {
        let rhythm = Rhythm::of(groups, 5.0);
        let calls =
            groups as f64 / rhythm.fast.as_secs_f64() + 2.0 * groups as f64 / rhythm.later.as_secs_f64();
        assert!(calls <= 5.0 + 1e-6, "{groups} groups make {calls} calls a second");
    }
}

#[test]
fn the_newest_minute_comes_first_and_then_the_past_in_doubling_slices() {
    let mut work = Work::new(secs(3600), LogOrder::NewestFirst, Rhythm::of(1, 5.0));
    work.until(START + secs(1), || (Duration::from_millis(10), true));
    let lengths: Vec<u64> = work.sweeps.iter().map(|(_, slice)| slice.range.length().as_secs()).collect();
    assert_eq!(lengths, [62, 62, 124, 248, 496, 992, 1615], "{lengths:?}");
    assert!(work.plan.is_read());
    let seen = work.plan.seen().expect("seen");
    assert_eq!((seen.start, seen.end), (START - secs(3600), START - secs(2)));
    let complete = work.plan.complete_to().expect("complete");
    assert!(START - secs(600) <= complete && complete <= START - secs(329), "{complete:?}");
}

#[test]
fn in_order_the_past_is_one_sweep_from_its_start() {
    let mut work = Work::new(secs(3600), LogOrder::OldestFirst, Rhythm::of(1, 5.0));
    work.until(START + secs(1), || (Duration::from_millis(10), true));
    assert_eq!(work.sweeps[0].1.range, TimeRange::new(START - secs(3600), START));
    assert_eq!(work.plan.complete_to(), Some(START - secs(330)));
    assert_eq!(work.sweeps.len(), 1, "{:?}", work.sweeps);
}

#[test]
fn a_stretch_of_the_past_that_is_complete_is_never_asked_for_again() {
    let range = TimeRange::new(START - secs(7200), START - secs(3600));
    let mut plan = Plan::new(range.start, Some(range.end), LogOrder::OldestFirst);
    let rhythm = Rhythm::of(1, 5.0);
    assert_eq!(plan.next(rhythm, START), Next::Sweep(Slice { range, purpose: Purpose::Past }));
    plan.finished(range, START);
    assert_eq!((plan.next(rhythm, START), plan.is_read()), (Next::Never, true));
    assert_eq!(plan.complete_to(), Some(range.end));
    plan.again(range);
    assert_eq!(plan.next(rhythm, START), Next::Sweep(Slice { range, purpose: Purpose::Again }));
}

#[test]
fn a_stretch_that_ended_just_now_is_read_again_until_it_is_complete() {
    let mut work = Work::new(secs(60), LogOrder::OldestFirst, Rhythm::of(1, 5.0));
    work.plan.want(START - secs(60), Some(START), LogOrder::OldestFirst);
    work.until(START + secs(1000), || (Duration::from_millis(10), true));
    assert_eq!(work.plan.complete_to(), Some(START));
    assert!(work.now < START + secs(345), "{:?}", work.now);
}

#[test]
fn a_visit_reads_what_has_newly_reached_the_age_and_the_edge_a_little_more() {
    let mut work = Work::new(secs(60), LogOrder::NewestFirst, Rhythm::of(1, 5.0));
    work.until(START + secs(1200), || (Duration::from_millis(100), true));
    let settled: Vec<_> = work.sweeps.iter().filter(|(at, _)| *at > START + secs(700)).collect();
    for (at, slice) in &settled {
        let length = slice.range.length();
        match slice.purpose {
            Purpose::Aged(Age::Fast) => assert!(length <= secs(12), "{slice:?}"),
            Purpose::Aged(age) => {
                assert!(length <= secs(13), "{slice:?}");
                assert!(at.since(slice.range.end) >= age.duration());
            }
            Purpose::Past | Purpose::Again => panic!("{slice:?}"),
        }
    }
    let read: f64 = settled.iter().map(|(_, slice)| slice.range.length().as_secs_f64()).sum();
    assert!(read < 500.0 * 8.0, "{read} s were read in 500 s");
    work.plan.flooded(true);
    let before = work.sweeps.len();
    work.until(work.now + secs(500), || (Duration::from_millis(100), true));
    let read: f64 = work.sweeps[before..].iter().map(|(_, slice)| slice.range.length().as_secs_f64()).sum();
    assert!(read < 500.0 * 5.0, "in a flood {read} s were read in 500 s");
}

#[test]
fn a_deep_sweep_reads_half_an_hour_once() {
    let mut work = Work::new(secs(7200), LogOrder::NewestFirst, Rhythm::of(1, 5.0));
    work.until(START + secs(5), || (Duration::from_millis(10), true));
    work.plan.deep(work.now);
    work.until(START + secs(60), || (Duration::from_millis(10), true));
    let again: Vec<_> = work
        .sweeps
        .iter()
        .filter(|(_, slice)| slice.purpose == Purpose::Again)
        .map(|(_, s)| s.range)
        .collect();
    assert_eq!(again.len(), 1);
    assert!((secs(1795)..=DEEP).contains(&again[0].length()), "{again:?}");
}

#[test]
fn after_a_pause_the_newest_comes_first_and_the_hole_is_closed() {
    let mut work = Work::new(secs(60), LogOrder::NewestFirst, Rhythm::of(1, 5.0));
    work.until(START + secs(60), || (Duration::from_millis(10), true));
    let before = work.plan.seen().expect("seen").end;
    work.now = START + secs(3600);
    work.until(START + secs(3610), || (Duration::from_millis(10), true));
    let after = work.plan.seen().expect("seen");
    assert!(after.end > before + secs(3500) && after.start == START - secs(60), "{after:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_instant_is_covered_at_each_age_and_the_promises_only_grow(
        since in 0_u64..4000,
        oldest in any::<bool>(),
        groups in 1_usize..50,
        fates in prop::collection::vec((1_u64..20_000, 0_u8..10), 1..60),
    ) {
        let order = if oldest { LogOrder::OldestFirst } else { LogOrder::NewestFirst };
        let mut work = Work::new(secs(since), order, Rhythm::of(groups, 5.0));
        let mut at = 0;
        let mut promised = (None, None);
        for step in 1..=40_u64 {
            work.until(START + secs(step * 30), || {
                at += 1;
                let (takes, fails) = fates[at % fates.len()];
                (Duration::from_millis(takes), fails != 0)
            });
            let now = (work.plan.seen().map(|seen| seen.end), work.plan.complete_to());
            prop_assert!(promised.0 <= now.0 && promised.1 <= now.1, "{:?} then {:?}", promised, now);
            promised = now;
            if let (Some(seen), Some(complete)) = now {
                prop_assert!(complete <= seen);
                prop_assert!(seen <= work.now - Age::Fast.duration());
                prop_assert!(complete <= work.now - Age::Slow.duration());
            }
        }
        // Left alone, it comes to an end with the past, and keeps up with the present.
        work.rhythm = Rhythm::of(1, 5.0);
        work.until(work.now + secs(600), || (Duration::from_millis(100), true));
        prop_assert!(work.plan.is_read());
        let seen = work.plan.seen().expect("seen");
        prop_assert!(work.now.since(seen.end) < secs(30), "{:?} of {:?}", seen, work.now);
        let complete = work.plan.complete_to().expect("complete");
        prop_assert!(work.now.since(complete) < Age::Slow.duration() + secs(30), "{:?}", work.now.since(complete));
        for age in Age::ALL {
            let until = TimeRange::new(work.plan.start(), if age == Age::Slow { complete } else { complete.max(seen.end - secs(90)) });
            prop_assert!(work.plan.covered[age as usize].covers(until), "{:?}", age);
            // What counts as covered was swept at that age, by what the sweeps themselves say.
            let mut swept = Coverage::default();
            for (asked_at, slice) in &work.sweeps {
                swept.add(TimeRange::new(slice.range.start, slice.range.end.min(*asked_at - age.duration())));
            }
            prop_assert!(swept.covers(until), "{:?}", age);
        }
    }
}
