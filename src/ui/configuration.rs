//! Where one is, and how the function is configured: what is not known is `?`.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::number;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::vitals;
use crate::app::App;
use crate::model::{Architecture, Detail, Function, FunctionKey, Known, Package, SafeText, Tracing};
use crate::safe;

/// Draws `Functions › name` and, at the right, as much of the configuration as fits.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, row: Rect, key: &FunctionKey) {
    let row = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let name = SafeText::new(&key.name);
    let mut pen = paint.pen(row);
    pen.put("Functions", Role::Dim).gap(1).glyph(Glyph::Into, Role::Dim).gap(1).put(&name, Role::Strong);
    let rest = pen.rest();
    let Some(record) = app.store().function(key) else {
        paint.right(rest, "no longer in the list of functions", Role::Unknown);
        return;
    };
    let facts = facts(&record.function, &record.detail);
    let mut text = String::new();
    let mut width = 0;
    for fact in facts {
        let more = fact.width() + if text.is_empty() { 0 } else { 3 };
        if width + more + 2 > usize::from(rest.width) {
            break;
        }
        if !text.is_empty() {
            text.push_str(" · ");
        }
        text.push_str(fact.as_str());
        width += more;
    }
    let text = SafeText::new(&text);
    let width = (text.width() as u16).min(rest.width);
    paint.text(Rect { x: rest.right() - width, width, ..rest }, &text, Role::Dim, Cut::End);
}

/// The configuration, what one asks first first.
fn facts(function: &Function, detail: &Detail) -> Vec<SafeText> {
    let mut facts = vec![
        match (function.runtime.as_deref(), function.package) {
            (Some(runtime), _) => SafeText::new(runtime),
            (None, Some(Package::Image)) => SafeText::new("container image"),
            (None, _) => SafeText::new("runtime ?"),
        },
        match function.architecture {
            Some(Architecture::Arm) => SafeText::new("arm64"),
            Some(Architecture::X86) => SafeText::new("x86_64"),
            None => SafeText::new("architecture ?"),
        },
        function.memory_mb.map_or_else(
            || SafeText::new("memory ?"),
            |memory| safe!("{} MB", number::count(f64::from(memory))),
        ),
        function.timeout_s.map_or_else(
            || SafeText::new("timeout ?"),
            |timeout| safe!("timeout {}", vitals::seconds(timeout)),
        ),
    ];
    facts.push(match &detail.state {
        Known::Known { value, .. } => match value.last_update.as_deref() {
            Some(update) if update != "Successful" => safe!("{}, update {update}", value.state),
            _ => SafeText::new(&value.state),
        },
        Known::Unasked => SafeText::new("state ?"),
        Known::Refused(failure) => safe!("state {}", failure.word()),
    });
    match &detail.concurrency {
        Known::Known { value, .. } => {
            if let Some(reserved) = value.reserved {
                facts.push(safe!("reserved {reserved}"));
            }
            for provisioned in &value.provisioned {
                let (ready, of) = (provisioned.available, provisioned.requested);
                facts.push(safe!("provisioned {ready}/{of} on {}", provisioned.qualifier));
            }
        }
        Known::Unasked => {}
        Known::Refused(failure) => facts.push(safe!("reserved {}", failure.word())),
    }
    match function.tracing {
        Some(Tracing::Active) => facts.push(SafeText::new("X-Ray active")),
        Some(Tracing::PassThrough) => facts.push(SafeText::new("X-Ray passes through")),
        None => facts.push(SafeText::new("X-Ray ?")),
    }
    if let Some(aliases) = detail.aliases.value() {
        facts.extend(aliases.iter().map(|(alias, version)| safe!("{alias} = {version}")));
    }
    if let Some(group) = function.logging.as_ref().and_then(|logging| logging.group.as_deref()) {
        facts.push(SafeText::new(group));
    }
    facts
}
