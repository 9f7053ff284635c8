//! Where the time of a request went, in one sentence: `waited 2.89 s (69 %) for DynamoDB payment-ledger (4 attempts,
//! 2.80 s backing off), after a cold start of 812 ms (19 %)`. The largest first, and no more than matters. What log lines
//! say is quoted, and stands last: `waited 2.89 s (94 %) over 3 attempts: "ledger put throttled"`.

use std::collections::HashMap;

use super::of_trace::ATTEMPTS;
use super::segment::{is_code, is_init, is_restore};
use super::{Logged, Span, SpanKind, Timeline, Wait, path, whole};
use crate::model::{Invocation, LineKind, Segment, number};
use crate::store::traces::{Tree, short};

/// What takes a smaller part of the time than this is left out, unless nothing takes more.
const LEAST: f64 = 0.1;
/// Causes in a sentence, beside the cold start.
const MOST: usize = 2;
/// A cold start of a smaller part of the time is left out.
const LEAST_COLD: f64 = 0.01;
/// Words that two lines must share to be attempts at the same.
const SAME_WORDS: usize = 2;
/// The word that counts attempts stands among the first so many of a line.
const MOST_WORDS: usize = 12;

/// A sentence, and the same for where there is little room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// With the part that each cause had of the whole. Raw text.
    pub full: String,
    /// Without it, and without what is told of attempts beside their number. Raw text.
    pub brief: String,
}

/// Calls of one target, together.
#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    ms: f64,
    attempts: usize,
    backoff_ms: f64,
}

/// Lines that say the same of one number after the other.
struct Tried {
    /// What they share. Raw text of a log.
    said: String,
    attempts: usize,
    /// From the first to the last.
    ms: f64,
}

/// What took the time.
#[derive(Default)]
struct Causes {
    calls: HashMap<String, Calls>,
    tried: Option<Tried>,
    cold_ms: f64,
    restored: bool,
    queued_ms: f64,
    silent: Option<(f64, bool)>,
    own_ms: f64,
    whole_ms: f64,
}

/// The sentence of a request that Lambda refused: how long it waited until Lambda let it in, if it did. `None` where the
/// trace tells of no further attempt.
#[must_use]
pub fn of_throttled(timeline: &Timeline) -> Option<Story> {
    let spans = &timeline.spans;
    let tried = |span: &Span| match span.kind {
        SpanKind::Attempts { count, gave_up } if span.title == ATTEMPTS => Some((count, gave_up)),
        _ => None,
    };
    let (at, (count, gave_up)) = spans.iter().enumerate().find_map(|(at, span)| Some((at, tried(span)?)))?;
    if gave_up {
        let words = format!("{count} attempts, and Lambda let none of them in");
        return Some(Story { full: words.clone(), brief: words });
    }
    let waits = spans.iter().filter(|span| {
        span.parent == Some(at) && matches!(span.kind, SpanKind::Wait(Wait::Backoff { throttled: true, .. }))
    });
    let (refused, ms) = waits
        .filter_map(|span| span.stretch(timeline.length_ms))
        .fold((0, 0.0), |(refused, ms), (start, end)| (refused + 1, ms + end - start));
    if refused == 0 {
        return None;
    }
    let attempts = if refused == 1 { "attempt" } else { "attempts" };
    let (took, share) = (number::millis(ms), ms / timeline.length_ms.max(1.0) * 100.0);
    Some(Story {
        full: format!(
            "waited {took} ({share:.0} %) until Lambda let it in, after {refused} throttled {attempts}"
        ),
        brief: format!("waited {took} until Lambda let it in"),
    })
}

/// The sentence of a trace; of the request of `function` in it, where one is named. `None` where nothing has a time.
#[must_use]
pub fn of_spans(timeline: &Timeline, tree: &Tree, function: Option<&str>) -> Option<Story> {
    let segment = |span: &Span| match span.kind {
        SpanKind::Segment(index) => tree.nodes.get(index).map(|node| &node.segment),
        _ => None,
    };
    let own = |span: &Span| {
        segment(span).is_some_and(|segment| is_code(segment) && Some(&*segment.name) == function)
    };
    let spans = &timeline.spans;
    let begin = match function {
        Some(_) => spans.iter().position(own)?,
        None => 0,
    };
    let end = if function.is_some() { begin + spans[begin].below + 1 } else { spans.len() };
    let mut causes = Causes { whole_ms: timeline.length_ms.round(), ..Causes::default() };
    if function.is_some() {
        // The init stands below the code, and may begin before it does.
        let inside = spans[begin..end].iter().filter_map(|span| span.stretch(timeline.length_ms));
        let (from, to) =
            inside.fold((f64::MAX, f64::MIN), |(from, to), (start, end)| (from.min(start), to.max(end)));
        causes.whole_ms = to.round() - from.round();
    }
    // What was waited for a cold start lies before the segment of the code, its init within that wait.
    let waited = function.is_some()
        && spans[..begin].last().is_some_and(|before| before.kind == SpanKind::Wait(Wait::ColdStart));
    let mut at = begin;
    while at < end {
        let span = &spans[at];
        at += 1;
        let cold = waited && span.parent == Some(begin) && segment(span).is_some_and(is_init);
        if !span.critical && !cold {
            continue;
        }
        let took = span.stretch(timeline.length_ms).map(whole).map_or(0.0, |(start, end)| end - start);
        match (span.kind, segment(span)) {
            (SpanKind::Wait(wait), _) => {
                causes.wait(wait, took);
                let behind = spans.get(at).map_or(0, |behind| behind.below);
                let mut behind = spans[at..].iter().take(behind + 1).filter_map(segment);
                causes.restored |= wait == Wait::ColdStart && behind.any(is_restore);
            }
            (SpanKind::Attempts { count, .. }, _) => {
                let inner = &spans[at..at + span.below];
                let Some(first) = inner.iter().find_map(segment) else { continue };
                let backoff =
                    inner.iter().filter(|inner| matches!(inner.kind, SpanKind::Wait(Wait::Backoff { .. })));
                let backoff_ms = backoff.filter_map(Span::whole_ms).sum();
                causes.call(first, Calls { ms: took, attempts: count, backoff_ms });
                at += span.below;
            }
            (_, Some(segment)) if is_init(segment) => {
                // A wait for it that lies in what is told has been counted.
                let before =
                    span.parent.filter(|parent| *parent > begin).map(|parent| spans[parent - 1].kind);
                if before != Some(SpanKind::Wait(Wait::ColdStart)) {
                    causes.cold_ms += took;
                }
                causes.restored |= is_restore(segment);
                at += span.below;
            }
            (_, Some(segment))
                if segment.namespace.is_some() && !runs_code(&spans[at..at + span.below], tree) =>
            {
                let attempts = segment.call.retries.map_or(1, |retries| retries as usize + 1);
                causes.call(segment, Calls { ms: took, attempts, backoff_ms: 0.0 });
                at += span.below;
            }
            _ => causes.own_ms += span.self_ms,
        }
    }
    if function.is_none() {
        // The same as in the figures of the whole: Lambda and what is in front of it are nobody's own code.
        let own = timeline.parts.iter().find(|part| part.name == path::OWN);
        causes.own_ms = own.map_or(0.0, |part| part.ms as f64);
    }
    causes.story()
}

/// Whether a function's code was run below a call.
fn runs_code(below: &[Span], tree: &Tree) -> bool {
    below.iter().any(|span| match span.kind {
        SpanKind::Segment(index) => tree.nodes.get(index).is_some_and(|node| is_code(&node.segment)),
        _ => false,
    })
}

/// The sentence of a request by its lines alone, which stand in order: what was tried again and again, else the
/// silence at its end, else the cold start that it waited for. `None` where they tell none of these.
#[must_use]
pub fn of_lines(invocation: &Invocation, timeline: &Timeline, lines: &[Logged]) -> Option<Story> {
    let mut causes = Causes { whole_ms: timeline.length_ms.round(), ..Causes::default() };
    causes.cold_ms = invocation.init_ms.or(invocation.restore_ms).unwrap_or(0.0);
    causes.restored = invocation.init_ms.is_none() && invocation.restore_ms.is_some();
    let silent = timeline.spans.iter().find(|span| matches!(span.kind, SpanKind::Wait(Wait::Silence { .. })));
    if let Some(span) = silent
        && invocation.reported.is_some()
        && let SpanKind::Wait(wait) = span.kind
    {
        causes.wait(wait, span.whole_ms().unwrap_or(0.0));
    }
    causes.tried = tried_again(lines);
    if causes.tried.is_none() && causes.silent.is_none() {
        // While it goes on, the share of what came first only shrinks.
        return causes.only_cold().filter(|_| invocation.reported.is_some());
    }
    causes.story()
}

/// Of the lines that say the same of one number after the other those that took longest: what they share, how many there
/// are, how long they took. Lines of the calls themselves may stand between.
fn tried_again(lines: &[Logged]) -> Option<Tried> {
    // The words that they share, the first one's words before the number, from when to when, and how many.
    let mut rows: HashMap<Vec<&str>, (String, f64, f64, usize)> = HashMap::new();
    for line in lines.iter().filter(|line| !line.kind.is_routine() && line.kind != LineKind::Report) {
        let words: Vec<&str> =
            line.text.lines().next().unwrap_or_default().split_whitespace().take(MOST_WORDS).collect();
        let Some(at) = words.iter().position(|word| *word == "attempt").filter(|at| *at >= SAME_WORDS) else {
            continue;
        };
        let what = || words[..at].join(" ").trim_end_matches([',', ':', ';']).to_owned();
        let row =
            rows.entry(words[..SAME_WORDS].to_vec()).or_insert_with(|| (what(), line.at_ms, line.at_ms, 0));
        (row.2, row.3) = (line.at_ms, row.3 + 1);
    }
    let again = rows.into_values().filter(|(.., count)| *count > 1);
    let best = again.max_by(|one, two| {
        let took = |row: &(String, f64, f64, usize)| row.2 - row.1;
        took(one).total_cmp(&took(two)).then_with(|| two.0.cmp(&one.0))
    });
    best.map(|(said, start, end, attempts)| Tried { said, attempts, ms: end - start })
}

impl Causes {
    fn wait(&mut self, wait: Wait, took: f64) {
        match wait {
            Wait::ColdStart => self.cold_ms += took,
            Wait::Begin => self.queued_ms += took,
            Wait::Silence { timeout } => {
                let known = self.silent.map_or(0.0, |(ms, _)| ms);
                self.silent = Some((known + took, timeout));
            }
            Wait::Backoff { .. } | Wait::Ready => {}
        }
    }

    fn call(&mut self, segment: &Segment, more: Calls) {
        let calls = self.calls.entry(target(segment)).or_default();
        calls.ms += more.ms;
        calls.attempts = calls.attempts.max(more.attempts);
        calls.backoff_ms += more.backoff_ms;
    }

    /// Where the lines tell of nothing else: what the code did with the rest of the time they do not know.
    fn only_cold(&self) -> Option<Story> {
        if self.whole_ms <= 0.0 || self.cold_ms < self.whole_ms * LEAST {
            return None;
        }
        let (took, what) = (number::millis(self.cold_ms), self.cold_word());
        let share = self.cold_ms / self.whole_ms * 100.0;
        Some(Story {
            full: format!("waited {took} ({share:.0} %) for its {what}"),
            brief: format!("waited {took} for its {what}"),
        })
    }

    const fn cold_word(&self) -> &'static str {
        if self.restored { "restore" } else { "cold start" }
    }

    fn story(&self) -> Option<Story> {
        Some(Story { full: self.sentence(false)?, brief: self.sentence(true)? })
    }

    fn sentence(&self, brief: bool) -> Option<String> {
        if self.whole_ms <= 0.0 {
            return None;
        }
        let share = |ms: f64| {
            let part = if brief { String::new() } else { format!(" ({:.0} %)", ms / self.whole_ms * 100.0) };
            format!("{}{part}", number::millis(ms))
        };
        let mut told: Vec<(f64, String)> = Vec::new();
        for (target, calls) in &self.calls {
            let tried = match (calls.attempts, calls.backoff_ms) {
                (..=1, _) => String::new(),
                (count, backoff) if backoff > 0.0 && !brief => {
                    format!(" ({count} attempts, {} backing off)", number::millis(backoff))
                }
                (count, _) => format!(" ({count} attempts)"),
            };
            told.push((calls.ms, format!("waited {} for {target}{tried}", share(calls.ms))));
        }
        if let Some((ms, timeout)) = self.silent {
            let end = if timeout { "the timeout" } else { "its end" };
            let words = if brief {
                format!("silent {}", share(ms))
            } else {
                format!("was silent for {} until {end}", share(ms))
            };
            told.push((ms, words));
        }
        if let Some(tried) = &self.tried {
            told.push((tried.ms, format!("waited {} over {} attempts", share(tried.ms), tried.attempts)));
        }
        told.push((self.queued_ms, format!("waited {} to begin", share(self.queued_ms))));
        told.push((self.own_ms, format!("worked {} itself", share(self.own_ms))));
        told.sort_by(|one, two| two.0.total_cmp(&one.0).then_with(|| one.1.cmp(&two.1)));
        let first = told.first().map_or(0.0, |(ms, _)| *ms);
        let mut parts: Vec<String> = told
            .into_iter()
            .enumerate()
            .filter(|(at, (ms, _))| *ms > 0.0 && (*at == 0 || *ms >= self.whole_ms * LEAST))
            .take(MOST)
            .map(|(_, (_, words))| words)
            .collect();
        // What a line says is cut first where there is little room: no number stands behind it.
        let quoted = self.tried.as_ref().and_then(|tried| {
            let at = parts.iter().position(|part| part.ends_with(" attempts"))?;
            let part = parts.remove(at);
            Some(format!("{part}: \"{}\"", tried.said))
        });
        if self.cold_ms >= self.whole_ms * LEAST_COLD && self.cold_ms > 0.0 {
            let what = self.cold_word();
            let (had, after, of) = if brief { ("", "", "") } else { ("had a ", "after a ", "of ") };
            let cold = format!("{what} {of}{}", share(self.cold_ms));
            match parts.last_mut() {
                Some(last) if first >= self.cold_ms && quoted.is_none() => {
                    *last = format!("{last}, {after}{cold}");
                }
                _ => parts.insert(0, format!("{had}{cold}")),
            }
        }
        parts.extend(quoted);
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// What was called, in the words that one knows it by: `DynamoDB payment-ledger`, `acquirer.example`.
fn target(segment: &Segment) -> String {
    match segment.call.resource.as_deref() {
        Some(resource) if segment.namespace.as_deref() == Some("aws") => {
            format!("{} {}", segment.name, short(resource))
        }
        _ => segment.name.to_string(),
    }
}
