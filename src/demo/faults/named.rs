//! Faults by their names, as the command line has them: `unprocessed=2`, `denied@xray:StartTraceRetrieval`.

use std::time::Duration;

use super::{BrokenText, Fault, Kind, LogFault, SeriesFault, TailFault, TraceFault};

/// What a fault is called, the number that it has if none is given, the calls that it hits if none are named, and what
/// it is.
type Row = (&'static str, u32, &'static str, fn(u32) -> Kind);

const ALL: &str = "*";
const PAGES: &str = "logs:FilterLogEvents";
const TAIL: &str = "logs:StartLiveTail";
const SERIES: &str = "cloudwatch:GetMetricData";
const TRACES: &str = "xray:BatchGetTraces";
const LISTED: &str = "xray:ListRetrievedTraces";

/// Every fault; those with a number take it behind `=`.
const TABLE: [Row; 46] = [
    ("denied", 0, ALL, |_| Kind::AccessDenied),
    ("expired", 0, ALL, |_| Kind::ExpiredCredentials),
    ("invalid", 0, ALL, |_| Kind::InvalidCredentials),
    ("throttled", 0, ALL, |_| Kind::Throttled),
    ("server-error", 0, ALL, |_| Kind::ServerError),
    ("truncated-body", 0, ALL, |_| Kind::TruncatedBody),
    ("slow-ms", 2_000, ALL, |ms| Kind::Slow(Duration::from_millis(u64::from(ms)))),
    ("reset", 0, ALL, |_| Kind::Reset),
    ("trickle", 0, ALL, |_| Kind::Trickle),
    ("limit-exceeded", 0, ALL, |_| Kind::LimitExceeded),
    ("empty-page", 0, PAGES, |_| Kind::Log(LogFault::EmptyPage)),
    ("repeated-token", 5, PAGES, |times| Kind::Log(LogFault::RepeatedToken { times })),
    ("endless-tokens", 0, PAGES, |_| Kind::Log(LogFault::EndlessTokens)),
    ("head-only", 0, PAGES, |_| Kind::Log(LogFault::HeadOnly)),
    ("odd-times", 0, PAGES, |_| Kind::Log(LogFault::OddTimes)),
    ("nul", 0, PAGES, |_| Kind::Log(LogFault::BrokenText(BrokenText::Nul))),
    ("lone-surrogate", 0, PAGES, |_| Kind::Log(LogFault::BrokenText(BrokenText::LoneSurrogate))),
    ("invalid-utf8", 0, PAGES, |_| Kind::Log(LogFault::BrokenText(BrokenText::InvalidUtf8))),
    ("no-json", 0, PAGES, |_| Kind::Log(LogFault::BrokenText(BrokenText::NoJson))),
    ("tail-checksum", 5, TAIL, |after| tail(TailFault::BadChecksum, after)),
    ("tail-huge", 5, TAIL, |after| tail(TailFault::HugeLength, after)),
    ("tail-unknown", 5, TAIL, |after| tail(TailFault::UnknownEvent, after)),
    ("tail-no-json", 5, TAIL, |after| tail(TailFault::BadJson, after)),
    ("tail-mid-frame", 5, TAIL, |after| tail(TailFault::EndMidFrame, after)),
    ("tail-silence", 5, TAIL, |after| tail(TailFault::Silence, after)),
    ("tail-timeout", 5, TAIL, |after| tail(TailFault::Timeout, after)),
    ("tail-exception", 5, TAIL, |after| tail(TailFault::Streaming, after)),
    ("tail-end", 5, TAIL, |after| tail(TailFault::End, after)),
    ("tail-sampled", 5, TAIL, |after| tail(TailFault::Sampled, after)),
    ("partial-data", 100, SERIES, |points| Kind::Series(SeriesFault::Partial { points: points as usize })),
    ("internal-error", 0, SERIES, |_| Kind::Series(SeriesFault::InternalError)),
    ("reversed", 0, SERIES, |_| Kind::Series(SeriesFault::Reversed)),
    ("not-a-number", 0, SERIES, |_| Kind::Series(SeriesFault::NotANumber)),
    ("revised", 5, SERIES, |times| Kind::Series(SeriesFault::Revised { times })),
    ("wide-trace", 10_000, TRACES, |number| Kind::Trace(TraceFault::Wide { subsegments: number as usize })),
    ("deep-trace", 1_000, TRACES, |number| Kind::Trace(TraceFault::Deep { levels: number as usize })),
    ("cycle", 0, TRACES, |_| Kind::Trace(TraceFault::Cycle)),
    ("twins", 0, TRACES, |_| Kind::Trace(TraceFault::Twins)),
    ("missing-parents", 0, TRACES, |_| Kind::Trace(TraceFault::MissingParents)),
    ("no-end", 0, TRACES, |_| Kind::Trace(TraceFault::NoEnd)),
    ("nested-metadata", 100_000, TRACES, |number| {
        Kind::Trace(TraceFault::NestedMetadata { levels: number as usize })
    }),
    ("many-keys", 1_000_000, TRACES, |number| Kind::Trace(TraceFault::ManyKeys { keys: number as usize })),
    ("truncated-trace", 0, TRACES, |_| Kind::Trace(TraceFault::LimitExceeded)),
    ("unprocessed", 2, TRACES, |times| Kind::Trace(TraceFault::Unprocessed { times })),
    ("in-progress", 2, TRACES, |times| Kind::Trace(TraceFault::InProgress { times })),
    ("opentelemetry", 0, LISTED, |_| Kind::Trace(TraceFault::OpenTelemetry)),
];

const fn tail(fault: TailFault, after: u32) -> Kind {
    Kind::Tail { fault, after }
}

impl Fault {
    /// The fault with a name: `NAME`, `NAME=NUMBER`, and behind either `@ACTION` for the calls that it hits, an action as
    /// IAM writes it, a service (`lambda:*`), or `*`.
    ///
    /// # Errors
    ///
    /// Why there is none, in words: a name that no fault has, a number that is none, an action that cannot be one.
    pub fn named(text: &str) -> Result<Self, String> {
        let (what, action) = match text.split_once('@') {
            Some((what, action)) => (what, Some(action)),
            None => (text, None),
        };
        let (name, number) = match what.split_once('=') {
            Some((name, number)) => (name, Some(number)),
            None => (what, None),
        };
        let Some((_, usual, target, kind)) = TABLE.iter().find(|(known, ..)| *known == name) else {
            let known: Vec<&str> = TABLE.iter().map(|(known, ..)| *known).collect();
            return Err(format!("no fault is called {name:?}; there are {}", known.join(", ")));
        };
        let number = match number {
            None => *usual,
            Some(_) if *usual == 0 => return Err(format!("{name} takes no number")),
            Some(number) => {
                number.parse().map_err(|_| format!("{number:?} is not a number, such as {name}={usual}"))?
            }
        };
        if let Some(wrong) = action.filter(|action| *action != ALL && !action.contains(':')) {
            return Err(format!("{wrong:?} is not an action, such as xray:BatchGetTraces, lambda:* or *"));
        }
        Ok(Self::new(kind(number), action.unwrap_or(target)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_named_with_its_number_and_the_calls_that_it_hits() {
        let fault = |text: &str| Fault::named(text).unwrap();
        let unprocessed = |times| Kind::Trace(TraceFault::Unprocessed { times });
        assert_eq!(fault("unprocessed"), Fault::new(unprocessed(2), "xray:BatchGetTraces"));
        assert_eq!(fault("unprocessed=7"), Fault::new(unprocessed(7), "xray:BatchGetTraces"));
        assert_eq!(fault("denied@xray:*"), Fault::new(Kind::AccessDenied, "xray:*"));
        assert_eq!(fault("expired"), Fault::new(Kind::ExpiredCredentials, "*"));
    }

    #[test]
    fn what_names_no_fault_is_told_what_there_is() {
        let wrong = |text: &str| Fault::named(text).unwrap_err();
        assert!(wrong("nonsense").contains("denied, expired, invalid, throttled"), "{}", wrong("nonsense"));
        assert_eq!(wrong("denied=3"), "denied takes no number");
        assert!(wrong("slow-ms=x").contains("slow-ms=2000"));
        assert!(wrong("denied@lambda").contains("lambda:*"));
    }

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        let mut names: Vec<&str> = TABLE.iter().map(|(name, ..)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }
}
