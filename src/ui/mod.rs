//! The screen: from the program's state to cells, and nothing else.
//!
//! [`draw`] is a pure function of the [`App`] and the [`Look`]: the same state gives the same cells. Where
//! everything goes is decided by the app ([`Frame`]); here is one file for each thing on screen.

pub mod glyph;
pub mod paint;
pub mod theme;
pub mod widgets;

mod advice;
mod below;
mod clause;
mod configuration;
mod far;
mod filter;
mod focus;
mod footer;
mod function;
mod functions;
mod header;
mod help;
mod judgement;
mod keys;
mod legend;
mod link;
mod logs;
mod moment;
mod palette;
mod requests;
mod selected;
mod tabs;
mod themes;
mod timeline;
mod too_small;
mod totals;
mod traces;
mod vitals;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{App, Area, Frame, Overlay, Place};
use crate::model::number;

pub use focus::focus;
pub use paint::Look;

use paint::Paint;

/// Draws the screen as it stands now.
///
/// ```text
///  123456789012  eu-west-1  shop-prod-ro           metrics 16s  functions 2m   $0.07/h $0.31   14:31:16 UTC    header
///  [1 Functions]                                                                                               tabs
///   what is wrong, why, and what to do next; only when something is                                            advice
///  INVOCATIONS /min        ERRORS /min            THROTTLES /min         CONCURRENT          BUSIEST p95 ms    totals
///  18,420 ▅▆▆▆▆▆▇▇┊▆       ✗ 127 0.7 %   ▁▅██┊█   ⊘ 118       ▂▆█┊▇      104 of 1,000 ▃▅▆▇   catalog-read 61
///
///  ▾ FUNCTION         TROUBLE            RUNTIME MEM MB INV/min ERR/min ERR % p50 ms p99 ms THR/min  CONC      functions
/// ▌✗ payment-capture  errors 18.9%       node22     512     412      78  18.9    640  4,810       0 14/40
///  · catalog-read                        node22     512   6,840       3  <0.1     18     96       0    11
///  1-18 of 41 · sorted by trouble · numbers of 14:15-14:30                                                     (status)
/// ── payment-capture · errors 18.9 % since 14:02 ───────────────────────────────────────────────────────────
///  invocations    412/min  errors   78/min 18.9 %  p50 p99   640 4,810 ms  throttles        0/min  concurr…    selected
///  500                     100                     6 s timeout ╌╌╌╌╌╌╌╌╌╌  10                      40
///  ⣦⣶⣿⣶⣾⣧⣷⣿⣷⣷⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿┊⡆             ⢸⣿⣿⣿⣿⣿⣿⣿⣿┊⡄             ⢰⠃       ┊                       ┊
///  Enter open  / filter  s sort  t range 1h                                     ? help  : palette  q quit      footer
/// ```
pub fn draw(app: &App, look: &Look, buffer: &mut Buffer) {
    let mut paint = Paint::new(buffer, look);
    let paint = &mut paint;
    paint.clear(paint.area());
    let Some(chrome) = app.frame().chrome() else { return too_small::draw(paint) };
    header::draw(app, paint, chrome.header.into());
    tabs::draw(app, paint, chrome.tabs.into());
    band(app, paint, chrome.band);
    match app.frame() {
        Frame::TooSmall => {}
        Frame::Functions(layout) => {
            totals::draw(app, paint, layout.totals.into());
            if let Some(rule) = layout.rule {
                paint.rule(rule.into());
            }
            functions::draw(app, paint, layout);
            selected::draw(app, paint, layout);
        }
        Frame::Function(layout) => function::draw(app, paint, layout),
        Frame::Logs(layout) => logs::draw(app, paint, layout),
        Frame::Requests(layout) => requests::draw(app, paint, layout),
        Frame::Timeline(layout) => timeline::draw(app, paint, layout),
        Frame::Traces(layout) => traces::draw(app, paint, layout),
    }
    footer::draw(app, paint, chrome.footer.into());
    match app.overlay() {
        None => {}
        Some(Overlay::Help(help)) => help::draw(app, help, paint),
        Some(Overlay::Palette(palette)) => palette::draw(palette, paint),
        Some(Overlay::Themes(themes)) => themes::draw(app, themes, paint),
        Some(Overlay::Link(shown)) => link::draw(app, shown, paint),
        Some(Overlay::Far(shown)) => far::draw(app, shown, paint),
    }
}

fn band(app: &App, paint: &mut Paint<'_>, area: Option<Area>) {
    if let (Some(area), Some(advice)) = (area, app.advice().filter(|advice| advice.place == Place::Band)) {
        advice::band(advice, paint, area.into());
    }
}

impl From<Area> for Rect {
    fn from(area: Area) -> Self {
        Self { x: area.x, y: area.y, width: area.width, height: area.height }
    }
}

/// The line `index` of `area`; empty beyond its end.
fn line(area: Rect, index: u16) -> Rect {
    let height = u16::from(index < area.height);
    Rect { y: area.y.saturating_add(index), height, ..area }
}

/// A rectangle of at most this size in the middle of `area`, a third from its top.
fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height }
}
