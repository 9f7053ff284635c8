//! The map of services: boxes in layers, and lines between them, heavy where errors travel.

use ratatui::layout::Rect;

use super::status;
use crate::app::traces::map::{MapEdge, MapNode, Standing, TraceMap};
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
        figures(paint, Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row }, node, numbers);
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

/// Requests, failures and the slowest, always in this order; what is sampled begins with `~`.
fn figures(paint: &mut Paint<'_>, row: Rect, node: &MapNode, numbers: &NodeNumbers) {
    let inner = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let mut pen = paint.pen(inner);
    if let Some(count) = node.folded {
        pen.put(&safe!("{count} services"), Role::Dim);
        return;
    }
    let wide = inner.width >= 18;
    if wide {
        if numbers.sampled {
            pen.put("~", Role::Unknown);
        }
        let short = |rate: f64| if rate < 10.0 { number::fine(rate) } else { number::short(rate) };
        let rate = numbers.per_minute.map_or(number::MISSING, short);
        pen.put(&safe!("{rate}/m "), Role::Text);
    }
    failing(paint, inner, wide, numbers);
    let p99 = numbers.p99.map_or(number::MISSING, number::count).within(6);
    paint.right(inner, &p99, if numbers.p99.is_some() { Role::Text } else { Role::Dim });
}

/// The share that failed, or the throttles where they are what is wrong; ends before the last number.
fn failing(paint: &mut Paint<'_>, row: Rect, wide: bool, numbers: &NodeNumbers) {
    let throttled = numbers.throttles.filter(|rate| *rate > 0.0 && numbers.severity == Severity::Throttle);
    let (text, role) = match (throttled, numbers.failed) {
        (Some(rate), _) => (safe!("\u{2298}{}", number::rate(rate).within(4)), Role::Throttle),
        (None, Some(share)) => {
            let sampled = if numbers.sampled && !wide { "~" } else { "" };
            (safe!("{sampled}{}%", number::share(share)), share_role(share))
        }
        (None, None) => (SafeText::new("-"), Role::Dim),
    };
    let room = if wide { row.width.saturating_sub(7) } else { row.width.saturating_sub(6) };
    paint.right(Rect { width: room, ..row }, &text, role);
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

/// `[✗ payment-capture  18.9%]`.
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
    let share = match (node.folded, numbers.failed) {
        // A number that says nothing would cost letters of the name.
        (None, Some(share)) if share >= 0.01 => {
            safe!("{}{}%", if numbers.sampled { "~" } else { "" }, number::share(share))
        }
        _ => SafeText::new(""),
    };
    let inner = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
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
