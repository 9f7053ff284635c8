//! The map of services: boxes in layers, and lines between them, heavy where errors travel.

use ratatui::layout::Rect;

use super::status;
use crate::app::traces::map::{LINE_WITH_MEDIAN, LINE_WITH_NUMBERS, MapEdge, MapNode, Standing, TraceMap};
use crate::app::{App, Area, NodeNumbers};
use crate::model::{SafeText, Showing};
use crate::safe;
use crate::store::Severity;
use crate::ui::glyph::Glyph;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::widgets::strokes;
use crate::ui::{judgement, number};

/// Draws what the layers are, and how much of the map is out of sight.
pub(super) fn head(app: &App, paint: &mut Paint<'_>, row: Rect) {
    paint.rule(row);
    let map = &app.traces().map;
    let (left, _) = map.corner;
    let layers = &map.layout.layers;
    for (at, layer) in layers.iter().enumerate() {
        let Some(x) = layer.x.checked_sub(left) else { continue };
        if x >= row.width || left > 0 && x < 4 {
            continue;
        }
        let words = layer_name(map, at);
        let cell = Rect { x: row.x + x, width: layer.width.min(row.width - x), ..row };
        // Part of a word at the edge of the screen says nothing.
        if usize::from(cell.width) < words.len() {
            continue;
        }
        paint.text(cell, words, Role::Dim, Cut::End);
        let end = cell.x + (words.len() as u16).min(cell.width);
        if end < row.right() {
            paint.text(Rect { x: end, width: 1, ..row }, " ", Role::Dim, Cut::End);
        }
    }
    let hidden = |end: bool| {
        layers.iter().filter(|layer| if end { layer.x >= left + row.width } else { layer.x < left }).count()
    };
    let (before, after) = (hidden(false), hidden(true));
    if before > 0 {
        paint.text(row, &safe!("\u{2190}{before} "), Role::Accent, Cut::End);
    }
    let Some(height) = rows_of(app) else { return };
    let sight = |own: &&Area| own.y + own.height > map.corner.1 + height;
    let below = map.layout.boxes.iter().filter(sight).count();
    let above = map.layout.boxes.iter().filter(|own| own.y < map.corner.1).count();
    let hidden = [(above, "\u{2191}"), (below, "\u{2193}"), (after, "\u{2192}")];
    let words: Vec<String> =
        hidden.iter().filter(|(count, _)| *count > 0).map(|(count, sign)| format!("{sign}{count}")).collect();
    if !words.is_empty() {
        paint.right(row, &safe!(" {} ", words.join(" ")), Role::Accent);
    }
}

fn rows_of(app: &App) -> Option<u16> {
    match app.frame() {
        crate::app::Frame::Traces(layout) => Some(layout.rows.height),
        _ => None,
    }
}

/// What stands in a layer, in a word.
fn layer_name(map: &TraceMap, layer: usize) -> &'static str {
    let nodes = &map.layout.layers[layer].nodes;
    let functions = nodes.iter().filter(|node| map.graph.nodes[**node].is_function()).count();
    let calls = nodes.iter().any(|node| map.graph.callees(*node).next().is_some());
    match (layer, functions) {
        (0, _) => " entry",
        (_, count) if count == nodes.len() => " functions",
        (_, 0) if !calls => " resources",
        _ => " services",
    }
}

/// Draws the part of the map that is on screen, or why there is none.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let map = &app.traces().map;
    let Some(held) = app.store().traces().map().filter(|held| !held.services.is_empty()) else {
        return status::no_map(app, paint, area);
    };
    let (left, top) = map.corner;
    let seen = |x: u16, y: u16| {
        let (x, y) = (x.checked_sub(left)?, y.checked_sub(top)?);
        (x < area.width && y < area.height).then_some((area.x + x, area.y + y))
    };
    for ((x, y), stroke) in &map.strokes {
        let Some((x, y)) = seen(*x, *y) else { continue };
        // Weight is what errors have, colour what the node under the cursor has: so both are seen of one line.
        let role = match stroke.arms.contains(&2) {
            _ if stroke.chosen => Role::Accent,
            true => Role::Error,
            false => Role::Dim,
        };
        let sign = strokes::sign(stroke.arms, paint.ascii());
        if stroke.chosen { paint.strong_symbol(x, y, sign, role) } else { paint.symbol(x, y, sign, role) }
    }
    for (edge, at) in map.graph.edges.iter().zip(&map.layout.arrows) {
        let Some((x, y)) = seen(at.0, at.1) else { continue };
        let role = match map.graph.callers(edge.to).any(MapEdge::is_heavy) {
            true => Role::Error,
            false if map.strokes.get(at).is_some_and(|stroke| stroke.chosen) => Role::Accent,
            false => Role::Dim,
        };
        paint.glyph(x, y, Glyph::Arrow, role);
    }
    for label in &map.labels {
        let text = safe!("~{}%", number::share(label.failed));
        if let (Some((x, y)), Some(_)) =
            (seen(label.at.0, label.at.1), seen(label.at.0 + label.width - 1, label.at.1))
        {
            paint.text(Rect::new(x, y, label.width, 1), &text, Role::Error, Cut::End);
        }
    }
    for (at, node) in map.graph.nodes.iter().enumerate() {
        if let Some(own) = map.layout.boxes.get(at) {
            let numbers = app.node_numbers(node, held.range);
            box_of(app, paint, area, (*own, node), &numbers, (map.standing(at), map.is_found(at)));
        }
    }
}

/// Draws a node as far as it is on screen.
fn box_of(
    app: &App,
    paint: &mut Paint<'_>,
    area: Rect,
    (own, node): (Area, &MapNode),
    numbers: &NodeNumbers,
    (standing, found): (Standing, bool),
) {
    let map = &app.traces().map;
    let (left, top) = map.corner;
    let Some(x) = own.x.checked_sub(left).filter(|x| *x < area.width) else {
        return rest_of(paint, area, own, (left, top), map.layout.full);
    };
    let width = own.width.min(area.width - x);
    let line = |offset: u16| {
        let y = (own.y + offset).checked_sub(top).filter(|y| *y < area.height)?;
        Some(Rect::new(area.x + x, area.y + y, width, 1))
    };
    let chosen = standing == Standing::Chosen;
    let border = if standing == Standing::Apart { Role::Dim } else { Role::Accent };
    if !map.layout.full {
        let Some(row) = line(0) else { return };
        return one_line(paint, row, own.width, (node, numbers), (standing, found));
    }
    if let Some(row) = line(0) {
        edge(paint, row, own.width, true, chosen, border);
        let name = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
        let used = title(paint, name, node, numbers, (standing, found));
        if used < name.width {
            paint.text(Rect { x: name.x + used, width: 1, ..name }, " ", border, Cut::End);
        }
    }
    if let Some(row) = line(1) {
        let side = strokes::sign(if chosen { [2, 0, 2, 0] } else { [1, 0, 1, 0] }, paint.ascii());
        paint.symbol(row.x, row.y, side, border);
        if width == own.width {
            paint.symbol(row.right() - 1, row.y, side, border);
        }
        figures(paint, Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row }, node, numbers);
    }
    if let Some(row) = line(2) {
        edge(paint, row, own.width, false, chosen, border);
    }
    if chosen {
        for row in (0..own.height).filter_map(line) {
            paint.select(row);
        }
    }
}

/// What is seen of a box that begins left of the screen: its end.
fn rest_of(paint: &mut Paint<'_>, area: Rect, own: Area, (left, top): (u16, u16), full: bool) {
    let width = (own.x + own.width).saturating_sub(left).min(area.width);
    if width == 0 || own.x >= left {
        return;
    }
    for offset in 0..own.height {
        let Some(y) = (own.y + offset).checked_sub(top).filter(|y| *y < area.height) else { continue };
        let row = Rect::new(area.x, area.y + y, width, 1);
        paint.clear(row);
        let arms = match (full, offset) {
            (true, 0) => [0, 0, 1, 1],
            (true, 2) => [1, 0, 0, 1],
            (true, _) => [1, 0, 1, 0],
            (false, _) => {
                paint.right(row, "]", Role::Faint);
                continue;
            }
        };
        if offset != 1 {
            paint.rule(Rect { width: width - 1, ..row });
        }
        paint.symbol(row.right() - 1, row.y, strokes::sign(arms, paint.ascii()), Role::Dim);
    }
}

/// The upper or lower border of a box.
fn edge(paint: &mut Paint<'_>, row: Rect, whole: u16, top: bool, heavy: bool, role: Role) {
    let weight = if heavy { 2 } else { 1 };
    let ascii = paint.ascii();
    for offset in 0..row.width {
        let (first, last) = (offset == 0, offset + 1 == whole);
        let across = if first {
            [0, weight, 0, 0]
        } else if last {
            [0, 0, 0, weight]
        } else {
            [0, weight, 0, weight]
        };
        let mut arms = across;
        if first || last {
            arms[if top { 2 } else { 0 }] = weight;
        }
        paint.symbol(row.x + offset, row.y, strokes::sign(arms, ascii), role);
    }
}

/// ` ✗ payment-ledger  DynamoDB`: returns how many cells it took.
fn title(
    paint: &mut Paint<'_>,
    row: Rect,
    node: &MapNode,
    numbers: &NodeNumbers,
    (standing, found): (Standing, bool),
) -> u16 {
    let mut pen = paint.pen(row);
    match standing {
        Standing::Chosen => pen.glyph(Glyph::CursorOnMap, Role::Accent),
        Standing::Calling => pen.glyph(Glyph::ArrowLeft, Role::Accent),
        Standing::Called => pen.glyph(Glyph::ArrowRight, Role::Accent),
        Standing::Apart => pen.put(" ", Role::Dim),
    };
    pen.glyph(judgement::glyph(numbers.severity), judgement::role(numbers.severity)).put(" ", Role::Dim);
    let name = SafeText::of_line(&node.name.name, Showing::default());
    let role = match (found, numbers.severity) {
        (true, _) => Role::Match,
        (_, Severity::Ok) if standing == Standing::Apart => Role::Text,
        _ => Role::Strong,
    };
    pen.put(&name, role);
    let kind = kind(node);
    if !node.is_function() && pen.left() > kind.width() as u16 + 3 {
        pen.put("  ", Role::Dim).put(&kind, Role::Dim);
    }
    row.width - pen.left()
}

/// Which numbers each node has, in their order; `None` where it has no more than what fails.
pub(super) fn order_of_numbers(map: &TraceMap) -> Option<&'static str> {
    let width = map.layout.layers.first()?.width;
    let cells = if map.layout.full { width.checked_sub(4)? } else { numbers_on_line(width)? };
    Some(match cells {
        ..WITH_RATE => "errors, p99 ms · ",
        WITH_RATE..WITH_MEDIAN => "rate, errors, p99 ms · ",
        _ => "rate, errors, p50/p99 ms · ",
    })
}

/// Cells that a line of such a width has for numbers beside a name, if it has room for more than what fails.
const fn numbers_on_line(width: u16) -> Option<u16> {
    match width {
        ..LINE_WITH_NUMBERS => None,
        LINE_WITH_NUMBERS..LINE_WITH_MEDIAN => Some(WITH_RATE + 2),
        _ => Some(WITH_MEDIAN),
    }
}

/// Cells of the numbers: with the rate, and with the median too.
const WITH_RATE: u16 = 18;
const WITH_MEDIAN: u16 = 28;
/// Cells of the rate, `~1,284/m`, where its end has a place of its own: at the least and at the most.
const RATE: (u16, u16) = (7, 8);
/// Cells of a share, with a blank before.
const SHARE: u16 = 6;
/// Cells of the slowest, and of the median and the slowest, with a blank before.
const SLOWEST: u16 = 7;
const MEDIAN_AND_SLOWEST: u16 = 14;

/// Requests, failures, where there is room the median, and the slowest, always in this order; what is sampled begins
/// with `~`.
fn figures(paint: &mut Paint<'_>, inner: Rect, node: &MapNode, numbers: &NodeNumbers) {
    if let Some(count) = node.folded {
        paint.text(inner, &safe!("{count} services"), Role::Dim, Cut::End);
        return;
    }
    let wide = inner.width >= WITH_RATE;
    let both = inner.width >= WITH_MEDIAN;
    let room = inner.width.saturating_sub(if both { MEDIAN_AND_SLOWEST } else { SLOWEST - u16::from(!wide) });
    let (failed, role) = failing(wide, numbers);
    paint.right(Rect { width: room, ..inner }, &failed, role);
    if wide {
        rate(
            paint,
            Rect { width: room.saturating_sub(SHARE.max(failed.width() as u16 + 1)), ..inner },
            numbers,
        );
    }
    let ms = |value: Option<f64>| value.map_or(number::MISSING, number::count).within(6);
    let role = if numbers.p99.is_some() { Role::Text } else { Role::Dim };
    if both && numbers.p50.is_some() {
        paint.right(inner, &safe!("{}/{}", ms(numbers.p50), ms(numbers.p99)), role);
    } else {
        paint.right(inner, &ms(numbers.p99), role);
    }
}

/// How many requests a minute, as exactly as there is room, with its end in a place of its own where that has room.
fn rate(paint: &mut Paint<'_>, row: Rect, numbers: &NodeNumbers) {
    let short = |rate: f64| if rate < 10.0 { number::fine(rate) } else { number::short(rate) };
    let rate = numbers.per_minute.map_or(number::MISSING, short);
    let sign = u16::from(numbers.sampled);
    let room = row.width.saturating_sub(sign);
    let exact = [safe!("{rate}/m"), safe!("{rate}")];
    let text = exact.into_iter().find(|text| text.width() <= usize::from(room)).unwrap_or_else(|| {
        let thousands = numbers.per_minute.unwrap_or_default() / 1_000.0;
        safe!("{thousands:.1}k")
    });
    let mut pen = paint.pen(row);
    if row.width >= RATE.0 {
        pen.gap(row.width.min(RATE.1).saturating_sub(text.width() as u16 + sign));
    }
    if numbers.sampled {
        pen.put("~", Role::Unknown);
    }
    pen.put(&text, Role::Text);
}

/// The share that failed, or the throttles where they are what is wrong.
fn failing(wide: bool, numbers: &NodeNumbers) -> (SafeText, Role) {
    let throttled = numbers.throttles.filter(|rate| *rate > 0.0 && numbers.severity == Severity::Throttle);
    match (throttled, numbers.failed) {
        (Some(rate), _) => (safe!("\u{2298}{}", number::rate(rate).within(4)), Role::Throttle),
        (None, Some(share)) => {
            let sampled = if numbers.sampled && !wide { "~" } else { "" };
            (safe!("{sampled}{}%", number::share(share)), share_role(share))
        }
        (None, None) => (SafeText::new("-"), Role::Dim),
    }
}

/// The colour of a share that failed.
pub(super) fn share_role(share: f64) -> Role {
    match share {
        _ if share >= 0.10 => Role::Error,
        _ if share >= 0.01 => Role::Warn,
        0.0 => Role::Dim,
        _ => Role::Text,
    }
}

/// `[✗ payment-capture  18.9%]`; where there is room with all numbers.
fn one_line(
    paint: &mut Paint<'_>,
    row: Rect,
    whole: u16,
    (node, numbers): (&MapNode, &NodeNumbers),
    (standing, found): (Standing, bool),
) {
    let chosen = standing == Standing::Chosen;
    let border = if standing == Standing::Apart { Role::Faint } else { Role::Accent };
    paint.clear(row);
    paint.text(Rect { width: 1, ..row }, "[", border, Cut::End);
    if row.width == whole {
        paint.right(row, "]", border);
    }
    let inner = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let of_numbers = numbers_on_line(row.width).filter(|_| row.width == whole && node.folded.is_none());
    if let Some(cells) = of_numbers {
        let name = Rect { width: inner.width.saturating_sub(cells + 1), ..inner };
        title(paint, name, node, numbers, (standing, found));
        figures(paint, Rect { x: inner.right() - cells, width: cells, ..inner }, node, numbers);
        if chosen {
            paint.select(row);
        }
        return;
    }
    let share = match (node.folded, numbers.failed) {
        // A number that says nothing would cost letters of the name.
        (None, Some(share)) if share >= 0.01 => {
            safe!("{}{}%", if numbers.sampled { "~" } else { "" }, number::share(share))
        }
        _ => SafeText::new(""),
    };
    let apart = u16::from(!share.is_empty());
    let room = inner.width.saturating_sub(share.width() as u16 + apart);
    title(paint, Rect { width: room, ..inner }, node, numbers, (standing, found));
    paint.right(inner, &share, numbers.failed.map_or(Role::Dim, share_role));
    if chosen {
        paint.select(row);
    }
}

/// What a service is, in a word: `DynamoDB`, `SQS`, `remote`.
pub(super) fn kind(node: &MapNode) -> SafeText {
    SafeText::of_line(node.kind_word(), Showing::default())
}
