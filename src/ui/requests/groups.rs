//! Requests put together: errors with their number, versions side by side, environments each on a lane of time.
//!
//! ```text
//!    COUNT    % ALL FIRST    LAST     ERROR
//! ✗  1,904     89.3 14:02:41 14:31:06 ProvisionedThroughputExceededException: …
//!    VERSION  COUNT FAIL % p50 ms  p99 ms COLD % FIRST    LAST
//!    ENV   COUNT FAIL AGE  INIT    MB      lane
//! ·  a0       412   0 41m   812  181 214  ◇▂▂▂▃▃▃▃▄▄▄✗▅▅
//! ```

use ratatui::layout::Rect;

use super::row::{in_short, time, told, version};
use super::{mark_cursor, sign};
use crate::app::App;
use crate::app::requests::{GroupId, Grouping, LaneCell, RequestGroup, lane_columns};
use crate::model::{Outcome, SafeText, Timestamp};
use crate::safe;
use crate::ui::glyph::{BARS, BARS_ASCII, Glyph};
use crate::ui::paint::{Paint, Pen};
use crate::ui::theme::Role;
use crate::ui::{line, number};

/// Draws the heads and the groups on screen.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, head: Rect, area: Rect) {
    let requests = app.requests();
    heads(app, paint, head);
    let groups = requests.shown.groups.iter().enumerate().skip(requests.top).take(usize::from(area.height));
    for (offset, (at, group)) in groups.enumerate() {
        let row = line(area, offset as u16);
        let (glyph, role) = mark(group);
        paint.glyph(row.x + 1, row.y, glyph, role);
        let inner = Rect { x: row.x + 3, width: row.width.saturating_sub(4), ..row };
        match requests.grouping {
            Grouping::Version => one_version(app, paint, inner, group),
            Grouping::Environment => one_lane(app, paint, inner, group),
            Grouping::Error | Grouping::None => one_error(app, paint, inner, group, role),
        }
        if at == requests.at {
            mark_cursor(app, paint, row);
        }
    }
}

/// The sign of a group: of an error its outcome, else whether any failed.
const fn mark(group: &RequestGroup) -> (Glyph, Role) {
    match group.id {
        GroupId::Error(_) => sign(group.outcome),
        _ if group.failed > 0 => (Glyph::Error, Role::Error),
        _ => sign(Outcome::Ok),
    }
}

fn heads(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let several = app.requests().is_of_several();
    let mut pen = paint.pen(Rect { x: row.x + 3, width: row.width.saturating_sub(4), ..row });
    let name = |pen: &mut Pen<'_, '_>| {
        if several {
            pen.field(NAME, "FUNCTION", Role::Dim).gap(1);
        }
    };
    match app.requests().grouping {
        Grouping::Version => {
            name(&mut pen);
            pen.field(8, "VERSION", Role::Dim);
            for (width, word) in [(7, "COUNT"), (7, "FAIL %"), (8, "p50 ms"), (8, "p99 ms"), (7, "COLD %")] {
                pen.cell(width, word, Role::Dim);
            }
            let clock = Clock::of(&pen);
            pen.gap(clock.gap()).field(clock.cells() + 1, "FIRST", Role::Dim).put("LAST", Role::Dim);
        }
        Grouping::Environment => {
            name(&mut pen);
            pen.field(4, "ENV", Role::Dim);
            for (width, word) in [(7, "COUNT"), (5, "FAIL"), (5, "AGE"), (7, "INIT")] {
                pen.cell(width, word, Role::Dim);
            }
            pen.gap(2).field(15, "MB USED/SIZE", Role::Dim).gap(1);
            pen.put(if pen.left() >= 16 { "MEMORY OVER TIME" } else { "OVER TIME" }, Role::Dim);
            if pen.left() >= 18 {
                pen.put(", ", Role::Dim).glyph(Glyph::Cold, Role::Cold).put(" cold, ", Role::Dim);
                pen.glyph(Glyph::Error, Role::Error).put(" failed", Role::Dim);
            }
        }
        Grouping::Error | Grouping::None => {
            let (count, clock) = error_columns(row.width, several);
            pen.cell(count, "COUNT", Role::Dim).cell(SHARE, share_of(app), Role::Dim);
            let cells = clock.cells() + 1;
            pen.gap(1).field(cells, "FIRST", Role::Dim).field(cells, "LAST", Role::Dim);
            name(&mut pen);
            pen.put("ERROR", Role::Dim);
        }
    }
}

/// How two times are written side by side.
#[derive(Clone, Copy)]
enum Clock {
    /// `14:02`, where there is no room for more.
    Minutes,
    /// `14:02:41`.
    Seconds,
}

impl Clock {
    /// What fits into the rest of a line, behind two blanks.
    const fn of(pen: &Pen<'_, '_>) -> Self {
        if pen.left() >= 2 + 8 + 1 + 8 { Self::Seconds } else { Self::Minutes }
    }

    /// Blanks before the first.
    const fn gap(self) -> u16 {
        match self {
            Self::Minutes => 1,
            Self::Seconds => 2,
        }
    }

    const fn cells(self) -> u16 {
        match self {
            Self::Minutes => 5,
            Self::Seconds => 8,
        }
    }

    fn written(self, app: &App, at: Timestamp) -> SafeText {
        match (self, at.local(app.zone())) {
            (Self::Minutes, Some(time)) => safe!("{}", time.format("%H:%M")),
            _ => time(app, at, true),
        }
    }
}

/// Cells of a number of errors, and how its times are written, in a table of such a width, of one function or of
/// several: errors are read.
const fn error_columns(width: u16, several: bool) -> (u16, Clock) {
    if width < 100 && several { (6, Clock::Minutes) } else { (7, Clock::Seconds) }
}

/// Cells of a function's name.
const NAME: u16 = 18;
/// Cells of the share that an error has of what is listed, with a blank before the longest head.
const SHARE: u16 = 9;

/// What the shares are shares of: what was picked, else what the filter found, else all.
fn share_of(app: &App) -> &'static str {
    let requests = app.requests();
    match (requests.pick.is_empty(), requests.is_filtered()) {
        (false, _) => "% PICKED",
        (true, true) => "% FOUND",
        (true, false) => "% ALL",
    }
}

fn name(app: &App, pen: &mut Pen<'_, '_>, group: &RequestGroup) {
    if app.requests().is_of_several() {
        pen.field(NAME, &SafeText::new(&group.function.name), Role::Text).gap(1);
    }
}

fn one_error(app: &App, paint: &mut Paint<'_>, row: Rect, group: &RequestGroup, role: Role) {
    // Those that are listed, not all there were: as many as the line above says.
    let all = app.requests().shown.keys.len() as f64;
    let GroupId::Error(error) = &group.id else { return };
    let (count, clock) = error_columns(row.width + 4, app.requests().is_of_several());
    let (first, last) = (clock.written(app, group.first), clock.written(app, group.last));
    let mut pen = paint.pen(row);
    pen.cell(count, &number::count(group.count as f64).within(count), Role::Strong);
    pen.cell(SHARE, &number::percent(group.count as f64, all), Role::Text).gap(1);
    pen.field(clock.cells(), &first, Role::Dim).gap(1).field(clock.cells(), &last, Role::Text).gap(1);
    name(app, &mut pen, group);
    let words = in_short(&told(error), pen.left());
    pen.put(&words, role);
}

fn one_version(app: &App, paint: &mut Paint<'_>, row: Rect, group: &RequestGroup) {
    let GroupId::Version(_, of) = &group.id else { return };
    let all = group.count as f64;
    let mut pen = paint.pen(row);
    name(app, &mut pen, group);
    pen.field(7, &version(of.as_deref()), Role::Strong).gap(1);
    pen.cell(7, &number::count(all).within(7), Role::Text);
    let role = if group.failed > 0 { Role::Error } else { Role::Dim };
    pen.cell(7, &number::percent(group.failed as f64, all), role);
    for value in [group.p50, group.p99] {
        match value {
            Some(ms) => pen.gap(1).cell(7, &number::count(ms).within(7), Role::Text),
            None => pen.gap(1).cell(7, "-", Role::Dim),
        };
    }
    let role = if group.cold > 0 { Role::Cold } else { Role::Dim };
    pen.cell(7, &number::percent(group.cold as f64, all), role);
    let clock = Clock::of(&pen);
    let (first, last) = (clock.written(app, group.first), clock.written(app, group.last));
    pen.gap(clock.gap()).field(clock.cells(), &first, Role::Dim).gap(1).field(
        clock.cells(),
        &last,
        Role::Text,
    );
}

fn one_lane(app: &App, paint: &mut Paint<'_>, row: Rect, group: &RequestGroup) {
    let GroupId::Environment(stream) = &group.id else { return };
    let requests = app.requests();
    let mut pen = paint.pen(row);
    name(app, &mut pen, group);
    let env = SafeText::new(&requests.environment(stream).unwrap_or_default());
    pen.field(3, &env, Role::Strong).gap(1);
    pen.cell(7, &number::count(group.count as f64).within(7), Role::Text);
    let role = if group.failed > 0 { Role::Error } else { Role::Dim };
    pen.cell(5, &number::count(group.failed as f64).within(5), role);
    pen.cell(5, &number::age(group.last.since(group.first)), Role::Dim);
    match group.init_ms {
        Some(ms) => pen.cell(7, &number::count(ms).within(7), Role::Cold),
        None => pen.cell(7, "-", Role::Dim),
    };
    pen.gap(2);
    let memory = match (group.memory_mb, group.size_mb) {
        (Some((from, to)), size) => {
            let of = size.map_or_else(SafeText::default, |size| safe!("/{}", number::count(size)));
            if (to - from).abs() < 1.0 {
                safe!("{}{of}", number::count(to))
            } else {
                safe!("{}→{}{of}", number::count(from), number::count(to))
            }
        }
        (None, _) => SafeText::new("-"),
    };
    pen.field(15, &memory, Role::Text).gap(1);
    let rest = pen.rest();
    let columns = lane_columns(row.width + 4);
    if columns == 0 || group.lane.is_empty() {
        return;
    }
    // Names of functions take some of it: what stands further right is newer.
    let room = usize::from(rest.width);
    let each = group.lane.len().div_ceil(room.max(1));
    for (x, cells) in group.lane.chunks(each.max(1)).enumerate() {
        lane_cell(paint, rest.x + x as u16, rest.y, cells, group.size_mb);
    }
}

/// Part of a lane: a failure or a cold start where there was one, else the memory that is used, as high as its share.
fn lane_cell(paint: &mut Paint<'_>, x: u16, y: u16, cells: &[LaneCell], size: Option<f64>) {
    let requests: u32 = cells.iter().map(|cell| cell.requests).sum();
    if requests == 0 {
        return;
    }
    if cells.iter().any(|cell| cell.failed > 0) {
        return paint.glyph(x, y, Glyph::Error, Role::Error);
    }
    if cells.iter().any(|cell| cell.cold) {
        return paint.glyph(x, y, Glyph::Cold, Role::Cold);
    }
    let used = cells.iter().map(|cell| cell.memory_mb).fold(0.0, f64::max);
    let share = size.filter(|size| *size > 0.0).map_or(0.0, |size| used / size);
    let bars = if paint.ascii() { BARS_ASCII } else { BARS };
    let height = (share * 7.0).round().clamp(1.0, 7.0) as usize;
    let role = if share >= 0.9 { Role::Warn } else { Role::Series1 };
    paint.symbol(x, y, bars[height], role);
}
