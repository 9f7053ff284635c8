//! Filter expressions, as far as clients use them: flags, times, HTTP, annotations, services and edges.
//! Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html>.

mod evaluate;
mod parse;
mod word;

use super::invalid;
use super::seen::Seen;
use crate::demo::cloud::refusal::Refusal;

/// What a trace has to be like.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    /// All of these hold.
    All(Vec<Filter>),
    /// One of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// A flag is set.
    Flag(Flag),
    /// A number compares with another.
    Number(Figure, Comparison, f64),
    /// A text compares with another.
    Text(Property, Comparison, String),
    /// One of the values of an annotation compares with another.
    Annotation(String, Comparison, Literal),
    /// A service takes part, and what it did is like this.
    Service(Pattern, Option<Box<Filter>>),
    /// A service called another, and what that did is like this.
    Edge(Pattern, Pattern, Option<Box<Filter>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Ok,
    Error,
    Throttle,
    Fault,
    Partial,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    ResponseTime,
    Duration,
    Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    Url,
    Method,
    UserAgent,
    ClientIp,
    Name,
    Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
    BeginsWith,
    EndsWith,
}

/// A value that is written in an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(f64),
    Bool(bool),
}

/// Which services are meant: those that have all of what is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    name: Option<String>,
    kind: Option<String>,
    account: Option<String>,
}

impl Filter {
    /// Reads an expression.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let wrong = |what: String| invalid(format!("Invalid filter expression: {what}"));
        parse::filter(&word::words(text).map_err(wrong)?).map_err(wrong)
    }

    /// Whether a trace is like this.
    pub fn matches(&self, seen: &Seen) -> bool {
        evaluate::Scope::trace(seen).holds(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_clients_send_are_read() {
        for text in [
            r#"service("payment-capture")"#,
            r#"service(id(name: "payment-capture", type: "AWS::Lambda::Function")) { fault = true }"#,
            r#"edge("checkout-api", id(name: "payment-capture", type: "AWS::Lambda")) {responsetime > 1}"#,
            "error",
            "fault = true OR error=true and !throttle",
            "NOT (ok = false) AND duration >= 1.5",
            r#"http.status = 500 AND http.url CONTAINS "/api/" AND http.method != "GET""#,
            r#"annotation.order = 41337 OR annotation[aws:api_stage] = "prod" OR annotation.cold = true"#,
            "responsetime > 5 partial",
        ] {
            assert!(Filter::read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn and_binds_closer_than_or() {
        let one = Filter::read("fault OR error AND throttle").expect("an expression");
        let other = Filter::read("fault OR (error AND throttle)").expect("an expression");
        assert_eq!(one, other);
        assert_ne!(one, Filter::read("(fault OR error) AND throttle").expect("an expression"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "nonsense",
            "fault =",
            "duration = \"long\"",
            "service(",
            "service(\"x\"",
            "fault }",
            "\"x\"",
            "http.url > \"a\"",
            "duration CONTAINS 5",
            "edge(\"a\")",
            "service(\"a\", \"b\")",
            "fault = 5",
            "\"open",
            "annotation. = 1",
            "and fault",
            "# 5",
        ] {
            let refused = Filter::read(text).expect_err(text);
            assert_eq!((refused.status, &*refused.shape), (400, "InvalidRequestException"), "{text}");
        }
    }

    #[test]
    fn however_deep_an_expression_is_nothing_overflows() {
        for text in ["(".repeat(100_000), "!".repeat(100_000), "service(\"a\") {".repeat(100_000)] {
            assert!(Filter::read(&text).is_err());
        }
    }
}
