//! Log lines: pages of events as CloudWatch Logs served them, already read, and how far a tail has come.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Failure, Function, FunctionKey, LineKind, RequestId, RequestNotes, Scope, TimeRange, Timestamp};

/// Which log group: its scope and its name. Groups and functions are many-to-many: the line's stream decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupKey {
    /// Account and region.
    pub scope: Scope,
    /// The name, such as `/aws/lambda/payment-capture`.
    pub name: Arc<str>,
}

impl GroupKey {
    /// The group called `name` in `scope`.
    #[must_use]
    pub fn new(scope: &Scope, name: &str) -> Self {
        Self { scope: scope.clone(), name: name.into() }
    }

    /// Where `function` logs: its `LoggingConfig` where `ListFunctions` gave it, else the default name.
    #[must_use]
    pub fn of(function: &Function) -> Self {
        let configured = function.logging.as_ref().and_then(|logging| logging.group.clone());
        configured.map_or_else(
            || Self::by_default(&function.key),
            |name| Self { scope: function.key.scope.clone(), name },
        )
    }

    /// Where a function logs of which nothing but the name is known: `/aws/lambda/NAME`.
    #[must_use]
    pub fn by_default(function: &FunctionKey) -> Self {
        Self::new(&function.scope, &format!("{LAMBDA}{}", function.name))
    }

    /// The function that the group's name names: `/aws/lambda/NAME`, of Lambda@Edge `/aws/lambda/us-east-1.NAME` in
    /// whatever region it ran, of web functions `/aws/lambda/web/NAME`. A shared group names none.
    #[must_use]
    pub fn names_function(&self) -> Option<&str> {
        let name = self.name.strip_prefix(LAMBDA)?;
        let name = name.strip_prefix("web/").or_else(|| name.strip_prefix("us-east-1.")).unwrap_or(name);
        (!name.is_empty() && !name.contains('/')).then_some(name)
    }
}

/// What the groups begin with that Lambda makes by itself.
const LAMBDA: &str = "/aws/lambda/";

/// Stands for the time of an event that came without one; beyond every calendar, so that it reads as a bad time.
pub const NO_TIME: Timestamp = Timestamp::from_millis(i64::MIN);

/// How grave a line is; ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Finer than debug.
    Trace,
    /// For whoever wrote it.
    Debug,
    /// As expected.
    Info,
    /// Worth a look.
    Warn,
    /// Went wrong.
    Error,
    /// Ended the program.
    Fatal,
}

/// What a line of the platform says of its request in numbers; such a line is one in a handful.
///
/// Milliseconds and megabytes as the line gives them; `None` where it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestFigures {
    /// How long the request ran.
    pub duration_ms: Option<f64>,
    /// How much of it is billed; since August 2025 with the init.
    pub billed_ms: Option<f64>,
    /// Configured memory.
    pub memory_mb: Option<f64>,
    /// The most that was used.
    pub max_memory_mb: Option<f64>,
    /// How long the init took: there is one only after a cold start.
    pub init_ms: Option<f64>,
    /// How long a `SnapStart` restore took: a cold start as well.
    pub restore_ms: Option<f64>,
    /// The function's timeout ended the request.
    pub timed_out: bool,
    /// The request was killed for want of memory.
    pub out_of_memory: bool,
}

/// A log stream, and whose lines it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogStream {
    /// Its name, such as `2026/11/21/[$LATEST]8f5bd2c122a34b6e9a440d7a3c1be0f9`.
    pub name: Arc<str>,
    /// The function that its name tells, in groups that several functions share; `None` where the group decides.
    pub function: Option<Arc<str>>,
    /// The version that its name tells: `$LATEST` or a number.
    #[serde(default)]
    pub version: Option<Arc<str>>,
}

/// One line, borrowed: of a [`LogPage`], or of those that are held. The message is raw text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogLine<'a> {
    /// Its log group.
    pub group: &'a GroupKey,
    /// When it happened, by the function's clock; may be any number.
    pub timestamp: Timestamp,
    /// When CloudWatch took it in.
    pub ingested: Timestamp,
    /// What tells it from every other line of its group; see [`LogRow::id`].
    pub id: u64,
    /// CloudWatch's `eventId`; empty for lines of Live Tail, and for lines that are held, of which only its hash is.
    pub event_id: &'a str,
    /// Its log stream.
    pub stream: &'a LogStream,
    /// Exactly as it was served.
    pub message: &'a str,
    /// How grave, if it says so.
    pub level: Option<Level>,
    /// By whom and about what.
    pub kind: LineKind,
    /// The request it names itself.
    pub request: Option<RequestId>,
    /// From Live Tail, and not yet confirmed by `FilterLogEvents`.
    pub provisional: bool,
    /// What it says in numbers, if it is such a line.
    pub figures: Option<&'a RequestFigures>,
    /// It came after its slice of time had been seen.
    pub late: bool,
}

impl<'a> LogLine<'a> {
    /// The function that wrote it: as its stream tells, else as its group does (`/aws/lambda/NAME`).
    #[must_use]
    pub fn function(&self) -> Option<&'a str> {
        self.stream.function.as_deref().or_else(|| self.group.name.strip_prefix("/aws/lambda/"))
    }
}

/// One row of a [`LogPage`]: what is known of a line beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogRow {
    /// When it happened; [`NO_TIME`] where the event came without.
    pub timestamp: Timestamp,
    /// When CloudWatch took it in.
    pub ingested: Timestamp,
    /// A hash of the `eventId`; of a Live Tail line, of stream, timestamps, message and how many equal ones came before.
    pub id: u64,
    /// Index of its stream in [`LogPage::streams`].
    pub stream: u32,
    /// Where its message ends in [`LogPage::text`]; it begins where the row before ends.
    pub text_end: u32,
    /// Where its event id ends in [`LogPage::event_ids`].
    pub event_id_end: u32,
    /// How grave, if it says so.
    pub level: Option<Level>,
    /// By whom and about what.
    pub kind: LineKind,
    /// The request it names itself.
    pub request: Option<RequestId>,
    /// From Live Tail, and not yet confirmed.
    pub provisional: bool,
    /// It came after its slice of time had been seen.
    pub late: bool,
}

/// Log events of one group as one value: their text in one arena, what was read from it in rows.
///
/// Rows stand in the order of (timestamp, ingested, id). One page of an answer is one of these, never an event a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogPage {
    /// Which group.
    pub group: GroupKey,
    /// The streams that its rows name.
    pub streams: Vec<LogStream>,
    /// All messages, one after the other.
    pub text: String,
    /// All event ids, one after the other.
    pub event_ids: String,
    /// The lines.
    pub rows: Vec<LogRow>,
    /// What lines of the platform say in numbers, each with the index of its row; by rows.
    pub figures: Vec<(u32, RequestFigures)>,
    /// What lines say of their requests beside numbers, each with the index of its row; by rows.
    pub notes: Vec<(u32, RequestNotes)>,
    /// Ids of provisional rows, sent before, that rows of this page stand in for: those are to be dropped.
    pub confirmed: Vec<u64>,
    /// Its rows are events of which the id is not known, because Logs Insights tells none: whether a line is held is told
    /// by its stream, time and text. All that are equal in these stand in one page.
    pub unnamed: bool,
}

impl LogPage {
    /// An empty page of `group`.
    #[must_use]
    pub const fn new(group: GroupKey) -> Self {
        Self {
            group,
            streams: Vec::new(),
            text: String::new(),
            event_ids: String::new(),
            rows: Vec::new(),
            figures: Vec::new(),
            notes: Vec::new(),
            confirmed: Vec::new(),
            unnamed: false,
        }
    }

    /// Its lines, in order.
    #[must_use]
    pub fn lines(&self) -> impl ExactSizeIterator<Item = LogLine<'_>> {
        let (mut text, mut id) = (0, 0);
        let mut figures = self.figures.iter().peekable();
        self.rows.iter().enumerate().map(move |(at, row)| {
            let own = figures.next_if(|(of, _)| *of as usize == at);
            let message = text..row.text_end as usize;
            let event_id = id..row.event_id_end as usize;
            (text, id) = (message.end, event_id.end);
            LogLine {
                group: &self.group,
                timestamp: row.timestamp,
                ingested: row.ingested,
                id: row.id,
                event_id: self.event_ids.get(event_id).unwrap_or_default(),
                stream: &self.streams[row.stream as usize],
                message: self.text.get(message).unwrap_or_default(),
                level: row.level,
                kind: row.kind,
                request: row.request,
                provisional: row.provisional,
                figures: own.map(|(_, figures)| figures),
                late: row.late,
            }
        })
    }
}

/// How the tail of one group is doing; the newest replaces the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TailReport {
    /// Which group.
    pub group: GroupKey,
    /// When this was so.
    pub at: Timestamp,
    /// What it does.
    pub status: TailStatus,
    /// From here on everything up to `seen_to` has been read; older lines come when they are asked for.
    pub read_from: Timestamp,
    /// Nothing older than `read_from` exists: the group was made then, or older lines are past its retention.
    pub at_beginning: bool,
    /// A finished sweep covered everything that had arrived up to here.
    pub seen_to: Option<Timestamp>,
    /// A finished sweep covered everything up to here when it was at least 330 s old: late events are in.
    pub complete_to: Option<Timestamp>,
    /// How often the group is read.
    pub interval: Duration,
    /// Events that came after their slice had been seen, so far.
    pub late: u64,
    /// Events that came after their slice had been called complete, so far.
    pub later_than_promised: u64,
    /// Late events are told from repeated ones back to here only, because there were too many to remember.
    pub remembered_from: Option<Timestamp>,
    /// Lines of Live Tail that `FilterLogEvents` has not confirmed although their time was complete.
    pub never_confirmed: u64,
    /// How often the group was deleted and made again since the tail began.
    pub epoch: u32,
    /// How far this computer's clock is ahead of AWS's, in milliseconds; zero as long as it is within two seconds.
    pub clock_ahead_ms: i64,
    /// What else is to be said, in words: why Live Tail fell back, why a sweep began again.
    pub note: Option<Arc<str>>,
}

/// What a tail does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TailStatus {
    /// Its first sweep is under way.
    Starting,
    /// Read by `FilterLogEvents`.
    Polling,
    /// Read by Live Tail, and confirmed by `FilterLogEvents`.
    Live {
        /// Since when Live Tail is on: its timer.
        since: Timestamp,
        /// No update came for five seconds: it is about to be connected anew.
        stale: bool,
    },
    /// The group does not exist (yet): waiting for its first line.
    Waiting,
    /// The group was deleted; its lines are kept.
    Deleted {
        /// When that was noticed.
        at: Timestamp,
    },
    /// This group cannot be tailed, and why: `Infrequent Access`, delivered elsewhere, a key of KMS.
    Unreadable {
        /// In words, with what to do instead.
        why: Arc<str>,
    },
    /// AWS throttles: lines come late, none is lost.
    Throttled {
        /// When it is tried again.
        retry_at: Timestamp,
    },
    /// A call failed; what was read stays.
    Failed {
        /// Why.
        failure: Failure,
        /// When it is tried again.
        retry_at: Timestamp,
    },
}

/// A stretch of a tail that may lack lines: shown as a row of its own until it is filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGap {
    /// Which group.
    pub group: GroupKey,
    /// From when to when.
    pub range: TimeRange,
    /// Why.
    pub why: GapReason,
    /// It was read again in full: the mark goes.
    pub filled: bool,
}

/// Why a stretch of a tail may lack lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GapReason {
    /// Live Tail sampled: more than 500 events a second.
    Sampled,
    /// The session broke off.
    Disconnected,
    /// The endpoint gave no end to its pages.
    Unfinished,
    /// It was searched, not read: only lines that matched came.
    OnlyMatches,
    /// Nothing was read there, but of what lies before it.
    NotRead,
    /// The answer that holds this instant cannot be read, however little is asked for.
    Unreadable,
}

impl GapReason {
    /// Whether it lies outside of what is read all the time: nothing went wrong there.
    #[must_use]
    pub const fn is_of_a_search(self) -> bool {
        matches!(self, Self::OnlyMatches | Self::NotRead)
    }

    /// Why, as a sentence goes on.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sampled => "Live Tail sampled",
            Self::Disconnected => "the session broke off",
            Self::Unfinished => "its pages had no end",
            Self::OnlyMatches => "only lines that matched the search were read",
            Self::NotRead => "not read",
            Self::Unreadable => "the answer cannot be read",
        }
    }
}

/// The log lines that the screen needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogWant {
    /// Which groups, most wanted first; at most [`LogWant::MOST_GROUPS`] are read.
    pub groups: Vec<GroupKey>,
    /// From when on.
    pub since: Timestamp,
    /// Until when, for a stretch of the past; none follows the group for ever.
    pub until: Option<Timestamp>,
    /// What of the past comes first.
    pub order: LogOrder,
    /// Whether Live Tail is chosen.
    pub live: bool,
}

impl LogWant {
    /// More groups than this are not read at once.
    pub const MOST_GROUPS: usize = 50;
}

/// In which order the past of a tail is read. Pages of one slice always come oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogOrder {
    /// The newest slice first: for a screen that shows the end.
    #[default]
    NewestFirst,
    /// In one go from the start: for output that has to be in order.
    OldestFirst,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_names_its_function_unless_it_is_shared() {
        let scope = Scope::new("123456789012", "eu-west-1");
        for (group, function) in [
            ("/aws/lambda/checkout", Some("checkout")),
            ("/aws/lambda/us-east-1.resize", Some("resize")),
            ("/aws/lambda/web/shop", Some("shop")),
            ("/aws/lambda/", None),
            ("/shop/all", None),
            ("/aws/lambda/team/all", None),
        ] {
            assert_eq!(GroupKey::new(&scope, group).names_function(), function, "{group}");
        }
        let mut function = Function::named(FunctionKey::new(&scope, "checkout"));
        assert_eq!(&*GroupKey::of(&function).name, "/aws/lambda/checkout");
        function.logging = Some(crate::model::Logging {
            group: Some("/shop/all".into()),
            format: None,
            application_level: None,
            system_level: None,
        });
        assert_eq!(&*GroupKey::of(&function).name, "/shop/all");
    }
}
