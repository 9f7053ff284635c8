//! Line 1: where this is, how fresh, what it costs, and the clock.
//!
//! ```text
//!  123456789012  eu-west-1  shop-prod-ro      metrics 16s  functions 2m   $0.07/h  $0.31 so far  14:31:16 UTC
//!  123456789012 eu-west-1 shop-prod-ro                          m16s f2m  $0.07/h  14:31:16Z
//! ```
//!
//! Nothing on it changes width but a failure that comes or goes: each age has three cells.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::Paint;
use super::theme::Role;
use super::{moment, number};
use crate::app::App;
use crate::model::{FailureKind, Feed, SafeText};
use crate::safe;
use crate::store::FeedState;

/// From this width on words are written out.
const WIDE: u16 = 100;
/// Cells of a rate of spending: `$1,240/h`.
const MONEY: u16 = 8;

/// Cells of what was spent: `<$0.01 so far`.
const SUM: u16 = 13;

/// How much is said in words: as much as there is room for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    All,
    /// Only of what is wrong.
    Trouble,
    None,
}

/// What a feed says, in parts.
type Saying = Vec<(SafeText, Role)>;

/// Draws the header into `row`.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, row: Rect) {
    if row.is_empty() {
        return;
    }
    let row = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let wide = row.width + 2 >= WIDE;
    let gap = if wide { 2 } else { 1 };
    let clock = moment::clock(app.now(), app.zone(), !wide);
    paint.right(row, &clock, Role::Text);
    let row = shortened(row, clock.width() as u16 + 2);
    // Below that the account, which is never cut, needs its place.
    let row = if row.width + 12 >= 56 { money(app, paint, row, row.width + 16 >= 116) } else { row };

    let place = place(app);
    let place_width: u16 = place.iter().map(|(text, _)| text.width() as u16 + gap).sum();
    let room = row.width.saturating_sub(place_width.min(row.width * 2 / 3));
    // The word for what is wrong is worth more room than the names of the feeds.
    let sayings =
        [Words::All, Words::Trouble, Words::None].into_iter().filter(|words| wide || *words == Words::None);
    let sayings = sayings.map(|words| sayings_in(app, words)).find(|sayings| width(sayings, gap) <= room);
    let sayings = sayings.unwrap_or_else(|| sayings_in(app, Words::None));
    let used = width(&sayings, gap).min(room);
    let mut pen = paint.pen(Rect { x: row.right() - used, width: used, ..row });
    for saying in &sayings {
        for (text, role) in saying {
            pen.put(text, *role);
        }
        pen.gap(gap);
    }
    let mut pen = paint.pen(shortened(row, used + 1));
    for (text, role) in &place {
        pen.put(text, *role).gap(gap);
    }
}

/// Account, region, profile. The account is never cut: it comes first.
fn place(app: &App) -> Saying {
    let settings = app.settings();
    let account = app.scope().and_then(|scope| scope.account.as_deref());
    let region = app.scope().map(|scope| &*scope.region).or(settings.region.as_deref());
    let region = region.or_else(|| app.store().asked_region());
    let mut place = vec![
        match account {
            Some(account) => (SafeText::new(account), Role::Text),
            None => (SafeText::new("account ?"), Role::Unknown),
        },
        match region {
            Some(region) => (SafeText::new(region), Role::Text),
            None => (SafeText::new("no region"), Role::Unknown),
        },
    ];
    if settings.demo {
        place.push((SafeText::new("demo"), Role::Accent));
    } else if let Some(profile) = settings.profile.as_ref().or(settings.login.as_ref()) {
        place.push((SafeText::new(profile), Role::Dim));
    }
    place
}

/// What is spent per hour, and so far where there is room; returns what is left of `row`.
fn money(app: &App, paint: &mut Paint<'_>, row: Rect, with_sum: bool) -> Rect {
    let spend = app.store().spend();
    let role = if spend.slowed_by_cap.is_some() { Role::Warn } else { Role::Dim };
    let mut row = row;
    if with_sum {
        let sum = safe!("{} so far", number::dollars(spend.dollars));
        paint.right(row, &sum, Role::Dim);
        row = shortened(row, SUM + 2);
    }
    let rate = safe!("{}/h", number::dollars(spend.per_hour));
    paint.right(row, &rate, role);
    shortened(row, MONEY + 2)
}

/// What the feeds have to say: ages where all is well, words where it is not.
fn sayings_in(app: &App, words: Words) -> Vec<Saying> {
    let interest = app.interest();
    let (tails, traces) = (interest.logs.is_some(), interest.traces.is_some());
    [Feed::Logs, Feed::Traces, Feed::Metrics, Feed::Functions, Feed::Details, Feed::Identity]
        .into_iter()
        .filter_map(|feed| {
            let state = app.store().feed(feed);
            let quiet = state.failing.is_none() && state.degraded.is_none() && state.restarts == 0;
            // Who we are and single details are worth a word only when they fail.
            let silent = match feed {
                Feed::Identity | Feed::Details => quiet,
                Feed::Logs => !tails,
                Feed::Traces => !traces,
                Feed::Functions | Feed::Metrics => false,
            };
            (!silent).then(|| saying(app, feed, &state, words))
        })
        .collect()
}

fn saying(app: &App, feed: Feed, state: &FeedState, words: Words) -> Saying {
    let long = words == Words::All;
    let label = if long { safe!("{} ", feed.label()) } else { safe!("{}", &feed.label()[..1]) };
    let mut saying = vec![(label, Role::Dim)];
    let cap = app.store().spend().slowed_by_cap.filter(|_| feed == Feed::Metrics);
    let age = state.last_answered.map(|at| number::age(app.now().since(at)));
    let asking = if long { "asking" } else { "..." };
    match (age, &state.failing) {
        (Some(age), _) => saying.push((safe!("{:<3}", age.as_str()), Role::Text)),
        (None, None) if state.asking_since.is_some() => saying.push((SafeText::new(asking), Role::Unknown)),
        (None, None) => saying.push((SafeText::new("-  "), Role::Unknown)),
        (None, Some(_)) => {}
    }
    let spaced = if age.is_some() && words != Words::None { " " } else { "" };
    let mut word = |glyph: Glyph, word: &str, role: Role| {
        let (between, word) = if words == Words::None { ("", "") } else { (" ", word) };
        saying.push((safe!("{spaced}{}{between}{word}", glyph.symbol(false)), role));
    };
    if let Some(failing) = &state.failing {
        let mild = matches!(failing.failure.kind, FailureKind::Throttled);
        if mild {
            word(Glyph::Warn, failing.failure.word(), Role::Warn);
        } else {
            word(Glyph::Error, failing.failure.word(), Role::Error);
        }
    } else if let Some(failure) = &state.degraded {
        word(Glyph::Warn, &format!("{} {}", failure.operation, failure.word()), Role::Warn);
    } else if let Some(cap) = cap {
        word(Glyph::Warn, &format!("slowed by cap {}/h", number::dollars(cap)), Role::Warn);
    } else if state.restarts > 0 {
        word(Glyph::Warn, &format!("restarted {}x", state.restarts), Role::Warn);
    }
    saying
}

fn width(sayings: &[Saying], gap: u16) -> u16 {
    sayings.iter().map(|saying| saying.iter().map(|(text, _)| text.width() as u16).sum::<u16>() + gap).sum()
}

fn shortened(row: Rect, by: u16) -> Rect {
    Rect { width: row.width.saturating_sub(by), ..row }
}
