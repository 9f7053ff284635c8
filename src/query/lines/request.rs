//! A request as a whole held against a query.

use super::Query;
use super::evaluate::Facts;
use crate::model::{Invocation, Level, LineKind, Outcome, RequestFigures};

impl Query {
    /// Whether it lets a request through: by what is known of it, and by the words of its error and of its outcome.
    #[must_use]
    pub fn matches_request(&self, invocation: &Invocation) -> bool {
        if self.is_empty() {
            return true;
        }
        let figures = RequestFigures {
            duration_ms: invocation.duration_ms,
            billed_ms: invocation.billed_ms,
            memory_mb: invocation.memory_mb,
            max_memory_mb: invocation.max_memory_mb,
            init_ms: invocation.init_ms,
            restore_ms: invocation.restore_ms,
            timed_out: invocation.outcome == Outcome::Timeout,
            out_of_memory: invocation.outcome == Outcome::OutOfMemory,
        };
        let mut text = match invocation.error.as_deref().map(|error| (&*error.kind, &*error.message)) {
            None => String::new(),
            Some(("", message)) => message.to_owned(),
            Some((kind, "")) => kind.to_owned(),
            Some((kind, message)) => format!("{kind}: {message}"),
        };
        // As it stands on screen, and as it stands in scripts.
        for word in [invocation.outcome.label(), invocation.outcome.name()] {
            text.push('\n');
            text.push_str(word);
        }
        let level = match invocation.outcome {
            Outcome::Throttled => Level::Warn,
            Outcome::Handled => Level::Error,
            outcome if outcome.is_failure() => Level::Error,
            _ => Level::Info,
        };
        self.matches(&Facts {
            text: &text,
            level: Some(level),
            kind: LineKind::Report,
            function: Some(&invocation.function.name),
            group: &invocation.group.name,
            stream: &invocation.stream.name,
            at: invocation.start,
            request: Some(invocation.key.request),
            figures: Some(&figures),
            whole: Some(invocation),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{
        ErrorNote, FunctionKey, GroupKey, InvocationKey, LogStream, RequestId, Scope, Timestamp, TraceId,
    };

    fn invocation() -> Invocation {
        let scope = Scope::new("123456789012", "eu-west-1");
        let request = RequestId::parse("8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9").expect("an id");
        let at = Timestamp::from_secs(1_772_366_400);
        Invocation {
            key: InvocationKey { request, attempt: 1 },
            function: Arc::new(FunctionKey::new(&scope, "checkout")),
            group: Arc::new(GroupKey::new(&scope, "/aws/lambda/checkout")),
            stream: Arc::new(LogStream { name: "s".into(), function: None, version: None }),
            version: Some("88".into()),
            start: at,
            started: true,
            first: at,
            last: at,
            reported: Some(at),
            duration_ms: Some(3000.0),
            billed_ms: Some(3000.0),
            init_ms: None,
            restore_ms: None,
            memory_mb: Some(128.0),
            max_memory_mb: Some(120.0),
            cold: true,
            outcome: Outcome::Timeout,
            fault: None,
            error: Some(Arc::new(ErrorNote {
                kind: "".into(),
                message: "Task timed out after 3.00 seconds".into(),
            })),
            trace: TraceId::parse("1-6a507b87-0cc4438344b48ef127ab1931"),
            sampled: Some(true),
            claims: None,
        }
    }

    #[test]
    fn a_request_is_asked_as_a_whole() {
        let whole = invocation();
        for (text, lets_through) in [
            ("", true),
            ("timeout", true),
            ("oom", false),
            ("cold", true),
            ("-cold", false),
            ("outcome=timeout", true),
            ("outcome=ok", false),
            ("-outcome=ok", true),
            ("outcome=exit | outcome=timeout", true),
            ("version=88", true),
            ("version=8", false),
            ("version=v88", true),
            ("version!=88", false),
            ("version!=87", true),
            ("version>87", true),
            ("version>88 | version<88", false),
            ("version>=9", true),
            ("version=$LATEST", false),
            ("version!=$LATEST", true),
            ("outcome!=ok", true),
            ("outcome!=timeout", false),
            ("outcome:timeout", true),
            ("duration>1s mem>90%", true),
            ("mem>99%", false),
            ("fn:check* req:8f5b", true),
            ("trace:1-6a507b87", true),
            ("trace:1-7a", false),
            ("traced=yes", true),
            ("sampled=yes", true),
            ("traced=no", false),
            ("traced!=no", true),
            ("traced", true),
            ("-sampled", false),
            ("env:s", true),
            ("environment:other", false),
            ("level>=error", true),
            ("\"timed out\" seconds", true),
            ("elsewhere", false),
        ] {
            let query = Query::parse(text).expect(text);
            assert_eq!(query.matches_request(&whole), lets_through, "{text}");
        }
    }

    #[test]
    fn a_version_without_a_number_is_neither_older_nor_newer() {
        let latest = Invocation { version: Some("$LATEST".into()), ..invocation() };
        let none = Invocation { version: None, ..invocation() };
        let passes = |text: &str, of: &Invocation| Query::parse(text).expect(text).matches_request(of);
        for of in [&latest, &none] {
            assert!(!passes("version>0", of) && !passes("version<=99", of) && passes("version!=88", of));
        }
        assert!(passes("version=$LATEST", &latest) && !passes("version=$LATEST", &none));
    }

    #[test]
    fn what_xray_did_not_take_or_says_nothing_of_is_not_traced() {
        for sampled in [Some(false), None] {
            let of = Invocation { sampled, ..invocation() };
            let passes = |text: &str| Query::parse(text).expect(text).matches_request(&of);
            assert!(passes("traced=no") && passes("sampled=no") && passes("-traced"), "{sampled:?}");
            assert!(!passes("traced=yes") && !passes("sampled!=no") && !passes("traced"), "{sampled:?}");
        }
    }

    #[test]
    fn in_lines_these_words_are_words() {
        let says = |text: &str, query: &str| {
            Query::parse(query).expect(query).matches(&Facts { text, ..Facts::default() })
        };
        assert!(says("checkout outcome=timeout", "outcome=timeout"));
        assert!(says("checkout outcome=success", "\"outcome=success\""));
        assert!(says("a sampled request", "sampled") && !says("a request", "sampled"));
        assert!(!says("a sampled request", "traced=yes") && says("it was traced=yes", "traced=yes"));
        assert!(!says("checkout", "outcome=timeout") && says("boot version=88", "version=88"));
    }
}
