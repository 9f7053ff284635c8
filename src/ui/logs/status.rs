//! What is read and how complete it is; where one reads; what is searched for.

use ratatui::layout::Rect;

use super::colour;
use crate::app::App;
use crate::app::LogRow;
use crate::app::logs::tags;
use crate::model::{LogGap, SafeText, Showing, TailReport, TailStatus, Timestamp};
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::{filter, number};

/// The names of what is read in their colours, and at the right how complete it is.
pub(super) fn sources(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let saying = completeness(app, area.width);
    let width: u16 = saying.iter().map(|(text, _)| text.width() as u16).sum();
    // What matters most may take more of the line than its share.
    let width = width.min(area.width * 4 / 5);
    let mut pen = paint.pen(Rect { x: area.right() - width, width, ..area });
    for (text, role) in &saying {
        pen.put(text, *role);
    }
    let list = &app.logs().sources.list;
    let names: Vec<SafeText> = list.iter().map(|source| SafeText::new(source.name())).collect();
    let short = area.width < 98;
    let tags = tags(&names);
    let mut pen = paint.pen(Rect { width: area.width.saturating_sub(width + 2), ..area });
    // Those with something to say come first: there may be no room for all.
    let lines = app.store().lines();
    let sick = |at: &usize| {
        let tail = lines.group(&list[*at].group).and_then(|id| lines.tail(id));
        !tail.is_some_and(|tail| {
            !matches!(tail.status, TailStatus::Polling | TailStatus::Live { .. } | TailStatus::Starting)
        })
    };
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(sick);
    for (place, at) in order.into_iter().enumerate() {
        let name = &names[at];
        let label = if short && list.len() > 1 { safe!("{} {name}", tags[at]) } else { name.clone() };
        let beyond = names.len() - place;
        let more = safe!("+{beyond}");
        // Room for the sign, the name, and for the number of those that have none.
        if pen.left() < label.width() as u16 + 3 + if beyond > 1 { 4 } else { 0 } && place > 0 {
            pen.put(&more, Role::Dim);
            break;
        }
        pen.glyph(Glyph::Source, colour(at)).put(&label, Role::Text).gap(2);
    }
}

/// What is said of the tails: how much it matters, 0 the most; in words; in which role.
type Part = (u8, SafeText, Role);

/// How far the tails have come, what is missing, and how many lines are held: as much as there is room for.
fn completeness(app: &App, width: u16) -> Vec<(SafeText, Role)> {
    let logs = app.logs();
    let lines = app.store().lines();
    let groups = logs.groups(lines);
    let tails: Vec<&TailReport> = groups.iter().filter_map(|id| lines.tail(*id)).collect();
    let wide = width >= 98;
    let mut parts: Vec<Part> = Vec::new();
    if let Some(out_of) = logs.sources.out_of {
        parts.push((3, safe!("{} of {}", logs.sources.list.len(), number::count(out_of as f64)), Role::Dim));
    }
    if let Some((text, role)) = worst(app, &tails) {
        parts.push((1, text, role));
    }
    let clock = |at: Timestamp| {
        at.local(app.zone()).map_or_else(|| "?".to_owned(), |time| time.format("%H:%M:%S").to_string())
    };
    let lacking = |gap: &&LogGap| !gap.why.is_of_a_search();
    let gaps: usize = groups.iter().map(|id| lines.gaps(*id).iter().filter(lacking).count()).sum();
    let but = match gaps {
        0 => String::new(),
        1 => " but 1 gap".to_owned(),
        gaps => format!(" but {gaps} gaps"),
    };
    // A promise holds of all groups: the least of them.
    let least = |of: fn(&TailReport) -> Option<Timestamp>| {
        // A group that cannot be read is named before; of the others it holds all the same.
        let read = tails.iter().filter(|tail| !is_unreadable(tail));
        let all: Option<Vec<Timestamp>> = read.map(|tail| of(tail)).collect();
        all.and_then(|all| all.into_iter().min()).filter(|_| tails.len() == groups.len())
    };
    let role = if gaps > 0 { Role::Warn } else { Role::Dim };
    match (least(|tail| tail.seen_to), least(|tail| tail.complete_to)) {
        (Some(seen), Some(complete)) if wide => {
            parts.push((0, safe!("seen to {}, complete to {}{but}", clock(seen), clock(complete)), role));
        }
        (Some(_), Some(complete)) => parts.push((0, safe!("complete to {}{but}", clock(complete)), role)),
        (Some(seen), None) => parts.push((0, safe!("seen to {}{but}", clock(seen)), role)),
        _ => {}
    }
    let slowest = tails.iter().map(|tail| tail.interval.as_secs()).max().unwrap_or(0);
    if slowest > 5 {
        parts.push((5, safe!("read every {slowest} s"), Role::Dim));
    }
    let late: u64 = groups.iter().map(|id| lines.counts(*id).late).sum();
    if late > 0 {
        parts.push((4, safe!("{} late", number::short(late as f64)), Role::Dim));
    }
    let evicted: u64 = groups.iter().map(|id| lines.counts(*id).evicted).sum();
    let held: u64 = groups.iter().map(|id| lines.counts(*id).held).sum();
    if wide {
        let lines = if held == 1 { "line" } else { "lines" };
        parts.push((6, safe!("{} {lines}", number::count(held as f64)), Role::Dim));
    }
    if evicted > 0 {
        parts.push((2, safe!("{} older let go", number::short(evicted as f64)), Role::Warn));
    }
    said_in(parts, width)
}

/// Parts in their order, without the least of them where not all have room.
fn said_in(mut parts: Vec<Part>, width: u16) -> Vec<(SafeText, Role)> {
    let needed = |parts: &[Part]| parts.iter().map(|(_, text, _)| text.width() + 3).sum::<usize>();
    while needed(&parts) > usize::from(width * 2 / 3) + 3 {
        let Some(least) = (0..parts.len()).rev().max_by_key(|at| parts[*at].0) else { break };
        if parts[least].0 < 2 {
            break;
        }
        parts.remove(least);
    }
    let mut saying = Vec::new();
    for (at, (_, text, role)) in parts.into_iter().enumerate() {
        if at > 0 {
            saying.push((SafeText::new(" \u{b7} "), Role::Dim));
        }
        saying.push((text, role));
    }
    saying
}

/// What AWS told.
fn told(text: &str) -> SafeText {
    SafeText::of_line(text, Showing::default())
}

const fn is_unreadable(tail: &TailReport) -> bool {
    matches!(tail.status, TailStatus::Unreadable { .. } | TailStatus::Waiting | TailStatus::Deleted { .. })
}

/// The one tail that someone has to know of.
pub(in crate::ui) fn worst(app: &App, tails: &[&TailReport]) -> Option<(SafeText, Role)> {
    let behind =
        |tail: &TailReport| number::age(tail.seen_to.map(|seen| app.now().since(seen)).unwrap_or_default());
    tails.iter().find_map(|tail| match &tail.status {
        TailStatus::Failed { failure, .. } => {
            Some((safe!("{} {}", failure.operation, failure.word()), Role::Error))
        }
        TailStatus::Unreadable { why } if tails.len() == 1 => Some((told(why), Role::Warn)),
        TailStatus::Unreadable { .. } => {
            let more =
                tails.iter().filter(|tail| matches!(tail.status, TailStatus::Unreadable { .. })).count();
            let name = tail.group.names_function().unwrap_or(&tail.group.name);
            Some(match more {
                1 => (safe!("{name} cannot be read"), Role::Warn),
                more => (safe!("{name} and {} more cannot be read", more - 1), Role::Warn),
            })
        }
        TailStatus::Deleted { .. } => Some((safe!("{} was deleted", tail.group.name), Role::Warn)),
        TailStatus::Throttled { .. } => Some((safe!("throttled, {} behind", behind(tail)), Role::Throttle)),
        TailStatus::Live { stale: true, .. } => {
            Some((SafeText::new("Live Tail is silent, connecting anew"), Role::Warn))
        }
        _ => tail.note.as_deref().map(|note| (told(note), Role::Warn)),
    })
}

/// The rule below the lines: following, or what came below while one reads.
pub(super) fn place(app: &App, paint: &mut Paint<'_>, row: Rect, masked: usize) {
    paint.rule(row);
    let logs = app.logs();
    let lines = app.store().lines();
    let left = match (logs.place.is_following(), logs.current()) {
        (true, _) => SafeText::new(" following "),
        (false, Some(current)) => {
            let at = current.key().timestamp.local(app.zone());
            at.map_or_else(
                || SafeText::new(" reading "),
                |at| safe!(" reading {} \u{b7} follow is off ", at.format("%H:%M:%S")),
            )
        }
        (false, None) => SafeText::new(" follow is off "),
    };
    let left = match app.far().running() {
        Some(far) => safe!("{left}\u{b7} {} ", crate::ui::far::progress(app, far)),
        None => left,
    };
    let inner = Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row };
    let left = match masked {
        0 => left,
        1 => safe!("{left}\u{b7} 1 secret masked, M shows it "),
        count => safe!("{left}\u{b7} {count} secrets masked, M shows a line's "),
    };
    let used = paint.text(inner, &left, Role::Text, Cut::End);
    let right = if logs.place.is_following() { live(app) } else { below(app, lines) };
    let Some((text, role)) = right else { return };
    let room = Rect { x: inner.x + used + 1, width: inner.width.saturating_sub(used + 1), ..inner };
    if text.width() <= usize::from(room.width) {
        paint.right(room, &text, role);
    }
}

/// How many lines came below the last row.
fn below(app: &App, lines: &crate::store::lines::Lines) -> Option<(SafeText, Role)> {
    let logs = app.logs();
    let last = logs.rows.last().map(LogRow::key)?;
    let only_matches = logs.is_filtered() && !logs.all_lines;
    let count = if only_matches {
        logs.matches.count_after(last)
    } else {
        lines.count_after(&logs.groups(lines), last)
    };
    let what = if only_matches { "matches" } else { "lines" };
    (count > 0).then(|| {
        (safe!(" \u{2193} {} {what} below \u{b7} G to follow ", number::count(count as f64)), Role::Accent)
    })
}

/// Live Tail's timer, where it is on.
fn live(app: &App) -> Option<(SafeText, Role)> {
    let logs = app.logs();
    if !logs.live {
        return None;
    }
    let lines = app.store().lines();
    let since =
        logs.groups(lines).iter().filter_map(|id| lines.tail(*id)).find_map(|tail| match tail.status {
            TailStatus::Live { since, .. } => Some(since),
            _ => None,
        });
    Some(since.map_or_else(
        || (SafeText::new(" Live Tail: connecting "), Role::Unknown),
        |since| (safe!(" Live Tail for {} ", number::age(app.now().since(since))), Role::Accent),
    ))
}

/// The filter, what it found, and how far the search is.
pub(super) fn filter(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let logs = app.logs();
    let row = Rect { width: row.width.saturating_sub(1), ..row };
    let typed = if logs.filter.typing { logs.filter.field.text() } else { logs.filter.applied.text() };
    let used = 4 + SafeText::new(typed).width();
    if logs.filter.typing {
        filter::prompt_of(paint, row, &logs.filter.field);
    } else if logs.is_filtered() {
        let mut pen = paint.pen(row);
        pen.gap(1).put("/", Role::Dim).gap(1).put(&SafeText::new(logs.filter.applied.text()), Role::Text);
    }
    if logs.filter.applied.is_empty() {
        return;
    }
    let lines = app.store().lines();
    let held: u64 = logs.groups(lines).iter().map(|id| lines.counts(*id).held).sum();
    let found = number::count(logs.matches.found() as f64);
    let mode = match (logs.all_lines, logs.context) {
        (true, _) => "all lines, matches marked",
        (false, 0) => "only matches",
        (false, 1) => "matches and 1 line around",
        (false, _) => "matches and 3 lines around",
    };
    let progress = logs
        .matches
        .progress()
        .map_or_else(String::new, |part| format!(" \u{b7} {:.0} % searched", part * 100.0));
    let long = safe!("{found} of {}{progress} \u{b7} {mode}", number::count(held as f64));
    let short = safe!("{found} of {}{progress}", number::count(held as f64));
    let text = if used + long.width() + 2 <= usize::from(row.width) { long } else { short };
    paint.right(row, &text, Role::Strong);
}

/// Since when lines are read: `13:31`.
pub(super) fn since(app: &App) -> SafeText {
    let lines = app.store().lines();
    let from =
        app.logs().groups(lines).iter().filter_map(|id| lines.tail(*id)).map(|tail| tail.read_from).min();
    from.map_or_else(|| SafeText::new("?"), |from| crate::ui::moment::dated(from, app.now(), app.zone()))
}
