//! Searching further back than what is held: what will be asked, of whom, over which stretch and for how much.
//!
//! ```text
//! ┌ Search further back ──────────────────────────────────────────────┐
//! │ for      timeout checkout                                         │
//! │ back to  11-21 13:31, from 14:31 where what is held begins        │
//! │ stretch  [1 h]  6 h  1 day  3 days  7 days  30 days               │
//! │ by       FilterLogEvents: free                                    │
//! │          "timeout" "checkout"                                     │
//! │          It lets more through than the filter, which still holds. │
//! │                                                                   │
//! │ Enter search  ←→ stretch  Tab Logs Insights  Esc close            │
//! └───────────────────────────────────────────────────────────────────┘
//! ```

use ratatui::layout::Rect;

use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{centred, line, moment, number};
use crate::app::{App, FarApi, FarBox, FarSearch};
use crate::model::{SafeText, SearchBy};
use crate::safe;

const WIDTH: u16 = 76;
/// Where values begin.
const VALUES: u16 = 10;

/// Draws the box.
pub(super) fn draw(app: &App, shown: &FarBox, paint: &mut Paint<'_>) {
    let area = centred(paint.area(), WIDTH, 12);
    let inside = paint.frame(area);
    paint
        .pen(Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..line(area, 0) })
        .put(" Search further back ", Role::Strong);
    match app.far().running() {
        Some(far) => running(app, far, paint, inside),
        None => asking(app, shown, paint, inside),
    }
}

/// A name and its value.
fn field(paint: &mut Paint<'_>, row: Rect, name: &'static str, value: &SafeText, role: Role) {
    paint.text(Rect { x: row.x + 1, ..row }, name, Role::Dim, Cut::End);
    let left = row.x + VALUES;
    paint.text(Rect { x: left, width: row.width.saturating_sub(VALUES + 1), ..row }, value, role, Cut::End);
}

fn asking(app: &App, shown: &FarBox, paint: &mut Paint<'_>, inside: Rect) {
    let at = |at| moment::dated(at, app.now(), app.zone());
    let query = SafeText::new(app.logs().filter.applied.text());
    field(paint, line(inside, 0), "for", &query, Role::Text);
    let groups =
        if shown.groups == 1 { "1 log group".to_owned() } else { format!("{} log groups", shown.groups) };
    field(paint, line(inside, 1), "in", &safe!("{groups}"), Role::Text);
    let range = shown.range();
    let back = safe!("{}, from {} where what was read begins", at(range.start), at(range.end));
    field(paint, line(inside, 2), "back to", &back, Role::Text);
    let row = line(inside, 3);
    field(paint, row, "stretch", &SafeText::default(), Role::Text);
    let mut pen = paint.pen(Rect { x: row.x + VALUES, width: row.width.saturating_sub(VALUES), ..row });
    for (index, name) in FarBox::stretches().enumerate() {
        if index == shown.stretch {
            pen.put("[", Role::Accent).put(name, Role::Strong).put("]", Role::Accent).gap(1);
        } else {
            pen.gap(1).put(name, Role::Dim).gap(2);
        }
    }
    let (by, other) = match shown.api {
        FarApi::FilterLogEvents => ("FilterLogEvents: free, page by page", "Logs Insights"),
        FarApi::LogsInsights => ("Logs Insights: $0.005 for each GB that it scans", "FilterLogEvents"),
    };
    field(paint, line(inside, 4), "by", &SafeText::new(by), Role::Text);
    let obstacle = app.far_obstacle(shown);
    if let Some(why) = &obstacle {
        field(paint, line(inside, 5), "", &SafeText::new(why), Role::Warn);
    } else {
        let asked = SafeText::new(&shown.pushdown().text);
        field(paint, line(inside, 5), "asks", &asked, Role::Accent);
        let note = if shown.pushdown().whole {
            "that is all of the filter"
        } else {
            "that lets more through than the filter, which still holds here"
        };
        field(paint, line(inside, 6), "", &SafeText::new(note), Role::Dim);
        if shown.api == FarApi::LogsInsights {
            price(app, shown, paint, inside);
        }
    }
    let arrows = SafeText::new(&super::keys::written("←→", paint.ascii()));
    let mut pen = paint.pen(line(inside, inside.height.saturating_sub(1)));
    pen.gap(1);
    if obstacle.is_none() {
        let words = if shown.confirming { "once more runs it, for that price" } else { "search" };
        let role = if shown.confirming { Role::Warn } else { Role::Dim };
        pen.put("Enter", Role::Accent).gap(1).put(words, role).gap(2);
    }
    pen.put(&arrows, Role::Accent).gap(1).put("stretch", Role::Dim).gap(2);
    pen.put("Tab", Role::Accent).gap(1).put(other, Role::Dim).gap(2);
    pen.put("Esc", Role::Accent).gap(1).put("close", Role::Dim);
}

fn price(app: &App, shown: &FarBox, paint: &mut Paint<'_>, inside: Rect) {
    let found = app.far().estimate.as_ref().and_then(|(.., found)| *found);
    let (text, role) = match found {
        None => (SafeText::new("asking what the groups store \u{2026}"), Role::Unknown),
        Some((None, _)) => (SafeText::new("not known: DescribeLogGroups says nothing"), Role::Warn),
        Some((Some(bytes), dollars)) => {
            let (bytes, dollars) = (number::bytes(bytes as f64), number::dollars(dollars));
            let role = if shown.confirming { Role::Warn } else { Role::Text };
            (safe!("about {bytes}, {dollars}: by what the groups are said to store"), role)
        }
    };
    field(paint, line(inside, 7), "price", &text, role);
    let note = SafeText::new("what it scans decides; the newest 10,000 lines at most come");
    field(paint, line(inside, 8), "", &note, Role::Dim);
}

fn running(app: &App, far: &FarSearch, paint: &mut Paint<'_>, inside: Rect) {
    let at = |at| moment::dated(at, app.now(), app.zone());
    let (by, asked) = match &far.search.by {
        SearchBy::Pattern(text) => ("FilterLogEvents", text),
        SearchBy::Insights(text) => ("Logs Insights", text),
    };
    field(paint, line(inside, 0), "by", &SafeText::new(by), Role::Text);
    field(paint, line(inside, 1), "asks", &SafeText::new(asked), Role::Accent);
    let range = far.search.range;
    field(paint, line(inside, 2), "over", &safe!("{} to {}", at(range.start), at(range.end)), Role::Text);
    field(paint, line(inside, 3), "so far", &progress(app, far), Role::Strong);
    if let Some(failure) = &far.progress.waits_for {
        field(paint, line(inside, 4), "waits", &safe!("{failure}"), Role::Warn);
    }
    let mut pen = paint.pen(line(inside, inside.height.saturating_sub(1)));
    pen.gap(1).put("x", Role::Accent).gap(1).put("stop it", Role::Dim).gap(2);
    pen.put("Esc", Role::Accent).gap(1).put("close, it goes on", Role::Dim);
}

/// How far a search has come: `searched back to 09:12, 41 found`.
pub(super) fn progress(app: &App, far: &FarSearch) -> SafeText {
    let found = number::count(far.progress.found as f64);
    let waits = if far.progress.waits_for.is_some() { ", waiting" } else { "" };
    match (&far.search.by, far.progress.searched_to) {
        (SearchBy::Insights(_), _) => {
            let (bytes, dollars) =
                (number::bytes(far.progress.scanned as f64), number::dollars(far.progress.dollars));
            safe!("Logs Insights: {bytes} scanned, {dollars}, {found} found{waits}")
        }
        (SearchBy::Pattern(_), Some(to)) => {
            let to = moment::dated(to, app.now(), app.zone());
            safe!("searched back to {to}, {found} found{waits}")
        }
        (SearchBy::Pattern(_), None) => safe!("searching further back, {found} found{waits}"),
    }
}
