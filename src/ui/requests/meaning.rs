//! The selected request in a sentence: what happened to it, as far as its lines tell.

use ratatui::layout::Rect;

use super::row;
use crate::app::App;
use crate::model::{Invocation, Outcome, SafeText, Showing};
use crate::safe;
use crate::ui::clause;
use crate::ui::number;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// In less room the words of an error tell nothing.
const LEAST: usize = 12;

/// Draws the sentence into `area`.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let Some(invocation) = app.selected_request() else { return };
    let before = if app.requests().shows_groups() { "the newest, " } else { "" };
    let words = sentence(app, &invocation, area.width.saturating_sub(before.len() as u16));
    paint.text(area, &safe!("{before}{words}"), Role::Text, Cut::End);
}

/// `c1f0a7e2: cold start 812 ms, then unhandled after 3.26 s: ProvisionedThroughputExceeded… · 214 of 512 MB`. What
/// does not fit into `width` cells is left out whole, but for the words of an error.
fn sentence(app: &App, invocation: &Invocation, width: u16) -> SafeText {
    let outcome = row::outcome(app, invocation);
    let took = invocation.init_ms.or(invocation.restore_ms);
    let start = match (took, invocation.cold, invocation.restore_ms) {
        (Some(ms), _, Some(_)) => format!("restored in {}, then ", number::millis(ms)),
        (Some(ms), ..) => format!("cold start {}, then ", number::millis(ms)),
        (None, true, _) => "cold start, then ".to_owned(),
        (None, false, _) => String::new(),
    };
    let ended = match (outcome, invocation.duration_ms) {
        (Outcome::Running | Outcome::Unknown, _) | (_, None) => outcome.label().to_owned(),
        (Outcome::Ok, Some(ms)) => format!("ok in {}", number::millis(ms)),
        (_, Some(ms)) => format!("{} after {}", outcome.label(), number::millis(ms)),
    };
    // What follows a refused attempt says more than how long that was.
    let ran = outcome != Outcome::Throttled;
    let story = app.selected_story().filter(|_| ran && app.requests().selected() == Some(invocation.key));
    let cells = |text: &str| SafeText::of_line(text, Showing::default()).width();
    let more = |text: &mut String, part: &str| {
        if cells(text) + 3 + cells(part) <= usize::from(width) {
            text.push_str(" · ");
            text.push_str(part);
        }
    };
    let mut text = format!("{}: ", row::id(invocation));
    if let Some(story) = story {
        let room = width.saturating_sub(cells(&text) as u16);
        text.push_str(&clause::fitting(story, ", ", room));
        more(&mut text, &ended);
    } else {
        text.push_str(&start);
        text.push_str(&ended);
    }
    if let Some((used, size)) = invocation.max_memory_mb.zip(invocation.memory_mb) {
        more(&mut text, &format!("{} of {} MB", number::count(used), number::count(size)));
    }
    if let Some(billed) = invocation.billed_ms {
        more(&mut text, &format!("billed {} ms", number::count(billed)));
    }
    let attempts: Vec<_> = app.store().invocations().attempts(invocation.key.request).collect();
    if attempts.len() > 1
        && let Some(at) = attempts.iter().position(|own| own.key == invocation.key)
    {
        more(&mut text, &format!("attempt {} of {}", at + 1, attempts.len()));
        if let Some(next) = attempts.get(at + 1).filter(|_| outcome == Outcome::Throttled) {
            let later = number::millis(next.start.since(invocation.start).as_millis() as f64);
            more(&mut text, &format!("the next {later} later: {}", row::outcome(app, next).label()));
        }
    }
    let room = usize::from(width).saturating_sub(cells(&text) + 3);
    if let Some(words) = row::words(app, invocation, outcome).filter(|words| room >= words.width().min(LEAST))
    {
        text.push_str(" · ");
        text.push_str(words.as_str());
    }
    SafeText::new(&text)
}
