//! What goes wrong at the demo's endpoint, when, and for whom: a plan, and no chance beyond its seed.

mod named;

use std::time::Duration;

/// Every fault that is to happen. Empty by default: an endpoint that does no wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    plan: Vec<Fault>,
}

impl Faults {
    /// A plan of one fault.
    #[must_use]
    pub fn only(fault: Fault) -> Self {
        Self::default().and(fault)
    }

    /// The plan with one more fault.
    #[must_use]
    pub fn and(mut self, fault: Fault) -> Self {
        self.plan.push(fault);
        self
    }

    /// The faults that hit the call number `call` of `action` (as IAM writes it, `lambda:ListFunctions`) at `now`.
    ///
    /// The same seed, action, number and instant give the same faults.
    pub fn striking<'a>(
        &'a self,
        seed: u64,
        action: &'a str,
        call: u64,
        now: i64,
    ) -> impl Iterator<Item = Kind> + 'a {
        self.plan.iter().zip(1_u64..).filter_map(move |(fault, number)| {
            let strikes =
                fault.covers(action, now) && chance(&[seed, number, hash(action), call]) < fault.share;
            strikes.then_some(fault.kind)
        })
    }
}

/// One fault: what happens, to which calls, from when until when, and to which share of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    kind: Kind,
    target: String,
    from: i64,
    until: i64,
    share: f64,
}

impl Fault {
    /// A fault that hits every call of `target` for ever. The target is an action as IAM writes it
    /// (`lambda:ListFunctions`), a service (`lambda:*`), or `*`.
    #[must_use]
    pub fn new(kind: Kind, target: &str) -> Self {
        Self { kind, target: target.to_owned(), from: i64::MIN, until: i64::MAX, share: 1.0 }
    }

    /// Only from `from` up to but without `until`, in milliseconds since the epoch.
    #[must_use]
    pub const fn between(mut self, from: i64, until: i64) -> Self {
        self.from = from;
        self.until = until;
        self
    }

    /// Only this share of the calls, 0 to 1.
    #[must_use]
    pub const fn share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    fn covers(&self, action: &str, now: i64) -> bool {
        let hit = match self.target.strip_suffix('*') {
            Some(prefix) => action.starts_with(prefix),
            None => action == self.target,
        };
        hit && self.from <= now && now < self.until
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// No policy allows the action.
    AccessDenied,
    /// The session's credentials have expired.
    ExpiredCredentials,
    /// Nobody has these credentials.
    InvalidCredentials,
    /// `ThrottlingException`, or `TooManyRequestsException` from Lambda.
    Throttled,
    /// A 500 in the service's own form, a 503, or a page of HTML from something in between: in turn.
    ServerError,
    /// The body ends in the middle.
    TruncatedBody,
    /// The answer comes, but late.
    Slow(Duration),
    /// The connection is reset in the middle of the body.
    Reset,
    /// The body comes at one byte a second.
    Trickle,
    /// `LimitExceededException`.
    LimitExceeded,
    /// Of `FilterLogEvents`: how a page is handed over.
    Log(LogFault),
    /// Of `StartLiveTail`: what comes on the event stream.
    Tail {
        /// What.
        fault: TailFault,
        /// After how many updates, of which there is one a second.
        after: u32,
    },
    /// Of `GetMetricData`: what a series holds, or how it is handed over.
    Series(SeriesFault),
    /// Of `BatchGetTraces`, and of `ListRetrievedTraces` where it says so: what a trace holds, or how it is handed over.
    Trace(TraceFault),
}

/// What goes wrong with a page of `FilterLogEvents`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFault {
    /// It is empty, and has a token: nothing is lost by it.
    EmptyPage,
    /// It is empty, and its token is the one that was sent, this many times over.
    RepeatedToken {
        /// How often for each token.
        times: u32,
    },
    /// Every page has a token, and each another one, although nothing more comes.
    EndlessTokens,
    /// Nothing can be read newest first, as where only the older form of the API is known.
    HeadOnly,
    /// Every seventh event's time is 0, -1, 2^53, the largest number, or missing: in turn.
    OddTimes,
    /// Every seventh event's message begins with text that is none; of a text that nothing can be read past, the
    /// message of every event whose time is a multiple of seven seconds, whatever page it stands on.
    BrokenText(BrokenText),
}

/// Text that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenText {
    /// A NUL, written as JSON wants it.
    Nul,
    /// Half of a pair of surrogates, escaped: JSON, but no Unicode.
    LoneSurrogate,
    /// A byte that UTF-8 does not have.
    InvalidUtf8,
    /// An escape that JSON does not have: nothing can be read past it.
    NoJson,
}

/// What goes wrong on the event stream of a Live Tail session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TailFault {
    /// A message with a wrong checksum.
    BadChecksum,
    /// A message that says it is 4 GiB long, and then nothing.
    HugeLength,
    /// An event that nobody knows.
    UnknownEvent,
    /// A payload that is no JSON.
    BadJson,
    /// The stream ends in the middle of a message.
    EndMidFrame,
    /// Fifteen seconds without a message.
    Silence,
    /// `SessionTimeoutException`, as after three hours.
    Timeout,
    /// `SessionStreamingException`.
    Streaming,
    /// The stream ends, as if all were well.
    End,
    /// Every update is sampled, from the first on: half of its events are missing.
    Sampled,
}

/// What goes wrong with the series of a `GetMetricData` answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SeriesFault {
    /// Pages of no more than this many points, each series `PartialData` until its last page.
    Partial {
        /// Points a page, at least 1.
        points: usize,
    },
    /// Every second series is `InternalError` and has no points.
    InternalError,
    /// Every second series is `Forbidden` and has no points.
    Forbidden,
    /// The points stand in the opposite of the order that was asked for.
    Reversed,
    /// Every third value is not a number, infinite, or absurdly large.
    NotANumber,
    /// Every fourth point is missing.
    Gaps,
    /// The newest points are still this many revisions away from their final value, a revision a minute.
    Revised {
        /// Revisions that a point goes through.
        times: u32,
    },
}

/// What goes wrong with the traces of a `BatchGetTraces` answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceFault {
    /// The function's segment has so many more subsegments beside each other.
    Wide {
        /// How many.
        subsegments: usize,
    },
    /// The function's segment has so many more subsegments within each other.
    Deep {
        /// How many.
        levels: usize,
    },
    /// Subsegments that are each other's parent, and one that is its own.
    Cycle,
    /// Every document comes twice, with one id: first as in progress, then in full.
    Twins,
    /// Documents that have no parent are missing: those below them are left alone.
    MissingParents,
    /// No document has an end, and none says that it is in progress.
    NoEnd,
    /// The function's segment has metadata of so many arrays within each other.
    NestedMetadata {
        /// How many.
        levels: usize,
    },
    /// The function's segment has metadata of so many keys.
    ManyKeys {
        /// How many.
        keys: usize,
    },
    /// `LimitExceeded`: X-Ray says that it has cut the trace off, and has kept only half of its documents.
    LimitExceeded,
    /// An id is not processed the first times that it is asked for.
    Unprocessed {
        /// How often.
        times: u32,
    },
    /// Every document is in progress the first times that its trace is asked for.
    InProgress {
        /// How often.
        times: u32,
    },
    /// Of `ListRetrievedTraces`: spans of OpenTelemetry come, whichever format was asked for.
    OpenTelemetry,
}

/// A number from 0 up to but without 1, the same for the same key.
pub(super) fn chance(key: &[u64]) -> f64 {
    let mixed = key.iter().fold(0x9e37_79b9_7f4a_7c15, |state, &part| mix(state ^ part));
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// A hash of a text that never changes from build to build (FNV-1a).
pub(super) fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Spreads the bits of a number over all 64 (the finaliser of `SplitMix64`).
pub(super) const fn mix(mut state: u64) -> u64 {
    state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_its_target_within_its_window_only() {
        let faults = Faults::only(Fault::new(Kind::Throttled, "lambda:*").between(100, 200));
        let hits = |action, now| faults.striking(7, action, 0, now).count();
        assert_eq!(hits("lambda:ListFunctions", 100), 1);
        assert_eq!(hits("lambda:ListFunctions", 99), 0);
        assert_eq!(hits("lambda:ListFunctions", 200), 0);
        assert_eq!(hits("cloudwatch:GetMetricData", 150), 0);
    }

    #[test]
    fn a_share_of_the_calls_is_hit_and_always_the_same_ones() {
        let faults = Faults::only(Fault::new(Kind::ServerError, "*").share(0.2));
        let hit = |seed| -> Vec<u64> {
            (0..10_000)
                .filter(|&call| faults.striking(seed, "lambda:ListFunctions", call, 0).count() == 1)
                .collect()
        };
        assert!((1_800..2_200).contains(&hit(7).len()), "{}", hit(7).len());
        assert_eq!(hit(7), hit(7));
        assert_ne!(hit(7), hit(8));
    }
}
