//! The language of lines where traces are listed: what can be asked of a trace, and what of it X-Ray can be asked.
//!
//! ```text
//! fault  error  throttle  ok  partial  duration>1s  response>=250ms  status>=500  service:shop-gateway  fn:pay*
//! trace:69b02b3c  words  "a phrase"  /regex/  -not  a | b        xray:service("checkout-api") AND fault
//! ```
//!
//! Words are looked for in method, URL and the names of services. What begins with `xray:` is a filter expression of
//! X-Ray's own and goes there as it stands.
//!
//! Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html>.

use std::ops::Range;

use super::evaluate::apart;
use super::field::is_truth;
use super::lexer::{Body, Token, value};
use super::needle::Needle;
use super::number::{Comparison, milliseconds};
use super::pushdown::Pushdown;
use super::{FilterError, clauses, error};
use crate::model::TraceSummary;

/// What an expression of X-Ray's own begins with.
const RAW: &str = "xray:";

/// A query for traces that parsed.
#[derive(Clone, Debug, Default)]
pub struct TraceQuery {
    text: String,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    /// Clauses that must all match, each of one or more alternatives.
    Terms(Vec<Vec<Term>>),
    /// A filter expression of X-Ray.
    Expression(String),
}

impl Default for Form {
    fn default() -> Self {
        Self::Terms(Vec::new())
    }
}

#[derive(Clone, Debug)]
struct Term {
    negative: bool,
    test: Test,
}

/// What is asked of a trace.
#[derive(Clone, Debug)]
enum Test {
    Flag(Flag),
    Number(Number, Comparison, f64),
    /// The whole name of a service.
    Service(String),
    /// A name of a service, or a part of it.
    Function(Needle),
    Trace(Needle),
    Text(Needle),
}

/// X-Ray's own words for how a trace went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag {
    Fault,
    Error,
    Throttle,
    Ok,
    Partial,
}

/// A number of a trace; times in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Duration,
    Response,
    Status,
}

impl TraceQuery {
    /// Parses what was typed; an empty text matches everything.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if let Some(at) = text.find(RAW).filter(|at| text[..*at].trim().is_empty()) {
            let expression = text[at + RAW.len()..].trim();
            if expression.is_empty() {
                return Err(error(at, "xray: wants an expression: xray:service(\"checkout-api\") AND fault"));
            }
            return Ok(Self { text: text.to_owned(), form: Form::Expression(expression.to_owned()) });
        }
        Ok(Self { text: text.to_owned(), form: Form::Terms(clauses(text, Term::parse)?) })
    }

    /// The query for the traces that go through a service.
    #[must_use]
    pub fn of_service(name: &str) -> Self {
        let text = format!("service:{}", quoted(name));
        let term = Term { negative: false, test: Test::Service(name.to_owned()) };
        Self { text, form: Form::Terms(vec![vec![term]]) }
    }

    /// The query for the traces that go through one of these services and in which something was throttled; of more than
    /// ten services, whichever they go through: an expression has 2,000 characters, and X-Ray bills each question.
    #[must_use]
    pub fn throttled(names: &[&str]) -> Self {
        const MOST: usize = 10;
        let term = |test| Term { negative: false, test };
        let (flag, mut text) = (Flag::Throttle, Flag::Throttle.word().to_owned());
        let mut clauses = Vec::with_capacity(2);
        if (1..=MOST).contains(&names.len()) {
            clauses.push(names.iter().map(|name| term(Test::Service((*name).to_owned()))).collect());
            for name in names {
                text.push_str(" service:");
                text.push_str(&quoted(name));
            }
        }
        clauses.push(vec![term(Test::Flag(flag))]);
        Self { text, form: Form::Terms(clauses) }
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.form, Form::Terms(clauses) if clauses.is_empty())
    }

    /// Whether it is an expression of X-Ray's own, which cannot be held against traces here.
    #[must_use]
    pub const fn is_raw(&self) -> bool {
        matches!(self.form, Form::Expression(_))
    }

    /// Whether it lets a trace through. `answered`: the trace came as an answer to [`expression`](Self::expression), so
    /// that what X-Ray was asked is not asked again; it looks into every segment, a summary tells of the whole.
    #[must_use]
    pub fn matches(&self, trace: &TraceSummary, answered: bool) -> bool {
        let Form::Terms(clauses) = &self.form else { return true };
        clauses
            .iter()
            .filter(|clause| !answered || clause_expression(clause).is_none())
            .all(|clause| clause.iter().any(|term| term.test.holds(trace) != term.negative))
    }

    /// What of it X-Ray can be asked, as a filter expression; empty where that is nothing.
    #[must_use]
    pub fn expression(&self) -> Pushdown {
        match &self.form {
            Form::Expression(text) => Pushdown { text: text.clone(), whole: true },
            Form::Terms(clauses) => {
                let asked: Vec<String> =
                    clauses.iter().filter_map(|clause| clause_expression(clause)).collect();
                Pushdown { whole: asked.len() == clauses.len(), text: asked.join(" AND ") }
            }
        }
    }

    /// Which bytes of a text are what was looked for, in order and apart from each other.
    #[must_use]
    pub fn highlights(&self, text: &str) -> Vec<Range<usize>> {
        let Form::Terms(clauses) = &self.form else { return Vec::new() };
        let needles =
            clauses.iter().flatten().filter(|term| !term.negative).filter_map(|term| match &term.test {
                Test::Text(needle) | Test::Function(needle) | Test::Trace(needle) => Some(needle),
                _ => None,
            });
        apart(needles.flat_map(|needle| needle.places(text)).collect())
    }
}

impl PartialEq for TraceQuery {
    /// The same text is the same query.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for TraceQuery {}

/// One clause as X-Ray writes it, if it can say all of its alternatives.
fn clause_expression(clause: &[Term]) -> Option<String> {
    let terms: Option<Vec<String>> = clause.iter().map(Term::expression).collect();
    terms.map(|terms| match &terms[..] {
        [one] => one.clone(),
        several => format!("({})", several.join(" OR ")),
    })
}

impl Term {
    fn parse(token: &Token<'_>) -> Result<Self, FilterError> {
        let start = token.start();
        let test = match &token.body {
            Body::Phrase(phrase) if phrase.is_empty() => {
                return Err(error(start, "a phrase wants words: \"POST /checkout\""));
            }
            Body::Phrase(phrase) => Needle::text(phrase).map(Test::Text).map_err(|why| error(start, &why))?,
            Body::Regex(pattern) => Needle::regex(&pattern.replace(r"\/", "/"))
                .map(Test::Text)
                .map_err(|why| error(start, &why))?,
            Body::Word("") => return Err(error(token.at, "\"-\" leaves out what follows it: -fault")),
            Body::Word(word) => Test::parse(start, word)?,
        };
        Ok(Self { negative: token.negative, test })
    }

    /// The term as X-Ray writes it, if it can.
    fn expression(&self) -> Option<String> {
        match &self.test {
            Test::Flag(flag) => Some(format!("{}{}", if self.negative { "!" } else { "" }, flag.word())),
            // A trace that has no such number lacks it here and there, but is no answer to the opposite question.
            Test::Number(number, comparison, value) if !self.negative => {
                // X-Ray counts in seconds.
                let value = if *number == Number::Status { *value } else { value / 1e3 };
                Some(format!("{} {} {value}", number.keyword(), comparison.sign()))
            }
            Test::Service(name) if !self.negative && !name.contains(['"', '\\']) => {
                Some(format!("service(\"{name}\")"))
            }
            _ => None,
        }
    }
}

impl Test {
    fn parse(at: usize, word: &str) -> Result<Self, FilterError> {
        if let Some(flag) = Flag::ALL.into_iter().find(|flag| flag.word() == word) {
            return Ok(Self::Flag(flag));
        }
        if let Some(test) = field(at, word) {
            return test;
        }
        Needle::word(word).map(Self::Text).map_err(|why| error(at, &why))
    }

    fn holds(&self, trace: &TraceSummary) -> bool {
        let names = || trace.entry.iter().chain(&trace.services).map(|service| &*service.name);
        match self {
            Self::Flag(flag) => flag.holds(trace),
            Self::Number(number, comparison, wanted) => {
                number.of(trace).is_some_and(|own| comparison.holds(own.partial_cmp(wanted)))
            }
            Self::Service(name) => names().any(|own| own == name),
            Self::Function(needle) => names().any(|own| needle.is_in(own)),
            Self::Trace(needle) => needle.is_in(&trace.id.to_string()),
            Self::Text(needle) => {
                let (method, url) = (trace.method.as_deref(), trace.url.as_deref());
                let request = match (method, url) {
                    (Some(method), Some(url)) => needle.is_in(&format!("{method} {url}")),
                    (one, other) => one.or(other).is_some_and(|text| needle.is_in(text)),
                };
                request || names().any(|own| needle.is_in(own))
            }
        }
    }
}

/// A term with a field: `duration>1s`, `service:checkout-api`. Any other word with a sign is a word, unless it compares a
/// field that does not exist with a number.
fn field(at: usize, word: &str) -> Option<Result<Test, FilterError>> {
    let end = word.find(['<', '>', '=', '!', ':'])?;
    let (field, rest) = word.split_at(end);
    let (comparison, typed) = match rest.strip_prefix(':') {
        Some(typed) => (None, typed),
        None => Comparison::split(rest).map(|(comparison, typed)| (Some(comparison), typed))?,
    };
    let place = at + word.len() - typed.len();
    let text = value(typed);
    let wrong_sign = |right: &str| Err(error(at + end, &format!("{field} {right}; as text \"{word}\"")));
    let named = |example: &str, make: &dyn Fn(&str) -> Result<Test, String>| match comparison {
        Some(_) => wrong_sign(&format!("takes a colon: {example}")),
        None if text.is_empty() => {
            Err(error(at, &format!("{field}: wants a name, or what it begins with: {example}")))
        }
        None => make(&text).map_err(|why| error(at, &why)),
    };
    let number = match field {
        "service" => return Some(named("service:checkout-api", &|text| Ok(Test::Service(text.to_owned())))),
        "fn" => return Some(named("fn:checkout*", &|text| Needle::name(text).map(Test::Function))),
        "trace" => return Some(named("trace:1-6a507b87", &|text| Needle::text(text).map(Test::Trace))),
        "duration" => Number::Duration,
        "response" => Number::Response,
        "status" => Number::Status,
        "group" | "stream" | "req" | "level" | "mem" | "billed" | "init" | "restore" | "outcome"
        | "version" => {
            return Some(Err(of_lines(at, field)));
        }
        _ if Flag::ALL.iter().any(|flag| flag.word() == field) && is_truth(typed) => {
            return Some(wrong_sign(&format!("stands alone, or -{field}")));
        }
        _ => {
            let ordered =
                comparison.is_some_and(|own| !matches!(own, Comparison::Equal | Comparison::NotEqual));
            let looks_like_a_field = !field.is_empty()
                && field.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
                && typed.starts_with(|c: char| c.is_ascii_digit());
            return (ordered && looks_like_a_field).then(|| Err(of_lines(at, field)));
        }
    };
    let Some(comparison) = comparison else {
        // `status:` alone is a word; a URL may hold it.
        return (!typed.is_empty())
            .then(|| wrong_sign(&format!("compares with =, !=, <, <=, > or >=: {field}>={typed}")));
    };
    let of =
        if number == Number::Status { typed.parse::<u16>().ok().map(f64::from) } else { milliseconds(typed) };
    let wanted = if number == Number::Status { "status: 502" } else { "duration: 250ms, 1.5s or 2m" };
    Some(match of {
        Some(value) => Ok(Test::Number(number, comparison, value)),
        None => Err(error(place, &format!("\"{typed}\" is no {wanted}"))),
    })
}

/// What only lines have.
fn of_lines(at: usize, field: &str) -> FilterError {
    error(
        at,
        &format!(
            "\"{field}\" is not known of traces: fault, error, throttle, status, duration, service:, fn:, trace:"
        ),
    )
}

/// A name as a value: in quotes where it needs them.
fn quoted(name: &str) -> String {
    if !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\\')) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', r"\\").replace('"', "\\\""))
}

impl Flag {
    const ALL: [Self; 5] = [Self::Fault, Self::Error, Self::Throttle, Self::Ok, Self::Partial];

    const fn word(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Error => "error",
            Self::Throttle => "throttle",
            Self::Ok => "ok",
            Self::Partial => "partial",
        }
    }

    const fn holds(self, trace: &TraceSummary) -> bool {
        match self {
            Self::Fault => trace.fault,
            Self::Error => trace.error,
            Self::Throttle => trace.throttle,
            Self::Ok => !(trace.fault || trace.error || trace.throttle),
            Self::Partial => trace.partial,
        }
    }
}

impl Number {
    const fn keyword(self) -> &'static str {
        match self {
            Self::Duration => "duration",
            Self::Response => "responsetime",
            Self::Status => "http.status",
        }
    }

    fn of(self, trace: &TraceSummary) -> Option<f64> {
        match self {
            Self::Duration => trace.duration_ms,
            Self::Response => trace.response_ms,
            Self::Status => trace.status.map(f64::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{ServiceName, Timestamp, TraceId};

    fn trace() -> TraceSummary {
        let service = |name: &str| ServiceName { name: name.into(), kind: None };
        TraceSummary {
            id: TraceId::parse("1-69b02b3c-4f1e8a2b000000000000c0de").unwrap(),
            revision: 1,
            start: Timestamp::from_secs(1),
            duration_ms: Some(4_171.0),
            response_ms: Some(240.0),
            partial: false,
            fault: true,
            error: false,
            throttle: true,
            method: Some("POST".into()),
            url: Some("https://shop.example/checkout".into()),
            status: Some(502),
            entry: Some(service("shop-gateway")),
            services: vec![service("shop-gateway"), service("payment-capture")],
            cause: None,
        }
    }

    fn lets_through(text: &str) -> bool {
        TraceQuery::parse(text).unwrap().matches(&trace(), false)
    }

    fn asked(text: &str) -> (String, bool) {
        let Pushdown { text, whole } = TraceQuery::parse(text).unwrap().expression();
        (text, whole)
    }

    #[test]
    fn a_trace_is_asked_for_what_its_summary_tells() {
        for text in [
            "",
            "fault throttle -error",
            "duration>4s response<=240ms status>=500",
            "fn:pay* service:shop-gateway trace:4f1e8a2b",
            "\"POST https\" /check.ut$/ gateway",
            "error | fault",
        ] {
            assert!(lets_through(text), "{text}");
        }
        for text in ["ok", "partial", "duration>5s", "status=500", "service:shop", "fn:cart", "-fault", "GET"]
        {
            assert!(!lets_through(text), "{text}");
        }
    }

    #[test]
    fn x_ray_is_asked_what_it_can_tell() {
        let all = "fault -error duration>1.5s status!=200 service:shop-gateway throttle | response>=250ms";
        assert_eq!(
            asked(all),
            (
                "fault AND !error AND duration > 1.5 AND http.status != 200 AND service(\"shop-gateway\") AND \
                 (throttle OR responsetime >= 0.25)"
                    .to_owned(),
                true
            )
        );
        assert_eq!(asked("fault checkout"), ("fault".to_owned(), false));
        assert_eq!(asked("fault | checkout"), (String::new(), false));
        assert_eq!(asked(""), (String::new(), true));
        assert_eq!(asked(" xray: edge(\"a\", \"b\") "), ("edge(\"a\", \"b\")".to_owned(), true));
    }

    #[test]
    fn what_x_ray_has_answered_is_not_held_against_the_summary() {
        let query = TraceQuery::parse("partial gateway").unwrap();
        assert!(query.matches(&trace(), true) && !query.matches(&trace(), false));
        assert!(!TraceQuery::parse("partial cart").unwrap().matches(&trace(), true));
        assert!(TraceQuery::parse("xray:partial").unwrap().matches(&trace(), false));
    }

    #[test]
    fn a_mistake_stands_under_its_character() {
        let wrong = |text: &str| TraceQuery::parse(text).map_err(|error| error.at).unwrap_err();
        assert_eq!(wrong("fault duration>1x"), 15);
        assert_eq!(wrong("fault level>=warn"), 6);
        assert_eq!(wrong("status>=abc"), 8);
        assert_eq!(wrong("  xray: "), 2);
        assert_eq!(wrong("fault |"), 6);
        for (text, at, says) in [
            ("outcome=timeout", 0, "not known of traces"),
            ("latency>250", 0, "not known of traces"),
            ("fault=true", 5, "fault stands alone, or -fault"),
            ("service=checkout-api", 7, "service takes a colon: service:checkout-api"),
            ("service:", 0, "service: wants"),
            ("fn=checkout", 2, "fn takes a colon"),
            ("trace!=1-6a", 5, "trace takes a colon"),
            ("status:500", 6, "status compares with =, !=, <, <=, > or >=: status>=500"),
            ("duration:1s", 8, "duration compares with"),
        ] {
            let error = TraceQuery::parse(text).expect_err(text);
            assert_eq!(error.at, at, "{text}: {}", error.message);
            assert!(error.message.contains(says), "{text}: {}", error.message);
        }
    }

    #[test]
    fn a_service_of_any_name_is_asked_for_by_it() {
        for name in ["cart-api", "my service", "a\"b", "a\\b", "-x", "|"] {
            let query = TraceQuery::of_service(name);
            let again = TraceQuery::parse(query.text()).unwrap();
            assert_eq!(again.expression(), query.expression(), "{name}");
            let mut trace = trace();
            trace.services.push(ServiceName { name: name.into(), kind: None });
            assert!(query.matches(&trace, false) && again.matches(&trace, false), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn anything_typed_is_survived(text in "\\PC{0,30}") {
            match TraceQuery::parse(&text) {
                Ok(query) => {
                    let _ = query.matches(&trace(), false);
                    let found = query.highlights("shop-gateway ß");
                    prop_assert!(found.windows(2).all(|pair| pair[0].end < pair[1].start));
                }
                Err(error) => prop_assert!(text.is_char_boundary(error.at) && error.at < text.len()),
            }
        }
    }

    #[test]
    fn more_services_than_fit_into_one_question_are_not_named_in_it() {
        let names: Vec<String> = (0..11).map(|number| format!("function-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let asked = |names: &[&str]| TraceQuery::throttled(names).expression().text;
        assert_eq!(asked(&names[..1]), "service(\"function-0\") AND throttle");
        assert_eq!(asked(&names[..2]), "(service(\"function-0\") OR service(\"function-1\")) AND throttle");
        assert_eq!(asked(&names[..10]).matches("service(").count(), 10);
        assert_eq!(asked(&names), "throttle");
    }
}
