//! The interactive loop: everything that happens comes in here, one thing after the other.
//!
//! ```text
//!   keyboard, mouse, size, writer ─┐
//!   sources (events, in batches) ──┤                     ┌─► Effects: jobs on workers, suspend, quit
//!   a second has passed ───────────┼─► App::input ──────┼─► Interest, if it changed ─► sources
//!   jobs that are done ────────────┤                     └─► a frame, if the revision changed, the writer is
//!   a frame has become due ────────┘                         idle and the last frame is old enough
//! ```
//!
//! Nothing in it waits for anything but the next thing to happen: no call to AWS, no file, no terminal.

mod pace;

use std::env;
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tokio::select;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::app::{App, Effect, Input, Job, Mouse};
use crate::model::{Event, Interest, Timestamp};
use crate::term::{Heard, Listener, NoScreen, Terminal};
use pace::{Pace, until_the_next_second};

/// At most 20 frames a second.
const FRAME: Duration = Duration::from_millis(50);
/// At most 10 over SSH, where each frame is a packet on somebody's slow link.
const FRAME_OVER_SSH: Duration = Duration::from_millis(100);
/// A window that is being dragged sends a storm of sizes.
const RESIZE: Duration = Duration::from_millis(50);
/// Events taken in before the keys get their turn.
const BATCH: usize = 256;
/// Things heard that may wait for the loop; then the keyboard waits in the kernel.
const HEARD: usize = 64;
/// Panics of background tasks that are remembered.
const PANICS: usize = 8;

/// Saves a screen: its cells to a file's path, or to what was wrong. Runs on a worker thread.
pub type Save = Arc<dyn Fn(&Buffer) -> Result<String, String> + Send + Sync>;

/// What the loop is connected with.
pub struct Wiring<'a> {
    /// What time it is.
    pub now: &'a dyn Fn() -> Timestamp,
    /// What the sources tell.
    pub events: mpsc::Receiver<Event>,
    /// What the sources are told.
    pub interest: watch::Sender<Interest>,
    /// Draws the app into an empty buffer; returns where text is being typed.
    pub paint: &'a dyn Fn(&App, &mut Buffer) -> Option<Position>,
    /// Carries out [`Effect::SaveScreen`].
    pub save: Save,
    /// Called once, when the first frame has been drawn.
    pub start_sources: Box<dyn FnOnce() + 'a>,
}

/// Opens the screen and shows `app` until it wants to quit; then the terminal is as it was before.
/// Returns the panics of background tasks meanwhile, for stderr.
///
/// Must be the future that the runtime blocks on, not a spawned one: a panic of the thread that runs it ends the
/// program, one of a worker thread does not.
pub async fn run(app: App, wiring: Wiring<'_>) -> Result<Vec<String>, NoScreen> {
    let (told, heard) = mpsc::channel(HEARD);
    let listener: Listener = Arc::new(move |heard| {
        // An error means that the loop has ended: nobody is left to tell.
        let _ = match heard {
            Heard::TaskPanicked(_) => told.try_send(heard).map_err(drop),
            _ => told.blocking_send(heard).map_err(drop),
        };
    });
    let terminal = Terminal::open(app.settings().mouse, &listener)?;
    let ssh = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| env::var_os(name).is_some());
    let frames = Pace::new(if ssh { FRAME_OVER_SSH } else { FRAME });
    Loop::new(terminal, app, wiring, frames).run(heard).await
}

/// What the loop shows the app on.
trait Stage {
    /// Whether a frame may be drawn now; [`Heard::Idle`] tells when that becomes true.
    fn idle(&self) -> bool;
    /// The area of a frame.
    fn area(&self) -> Rect;
    /// Draws a frame; returns whether it could.
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> bool;
    /// Looks the size up again.
    fn resize(&mut self);
    /// Stops the process where that is possible.
    fn suspend(&mut self);
    /// Goes on after a stop.
    fn resume(&mut self) -> Result<(), NoScreen>;
}

impl Stage for Terminal {
    fn idle(&self) -> bool {
        self.idle()
    }
    fn area(&self) -> Rect {
        self.area()
    }
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> bool {
        self.draw(paint)
    }
    fn resize(&mut self) {
        self.resize();
    }
    fn suspend(&mut self) {
        self.suspend();
    }
    fn resume(&mut self) -> Result<(), NoScreen> {
        self.resume()
    }
}

struct Loop<'a, S> {
    stage: S,
    app: App,
    wiring: Wiring<'a>,
    jobs: JoinSet<Job>,
    /// When frames may be drawn.
    frames: Pace,
    /// When the size may be looked up.
    resizes: Pace,
    /// The size has changed since it was last looked up.
    resized: bool,
    /// The revision that is on screen, or on its way there.
    shown: Option<u64>,
    quitting: bool,
    panics: Vec<String>,
}

impl<'a, S: Stage> Loop<'a, S> {
    fn new(stage: S, app: App, wiring: Wiring<'a>, frames: Pace) -> Self {
        Self {
            stage,
            app,
            wiring,
            jobs: JoinSet::new(),
            frames,
            resizes: Pace::new(RESIZE),
            resized: false,
            shown: None,
            quitting: false,
            panics: Vec::new(),
        }
    }

    async fn run(mut self, mut heard: mpsc::Receiver<Heard>) -> Result<Vec<String>, NoScreen> {
        self.take_size();
        self.draw();
        let start_sources = std::mem::replace(&mut self.wiring.start_sources, Box::new(|| {}));
        start_sources();
        self.publish();

        let mut batch = Vec::with_capacity(BATCH);
        let mut sources_live = true;
        let mut tick = self.next_tick();
        while !self.quitting {
            select! {
                biased;
                Some(first) = heard.recv() => {
                    self.take(first)?;
                    while let Ok(next) = heard.try_recv() {
                        self.take(next)?;
                    }
                }
                Some(job) = self.jobs.join_next() => self.done(job),
                () = sleep_until(tick) => {
                    #[cfg(debug_assertions)]
                    panic_if_asked();
                    self.input(Input::Tick);
                    tick = self.next_tick();
                }
                count = self.wiring.events.recv_many(&mut batch, BATCH), if sources_live => {
                    sources_live = count > 0;
                    for event in batch.drain(..) {
                        self.input(Input::Event(Box::new(event)));
                    }
                }
                () = sleep_until(self.frames.next()), if self.frame_wanted() => {}
                () = sleep_until(self.resizes.next()), if self.resized => {}
            }
            if self.resized && self.resizes.next() <= Instant::now() {
                self.take_size();
            }
            self.publish();
            self.draw();
        }
        Ok(self.panics)
    }

    /// Hands the app one input and carries out what it wants done.
    fn input(&mut self, input: Input) {
        for effect in self.app.input((self.wiring.now)(), input) {
            match effect {
                Effect::Quit => self.quitting = true,
                Effect::Suspend => self.stage.suspend(),
                Effect::SaveScreen => self.save(),
            }
        }
    }

    fn take(&mut self, heard: Heard) -> Result<(), NoScreen> {
        match heard {
            Heard::Key(key) => self.input(Input::Key(key.into())),
            Heard::Mouse(mouse) => {
                if let Some(mouse) = Mouse::from_event(mouse) {
                    self.input(Input::Mouse(mouse));
                }
            }
            Heard::Paste(text) => self.input(Input::Paste(text)),
            Heard::Resized => self.resized = true,
            // Nothing to do: the turn of the loop draws what has changed since.
            Heard::Idle => {}
            Heard::Suspend => self.stage.suspend(),
            Heard::Resumed => {
                self.stage.resume()?;
                self.shown = None;
                self.resized = true;
            }
            Heard::TaskPanicked(what) => {
                if self.panics.len() < PANICS {
                    self.panics.push(what);
                }
            }
        }
        Ok(())
    }

    /// Draws the screen as it is now and leaves writing the file to a worker.
    fn save(&mut self) {
        let mut cells = Buffer::empty(self.stage.area());
        (self.wiring.paint)(&self.app, &mut cells);
        let save = Arc::clone(&self.wiring.save);
        self.jobs.spawn_blocking(move || Job::ScreenSaved(save(&cells)));
    }

    fn done(&mut self, job: Result<Job, JoinError>) {
        let job = job.unwrap_or_else(|error| Job::ScreenSaved(Err(error.to_string())));
        self.input(Input::Done(job));
    }

    fn take_size(&mut self) {
        self.resized = false;
        self.resizes.mark();
        self.stage.resize();
        self.shown = None;
        let Rect { width: columns, height: rows, .. } = self.stage.area();
        self.input(Input::Resize { columns, rows });
    }

    /// Tells the sources what the screen needs, if that is news.
    fn publish(&self) {
        let wanted = self.app.interest();
        self.wiring.interest.send_if_modified(|known| {
            let news = *known != wanted;
            if news {
                *known = wanted;
            }
            news
        });
    }

    fn frame_wanted(&self) -> bool {
        self.shown != Some(self.app.revision()) && self.stage.idle()
    }

    fn draw(&mut self) {
        if !self.frame_wanted() || Instant::now() < self.frames.next() {
            return;
        }
        let Self { stage, app, wiring, .. } = self;
        if stage.draw(&mut |cells| (wiring.paint)(app, cells)) {
            self.shown = Some(self.app.revision());
            self.frames.mark();
        }
    }

    fn next_tick(&self) -> Instant {
        Instant::now() + until_the_next_second((self.wiring.now)())
    }
}

/// Debug builds only: `LAMBTOP_PANIC=loop` and `LAMBTOP_PANIC=task` make the loop, or a background task, panic at
/// the next full second, so that the tests can see what a person would see.
#[cfg(debug_assertions)]
fn panic_if_asked() {
    match env::var("LAMBTOP_PANIC").as_deref() {
        Ok("loop") => panic!("asked for by LAMBTOP_PANIC"),
        Ok("task") => drop(tokio::spawn(async { panic!("asked for by LAMBTOP_PANIC") })),
        _ => {}
    }
}
