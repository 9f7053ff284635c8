//! One row for each request.

use std::time::Duration;

use ratatui::layout::Rect;

use super::{head_cell, mark_cursor, sign};
use crate::app::App;
use crate::app::requests::{RequestColumn, RequestPlace, error_words, request_columns};
use crate::model::{Invocation, Outcome, SafeText, Showing, Timestamp};
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::line;
use crate::ui::number;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// From this share of the memory on it is near its end.
const MUCH_MEMORY: f64 = 0.9;

/// Draws the heads and the rows on screen.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, head: Rect, area: Rect) {
    let requests = app.requests();
    let places = request_columns(head.width, requests.is_of_several(), requests.sort);
    for place in &places {
        head_cell(app, paint, Rect { x: head.x + place.x, width: place.width, ..head }, place.column);
    }
    let invocations = app.store().invocations();
    let keys = requests.shown.keys.iter().enumerate().skip(requests.top).take(usize::from(area.height));
    for (offset, (at, key)) in keys.enumerate() {
        let row = line(area, offset as u16);
        if let Some(invocation) = invocations.get(*key) {
            one(app, paint, row, &invocation, &places);
        }
        if at == requests.at {
            mark_cursor(app, paint, row);
        }
    }
}

/// How long a function may run, in ms.
pub(super) fn timeout_ms(app: &App, invocation: &Invocation) -> Option<f64> {
    let record = app.store().function(&invocation.function)?;
    record.function.timeout_s.map(|seconds| f64::from(seconds) * 1000.0)
}

/// How it stands with a request now.
pub(in crate::ui) fn outcome(app: &App, invocation: &Invocation) -> Outcome {
    /// The longest that any function may run.
    const LONGEST: f64 = 900_000.0;
    let timeout = timeout_ms(app, invocation).unwrap_or(LONGEST).max(0.0);
    invocation.outcome_at(app.now(), Duration::from_millis(timeout as u64))
}

/// `14:31:03.614`, or without the fraction.
pub(in crate::ui) fn time(app: &App, at: Timestamp, short: bool) -> SafeText {
    let Some(time) = at.local(app.zone()) else { return SafeText::new("bad time") };
    if short { safe!("{}", time.format("%H:%M:%S")) } else { safe!("{}", time.format("%H:%M:%S%.3f")) }
}

/// `v88`; a version without a number as it is.
pub(super) fn version(version: Option<&str>) -> SafeText {
    match version {
        None => SafeText::new("-"),
        Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => safe!("v{number}"),
        Some(name) => SafeText::new(name),
    }
}

/// A text of the log in which secrets are masked.
pub(in crate::ui) fn told(text: &str) -> SafeText {
    SafeText::of_line(text, Showing::default())
}

/// What there is to say of how it went.
pub(in crate::ui) fn words(app: &App, invocation: &Invocation, outcome: Outcome) -> Option<SafeText> {
    match outcome {
        Outcome::Running => {
            Some(safe!("for {}", number::age(app.now().since(invocation.start)).as_str().trim()))
        }
        Outcome::Unknown => {
            let ago = number::age(app.now().since(invocation.last));
            let last = time(app, invocation.last, false);
            Some(safe!("last line {last}, {} ago", ago.as_str().trim()))
        }
        _ => error_words(invocation).map(|words| told(&words)),
    }
}

/// The words of an error; where they do not fit, without the ending that every type has, so that more of what tells it
/// from others is read: `ProvisionedThroughputExceeded: slow…`.
pub(in crate::ui) fn in_short(words: &SafeText, width: u16) -> SafeText {
    /// What is left of a type has to tell something.
    const LEAST: usize = 12;
    if words.width() <= usize::from(width) {
        return words.clone();
    }
    let text = words.as_str();
    let (kind, rest) = text.split_at(text.find([':', ' ']).unwrap_or(text.len()));
    let short = kind.strip_suffix("Exception").or_else(|| kind.strip_suffix("Error"));
    short.filter(|short| short.len() >= LEAST).map_or_else(|| words.clone(), |short| safe!("{short}{rest}"))
}

fn one(app: &App, paint: &mut Paint<'_>, row: Rect, invocation: &Invocation, places: &[RequestPlace]) {
    let outcome = outcome(app, invocation);
    let (glyph, role) = sign(outcome);
    paint.glyph(row.x + 1, row.y, glyph, role);
    for place in places {
        let cell = Rect { x: row.x + place.x, width: place.width, ..row };
        match place.column {
            RequestColumn::Time => {
                let text = time(app, invocation.start, cell.width < 12);
                paint.text(cell, &text, Role::Text, Cut::End);
            }
            RequestColumn::Function => {
                paint.text(cell, &SafeText::new(&invocation.function.name), Role::Text, Cut::End);
            }
            RequestColumn::Outcome => {
                let role = if outcome == Outcome::Ok { Role::Text } else { role };
                paint.text(cell, outcome.label(), role, Cut::End);
            }
            RequestColumn::Version => {
                paint.text(cell, &version(invocation.version.as_deref()), Role::Dim, Cut::End);
            }
            RequestColumn::Duration => {
                let role = if outcome == Outcome::Timeout { Role::Timeout } else { Role::Text };
                count(paint, cell, invocation.duration_ms, role);
            }
            RequestColumn::Bar => bar(app, paint, cell, invocation, role),
            RequestColumn::Init => init(paint, cell, invocation),
            RequestColumn::Billed => count(paint, cell, invocation.billed_ms, Role::Dim),
            RequestColumn::Memory => {
                let full = invocation.max_memory_mb.zip(invocation.memory_mb);
                let role = match full.map(|(used, size)| used / size) {
                    Some(share) if share >= 1.0 => Role::Timeout,
                    Some(share) if share >= MUCH_MEMORY => Role::Warn,
                    _ => Role::Text,
                };
                count(paint, cell, invocation.max_memory_mb, role);
            }
            RequestColumn::Environment => {
                let name = app.requests().environment(&invocation.stream.name);
                let name = name.map_or_else(SafeText::default, |name| SafeText::new(&name));
                paint.text(cell, &name, Role::Dim, Cut::End);
            }
            RequestColumn::Request => {
                paint.text(cell, &id(invocation), Role::Text, Cut::End);
            }
            RequestColumn::Trace => match invocation.sampled {
                Some(true) => paint.glyph(cell.x, cell.y, Glyph::Sampled, Role::Strong),
                Some(false) => paint.glyph(cell.x, cell.y, Glyph::NotSampled, Role::Dim),
                None => {
                    paint.text(cell, "-", Role::Dim, Cut::End);
                }
            },
            RequestColumn::Error => {
                if let Some(words) = words(app, invocation, outcome) {
                    paint.text(cell, &in_short(&words, cell.width), role, Cut::End);
                }
            }
        }
    }
}

/// The first eight digits of a request's id.
pub(in crate::ui) fn id(invocation: &Invocation) -> SafeText {
    let id = invocation.key.request.to_string();
    SafeText::new(&id[..8])
}

/// A number in a column, or that it is missing.
pub(in crate::ui) fn count(paint: &mut Paint<'_>, cell: Rect, value: Option<f64>, role: Role) {
    match value {
        Some(value) => paint.right(cell, &number::count(value).within(cell.width), role),
        None => paint.right(cell, "-", Role::Dim),
    }
}

/// How long it ran, as a share of what it may.
fn bar(app: &App, paint: &mut Paint<'_>, cell: Rect, invocation: &Invocation, role: Role) {
    let most = timeout_ms(app, invocation).or(app.requests().shown.longest_ms).filter(|most| *most > 0.0);
    let Some((duration, most)) = invocation.duration_ms.zip(most) else { return };
    let cells = (duration / most * f64::from(cell.width)).ceil().clamp(0.0, f64::from(cell.width)) as u16;
    for x in cell.x..cell.x + cells {
        paint.glyph(x, cell.y, Glyph::Length, role);
    }
}

/// Its cold start: the sign, and how long it took.
pub(in crate::ui) fn init(paint: &mut Paint<'_>, cell: Rect, invocation: &Invocation) {
    let took = invocation.init_ms.or(invocation.restore_ms);
    if !invocation.cold && took.is_none() {
        return paint.right(cell, "-", Role::Dim);
    }
    let width = took.map_or(0, |took| {
        let number = number::count(took).within(cell.width.saturating_sub(1));
        paint.right(cell, &number, Role::Cold);
        number.width()
    });
    let x = if width == 0 { cell.right() - 1 } else { cell.right().saturating_sub(width + 2).max(cell.x) };
    paint.glyph(x, cell.y, Glyph::Cold, Role::Cold);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_type_gives_way_to_what_tells_it_from_others() {
        let short = |text: &str, width: u16| in_short(&SafeText::new(text), width).as_str().to_owned();
        let throttled = "ProvisionedThroughputExceededException: slow down";
        assert_eq!(short(throttled, 49), throttled);
        assert_eq!(short(throttled, 48), "ProvisionedThroughputExceeded: slow down");
        assert_eq!(short("ResourceNotReadyError", 12), "ResourceNotReady");
        assert_eq!(short("TypeError: cannot read property", 12), "TypeError: cannot read property");
        assert_eq!(short("the limit of Error", 4), "the limit of Error");
    }
}
