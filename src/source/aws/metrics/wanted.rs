//! What the screen and the fleet want to know: lines of numbers, each with its stretch of time and its pace.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Attention, FunctionKey, Interest, Metric, Period, Scope, SeriesKey, Statistic, Subject, TimeRange,
    Timestamp,
};
use crate::source::aws::functions::{Activity, Fleet};
use crate::source::aws::spend::Rank;

/// One metric of one subject in buckets of one length: what AWS bills as one, whatever its statistics.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Line {
    pub subject: Subject,
    pub metric: Metric,
    pub period: Period,
}

impl Line {
    /// What is asked of it: up to five statistics of one metric in one call are billed once.
    pub fn statistics(&self) -> &'static [Statistic] {
        use Statistic::{Average, Maximum, Minimum, P50, P90, P95, P99, SampleCount, Sum};
        if self.metric == Metric::Duration {
            return &[P50, P95, P99, Average, Maximum];
        }
        match self.metric.statistic() {
            Sum => &[Sum],
            Average => &[Average],
            Minimum => &[Minimum],
            Maximum => &[Maximum],
            SampleCount => &[SampleCount],
            P50 => &[P50],
            P90 => &[P90],
            P95 => &[P95],
            P99 => &[P99],
        }
    }

    /// Its series, one per statistic.
    pub fn keys(&self) -> impl Iterator<Item = SeriesKey> + '_ {
        self.statistics().iter().map(|statistic| SeriesKey {
            subject: self.subject.clone(),
            metric: self.metric,
            statistic: *statistic,
            period: self.period,
        })
    }
}

/// A line over a stretch of time, and how often it is to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub line: Line,
    /// On the grid of the line's period.
    pub range: TimeRange,
    pub turn: Turn,
    pub rank: Rank,
    /// How long CloudWatch may still revise a point of it (M4).
    pub revised_for: Duration,
}

impl Wanted {
    /// From one time of asking to the next.
    pub fn every(&self, pace: Pace) -> Duration {
        match self.turn {
            Turn::Each(every) => every,
            Turn::Vital { at_least } => pace.vital.max(at_least),
            Turn::Visible { at_least } => pace.visible.max(at_least),
            Turn::Triage => pace.triage,
        }
    }
}

/// Whose turn a line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// One of its own, whatever the pace.
    Each(Duration),
    /// That of the totals and the charts on screen, but not more often than `at_least`.
    Vital { at_least: Duration },
    /// That of rows on screen, but not more often than `at_least`.
    Visible { at_least: Duration },
    /// That of all other functions that run.
    Triage,
}

/// How often rows are asked: from one to the next with less money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// The totals and the charts: a dozen metrics that tell most, so they slow down last.
    pub vital: Duration,
    /// Rows on screen.
    pub visible: Duration,
    /// All other functions that run.
    pub triage: Duration,
}

impl Pace {
    /// From the pace that nothing slows to the slowest that the cap can bring about.
    pub const ALL: [Self; 6] = [
        Self::of(1, 1, 10),
        Self::of(1, 5, 10),
        Self::of(1, 5, 30),
        Self::of(2, 5, 60),
        Self::of(5, 15, 180),
        Self::of(15, 30, 720),
    ];

    /// The fastest pace at which `wanted` stays under `cap` metrics per hour, else the slowest; and what it then comes to
    /// in billed metrics per hour: for all, and for the screen alone.
    pub fn under(cap: Option<f64>, wanted: &[Wanted]) -> (Self, (f64, f64)) {
        let counted = Counted::of(wanted);
        let mut paces = Self::ALL.into_iter().map(|pace| (pace, counted.per_hour(pace)));
        let slowest = (Self::ALL[5], counted.per_hour(Self::ALL[5]));
        paces.find(|(_, (all, _))| cap.is_none_or(|cap| *all <= cap)).unwrap_or(slowest)
    }

    const fn of(vital_minutes: u64, visible_minutes: u64, triage_minutes: u64) -> Self {
        Self {
            vital: Duration::from_secs(60 * vital_minutes),
            visible: Duration::from_secs(60 * visible_minutes),
            triage: Duration::from_secs(60 * triage_minutes),
        }
    }
}

/// The sums that CloudWatch keeps of the whole account, each minute.
const TOTALS: [Metric; 6] = [
    Metric::Invocations,
    Metric::Errors,
    Metric::Throttles,
    Metric::Duration,
    Metric::ConcurrentExecutions,
    Metric::ClaimedAccountConcurrency,
];
/// The five vital signs of a chart.
const VITAL: [Metric; 5] =
    [Metric::Invocations, Metric::Errors, Metric::Duration, Metric::Throttles, Metric::ConcurrentExecutions];
/// What a row counts.
pub(super) const COUNTS: [Metric; 3] = [Metric::Invocations, Metric::Errors, Metric::Throttles];

const MINUTE: Duration = Duration::from_mins(1);
/// The turn of the hours of a long `since` on screen, and elsewhere.
pub(super) const HOURS: Turn = Turn::Visible { at_least: HOURS_EVERY };
const RARE_HOURS: Turn = Turn::Each(Duration::from_hours(1));
/// A row knows at least so much.
const ROW_AT_LEAST: Duration = Duration::from_mins(15);
/// So much more is asked for than is shown: the newest minutes are not settled, and what was asked before the last minute
/// turned over must still hold a whole window.
const MARGIN: Duration = Duration::from_mins(10);
/// Sums and trends over days change slowly: rows on screen ask for their hours so often, all others each hour.
const HOURS_EVERY: Duration = Duration::from_mins(12);

/// Everything there is to plan with.
pub(super) struct View<'a> {
    pub scope: &'a Scope,
    pub interest: &'a Interest,
    pub fleet: &'a Fleet,
    /// Functions that have provisioned concurrency.
    pub provisioned: &'a [FunctionKey],
}

impl View<'_> {
    /// Everything that is wanted at `now`, the most urgent first. A line may stand there twice, over two stretches.
    pub fn wanted(&self, now: Timestamp) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        self.charts(now, &mut wanted);
        self.totals(now, &mut wanted);
        let mut seen: HashSet<&str> = HashSet::new();
        let on_screen = self.interest.visible.iter().chain(&self.interest.selected);
        let at_least = match self.interest.attention {
            Attention::Here => MINUTE,
            Attention::Away => 5 * MINUTE,
        };
        for key in on_screen {
            if key.scope == *self.scope && seen.insert(key.name.as_ref()) {
                self.row(key, Turn::Visible { at_least }, Rank::Screen, now, &mut wanted);
            }
        }
        for name in self.active() {
            if seen.insert(name) {
                let key = FunctionKey { scope: self.scope.clone(), name: name.clone() };
                self.row(&key, Turn::Triage, Rank::Background, now, &mut wanted);
            }
        }
        // The hours of long trends stand behind all minutes: those tell who is sick now.
        let (minutes, hours): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|wanted: &Wanted| wanted.turn != HOURS && wanted.turn != RARE_HOURS);
        minutes.into_iter().chain(hours).collect()
    }

    /// Functions that run, as far as is known: without `ListMetrics` all of them may.
    fn active(&self) -> Vec<&Arc<str>> {
        let functions = &self.fleet.functions;
        match &self.fleet.activity {
            _ if self.fleet.scope.as_ref() != Some(self.scope) => Vec::new(),
            Activity::Unasked => Vec::new(),
            Activity::Refused => functions.keys().collect(),
            // Before the list of functions is there, what runs is all that is known of the fleet.
            Activity::Known(names) if functions.is_empty() => {
                let mut names: Vec<_> = names.iter().collect();
                names.sort_unstable();
                names
            }
            Activity::Known(names) => functions.keys().filter(|name| names.contains(*name)).collect(),
        }
    }

    fn charts(&self, now: Timestamp, wanted: &mut Vec<Wanted>) {
        let Some(charts) = self.interest.charts.as_ref().filter(|charts| charts.key.scope == *self.scope)
        else {
            return;
        };
        // What is no longer kept in short buckets is asked in longer ones (M3).
        let period = charts.period.max(Period::finest_for(now.since(charts.range.start)));
        let end = charts.range.end.min(now.ceil(period));
        let range = TimeRange::new(charts.range.start, end).aligned(period);
        let provisioned =
            self.provisioned.contains(&charts.key).then_some(Metric::ProvisionedConcurrentExecutions);
        let mut metrics: Vec<Metric> = VITAL.into_iter().chain(provisioned).collect();
        for metric in &charts.further {
            if !metrics.contains(metric) {
                metrics.push(*metric);
            }
        }
        let subject = Subject::Function(charts.key.clone());
        for metric in metrics {
            wanted.push(Wanted {
                line: Line { subject: subject.clone(), metric, period },
                range,
                turn: Turn::Vital { at_least: MINUTE.max(period.duration() / 5) },
                rank: Rank::Screen,
                revised_for: self.revised_for(&charts.key, period),
            });
        }
    }

    fn totals(&self, now: Timestamp, wanted: &mut Vec<Wanted>) {
        let since = self.interest.since;
        let of_account = |metric, period: Period, range: TimeRange, turn| Wanted {
            line: Line { subject: Subject::Account(self.scope.clone()), metric, period },
            range: range.aligned(period),
            turn,
            rank: Rank::Screen,
            // Some function of the account may run for as long as Lambda allows.
            revised_for: revised_after(LONGEST_RUN).max(period.duration() * 5),
        };
        let minutes = TimeRange::last(self.minutes().max(Duration::from_hours(1)), now);
        for metric in TOTALS {
            wanted.push(of_account(metric, Period::MINUTE, minutes, Turn::Vital { at_least: MINUTE }));
            let period = Period::of_counts_over(since);
            if period != Period::MINUTE {
                wanted.push(of_account(metric, period, TimeRange::last(since, now), HOURS));
            }
        }
    }

    fn row(&self, key: &FunctionKey, turn: Turn, rank: Rank, now: Timestamp, wanted: &mut Vec<Wanted>) {
        let since = self.interest.since;
        let of_row = |metric, period: Period, length: Duration, turn| Wanted {
            line: Line { subject: Subject::Function(key.clone()), metric, period },
            range: TimeRange::last(length, now).aligned(period),
            turn,
            rank,
            revised_for: self.revised_for(key, period),
        };
        for metric in COUNTS {
            wanted.push(of_row(metric, Period::MINUTE, self.minutes(), turn));
            let period = Period::of_counts_over(since);
            if period != Period::MINUTE {
                let turn = if rank == Rank::Screen { HOURS } else { RARE_HOURS };
                wanted.push(of_row(metric, period, since, turn));
            }
        }
        // Percentiles come from whole periods (M8): three of them hold a settled one, whatever the window.
        let period = self.interest.window.period();
        wanted.push(of_row(Metric::Duration, period, period.duration() * 3, turn));
    }

    /// How far back minutes are asked for: the window, and `since` unless that is asked for in hours.
    fn minutes(&self) -> Duration {
        let Interest { since, window, .. } = self.interest;
        let since = if Period::of_counts_over(*since) == Period::MINUTE { *since } else { Duration::ZERO };
        since.max(window.period().duration()).max(ROW_AT_LEAST) + MARGIN
    }

    /// How long a point of a function may still be revised (M4): five periods, five minutes, or as long as an invocation
    /// may run, whichever is longest.
    fn revised_for(&self, key: &FunctionKey, period: Period) -> Duration {
        let function = self.fleet.functions.get(&key.name);
        let longest = function
            .and_then(|function| function.timeout_s)
            .map_or(LONGEST_RUN, |seconds| Duration::from_secs(u64::from(seconds)).min(LONGEST_RUN));
        revised_after(longest).max(period.duration() * 5)
    }
}

/// Longest that Lambda lets a function run.
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// How long the past changes where invocations take up to `longest`: a point belongs to the start of an invocation and is
/// counted after its end, when its report has come in. Rounded up to five minutes, so that functions share their calls.
fn revised_after(longest: Duration) -> Duration {
    const REPORTED_WITHIN: Duration = Duration::from_mins(2);
    Duration::from_secs((longest + REPORTED_WITHIN).as_secs().next_multiple_of(300))
}

/// How many metrics have which turn; what is wanted over two stretches is asked, and paid, in one turn.
struct Counted(Vec<(Wanted, u32)>);

impl Counted {
    fn of(wanted: &[Wanted]) -> Self {
        let mut counted: Vec<(Wanted, u32)> = Vec::new();
        // Only the screen wants a line twice, for a row and its charts; the first is the more urgent one.
        let mut seen: HashSet<&Line> = HashSet::new();
        for wanted in wanted {
            if wanted.rank == Rank::Screen && !seen.insert(&wanted.line) {
                continue;
            }
            let alike =
                |(known, _): &&mut (Wanted, u32)| known.turn == wanted.turn && known.rank == wanted.rank;
            match counted.iter_mut().find(alike) {
                Some((_, count)) => *count += 1,
                None => counted.push((wanted.clone(), 1)),
            }
        }
        Self(counted)
    }

    /// What it comes to in billed metrics per hour: for all, and for the screen alone.
    fn per_hour(&self, pace: Pace) -> (f64, f64) {
        self.0.iter().fold((0.0, 0.0), |(all, screen), (wanted, count)| {
            let rate = f64::from(*count) * 3600.0 / wanted.every(pace).as_secs_f64();
            (all + rate, if wanted.rank == Rank::Screen { screen + rate } else { screen })
        })
    }
}
