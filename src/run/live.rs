//! The interactive program: terminal, app and sources connected.

use std::env;

use tokio::sync::{mpsc, watch};

use super::history;
use super::launch::{Launch, Shop};
use super::saving::{saver, writer};
use super::screen::{self, Wiring};
use super::{Stop, say};
use crate::app::App;
use crate::cli::DemoArgs;
use crate::source::{self, clock::Clock};
use crate::term::Exit;
use crate::ui;
use crate::ui::theme::Depth;

/// Events that may wait for the loop; then the sources wait.
const EVENTS: usize = 1024;
/// Threads for the sources; the loop has the main thread to itself.
const WORKERS: usize = 2;

/// The screen on the account that the settings lead to.
pub(super) fn account(launch: &Launch) -> Result<Exit, Stop> {
    open(launch, None, &Clock::system())
}

/// The screen on the simulated shop.
pub(super) fn demo(launch: &Launch, demo: &DemoArgs) -> Result<Exit, Stop> {
    let shop = Shop::of_demo(demo)?;
    open(launch, Some(&shop), &shop.clock)
}

fn open(launch: &Launch, shop: Option<&Shop>, clock: &Clock) -> Result<Exit, Stop> {
    let variable = |name: &str| env::var(name).ok();
    let (no_color, colorterm, term) = (variable("NO_COLOR"), variable("COLORTERM"), variable("TERM"));
    let depth = Depth::announced(no_color.as_deref(), colorterm.as_deref(), term.as_deref());
    // A colour of sixteen takes 5 bytes, one of millions 19.
    let depth = if crate::term::is_slow() && depth != Depth::Mono { Depth::Sixteen } else { depth };
    let looks = launch.looks(depth);
    let mut settings = launch.app(shop.is_some());
    settings.history = launch.config.history.then(history::load);
    let app = App::new(settings, clock.now());
    let (told, events) = mpsc::channel(EVENTS);
    let (interest, wanted) = watch::channel(app.interest());
    let source_settings = launch.source(shop);
    // The loop has a runtime of its own on this thread; this one is the sources'.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .map_err(|error| Stop::Failed(format!("no threads can be started: {error}")))?;
    let real = Clock::system();
    let mut sources = None;
    let unseen = screen::run(
        app,
        Wiring {
            now: &|| clock.now(),
            real_time: &|| real.now(),
            events,
            interest,
            paint: &|app, cells| {
                ui::draw(app, &looks[app.theme()], cells);
                None
            },
            focus: &ui::focus,
            link_mark: launch.surroundings.links.then_some(ui::paint::LINK),
            save: saver(launch.themes.clone(), clock.clone()),
            write: writer(clock.clone()),
            remember: history::keeper(),
            start_sources: Box::new(|| {
                let _inside = runtime.enter();
                sources = Some(source::start(source_settings, clock.clone(), wanted, told));
            }),
        },
        launch.surroundings.ssh,
    );
    drop(sources);
    // A call that is on its way is nobody's concern any more.
    runtime.shutdown_background();
    for told in &unseen? {
        say(&format!("lambtop: {told}"));
    }
    Ok(Exit::Success)
}
