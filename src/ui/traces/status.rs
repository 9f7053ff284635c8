//! What is shown and how complete it is; what X-Ray is asked; why there is nothing.

use ratatui::layout::Rect;

use crate::app::App;
use crate::model::{Failure, SafeText, Showing, Timestamp, TraceBackend, TraceCause, TraceCauseOf, Tracing};
use crate::safe;
use crate::store::traces::service_of;
use crate::ui::paint::{Cut, Paint, Pen};
use crate::ui::theme::Role;
use crate::ui::{advice, filter, line, moment, number};

/// What Lambda lets X-Ray see of a function with active tracing.
const SAMPLING: [&str; 2] = ["sampled: first request each second and 5 % of the rest", "sampled: 1/s + 5 %"];
/// What X-Ray takes for reading. Source: <https://aws.amazon.com/xray/pricing/>.
const PRICE: &str = "X-Ray takes $0.50 per million traces scanned, after the first million a month";

/// Draws the views, the range and how far it was read; at the right what is missing in principle.
pub(super) fn title(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let row = Rect { width: row.width.saturating_sub(1), ..row };
    let (screen, traces) = (app.traces(), app.store().traces());
    let since = screen.range.before(app.now()).start;
    let mut pen = paint.pen(row);
    views(&mut pen, false);
    let mut words = vec![(
        safe!("{}, since {}", screen.range.label(), moment::dated(since, app.now(), app.zone())),
        Role::Text,
    )];
    let seen = traces.seen_to().filter(|_| *screen.asked == **traces.expression());
    match (seen, failing(app)) {
        (Some(seen), _) => words.push((safe!("seen to {}", clock(seen, app.zone())), Role::Dim)),
        (None, None) => words.push((SafeText::new("asking X-Ray \u{2026}"), Role::Unknown)),
        (None, Some(_)) => {}
    }
    if traces.evicted() > 0 {
        words.push((safe!("{} older let go", number::short(traces.evicted() as f64)), Role::Warn));
    }
    if let Some(failure) = failing(app) {
        words.push((safe!("{} {}", failure.operation, failure.word()), Role::Error));
    }
    for (at, (text, role)) in words.iter().enumerate() {
        if at > 0 {
            pen.put(" · ", Role::Dim);
        }
        pen.put(text, *role);
    }
    let room = Rect { x: pen.rest().x + 2, width: pen.left().saturating_sub(2), ..pen.rest() };
    match backend(app) {
        Some((text, role)) if text.width() <= usize::from(room.width) => paint.right(room, &text, role),
        Some((_, role)) => paint.right(room, &backend_in_short(app), role),
        None => {
            if let Some(text) = SAMPLING.into_iter().find(|text| text.len() <= usize::from(room.width)) {
                paint.right(room, text, Role::Dim);
            }
        }
    }
}

/// The two views, the one on screen in brackets.
fn views(pen: &mut Pen<'_, '_>, map: bool) {
    let (list, other) = if map { (" list ", "[map]") } else { ("[list]", " map ") };
    let role = |active: bool| if active { Role::Accent } else { Role::Dim };
    pen.gap(1).put(list, role(!map)).gap(1).put(other, role(map)).gap(2);
}

/// Draws the views, the stretch of the map and how much is on it; at the right whose numbers they are.
pub(super) fn map_title(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let row = Rect { width: row.width.saturating_sub(1), ..row };
    let (screen, traces) = (app.traces(), app.store().traces());
    let mut pen = paint.pen(row);
    views(&mut pen, true);
    pen.put(&safe!("{}", screen.range.label()), Role::Text);
    if let Some(map) = traces.map() {
        let nodes = screen.map.graph.nodes.len();
        pen.put(&safe!(", {} · {nodes} nodes", moment::stretch(map.range, app.zone())), Role::Text);
        if map.range.length() != screen.range.length() {
            pen.put(", another is asked for", Role::Unknown);
        }
    }
    if let Some(failure) = failing(app) {
        pen.put(&safe!(" · {} {}", failure.operation, failure.word()), Role::Error);
    }
    let room = Rect { x: pen.rest().x + 2, width: pen.left().saturating_sub(2), ..pen.rest() };
    if let Some((text, role)) = backend(app).filter(|(text, _)| text.width() <= usize::from(room.width)) {
        return paint.right(room, &text, role);
    }
    if traces.map().is_none() {
        // Of nothing that has come there is nothing to say yet.
        return;
    }
    let entries = screen.map.graph.nodes.iter().filter(|node| node.entry);
    let sampled = number::count(entries.map(|node| node.figures.total).sum::<u64>() as f64);
    let window = app.window();
    let each = super::map::order_of_numbers(&screen.map).unwrap_or_default();
    let whose = [
        safe!("{each}functions: CloudWatch, {window} · ~ of {sampled} sampled traces"),
        safe!("functions: CloudWatch, {window} · ~ of {sampled} sampled traces"),
        safe!("~ of {sampled} sampled traces"),
        SafeText::new("~ sampled"),
    ];
    if let Some(text) = whose.iter().find(|text| text.width() <= usize::from(room.width)) {
        paint.right(room, text, Role::Dim);
    }
}

/// Draws what is looked for on the map, else how far its numbers go.
pub(super) fn map_note(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let row = Rect { width: row.width.saturating_sub(1), ..row };
    let map = &app.traces().map;
    if map.find.typing {
        let rest = filter::prompt_of(paint, row, &map.find.field);
        let words = safe!("{} of {} services", map.found().count(), map.graph.nodes.len());
        return paint.right(rest, &words, Role::Dim);
    }
    let mut pen = paint.pen(row);
    pen.gap(1);
    if !map.find.applied.is_empty() {
        pen.put("/", Role::Accent).gap(1).put(&SafeText::new(&map.find.applied), Role::Match);
        pen.put(&safe!("  {} of {} services, n N", map.found().count(), map.graph.nodes.len()), Role::Dim);
        return;
    }
    let long = "~ sampled: first request each second and 5 % of the rest, so shares are estimates · X-Ray keeps 6 h of map";
    let short = "~ sampled: 1/s + 5 %, so shares are estimates · at most 6 h";
    pen.put(if row.width > 110 { long } else { short }, Role::Dim);
}

/// Why there is no map, and what to do about it.
pub(super) fn no_map(app: &App, paint: &mut Paint<'_>, area: Rect) {
    if let Some(advice) = app.trace_advice() {
        return advice::page(&advice, paint, area);
    }
    let mut lines: Vec<(SafeText, Role)> = Vec::new();
    if let Some(map) = app.store().traces().map() {
        let stretch = moment::stretch(map.range, app.zone());
        lines.push((safe!("No service in {stretch} (GetServiceGraph answered: 0)."), Role::Text));
        lines.extend(tracing(app));
        lines.push((
            SafeText::new("t covers more time, up to the 6 h that X-Ray keeps of the map."),
            Role::Dim,
        ));
    } else {
        lines.push((SafeText::new("Asking GetServiceGraph who calls whom …"), Role::Unknown));
    }
    lines.extend(backend(app));
    paragraph(paint, area, &lines);
}

/// What is to be known of where traces are kept, if it is anything.
fn backend(app: &App) -> Option<(SafeText, Role)> {
    match app.store().traces().backend()? {
        TraceBackend::XRay => None,
        TraceBackend::TransactionSearch { indexed: Some(percent) } => {
            Some((safe!("Transaction Search: {percent} % of spans are listed"), Role::Warn))
        }
        TraceBackend::TransactionSearch { indexed: None } => {
            let usual = TraceBackend::INDEXED;
            Some((safe!("Transaction Search: {usual} % of spans are listed by default"), Role::Warn))
        }
        TraceBackend::Unknown(failure) => {
            Some((safe!("where traces are kept: {} {}", failure.operation, failure.word()), Role::Unknown))
        }
    }
}

/// The same where there is little room.
fn backend_in_short(app: &App) -> SafeText {
    match app.store().traces().backend() {
        Some(TraceBackend::TransactionSearch { indexed }) => {
            safe!("{} % of spans listed", indexed.unwrap_or(TraceBackend::INDEXED))
        }
        _ => SafeText::new("place of traces unknown"),
    }
}

/// The failure that lasts, where it is one of traces.
fn failing(app: &App) -> Option<Failure> {
    app.without_traces()
}

/// Draws the rule below the rows: which of how many, and their order.
pub(super) fn place(app: &App, paint: &mut Paint<'_>, row: Rect, height: u16) {
    paint.rule(row);
    let list = &app.traces().list;
    let (first, count) = (list.top.min(list.ids.len()), list.ids.len());
    let end = (first + usize::from(height)).min(count);
    let amount = |rows: usize| number::count(rows as f64);
    let which = match count {
        0 => " none".to_owned(),
        _ => format!(" {}-{} of {}", amount(first + 1), amount(end), amount(count)),
    };
    let filtered = list.total != count;
    let of_all = if filtered { format!(" that match of {}", amount(list.total)) } else { String::new() };
    let text = safe!("{which}{of_all} · {} ", list.sort.order(list.reversed));
    let inner = Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row };
    let used = paint.text(inner, &text, Role::Text, Cut::End);
    let room = Rect { x: inner.x + used + 1, width: inner.width.saturating_sub(used + 1), ..inner };
    if !app.traces().filter.applied.is_empty()
        && let Some((words, role)) = selected_cause(app)
    {
        paint.text(room, &safe!(" {words} "), role, Cut::End);
        return;
    }
    let scanned = app.store().spend().traces;
    let spent = safe!(" {} traces scanned ", number::count(scanned as f64));
    if scanned > 0 && spent.width() <= usize::from(room.width) {
        paint.right(room, &spent, Role::Dim);
    }
}

/// Draws the filter and what of it X-Ray is asked; without one, what reading costs.
pub(super) fn filter(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let row = Rect { width: row.width.saturating_sub(1), ..row };
    let state = &app.traces().filter;
    if state.typing {
        let rest = filter::prompt_of(paint, row, &state.field);
        let count = number::count(app.traces().list.ids.len() as f64);
        let words = safe!("{count} of those held · Enter asks X-Ray");
        if words.width() + 2 <= usize::from(rest.width) {
            paint.right(rest, &words, Role::Dim);
        }
        return;
    }
    let mut pen = paint.pen(row);
    pen.gap(1);
    if state.applied.is_empty() {
        match selected_cause(app) {
            Some((words, role)) => pen.put(&words, role),
            None => pen.put(PRICE, Role::Dim),
        };
        return;
    }
    pen.put("/", Role::Accent).gap(1).put(&SafeText::new(state.applied.text()), Role::Match).gap(2);
    if let Some(error) = app.traces().mistake() {
        pen.put("▲ ", Role::Warn).put(&told(&error.message), Role::Warn);
        return;
    }
    let asked = &*app.traces().asked;
    let waiting = **app.store().traces().expression() != *asked;
    if state.applied.is_raw() || asked.is_empty() {
        pen.put(if asked.is_empty() { "matched here" } else { "asked of X-Ray as it stands" }, Role::Dim);
    } else {
        pen.put("X-Ray is asked: ", Role::Dim).put(&SafeText::new(asked), Role::Text);
        if !state.applied.expression().whole {
            pen.put(", the rest is matched here", Role::Dim);
        }
    }
    if waiting {
        pen.put(", no answer yet", Role::Unknown);
    }
}

/// What X-Ray takes for the root cause of the trace under the cursor:
/// `fault: payment-ledger (DynamoDB) \u{25b8} ProvisionedThroughputExceededException`.
fn selected_cause(app: &App) -> Option<(SafeText, Role)> {
    let trace = app.store().traces().summary_of(app.traces().list.current()?)?;
    let TraceCause { of, service, entity, exception, message } = trace.cause.as_ref()?;
    let kind = service.kind.as_deref().filter(|kind| kind.starts_with("AWS::")).map(service_of);
    let kind = kind.filter(|kind| *kind != &*service.name);
    let entity = entity.as_deref().filter(|entity| kind != Some(*entity));
    let kind = kind.map_or_else(String::new, |kind| format!(" ({kind})"));
    let (head, tail, role) = match of {
        TraceCauseOf::Fault => ("fault", String::new(), Role::Error),
        TraceCauseOf::Error => ("error", String::new(), Role::Warn),
        TraceCauseOf::ResponseTime(share) => {
            ("time", format!(", {} % of it", number::percent(*share, 1.0)), Role::Text)
        }
    };
    let steps = [entity, exception.as_deref()].into_iter().flatten().map(|step| format!(" \u{25b8} {step}"));
    let said = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
    let text = format!("{head}: {}{kind}{}{tail}{said}", service.name, steps.collect::<String>());
    Some((told(&text), role))
}

/// Why there is no row, and what to do about it.
pub(super) fn nothing(app: &App, paint: &mut Paint<'_>, area: Rect) {
    if let Some(advice) = app.trace_advice() {
        return advice::page(&advice, paint, area);
    }
    let (screen, traces) = (app.traces(), app.store().traces());
    let since = moment::dated(screen.range.before(app.now()).start, app.now(), app.zone());
    let answered = *screen.asked == **traces.expression() && traces.seen_to().is_some();
    let mut lines: Vec<(SafeText, Role)> = Vec::new();
    if !screen.filter.applied.is_empty() && (screen.list.total > 0 || answered) {
        let count = number::count(screen.list.total as f64);
        lines.push((safe!("None of {count} traces matches {}", screen.filter.applied.text()), Role::Text));
        lines.push((SafeText::new("Esc clears the filter, t covers more time."), Role::Dim));
    } else if answered {
        lines.push((safe!("No trace since {since} (GetTraceSummaries answered: 0)."), Role::Text));
        lines.extend(tracing(app));
        lines.push((SafeText::new("t covers more time. A new trace appears here by itself."), Role::Dim));
    } else {
        lines.push((safe!("Asking GetTraceSummaries for the traces since {since} …"), Role::Unknown));
    }
    lines.extend(backend(app));
    paragraph(paint, area, &lines);
}

/// Sentences one below the other.
fn paragraph(paint: &mut Paint<'_>, area: Rect, lines: &[(SafeText, Role)]) {
    // A line apart where there is room.
    let step = if usize::from(area.height) >= 2 * lines.len() { 2 } else { 1 };
    for (at, (text, role)) in lines.iter().enumerate() {
        let row = line(area, at as u16 * step + u16::from(step > 1));
        paint.text(Rect { x: row.x + 4, width: row.width.saturating_sub(5), ..row }, text, *role, Cut::End);
    }
}

/// How many functions X-Ray samples by itself, and how to have it do so.
fn tracing(app: &App) -> Vec<(SafeText, Role)> {
    let all = app.store().functions().len();
    let modes = || app.store().functions().filter_map(|record| record.function.tracing);
    let active = modes().filter(|mode| *mode == Tracing::Active).count();
    if modes().count() == 0 {
        return Vec::new();
    }
    if active > 0 {
        return vec![(safe!("{active} of {all} functions have active tracing."), Role::Text)];
    }
    vec![
        (safe!("None of {all} functions has active tracing. To have one traced:"), Role::Text),
        (SafeText::new("aws lambda update-function-configuration --function-name NAME \\"), Role::Dim),
        (SafeText::new("    --tracing-config Mode=Active"), Role::Dim),
    ]
}

/// What AWS told.
fn told(text: &str) -> SafeText {
    SafeText::of_line(text, Showing::default())
}

fn clock(at: Timestamp, zone: i32) -> SafeText {
    at.local(zone).map_or_else(|| SafeText::new("?"), |at| safe!("{}", at.format("%H:%M:%S")))
}
