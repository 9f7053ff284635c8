//! The service under the cursor in numbers, and the way of the errors in a sentence.

use std::cmp::Reverse;

use ratatui::layout::Rect;

use super::map::{kind, share_role};
use crate::app::App;
use crate::app::traces::map::{MapEdge, MapNode};
use crate::model::number::Number;
use crate::model::{SafeText, ServiceFigures, Showing, TimeRange};
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::number;
use crate::ui::paint::{Cut, Paint, Pen};
use crate::ui::theme::Role;

/// Draws the service under the cursor in numbers: who calls it, whom it calls, where its time goes.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let rule = Rect { height: area.height.min(1), ..area };
    paint.rule(rule);
    let map = &app.traces().map;
    let (Some(at), Some(held)) = (map.at(), app.store().traces().map()) else { return };
    let node = &map.graph.nodes[at];
    heading(app, paint, rule, node, held.range);
    let table = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let half = (area.width * 2 / 5).min(64);
    let inner = Rect { x: table.x + 1, width: half.saturating_sub(2), ..table };
    let outer = Rect { x: table.x + half + 1, width: table.width.saturating_sub(half + 2), ..table };
    let mut callers: Vec<&MapEdge> = map.graph.callers(at).collect();
    callers.sort_by_key(|edge| (Reverse(edge.figures.total), edge.from));
    let name = |node: usize| SafeText::of_line(&map.graph.nodes[node].name.name, Showing::default());
    let minutes = (held.range.length().as_secs() as f64 / 60.0).max(1.0);
    let rows: Vec<Row> =
        callers.iter().map(|edge| Row::of(name(edge.from), &edge.figures, minutes, None)).collect();
    let entry = node.entry.then(|| Row { name: SafeText::new("from outside"), ..Row::default() });
    let rows = rows.into_iter().chain(entry).collect();
    columns(paint, inner, (Glyph::ArrowLeft, " IN"), rows, false);
    let mut calls: Vec<&MapEdge> = map.graph.callees(at).collect();
    calls.sort_by(|one, two| two.figures.total_ms.total_cmp(&one.figures.total_ms).then(one.to.cmp(&two.to)));
    let worked = node.worked_ms.max(1e-9);
    let mut rows: Vec<Row> = calls
        .iter()
        .map(|edge| {
            let share = (node.worked_ms > 0.0).then(|| (edge.figures.total_ms / worked).min(1.0));
            Row::of(name(edge.to), &edge.figures, minutes, share)
        })
        .collect();
    if !rows.is_empty() && node.worked_ms > 0.0 {
        let waited: f64 = calls.iter().map(|edge| edge.figures.total_ms).sum();
        let own = (1.0 - waited / worked).max(0.0);
        rows.push(Row { name: SafeText::new("its own work"), share: Some(own), ..Row::default() });
    }
    columns(paint, outer, (Glyph::ArrowRight, " OUT"), rows, true);
}

/// `payment-capture · 412/min · errors 18.9 % · p50 640 p99 4,810 ms`.
fn heading(app: &App, paint: &mut Paint<'_>, row: Rect, node: &MapNode, range: TimeRange) {
    let numbers = app.node_numbers(node, range);
    let name = SafeText::of_line(&node.name.name, Showing::default());
    let kind = kind(node);
    let kind = if node.is_function() || kind.is_empty() { String::new() } else { format!(" ({kind})") };
    let sampled = if numbers.sampled { "~" } else { "" };
    let rate = numbers.per_minute.map_or(number::MISSING, number::fine);
    let shown = |value: Option<f64>, write: fn(f64) -> Number| value.map_or(number::MISSING, write);
    let throttled = numbers.throttles.filter(|rate| *rate > 0.0);
    let throttled =
        throttled.map(|rate| format!("· {sampled}{} throttled/min ", number::fine(rate))).unwrap_or_default();
    let text = format!(
        " {name}{kind} · {sampled}{rate}/min · errors {sampled}{} % · p50 {sampled}{} p99 {sampled}{} ms {throttled}",
        shown(numbers.failed, number::share),
        shown(numbers.p50, number::count),
        shown(numbers.p99, number::count),
    );
    paint.text(
        Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row },
        &SafeText::new(&text),
        Role::Strong,
        Cut::End,
    );
}

/// A row of one of the two tables.
#[derive(Clone, Debug, Default)]
struct Row {
    name: SafeText,
    per_minute: Option<f64>,
    failed: Option<f64>,
    p99: Option<f64>,
    share: Option<f64>,
}

impl Row {
    fn of(name: SafeText, figures: &ServiceFigures, minutes: f64, share: Option<f64>) -> Self {
        Self {
            name,
            per_minute: Some(figures.total as f64 / minutes),
            failed: figures.failed(),
            p99: figures.quantile(0.99),
            share,
        }
    }
}

/// Cells of a share: a bar, and its number.
const BAR: u16 = 10;

fn columns(
    paint: &mut Paint<'_>,
    area: Rect,
    (sign, title): (Glyph, &'static str),
    mut rows: Vec<Row>,
    shares: bool,
) {
    let lines = usize::from(area.height.saturating_sub(1));
    if rows.len() > lines && lines > 0 {
        // What the service does itself stands last, whatever has no room.
        let own = rows.pop_if(|row| row.per_minute.is_none());
        let kept = lines.saturating_sub(1 + usize::from(own.is_some()));
        let more = rows.len().saturating_sub(kept);
        rows.truncate(kept);
        rows.push(Row { name: safe!("{more} more"), ..Row::default() });
        rows.extend(own);
    }
    // Where names would have no room the slowest are left out.
    let slowest = area.width >= 38;
    let numbers = if slowest { 7 + 1 + 7 + 1 + 7 } else { 7 + 1 + 7 };
    let bar = if shares && area.width >= numbers + BAR + 8 + 16 { BAR + 8 } else { 0 };
    let name = area.width.saturating_sub(numbers + 1 + bar).min(40);
    let at = |x: u16, y: u16, width: u16| Rect {
        x: area.x + x,
        y: area.y + y,
        width,
        height: u16::from(y < area.height),
    };
    // The sign stands before the names of these on the map too.
    paint.pen(at(0, 0, name)).glyph(sign, Role::Accent).put(title, Role::Dim);
    for (x, words) in [(name + 1, "~/min"), (name + 9, "error %"), (name + 17, "p99 ms")] {
        if x > name + 9 && !slowest {
            continue;
        }
        paint.right(at(x, 0, 7), words, Role::Dim);
    }
    if bar > 0 {
        paint.text(at(name + 26, 0, bar), "share of its time", Role::Dim, Cut::End);
    }
    for (row, y) in rows.iter().zip(1..) {
        if y >= area.height {
            break;
        }
        let role = if row.per_minute.is_some() { Role::Text } else { Role::Dim };
        paint.text(at(0, y, name), &row.name, role, Cut::End);
        let cell =
            |paint: &mut Paint<'_>, x: u16, value: Option<f64>, write: fn(f64) -> Number, role: Role| {
                let number = value.map_or(number::MISSING, write).within(7);
                paint.right(at(x, y, 7), &number, if value.is_some() { role } else { Role::Dim });
            };
        cell(paint, name + 1, row.per_minute, number::fine, Role::Text);
        cell(paint, name + 9, row.failed, number::share, row.failed.map_or(Role::Dim, share_role));
        if slowest {
            cell(paint, name + 17, row.p99, number::count, Role::Text);
        }
        if let Some(share) = row.share.filter(|_| bar > 0) {
            let cells = (share * f64::from(BAR)).round() as u16;
            for x in 0..cells.min(BAR) {
                paint.glyph(area.x + name + 26 + x, area.y + y, Glyph::Length, Role::Series1);
            }
            paint.right(at(name + 26 + BAR, y, 7), &safe!("{} %", number::share(share)), Role::Text);
        }
    }
}

/// Draws the ways of the errors, each from where they come from: the worst one, others as far as they fit, and how many more
/// there are.
pub(super) fn meaning(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let map = &app.traces().map;
    let row = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    if map.graph.nodes.is_empty() {
        return;
    }
    let Some(worst) = map.paths.first() else {
        paint.text(row, "no call fails in more than one of a hundred requests", Role::Dim, Cut::End);
        return;
    };
    let name = |node: &usize| SafeText::of_line(&map.graph.nodes[*node].name.name, Showing::default());
    let put = |pen: &mut Pen<'_, '_>, path: &[usize]| {
        for (at, node) in path.iter().enumerate() {
            if at > 0 {
                pen.put(" ", Role::Dim).glyph(Glyph::Arrow, Role::Error).put(" ", Role::Dim);
            }
            pen.put(&name(node), Role::Strong);
        }
    };
    let width = |path: &[usize]| path.iter().map(|node| name(node).width() + 3).sum::<usize>();
    let more = |count: usize| match count {
        0 => SafeText::default(),
        1 => SafeText::new(" +1 more path"),
        _ => safe!(" +{count} more paths"),
    };
    let mut left = map.paths.len() - 1;
    let room = usize::from(row.width).saturating_sub(more(left).width());
    let intro = [
        if left > 0 {
            "heavy lines are where errors travel: "
        } else {
            "the heavy line is where errors travel: "
        },
        "errors travel ",
        "",
    ];
    let intro = intro.into_iter().find(|intro| intro.len() + width(worst) <= room + 3).unwrap_or_default();
    // How many there are is said even where a way has to be cut.
    let mut pen = paint.pen(Rect { width: room as u16, ..row });
    pen.put(intro, Role::Dim);
    put(&mut pen, worst);
    for path in &map.paths[1..] {
        if width(path) > usize::from(pen.left()) {
            break;
        }
        pen.put(" · ", Role::Dim);
        put(&mut pen, path);
        left -= 1;
    }
    let end = Rect { x: pen.rest().x, width: row.right().saturating_sub(pen.rest().x), ..row };
    paint.text(end, &more(left), Role::Warn, Cut::End);
}
