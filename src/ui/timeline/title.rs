//! What the timeline is of, where the time went, what the bars mean.

use ratatui::layout::Rect;

use super::{mark_glyph, mark_role};
use crate::app::{App, TimelineOf, TimelineScreen, TimelineSource};
use crate::model::{Invocation, InvocationKey, Outcome, SafeText, Showing, Timestamp};
use crate::safe;
use crate::store::timeline::{Mark, OWN, Part};
use crate::ui::glyph::Glyph;
use crate::ui::paint::{Cut, Paint};
use crate::ui::requests;
use crate::ui::theme::Role;
use crate::ui::{line, number};

/// A smaller part of the time stands with the others.
const LEAST_PART: f64 = 0.01;
/// In less room nothing is said of others of the same error.
const LEAST_ALIKE: u16 = 24;
/// Blanks between two parts of the time.
const GAP: usize = 3;

/// The row without its edges.
pub(super) fn inner(row: Rect) -> Rect {
    Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row }
}

/// What it is of.
pub(super) fn draw(app: &App, screen: &TimelineScreen, paint: &mut Paint<'_>, row: Rect) {
    let row = inner(row);
    match (screen.of, screen.request()) {
        (TimelineOf::Request(_), Some(request)) => of_request(app, request, paint, row),
        (TimelineOf::Request(key), None) => {
            let text = safe!("{} is not held: its lines have left, or have not come", key.request);
            paint.text(row, &text, Role::Warn, Cut::End);
        }
        (TimelineOf::Trace(id), _) => {
            let spans = || screen.timeline.spans.iter().filter(|span| span.parent.is_none());
            let root = spans().find(|span| span.mark != Mark::Cold).or_else(|| spans().next());
            let (glyph, role) = root.map_or((Glyph::Unknown, Role::Unknown), |root| {
                (mark_glyph(root.mark).unwrap_or(Glyph::Ok), mark_role(root.mark))
            });
            let mut pen = paint.pen(row);
            pen.glyph(glyph, role).gap(1).put(&safe!("{id}"), Role::Strong);
            let Some(root) = root else { return };
            let status =
                if root.status.is_empty() { String::new() } else { format!(" \u{b7} {}", root.status) };
            let took = number::millis(screen.timeline.length_ms);
            let title = SafeText::of_line(&root.title, Showing::default());
            let rest = SafeText::of_line(&format!("{status} \u{b7} {took}"), Showing::default());
            // The name is cut before how it ended and how long it took.
            let most = pen.gap(2).left().saturating_sub(rest.width() as u16);
            pen.field(most.min(title.width() as u16), &title, Role::Text).put(&rest, Role::Text);
        }
    }
}

fn of_request(app: &App, request: &Invocation, paint: &mut Paint<'_>, row: Rect) {
    let record = app.store().function(&request.function);
    let timeout = record.and_then(|record| record.function.timeout_s).unwrap_or(900);
    let outcome = request.outcome_at(app.now(), std::time::Duration::from_secs(timeout.into()));
    let (glyph, role) = requests::sign(outcome);
    let id = request.key.request.to_string();
    let id = if row.width >= 100 { &id[..] } else { &id[..8] };
    let mut parts = vec![outcome.label().to_owned()];
    let attempts: Vec<InvocationKey> =
        app.store().invocations().attempts(request.key.request).map(|attempt| attempt.key).collect();
    if attempts.len() > 1 {
        let own = attempts.iter().position(|key| *key == request.key).map_or(1, |own| own + 1);
        parts.push(format!("attempt {own} of {}", attempts.len()));
    }
    if let Some(took) = request.duration_ms.filter(|_| row.width >= 140) {
        parts.push(format!("{} ms", number::count(took)));
    }
    // What was refused waited for no environment.
    let ran = outcome != Outcome::Throttled;
    parts.extend(ran.then(|| match (request.init_ms, request.restore_ms, request.cold) {
        (Some(init), ..) if row.width >= 140 => format!("cold, init {} ms", number::count(init)),
        (None, Some(restore), _) if row.width >= 140 => {
            format!("cold, restored in {} ms", number::count(restore))
        }
        (None, None, false) => "warm".to_owned(),
        _ => "cold".to_owned(),
    }));
    if let Some(billed) = request.billed_ms {
        parts.push(format!("billed {} ms", number::count(billed)));
    }
    if let (Some(used), Some(size)) = (request.max_memory_mb, request.memory_mb) {
        parts.push(format!("{} of {} MB", number::count(used), number::count(size)));
    }
    let version = request.version.as_deref().map_or_else(String::new, |version| {
        if version.starts_with(|c: char| c.is_ascii_digit()) {
            format!(" v{version}")
        } else {
            format!(" {version}")
        }
    });
    let name = safe!("{}{version}", request.function.name);
    let mut pen = paint.pen(row);
    pen.glyph(glyph, role).gap(1).put(&safe!("{id}"), Role::Strong).gap(2);
    let rest = |parts: &[String]| safe!(" \u{b7} {}", parts.join(" \u{b7} "));
    let fits = |parts: &[String]| name.width() + rest(parts).width() <= usize::from(pen.left());
    if !fits(&parts) {
        // That an environment was there already is the rule.
        parts.retain(|part| part != "warm");
    }
    while parts.len() > 1 && !fits(&parts) {
        parts.pop();
    }
    let rest = rest(&parts);
    pen.put(&name, Role::Text).put(&rest, Role::Text);
}

/// Where the time went: as many parts as there is room for, the others together.
pub(super) fn parts(screen: &TimelineScreen, paint: &mut Paint<'_>, row: Rect) {
    let row = inner(row);
    let timeline = &screen.timeline;
    if timeline.parts.is_empty() {
        return;
    }
    let whole: u64 = timeline.parts.iter().map(|part| part.ms).sum();
    let written = |name: &str, ms: u64| {
        let percent = match (ms as f64 / whole.max(1) as f64 * 100.0).round() {
            percent if percent < 1.0 => "<1".to_owned(),
            percent => percent.to_string(),
        };
        let name = SafeText::of_line(name, Showing::default());
        safe!("{name} {} ({percent} %)", number::count(ms as f64))
    };
    let head = safe!("{} ms =", number::count(whole as f64));
    let (own, parts): (Vec<_>, Vec<_>) = timeline.parts.iter().partition(|part| part.name == OWN);
    let own: Vec<SafeText> = own.into_iter().map(|part| written(&part.name, part.ms)).collect();
    let texts: Vec<SafeText> = parts.iter().map(|part| written(&part.name, part.ms)).collect();
    let width = |texts: &[SafeText]| texts.iter().map(|text| text.width() + GAP).sum::<usize>();
    let room = usize::from(row.width).saturating_sub(head.width() + width(&own));
    // As many as there is room for, with the others together.
    let light = |part: &&&Part| part.ms as f64 >= whole as f64 * LEAST_PART;
    let worth = parts.iter().take_while(light).count();
    let most = if worth + 1 >= texts.len() { texts.len() } else { worth };
    let (kept, others) = (0..=most)
        .rev()
        .map(|kept| {
            let rest: u64 = parts[kept..].iter().map(|part| part.ms).sum();
            (kept, (kept < texts.len()).then(|| written("other", rest)))
        })
        .find(|(kept, others)| {
            let others = others.as_ref().map_or(0, |others| others.width() + GAP);
            width(&texts[..*kept]) + others <= room
        })
        .unwrap_or((0, None));
    // All of it "other" tells nothing: the name of the largest part is cut, its number is not.
    let (texts, kept, others) = match (kept, parts.first()) {
        (0, Some(first)) => {
            let rest: u64 = parts[1..].iter().map(|part| part.ms).sum();
            let others = (rest > 0).then(|| written("other", rest));
            let taken = others.as_ref().map_or(0, |others| others.width() + GAP) + GAP;
            let number = written("", first.ms).width();
            let name = room.saturating_sub(taken + number);
            let short = shortened(&first.name, name);
            (vec![written(&short, first.ms)], 1, others)
        }
        _ => (texts, kept, others),
    };
    let mut pen = paint.pen(row);
    pen.put(&head, Role::Strong);
    for (at, text) in texts[..kept].iter().chain(others.as_ref()).chain(&own).enumerate() {
        pen.gap(GAP as u16).put(text, if at == 0 { Role::Strong } else { Role::Text });
    }
}

/// A name of at most so many characters.
fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}\u{2026}", kept.trim_end())
}

/// What the bars mean, and when zero is.
pub(super) fn legend(app: &App, screen: &TimelineScreen, paint: &mut Paint<'_>, row: Rect) {
    paint.rule(row);
    if screen.rows.is_empty() {
        return;
    }
    let zero = Timestamp::from_millis(screen.timeline.zero_ms.round() as i64);
    let zone = if app.zone() == 0 { " UTC" } else { "" };
    let zero = zero
        .local(app.zone())
        .map_or_else(|| "?".to_owned(), |zero| format!("{}{zone}", zero.format("%H:%M:%S%.3f")));
    let path = if screen.critical_only {
        "critical path alone, c shows all rows"
    } else {
        "critical path \u{2501}   other \u{2500}"
    };
    let bars = match screen.source {
        TimelineSource::Trace(_) => format!("{path}   waiting \u{254c}   "),
        TimelineSource::Log | TimelineSource::Nothing => "silent \u{254c}   ".to_owned(),
    };
    let text = safe!(" {bars}0 ms = {zero} ");
    let room = Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row };
    let used = paint.text(room, &text, Role::Dim, Cut::End);
    if let Some((from, to)) = screen.view {
        let text = safe!(
            " {} to {} of {} ms \u{b7} 0 shows all ",
            number::count(from),
            number::count(to),
            number::count(screen.timeline.length_ms)
        );
        let rest = Rect { x: room.x + used + 1, width: room.width.saturating_sub(used + 1), ..room };
        paint.right(rest, &text, Role::Accent);
    }
}

/// Where the time went in a sentence, as long as there is room for; how many cells it takes.
pub(super) fn story(screen: &TimelineScreen, paint: &mut Paint<'_>, room: Rect) -> u16 {
    let Some(story) = &screen.story else { return 0 };
    let full = SafeText::of_line(&story.full, Showing::default());
    let text = if full.width() <= usize::from(room.width) {
        full
    } else {
        SafeText::of_line(&story.brief, Showing::default())
    };
    paint.text(room, &text, Role::Strong, Cut::End)
}

/// Where the time went in a sentence, others of the same error, and a rule below.
pub(super) fn group(app: &App, screen: &TimelineScreen, paint: &mut Paint<'_>, area: Rect) {
    paint.rule(line(area, 1));
    let room = inner(line(area, 0));
    let used = story(screen, paint, room);
    let room = match used {
        0 => room,
        used => Rect { x: room.x + used + 3, width: room.width.saturating_sub(used + 3), ..room },
    };
    let (Some(alike), Some(request)) = (&screen.alike, screen.request()) else { return };
    if !request.outcome.is_failure() && request.outcome != Outcome::Handled || room.width < LEAST_ALIKE {
        return;
    }
    let since =
        alike.since.local(app.zone()).map_or_else(|| "?".to_owned(), |at| at.format("%H:%M:%S").to_string());
    let mut parts = vec![match alike.count {
        0 | 1 => "same error: no other request that is held".to_owned(),
        count => format!("same error: {} requests since {since}", number::count(count as f64)),
    }];
    if alike.of_this_version_alone {
        parts.push("none of another version".to_owned());
    }
    match alike.traced {
        Some(key) if !matches!(screen.source, TimelineSource::Trace(_)) => {
            parts.push(format!(
                "likely went the way of {}, which X-Ray took: v goes there",
                &key.request.to_string()[..8]
            ));
        }
        _ => {}
    }
    paint.text(room, &safe!("{}", parts.join(" \u{b7} ")), Role::Text, Cut::End);
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::app::TimelineOf;
    use crate::model::TraceId;
    use crate::ui::paint::Look;

    #[test]
    fn the_largest_part_of_the_time_is_named_even_where_its_name_must_be_cut() {
        let id = TraceId::parse("1-69a44ddb-d54e6733b2fa2bc50c67c6bd").unwrap();
        let mut screen = TimelineScreen::new(TimelineOf::Trace(id));
        let part = |name: &str, ms| Part { name: name.to_owned(), ms };
        screen.timeline.parts = vec![
            part("dynamodb PutItem payment-ledger > Invoke Error", 1_085),
            part("attempt 2 to 3", 1_112),
        ];
        let area = Rect::new(0, 0, 80, 1);
        let (mut buffer, look) = (Buffer::empty(area), Look::default());
        parts(&screen, &mut Paint::new(&mut buffer, &look), area);
        let line = crate::report::picture::text(&buffer);
        assert!(line.starts_with(" 2,197 ms =   dynamodb PutItem") && !line.contains("100 %"), "{line}");
        assert!(line.contains("… 1,085 (49 %)   other 1,112 (51 %)"), "{line}");
    }
}
