//! Whether a trace, or what one service did in it, is as a filter says.

use serde_json::Value as Json;

use super::{Comparison, Figure, Filter, Flag, Literal, Pattern, Property};
use crate::demo::cloud::xray::seen::{Seen, Segment};

/// What is looked at: a trace as a whole, or some of its segments.
pub(super) struct Scope<'a> {
    seen: &'a Seen<'a>,
    /// Their places; `None` of the whole trace.
    segments: Option<Vec<usize>>,
}

impl<'a> Scope<'a> {
    /// A trace as a whole.
    pub fn trace(seen: &'a Seen<'a>) -> Self {
        Self { seen, segments: None }
    }

    pub fn holds(&self, filter: &Filter) -> bool {
        match filter {
            Filter::All(parts) => parts.iter().all(|part| self.holds(part)),
            Filter::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Filter::Not(part) => !self.holds(part),
            Filter::Flag(flag) => self.flag(*flag),
            Filter::Number(figure, comparison, number) => {
                self.figures(*figure).into_iter().any(|figure| comparison.numbers(figure, *number))
            }
            Filter::Text(property, comparison, text) => {
                self.properties(*property).iter().any(|property| comparison.texts(property, text))
            }
            Filter::Annotation(key, comparison, literal) => self.annotated(key, *comparison, literal),
            Filter::Service(pattern, inside) => {
                self.narrowed(inside.as_deref(), |segment| self.is(segment, pattern))
            }
            Filter::Edge(from, to, inside) => self.narrowed(inside.as_deref(), |segment| {
                let caller = segment.parent.map(|parent| &self.seen.segments[parent]);
                self.is(segment, to) && caller.is_some_and(|caller| self.is(caller, from))
            }),
        }
    }

    /// Whether there are such segments, and they are as a filter says.
    fn narrowed(&self, inside: Option<&Filter>, is_meant: impl Fn(&Segment) -> bool) -> bool {
        let meant = self.segments().filter(|(_, segment)| segment.is_service && is_meant(segment));
        let meant: Vec<usize> = meant.map(|(place, _)| place).collect();
        let any = !meant.is_empty();
        let scope = Scope { seen: self.seen, segments: Some(meant) };
        any && inside.is_none_or(|inside| scope.holds(inside))
    }

    fn segments(&self) -> impl Iterator<Item = (usize, &Segment<'a>)> {
        let inside = |place: &usize| self.segments.as_ref().is_none_or(|segments| segments.contains(place));
        self.seen.segments.iter().enumerate().filter(move |(place, _)| inside(place))
    }

    /// Errors, faults and the like of the whole trace are those of its root, as its summary has them.
    fn answering(&self) -> Vec<&Segment<'a>> {
        match &self.segments {
            None => self.seen.root().into_iter().collect(),
            Some(_) => self.segments().map(|(_, segment)| segment).collect(),
        }
    }

    fn is(&self, segment: &Segment, pattern: &Pattern) -> bool {
        let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted == own);
        is(&pattern.name, segment.name)
            && is(&pattern.kind, segment.kind)
            && is(&pattern.account, self.seen.account())
    }

    fn flag(&self, flag: Flag) -> bool {
        let throttled = || self.segments().any(|(_, segment)| segment.throttle);
        match flag {
            Flag::Error => self.answering().iter().any(|segment| segment.error),
            Flag::Fault => self.answering().iter().any(|segment| segment.fault),
            Flag::Throttle => throttled(),
            Flag::Partial => self.segments().any(|(_, segment)| segment.end_ms.is_none()),
            Flag::Ok => {
                !self.answering().iter().any(|segment| segment.error || segment.fault) && !throttled()
            }
        }
    }

    fn figures(&self, figure: Figure) -> Vec<f64> {
        let lasted = |segment: &&Segment| segment.end_ms.map(|end| (end - segment.start_ms) / 1_000.0);
        match (figure, &self.segments) {
            (Figure::Status, _) => {
                self.answering().iter().filter_map(|segment| segment.status).map(f64::from).collect()
            }
            (Figure::Duration, None) => self.seen.duration_s().into_iter().collect(),
            (Figure::ResponseTime, None) => self.seen.response_time_s().into_iter().collect(),
            (Figure::Duration | Figure::ResponseTime, Some(_)) => {
                self.answering().iter().filter_map(lasted).collect()
            }
        }
    }

    fn properties(&self, property: Property) -> Vec<String> {
        let member = match property {
            Property::Name => return self.segments().map(|(_, segment)| segment.name.to_owned()).collect(),
            Property::Kind => return self.segments().map(|(_, segment)| segment.kind.to_owned()).collect(),
            Property::Url => "/http/request/url",
            Property::Method => "/http/request/method",
            Property::UserAgent => "/http/request/user_agent",
            Property::ClientIp => "/http/request/client_ip",
        };
        let documents: Vec<&Json> = match &self.segments {
            None => self.seen.root_document().into_iter().collect(),
            Some(segments) => segments.iter().map(|place| &self.seen.documents()[*place].1).collect(),
        };
        let texts = documents.iter().filter_map(|json| json.pointer(member).and_then(Json::as_str));
        texts.map(str::to_owned).collect()
    }

    fn annotated(&self, key: &str, comparison: Comparison, literal: &Literal) -> bool {
        let mut found = false;
        self.seen.for_each_annotation(|place, own, value| {
            let inside = self.segments.as_ref().is_none_or(|segments| segments.contains(&place));
            found |= inside
                && own == key
                && match literal {
                    Literal::Text(text) => value.as_str().is_some_and(|own| comparison.texts(own, text)),
                    Literal::Number(number) => {
                        value.as_f64().is_some_and(|own| comparison.numbers(own, *number))
                    }
                    Literal::Bool(flag) => {
                        value.as_bool().is_some_and(|own| (own == *flag) == (comparison == Comparison::Equal))
                    }
                };
        });
        found
    }
}

impl Comparison {
    pub(super) const fn is_of_numbers(self) -> bool {
        !matches!(self, Self::Contains | Self::BeginsWith | Self::EndsWith)
    }

    pub(super) const fn is_of_texts(self) -> bool {
        !matches!(self, Self::Less | Self::AtMost | Self::More | Self::AtLeast)
    }

    fn numbers(self, one: f64, other: f64) -> bool {
        match self {
            Self::Equal => (one - other).abs() < 1e-9,
            Self::Unequal => (one - other).abs() >= 1e-9,
            Self::Less => one < other,
            Self::AtMost => one <= other,
            Self::More => one > other,
            Self::AtLeast => one >= other,
            Self::Contains | Self::BeginsWith | Self::EndsWith => false,
        }
    }

    fn texts(self, one: &str, other: &str) -> bool {
        match self {
            Self::Equal => one == other,
            Self::Unequal => one != other,
            Self::Contains => one.contains(other),
            Self::BeginsWith => one.starts_with(other),
            Self::EndsWith => one.ends_with(other),
            Self::Less | Self::AtMost | Self::More | Self::AtLeast => false,
        }
    }
}
