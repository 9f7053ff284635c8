//! Which spans the end waited for, what of each span's time is its own, and where all of the time went.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Part, Span};

/// The part of the time that is no call, no init and no wait.
pub const OWN: &str = "own code";
/// The part of all the time from which on a span on the path is worth a look.
const HEAVY: f64 = 0.005;
/// Times are compared to the millisecond.
const ROUNDING: f64 = 1.0;

/// Marks the spans that the end waited for, fills in what of each is its own time, and tells where the time went; `part`
/// says what the own time of a span is called.
pub(super) fn follow(
    spans: &mut [Span],
    length_ms: f64,
    part: impl Fn(&Span) -> Cow<'static, str>,
) -> Vec<Part> {
    own_times(spans);
    let mut taken: HashMap<Cow<'static, str>, f64> = HashMap::new();
    // Above the roots lies all of the time.
    let mut open: Vec<(Option<usize>, f64, f64)> = vec![(None, 0.0, length_ms)];
    while let Some((at, from, to)) = open.pop() {
        if let Some(at) = at {
            spans[at].critical = to - from >= length_ms * HEAVY;
        }
        let mut cursor = to;
        let mut own = 0.0;
        for (child, start, end) in waited_for(spans, at, from, to, length_ms) {
            if end > cursor + ROUNDING || start >= cursor {
                continue;
            }
            let end = end.min(cursor);
            own += cursor - end;
            open.push((Some(child), start, end));
            cursor = start;
        }
        own += cursor - from;
        if own > 0.0 {
            let name = at.map_or("waiting".into(), |at| part(&spans[at]));
            *taken.entry(name).or_default() += own;
        }
    }
    whole(taken, length_ms)
}

/// The spans right below one, within a stretch of its time, the one that ended last first; without those that it did not
/// wait for.
fn waited_for(
    spans: &[Span],
    above: Option<usize>,
    from: f64,
    to: f64,
    length_ms: f64,
) -> Vec<(usize, f64, f64)> {
    let limit = above.and_then(|above| spans[above].stretch(length_ms)).map(|(_, end)| end);
    let mut below: Vec<(usize, f64, f64)> = children(spans, above)
        .filter_map(|child| {
            let (start, end) = spans[child].stretch(length_ms)?;
            let later = limit.is_some_and(|limit| end > limit + ((end - start) * 0.1).max(5.0));
            let (start, end) = (start.max(from), end.min(to));
            (!later && end > start).then_some((child, start, end))
        })
        .collect();
    below.sort_by(|one, two| two.2.total_cmp(&one.2).then(one.1.total_cmp(&two.1)));
    below
}

/// Indices of the spans right below one; of `None`, the roots.
pub(super) fn children(spans: &[Span], above: Option<usize>) -> impl Iterator<Item = usize> {
    let (first, end) = above.map_or((0, spans.len()), |above| (above + 1, above + 1 + spans[above].below));
    let mut next = first;
    std::iter::from_fn(move || {
        let at = (next < end).then_some(next)?;
        next += spans[at].below + 1;
        Some(at)
    })
}

/// Fills in the part of each span's time that nothing below it covers.
fn own_times(spans: &mut [Span]) {
    for at in 0..spans.len() {
        let (Some(from), Some(to)) = (spans[at].start_ms, spans[at].end_ms) else { continue };
        // What has not ended covers all that is left.
        let inner = children(spans, Some(at)).filter_map(|child| spans[child].stretch(to)).map(super::whole);
        let (from, to) = super::whole((from, to));
        let mut inner: Vec<(f64, f64)> = inner.collect();
        inner.sort_by(|one, two| one.0.total_cmp(&two.0));
        let (mut covered, mut reached) = (0.0, from);
        for (start, end) in inner {
            let (start, end) = (start.max(reached), end.min(to));
            if end > start {
                covered += end - start;
                reached = end;
            }
        }
        spans[at].self_ms = (to - from - covered).max(0.0);
    }
}

/// Parts in whole ms that add up to the whole: what is lost by rounding goes to those that lost most.
fn whole(taken: HashMap<Cow<'static, str>, f64>, length_ms: f64) -> Vec<Part> {
    let mut parts: Vec<(Cow<'static, str>, f64)> = taken.into_iter().collect();
    parts.sort_by(|one, two| two.1.total_cmp(&one.1).then_with(|| one.0.cmp(&two.0)));
    let total = length_ms.max(0.0).round() as u64;
    let mut rounded: Vec<u64> = parts.iter().map(|(_, ms)| ms.floor() as u64).collect();
    let mut missing = total.saturating_sub(rounded.iter().sum());
    let mut by_loss: Vec<usize> = (0..parts.len()).collect();
    by_loss.sort_by(|one, two| parts[*two].1.fract().total_cmp(&parts[*one].1.fract()));
    for at in by_loss {
        let more = missing.min(1);
        rounded[at] += more;
        missing -= more;
    }
    let mut parts: Vec<Part> = parts
        .into_iter()
        .zip(rounded)
        .filter(|(_, ms)| *ms > 0)
        .map(|((name, _), ms)| Part { name: name.into_owned(), ms })
        .collect();
    parts.sort_by_key(|part| (part.name == OWN, std::cmp::Reverse(part.ms)));
    parts
}
