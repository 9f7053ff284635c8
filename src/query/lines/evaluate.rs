//! Holding lines against a query.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::ops::Range;

use memchr::memmem;
use serde_json::Value;

use super::json;
use super::needle::Needle;
use super::number::{Comparison, Memory};
use super::term::{Figure, Said, Term, Test};
use super::{Clause, Query};
use crate::model::{
    Invocation, Level, LineKind, LogLine, RequestFigures, RequestId, RequestPlace, Timestamp,
};
use crate::query::LineMatcher;

/// What may be asked of a line, or of a request as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The text; raw.
    pub text: &'a str,
    /// How grave, if it says so.
    pub level: Option<Level>,
    /// By whom and about what.
    pub kind: LineKind,
    /// The function's name, where it is known.
    pub function: Option<&'a str>,
    /// The log group's name.
    pub group: &'a str,
    /// The log stream's name.
    pub stream: &'a str,
    /// When it was written.
    pub at: Timestamp,
    /// The request it belongs to, where that is known.
    pub request: Option<RequestId>,
    /// What the platform reports with it.
    pub figures: Option<&'a RequestFigures>,
    /// What is known of a request as a whole; `None` of a line.
    pub whole: Option<&'a Invocation>,
}

impl<'a> From<&LogLine<'a>> for Facts<'a> {
    fn from(line: &LogLine<'a>) -> Self {
        Self {
            text: line.message,
            level: line.level,
            kind: line.kind,
            function: line.function(),
            group: &line.group.name,
            stream: &line.stream.name,
            at: line.timestamp,
            request: line.request,
            figures: line.figures,
            whole: None,
        }
    }
}

/// What a line must hold to match.
enum Required<'a> {
    Text(&'a Needle),
    /// A name in its JSON.
    Field(&'a memmem::Finder<'static>),
}

impl LineMatcher for Query {
    fn matches(&self, line: &LogLine<'_>) -> bool {
        Self::matches(self, &Facts::from(line))
    }

    fn candidate(&self, text: &str, from: usize) -> Option<usize> {
        match self.required() {
            Some(Required::Text(needle)) => needle.candidate(text, from),
            Some(Required::Field(name)) => name.find(text.as_bytes().get(from..)?).map(|place| from + place),
            None => Some(from),
        }
    }
}

impl Query {
    /// Whether it lets a line through.
    #[must_use]
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        // Read once, and only if someone asks and what they ask for may be there.
        let parsed = OnceCell::new();
        let places = &self.places;
        self.clauses.iter().all(|clause| clause.iter().any(|term| term.matches(facts, places, &parsed)))
    }

    /// The beginnings of request ids that it names.
    pub fn requests(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().flatten().filter_map(|term| match &term.test {
            Test::Request(prefix) => Some(prefix.as_str()),
            _ => None,
        })
    }

    /// The same, which finds the lines of requests also where they do not name them: these are the places where such
    /// lines stand. Other places are forgotten.
    #[must_use]
    pub fn with_places(mut self, places: Vec<RequestPlace>) -> Self {
        self.places = places.into();
        self
    }

    /// The places that it was given.
    #[must_use]
    pub fn places(&self) -> &[RequestPlace] {
        &self.places
    }

    /// Which bytes of a line's text are what was looked for, in order and apart from each other.
    #[must_use]
    pub fn highlights(&self, text: &str) -> Vec<Range<usize>> {
        apart(self.needles().flat_map(|needle| needle.places(text)).collect())
    }

    /// What no matching line is without, and that may be looked for in many texts as one: lets a search skip lines.
    /// The most telling there is.
    fn required(&self) -> Option<Required<'_>> {
        let alone = |clause: &'_ Clause| clause.len() == 1 && !clause[0].negative;
        let tests = || self.clauses.iter().filter(|clause| alone(clause)).map(|clause| &clause[0].test);
        let needles = tests().filter_map(|test| match test {
            Test::Text(needle) | Test::Trace(needle) | Test::Traced(_, needle) => {
                Some((needle.narrows()?, needle))
            }
            _ => None,
        });
        let most = needles.max_by_key(|(narrows, _)| *narrows).map(|(_, needle)| Required::Text(needle));
        most.or_else(|| {
            tests().find_map(|test| match test {
                Test::Json(field) => field.hint().map(Required::Field),
                _ => None,
            })
        })
    }

    /// Everything that is looked for in texts and not left out.
    fn needles(&self) -> impl Iterator<Item = &Needle> {
        self.clauses.iter().flatten().filter(|term| !term.negative).filter_map(|term| match &term.test {
            Test::Text(needle) | Test::Trace(needle) | Test::Said(_, needle) | Test::Traced(_, needle) => {
                Some(needle)
            }
            _ => None,
        })
    }
}

/// Places in order and apart from each other: those that touch are one.
pub(super) fn apart(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_unstable_by_key(|place| (place.start, place.end));
    places.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
    places
}

impl Term {
    fn matches(&self, facts: &Facts<'_>, places: &[RequestPlace], parsed: &OnceCell<Option<Value>>) -> bool {
        self.test.holds(facts, places, parsed) != self.negative
    }
}

impl Test {
    fn holds(&self, facts: &Facts<'_>, places: &[RequestPlace], parsed: &OnceCell<Option<Value>>) -> bool {
        match self {
            Self::Text(needle) => needle.is_in(facts.text),
            Self::Trace(needle) => {
                let own = facts.whole.and_then(|whole| whole.trace);
                own.is_some_and(|own| needle.is_in(&own.to_string())) || needle.is_in(facts.text)
            }
            Self::Outcome(comparison, outcome, typed) => facts.whole.map_or_else(
                || typed.is_in(facts.text),
                |whole| comparison.holds(Some(whole.outcome.cmp(outcome))),
            ),
            Self::Version(comparison, number, name, typed) => facts.whole.map_or_else(
                || typed.is_in(facts.text),
                |whole| comparison.holds(version_order(whole.version.as_deref(), *number, name)),
            ),
            Self::Traced(yes, typed) => facts
                .whole
                .map_or_else(|| typed.is_in(facts.text), |whole| (whole.sampled == Some(true)) == *yes),
            Self::Level(comparison, level) => {
                comparison.holds(Some(facts.level.unwrap_or(Level::Info).cmp(level)))
            }
            Self::Function(needle) => facts.function.is_some_and(|name| needle.is_in(name)),
            Self::Group(needle) => needle.is_in(facts.group),
            Self::Stream(needle) => needle.is_in(facts.stream),
            // A line that only names the request counts too.
            Self::Request(id) => {
                facts.request.is_some_and(|own| own.to_string().starts_with(id))
                    || facts.text.contains(id.as_str())
                    || places.iter().any(|place| {
                        place.holds(facts.group, facts.stream, facts.at)
                            && place.request.to_string().starts_with(id)
                    })
            }
            Self::Json(test) => {
                test.may_match(facts.text)
                    && parsed
                        .get_or_init(|| json::in_line(facts.text))
                        .as_ref()
                        .is_some_and(|value| test.matches(value))
            }
            Self::Figure(figure, comparison, wanted) => {
                let own = facts.figures.and_then(|figures| figure.of(figures));
                own.is_some_and(|own| comparison.holds(own.partial_cmp(wanted)))
            }
            Self::Memory(comparison, memory) => {
                facts.figures.is_some_and(|figures| used(figures, *comparison, *memory))
            }
            Self::Said(said, needle) => said.by(facts) || needle.is_in(facts.text),
        }
    }
}

impl Figure {
    const fn of(self, figures: &RequestFigures) -> Option<f64> {
        match self {
            Self::Duration => figures.duration_ms,
            Self::Billed => figures.billed_ms,
            Self::Init => figures.init_ms,
            Self::Restore => figures.restore_ms,
        }
    }
}

impl Said {
    fn by(self, facts: &Facts<'_>) -> bool {
        let figures = facts.figures;
        match self {
            Self::Cold if facts.whole.is_some_and(|whole| whole.cold) => true,
            Self::Cold => figures.is_some_and(|figures| figures.init_ms.or(figures.restore_ms).is_some()),
            Self::Timeout => {
                facts.kind == LineKind::Timeout || figures.is_some_and(|figures| figures.timed_out)
            }
            Self::OutOfMemory => figures.is_some_and(|figures| figures.out_of_memory),
        }
    }
}

/// How a version stands to what was typed: numbers as numbers; a name is only the same as itself.
fn version_order(own: Option<&str>, number: Option<f64>, name: &str) -> Option<Ordering> {
    let own = own?;
    let as_number = own.parse::<f64>().ok();
    match as_number.zip(number) {
        Some((own, wanted)) => own.partial_cmp(&wanted),
        None => (own == name).then_some(Ordering::Equal),
    }
}

/// Whether the memory that was used compares so.
fn used(figures: &RequestFigures, comparison: Comparison, wanted: Memory) -> bool {
    let Some(used) = figures.max_memory_mb else { return false };
    let (own, wanted) = match (wanted, figures.memory_mb) {
        (Memory::Megabytes(wanted), _) => (used, wanted),
        (Memory::Share(share), Some(size)) if size > 0.0 => (used / size, share),
        (Memory::Share(_), _) => return false,
    };
    comparison.holds(own.partial_cmp(&wanted))
}
