//! How much is known of the trace, in a sentence: never is anything left blank without a word.

use std::time::Duration;

use ratatui::layout::Rect;

use super::title::inner;
use crate::app::{App, Known, Sight, TimelineOf, TimelineScreen, TimelineSource};
use crate::model::{SafeText, Showing, Timestamp, TraceBackend, TraceMissing};
use crate::safe;
use crate::ui::clause;
use crate::ui::glyph::Glyph;
use crate::ui::number;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// So long after a request X-Ray may still get its segments.
const ARRIVING: Duration = Duration::from_mins(15);

/// How long X-Ray keeps a trace. Source: <https://docs.aws.amazon.com/xray/latest/devguide/aws-xray.html>.
const KEPT: Duration = Duration::from_hours(30 * 24);
const DAY: Duration = Duration::from_hours(24);
/// From so many cells on there is room for the reasons in full.
const WIDE: u16 = 120;
/// X-Ray is not older: an id that says so holds no time.
const YEARS: Duration = Duration::from_hours(10 * 365 * 24);

/// Between two parts of the sentence.
const PART: &str = " \u{b7} ";

/// Draws the sentence.
pub(super) fn draw(app: &App, screen: &TimelineScreen, paint: &mut Paint<'_>, row: Rect) {
    let row = inner(row);
    let (glyph, role, text) = sentence(app, screen);
    paint.pen(row).glyph(glyph, role).gap(1);
    let room = Rect { x: row.x + 2, width: row.width.saturating_sub(2), ..row };
    // What stands further back matters less.
    let text = clause::fitting(&text, PART, room.width);
    paint.text(room, &SafeText::of_line(&text, Showing::default()), role, Cut::End);
}

/// Its sign, its colour, its words. Raw text.
fn sentence(app: &App, screen: &TimelineScreen) -> (Glyph, Role, String) {
    let made = made_of(screen);
    let wide = app.size().0 >= WIDE;
    let id = screen.trace().map_or_else(String::new, |id| id.to_string());
    let id = id.get(..19).unwrap_or(&id).trim_end_matches('-');
    match &screen.sight {
        Sight::Untraced => (
            Glyph::NotSampled,
            Role::Unknown,
            if wide {
                format!(
                    "no line names a trace: X-Ray is off for this function, or its caller said no; {made}"
                )
            } else {
                format!("no line names a trace (X-Ray off, or caller said no): {made}")
            },
        ),
        Sight::NotSampled => (
            Glyph::NotSampled,
            Role::Unknown,
            if wide {
                format!("not sampled by X-Ray (first request each second + 5 % of the rest): {made}")
            } else {
                format!("not sampled by X-Ray (1/s + 5 %): {made}")
            },
        ),
        Sight::Asking => {
            (Glyph::Sampled, Role::Unknown, format!("asking X-Ray for {id}\u{2026}; until it comes, {made}"))
        }
        Sight::Missing { why, .. } => {
            (Glyph::Sampled, Role::Warn, format!("{}; {made}", missing(app, screen, why)))
        }
        Sight::Known(known) if !matches!(screen.source, TimelineSource::Trace(_)) => {
            let function = screen.request().map_or("it", |request| &*request.function.name);
            let segments = plural(known.segments, "segment");
            (
                Glyph::Sampled,
                Role::Unknown,
                format!(
                    "X-Ray has {segments} of {id}\u{2026} so far, none of {function}; until it comes, {made}"
                ),
            )
        }
        Sight::Known(known) => known_in_words(app, screen, known, id),
    }
}

fn made_of(screen: &TimelineScreen) -> String {
    match screen.of {
        TimelineOf::Request(_) => {
            let lines = plural(screen.lines.len(), "log line");
            format!("made of {lines}{PART}inner calls unknown")
        }
        TimelineOf::Trace(_) => {
            let lines = plural(screen.lines.len(), "log line");
            match (screen.summary.is_some(), screen.lines.is_empty()) {
                (true, true) => "made of what the list of traces says".to_owned(),
                (true, false) => format!("made of what the list of traces says and {lines}"),
                (false, false) => format!("made of {lines}{PART}inner calls unknown"),
                (false, true) => "nothing to draw yet".to_owned(),
            }
        }
    }
}

fn plural(count: usize, one: &str) -> String {
    format!("{} {one}{}", number::count(count as f64), if count == 1 { "" } else { "s" })
}

/// Why a trace is not there, and what comes next.
fn missing(app: &App, screen: &TimelineScreen, why: &TraceMissing) -> String {
    let by_id = screen.trace().map(|id| Timestamp::from_secs(i64::from(id.seconds())));
    // Ids of OpenTelemetry may hold no time.
    let by_id = by_id.filter(|made| *made > app.now() - YEARS && *made < app.now() + DAY);
    let told = screen.request().map(|request| request.last);
    let told = told.or_else(|| screen.summary.as_ref().map(|summary| summary.start));
    let begun = told.or_else(|| screen.invocations.last().map(|held| held.last));
    let (begun, how) = begun.map_or((by_id, " by its id"), |begun| (Some(begun), ""));
    let ago = begun.map_or_else(String::new, |begun| {
        format!(", begun {} ago{how}", number::age(app.now().since(begun)).to_string().trim())
    });
    let search = matches!(app.store().traces().backend(), Some(TraceBackend::TransactionSearch { .. }));
    let fresh = begun.is_some_and(|begun| app.now().since(begun) < ARRIVING);
    match (why, search) {
        (TraceMissing::Unknown, _) if begun.is_some_and(|begun| begun + KEPT < app.now()) => {
            format!("X-Ray keeps traces for 30 days{ago}: it is gone")
        }
        (TraceMissing::Unknown, true) if fresh => {
            format!("Transaction Search has no span of it yet{ago}: asked again, up to 15 min after that")
        }
        (TraceMissing::Unknown, true) => {
            format!("Transaction Search has no span of it{ago}: not sampled, or of another account or region")
        }
        (TraceMissing::Unknown, false) if fresh => {
            format!("X-Ray has nothing of it yet{ago}: asked again, up to 15 min after that")
        }
        (TraceMissing::Unknown, false) => {
            format!("X-Ray does not know it{ago}: not sampled, or of another account or region")
        }
        (TraceMissing::Unprocessed, _) => "X-Ray could not say (UnprocessedTraceIds): asked again".to_owned(),
        (TraceMissing::Unretrievable(why), _) if app.size().0 >= WIDE => {
            format!("Transaction Search is on, and its spans are not to be had: {why}")
        }
        (TraceMissing::Unretrievable(why), _) => format!("Transaction Search {why}"),
        (TraceMissing::Failed(failure), _) => failure.to_string(),
    }
}

fn known_in_words(app: &App, screen: &TimelineScreen, known: &Known, id: &str) -> (Glyph, Role, String) {
    let mut warnings = Vec::new();
    if known.truncated {
        warnings.push("X-Ray truncated this trace".to_owned());
    }
    if known.unreadable > 0 {
        let documents = plural(known.unreadable as usize, "document");
        warnings.push(format!("{documents} could not be read"));
    }
    if known.orphans > 0 {
        let nodes = plural(known.orphans, "row");
        let whose = if known.orphans == 1 { "its parent" } else { "their parents" };
        warnings.push(format!("{nodes} without {whose}"));
    }
    if known.circles > 0 {
        warnings.push(format!("{} cut", plural(known.circles, "circle")));
    }
    if known.endless > 0 {
        warnings.push(format!("{} without an end", plural(known.endless, "segment")));
    }
    let complete = known.segments.saturating_sub(known.open + known.endless);
    let since = known.open_since.map(|since| app.now().since(since));
    let progress = match (known.open, since) {
        // All segments have ended: what has not was cut off with them, or its end got lost.
        (0, Some(_)) => format!("{}, a subsegment without an end", plural(known.segments, "segment")),
        (0, None) if complete < known.segments => {
            format!("{complete} of {} complete", plural(known.segments, "segment"))
        }
        (0, None) => format!("{} complete", plural(known.segments, "segment")),
        (_, since) => {
            let since = since
                .map_or_else(String::new, |since| format!(" {}", number::millis(since.as_millis() as f64)));
            format!("{complete} of {} complete, in progress{since}", plural(known.segments, "segment"))
        }
    };
    let clocks = match screen.timeline.skew_ms {
        skew if skew < 1.0 => "clocks agree".to_owned(),
        skew => format!("clocks differ by {}", number::millis(skew)),
    };
    let read = format!("read {} ago", number::age(app.now().since(known.at)));
    let from = if known.retrieved { "from Transaction Search" } else { "sampled" };
    let role = if warnings.is_empty() { Role::Dim } else { Role::Warn };
    let mut parts = warnings;
    // The id of a trace stands in its title, and matters less than how much of it there is.
    let id = matches!(screen.of, TimelineOf::Request(_)).then(|| format!("{id}\u{2026}"));
    let wide = app.size().0 >= WIDE;
    parts.push(match &id {
        Some(id) if wide => format!("{from}: {id}"),
        _ => from.to_owned(),
    });
    parts.push(progress);
    parts.push(read);
    parts.push(plural(known.subsegments, "subsegment"));
    parts.push(clocks);
    parts.extend(id.filter(|_| !wide));
    let glyph = if known.open > 0 || known.open_since.is_some() { Glyph::Unfinished } else { Glyph::Sampled };
    (glyph, role, parts.join(PART))
}

/// Why there is no row, and what comes next.
pub(super) fn nothing(app: &App, screen: &TimelineScreen) -> (SafeText, SafeText) {
    let (_, _, why) = sentence(app, screen);
    let first = SafeText::of_line(&why, Showing::default());
    let second = match (screen.of, &screen.sight) {
        (TimelineOf::Request(_), _) => safe!("Esc goes back; l reads the log of its function."),
        (TimelineOf::Trace(_), Sight::Known(_)) => {
            safe!("X-Ray answered with no segment; it is asked again.")
        }
        (TimelineOf::Trace(_), _) => {
            safe!("It appears here by itself; R asks now, o shows it in the console.")
        }
    };
    (first, second)
}
