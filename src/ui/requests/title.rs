//! Whose requests, how many and how complete; what is picked; which rows are on screen.

use ratatui::layout::Rect;

use super::heat::round;
use super::row::version;
use crate::app::App;
use crate::app::requests::{
    GroupId, Grouping, Pick, RequestColumn, RequestGroup, RequestPane, request_columns,
};
use crate::model::{Feed, SafeText, TailReport, Timestamp};
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::logs::status::worst;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::{moment, number};

/// Whose requests: the function's name, or how many functions.
pub(super) fn whose(app: &App) -> SafeText {
    let sources = &app.requests().sources;
    match (&sources.list[..], sources.out_of) {
        ([one], _) => SafeText::new(one.name()),
        (list, Some(out_of)) => safe!("{} of {} functions", list.len(), number::count(out_of as f64)),
        (list, None) => safe!("{} functions", list.len()),
    }
}

/// How those of more functions are seen, where not all are read.
pub(super) fn widening(app: &App) -> Option<SafeText> {
    let all = app.further_functions()?;
    Some(safe!(
        "a reads {}{} functions",
        if app.rows().len() == all { "all " } else { "" },
        number::count(all as f64)
    ))
}

/// The lowest level of lines of the platform that a function logs, where that leaves good requests without a line. Raw.
pub(super) fn quiet_platform(app: &App) -> Option<SafeText> {
    let levels = app.requests().sources.functions().filter_map(|key| {
        let level = app.store().function(key)?.function.logging.as_ref()?.system_level.clone()?;
        level.eq_ignore_ascii_case("WARN").then_some(level)
    });
    levels.map(|level| SafeText::new(&level)).next()
}

/// Whose requests, how many, in which order; at the right how complete that is.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let requests = app.requests();
    let area = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let all = requests.shown.all;
    let plural = if all == 1 { "request" } else { "requests" };
    let mut left = vec![
        (whose(app), Role::Strong),
        (safe!(" · {} {plural} in {}", number::count(all as f64), app.range().label()), Role::Text),
    ];
    if !requests.shows_groups() {
        left.push((safe!(" · {}", requests.sort.order(requests.reversed)), Role::Dim));
    }
    let told = completeness(app);
    let width = |left: &[(SafeText, Role)]| left.iter().map(|(text, _)| text.width()).sum::<usize>();
    let brief: usize = told.iter().map(|part| part.brief.width() + 3).sum();
    if area.width >= ROOMY && width(&left) + 2 + brief > usize::from(area.width) + 3 {
        // The head of the column says the order too.
        left.truncate(2);
    }
    let width = width(&left);
    let mut pen = paint.pen(area);
    for (text, role) in &left {
        pen.put(text, *role);
    }
    let mut parts: Vec<(SafeText, Role)> = Vec::new();
    for part in fitting(told, usize::from(area.width).saturating_sub(width + 2)) {
        if !parts.is_empty() {
            parts.push((SafeText::new(" · "), Role::Dim));
        }
        parts.push(part);
    }
    let width: u16 = parts.iter().map(|(text, _)| text.width() as u16).sum();
    let mut pen = paint.pen(Rect { x: area.right().saturating_sub(width), width, ..area });
    for (text, role) in &parts {
        pen.put(text, *role);
    }
}

/// From this width on everything that has to be known of the rows is said beside whose they are.
const ROOMY: u16 = 100;

/// What one has to know of the rows, and the same for where there is little room.
struct Part {
    full: SafeText,
    brief: SafeText,
    role: Role,
}

impl Part {
    /// What is no longer than it has to be.
    fn plain(text: SafeText, role: Role) -> Self {
        Self { brief: text.clone(), full: text, role }
    }
}

/// As many parts as fit into so many cells, the first ones first, each in full where all still fit then.
fn fitting(parts: Vec<Part>, mut room: usize) -> Vec<(SafeText, Role)> {
    let mut chosen: Vec<Part> = Vec::new();
    for part in parts {
        let needed = part.brief.width() + if chosen.is_empty() { 0 } else { 3 };
        if needed <= room {
            room -= needed;
            chosen.push(part);
        }
    }
    let in_full = |part: Part| {
        let more = part.full.width().saturating_sub(part.brief.width());
        if more > room {
            return (part.brief, part.role);
        }
        room -= more;
        (part.full, part.role)
    };
    chosen.into_iter().map(in_full).collect()
}

/// What one has to know of the rows, the most important first.
fn completeness(app: &App) -> Vec<Part> {
    let requests = app.requests();
    let lines = app.store().lines();
    let groups = requests.groups();
    let tails: Vec<_> = groups.iter().filter_map(|group| lines.tail(lines.group(group)?)).collect();
    let clock = |at: Timestamp| {
        at.local(app.zone()).map_or_else(|| SafeText::new("?"), |time| safe!("{}", time.format("%H:%M:%S")))
    };
    let mut parts: Vec<Part> =
        worst(app, &tails).into_iter().map(|(text, role)| Part::plain(text, role)).collect();
    if let Some(level) = quiet_platform(app) {
        let full = safe!("SystemLogLevel={level}: good requests leave no line");
        parts.push(Part { full, brief: safe!("SystemLogLevel={level}"), role: Role::Warn });
    }
    let gaps: usize =
        groups.iter().filter_map(|group| Some(lines.gaps(lines.group(group)?).iter().count())).sum();
    let (but, role) = match gaps {
        0 => (SafeText::default(), Role::Dim),
        1 => (SafeText::new(" but 1 gap"), Role::Warn),
        gaps => (safe!(" but {gaps} gaps"), Role::Warn),
    };
    let seen = || -> Option<Timestamp> {
        let all: Option<Vec<Timestamp>> = tails.iter().map(|tail| tail.seen_to).collect();
        all?.into_iter().min()
    };
    let read = match app.requests_complete_to() {
        Some(at) => Some((safe!("complete to {}{but}", clock(at)), role)),
        None => seen().map(|at| (safe!("seen to {}{but}", clock(at)), role)),
    };
    parts.extend(read.map(|(brief, role)| Part { full: safe!("log {brief}"), brief, role }));
    parts.extend(read_back(app, &tails).map(|words| Part::plain(words, Role::Warn)));
    if let Some(rate) = app.requests_throttled() {
        // Without X-Ray none of them is among the rows.
        let feed = app.store().feed(Feed::Traces);
        let unseen =
            if feed.failing.is_some() || feed.degraded.is_some() { ", not listed: X-Ray fails" } else { "" };
        let text = safe!("{}/min throttled{unseen}", number::count(rate.ceil()));
        parts.push(Part::plain(text, Role::Throttle));
    }
    let evicted = app.store().invocations().evicted();
    if evicted > 0 {
        let evicted = number::short(evicted as f64);
        let (full, brief) = (safe!("{evicted} older let go"), safe!("{evicted} let go"));
        parts.push(Part { full, brief, role: Role::Warn });
    }
    let (all, sampled) = (requests.shown.all as f64, requests.shown.sampled as f64);
    if all > 0.0 {
        let share = number::percent(sampled, all);
        let full = safe!("X-Ray knows {} of them ({share} %)", number::count(sampled));
        parts.push(Part { full, brief: safe!("X-Ray {share} %"), role: Role::Dim });
    }
    parts
}

/// The rule above the rows: what is picked, how the rows are put together.
pub(super) fn section(app: &App, paint: &mut Paint<'_>, row: Rect) {
    paint.rule(row);
    let requests = app.requests();
    let focus = requests.pane == RequestPane::Heat;
    let inner = Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row };
    let mut words: Vec<(SafeText, Role)> = Vec::new();
    let shown = requests.shown.keys.len();
    // The name of a group may be as long as an error: how many there are is not cut for it.
    let count = safe!("{} request{}", number::count(shown as f64), if shown == 1 { "" } else { "s" });
    if requests.group.is_some() {
        words.push((count.clone(), Role::Text));
    }
    if !requests.pick.is_empty() {
        words.push((safe!("picked: {}", picked(app, &requests.pick)), Role::Accent));
    } else if focus {
        let line = matches!(app.frame(), crate::app::Frame::Requests(layout) if layout.heat.is_some_and(|area| area.height < 3));
        let keys = if line {
            "pick: ←→ durations, Shift for more"
        } else {
            "pick: ↑↓ durations ←→ times, Shift for more"
        };
        words.push((SafeText::new(&crate::ui::keys::written(keys, paint.ascii())), Role::Accent));
    }
    if let Some(group) = &requests.group {
        words.push((safe!("{}: {}", requests.grouping.label(), group_name(app, group)), Role::Strong));
    } else if !words.is_empty() {
        words.push((count, Role::Text));
    } else if requests.shows_groups() {
        let count = requests.shown.groups.len();
        let what = match (requests.grouping, count) {
            (Grouping::Error, 1) => "kind of error",
            (Grouping::Error, _) => "kinds of errors",
            (Grouping::Version, 1) => "version",
            (Grouping::Version, _) => "versions",
            (_, 1) => "environment",
            (..) => "environments",
        };
        words.push((safe!("{} {what}", number::count(count as f64)), Role::Text));
        if requests.grouping == Grouping::Error && count > 0 {
            words.push((of_errors(&requests.shown.groups), Role::Text));
        }
    } else if requests.is_following() {
        words.push((SafeText::new("following"), Role::Text));
    } else if requests.top > 0 && requests.sort == RequestColumn::Time && !requests.reversed {
        let above = number::count(requests.top as f64);
        words.push((safe!("↑ {above} newer above · Home follows"), Role::Accent));
    }
    let grouping = if row.width >= 100 && requests.group.is_some() {
        SafeText::new(" g error, version, environment ")
    } else if row.width >= 100 {
        safe!(" group: {} · g error, version, environment ", requests.grouping.label())
    } else if requests.group.is_some() {
        // It is named at the left.
        SafeText::default()
    } else {
        safe!(" group: {} ", requests.grouping.label())
    };
    let right = grouping.width() as u16;
    let mut pen = paint.pen(Rect { width: inner.width.saturating_sub(right + 1), ..inner });
    if !words.is_empty() {
        pen.gap(1);
    }
    for (at, (text, role)) in words.iter().enumerate() {
        if at > 0 {
            pen.put(" · ", Role::Dim);
        }
        pen.put(text, *role);
    }
    let end = pen.rest().x;
    if !words.is_empty() && end < inner.right() {
        paint.text(Rect { x: end, width: 1, ..inner }, " ", Role::Dim, Cut::End);
        paint.text(Rect { width: 1, ..inner }, " ", Role::Dim, Cut::End);
    }
    paint.right(inner, &grouping, Role::Dim);
}

/// `2,131 requests, 1,904 failed`: errors that a function caught and logged are no failures.
pub(in crate::ui) fn of_errors(groups: &[RequestGroup]) -> SafeText {
    let all: usize = groups.iter().map(|group| group.count).sum();
    let failed: usize = groups.iter().map(|group| group.failed).sum();
    let failed = match failed {
        _ if all == 0 => return SafeText::new("none"),
        0 => SafeText::new("none"),
        failed if failed == all => SafeText::new("all"),
        failed => safe!("{}", number::count(failed as f64)),
    };
    let plural = if all == 1 { "request" } else { "requests" };
    safe!("{} {plural}, {failed} failed", number::count(all as f64))
}

/// `3 s and slower from 14:02 to 14:05`.
fn picked(app: &App, pick: &Pick) -> SafeText {
    let ms = pick.ms.map(|(from, to)| match (from > 0.0, to.is_finite()) {
        (true, true) => safe!("{} to {}", round(from), round(to)),
        (true, false) => safe!("{} and slower", round(from)),
        (false, true) => safe!("faster than {}", round(to)),
        (false, false) => SafeText::new("every duration"),
    });
    let time = pick.time.map(|time| {
        let clock = |at: Timestamp| {
            at.local(app.zone()).map_or_else(|| SafeText::new("?"), |at| safe!("{}", at.format("%H:%M:%S")))
        };
        safe!("{} to {}", clock(time.start), clock(time.end))
    });
    match (ms, time) {
        (Some(ms), Some(time)) => safe!("{ms}, {time}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => SafeText::default(),
    }
}

/// A group in a few words.
pub(super) fn group_name(app: &App, group: &GroupId) -> SafeText {
    match group {
        GroupId::Error(error) => super::row::told(error),
        GroupId::Version(function, of) if app.requests().is_of_several() => {
            safe!("{} {}", function.name, version(of.as_deref()))
        }
        GroupId::Version(_, of) => version(of.as_deref()),
        GroupId::Environment(stream) => {
            let name = app.requests().environment(stream).unwrap_or_default();
            safe!("{name} {stream}")
        }
    }
}

/// Which rows are on screen, and what their signs mean; or the filter with its count.
pub(super) fn status(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let requests = app.requests();
    let row = Rect { width: row.width.saturating_sub(1), ..row };
    if requests.is_filtered() {
        let mut pen = paint.pen(row);
        pen.gap(1).put("/", Role::Dim).gap(1).put(&SafeText::new(requests.filter.applied.text()), Role::Text);
        return count(app, paint, Rect { width: row.width + 1, ..row });
    }
    let (all, height) = (requests.count(), visible(app));
    if all == 0 {
        return;
    }
    let number = |value: usize| number::count(value as f64);
    let last = (requests.top + height).min(all);
    let mut pen = paint.pen(row);
    pen.gap(1).put(&safe!("{}-{} of {}", number(requests.top + 1), number(last), number(all)), Role::Dim);
    if requests.shows_groups() {
        let words = match requests.grouping {
            Grouping::Error => " · a handled error was logged and answered; all others failed",
            _ => " · failed: no answer, or an error; handled errors are not counted",
        };
        let listed = requests.shown.keys.len();
        let which = if requests.pick.is_empty() { "all" } else { "the picked" };
        let plural = if listed == 1 { "" } else { "s" };
        let share = safe!(" · % of {which} {} request{plural}", number(listed));
        let share = if requests.grouping == Grouping::Error { share } else { SafeText::default() };
        let more = widening(app).map_or_else(SafeText::default, |words| safe!(" · {words}"));
        for words in [more, SafeText::new(words), share] {
            if usize::from(pen.left()) >= words.width() {
                pen.put(&words, Role::Dim);
            }
        }
        return;
    }
    if let Some(words) = widening(app) {
        pen.put(&safe!(" · {words}"), Role::Dim);
    }
    let mut timeouts: Vec<u32> = requests
        .sources
        .functions()
        .filter_map(|key| app.store().function(key)?.function.timeout_s)
        .collect();
    timeouts.dedup();
    // What a sign means is said where it stands.
    let columns = request_columns(row.width + 1, requests.is_of_several(), requests.sort);
    let has = |column: RequestColumn| columns.iter().any(|place| place.column == column);
    let bars = match timeouts[..] {
        _ if !has(RequestColumn::Bar) => SafeText::default(),
        [] => SafeText::new(" · durations against the longest"),
        [one] => safe!(" · durations against the timeout of {} ms", number::count(f64::from(one) * 1000.0)),
        _ => SafeText::new(" · durations against each function's timeout"),
    };
    if usize::from(pen.left()) >= bars.width() {
        pen.put(&bars, Role::Dim);
    }
    if has(RequestColumn::Environment) && pen.left() >= 23 {
        pen.put(" · ENV: one environment", Role::Dim);
    }
    if has(RequestColumn::Trace) && pen.left() >= 26 {
        pen.put(" · ", Role::Dim).glyph(Glyph::Sampled, Role::Dim).put(" traced ", Role::Dim);
        pen.glyph(Glyph::NotSampled, Role::Dim).put(" not sampled", Role::Dim);
    }
}

fn visible(app: &App) -> usize {
    match app.frame() {
        crate::app::Frame::Requests(layout) => usize::from(layout.rows.height),
        _ => 0,
    }
}

/// `12 of 21,790` at the right, where there is a filter.
pub(super) fn count(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let requests = app.requests();
    if requests.filter.applied.is_empty() {
        return;
    }
    let shown = requests.shown.keys.len();
    let text = safe!("{} of {}", number::count(shown as f64), number::count(requests.shown.all as f64));
    paint.right(Rect { width: row.width.saturating_sub(1), ..row }, &text, Role::Strong);
}

/// How far back logs are read, as long as that is less than what is shown.
pub(in crate::ui) fn read_back(app: &App, tails: &[&TailReport]) -> Option<SafeText> {
    let back = app.read_back(tails.iter().copied())?;
    Some(safe!("read back to {}", moment::dated(back.to, app.now(), app.zone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_shortened_before_one_is_left_out_and_the_first_ones_stay_long() {
        let part = |full: &str, brief: &str| Part {
            full: SafeText::new(full),
            brief: SafeText::new(brief),
            role: Role::Dim,
        };
        let told = |room: usize| -> String {
            let parts = vec![part("log complete", "complete"), part("5 older let go", "5 let go")];
            let parts = parts.into_iter().chain([part("X-Ray knows 7", "X-Ray 7")]).collect();
            let texts: Vec<String> =
                fitting(parts, room).into_iter().map(|(text, _)| text.as_str().to_owned()).collect();
            texts.join(" · ")
        };
        assert_eq!(told(45), "log complete · 5 older let go · X-Ray knows 7");
        assert_eq!(told(44), "log complete · 5 older let go · X-Ray 7");
        assert_eq!(told(33), "log complete · 5 let go · X-Ray 7");
        assert_eq!(told(29), "complete · 5 let go · X-Ray 7");
        assert_eq!(told(28), "log complete · 5 let go");
        assert_eq!(told(8), "complete");
        assert_eq!(told(7), "X-Ray 7", "what does not fit at all leaves its room to the next");
    }
}
