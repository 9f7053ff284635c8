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

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use thiserror::Error;
use tokio::runtime::Builder;
use tokio::select;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};
use tracing::{error, info};

#[cfg(debug_assertions)]
use super::defect;
use crate::app::{App, Clip, Effect, Export, Input, Job, Mouse, SearchJob, Written};
use crate::model::{Event, Interest, Timestamp};
use crate::store::lines::{Hits, Scratch};
use crate::term::{Condition, Drawn, Heard, Listener, NoClipboard, NoScreen, Terminal};
use pace::{Pace, until_the_next_second};

/// At most 20 frames a second.
const FRAME: Duration = Duration::from_millis(50);
/// At most 10 over SSH, where each frame is a packet on somebody's slow link.
const FRAME_OVER_SSH: Duration = Duration::from_millis(100);
/// A window that is being dragged sends a storm of sizes.
const RESIZE: Duration = Duration::from_millis(50);
/// A second that takes this long was a stop or a sleep.
const JUMP: Duration = Duration::from_secs(5);
/// Events taken in before the keys get their turn: a page of ten thousand log lines takes a millisecond.
const BATCH: usize = 16;
/// Things heard that may wait for the loop; then the keyboard waits in the kernel.
const HEARD: usize = 64;
/// How long a worker that is saving a screen may take when the program ends.
const LAST_JOBS: Duration = Duration::from_millis(200);
/// Threads that search log lines: keys and frames keep a core where there are more.
const SEARCHERS: usize = 2;
/// Finds that may wait for the loop; then the searchers wait.
const FINDS: usize = 16;
/// Panics of background tasks that are remembered.
const PANICS: usize = 8;

/// Why the screen could not be opened, or was lost, and what works without one.
#[derive(Debug, Error)]
#[error(
    "{0}\nwithout a screen there are: lambtop functions [--json], lambtop screenshot --out FILE, lambtop demo --listen ADDRESS"
)]
pub struct ScreenError(#[from] NoScreen);

/// Saves a screen: its cells and the index of its theme to a file's path, or to what was wrong. Runs on a worker
/// thread.
pub type Save = Arc<dyn Fn(&Buffer, usize) -> Result<String, String> + Send + Sync>;

/// Writes something to a file, unless the flag says that the program ends; or what was wrong. Runs on a worker thread.
pub type WriteDown = Arc<dyn Fn(&Export, &AtomicBool) -> Result<Written, String> + Send + Sync>;

/// Remembers a filter for the next session, or says why not. Runs on a worker thread.
pub type Remember = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// What the loop is connected with.
pub struct Wiring<'a> {
    /// What time it is.
    pub now: &'a dyn Fn() -> Timestamp,
    /// What time it really is, also where `now` is the time of a simulation: it tells when the computer slept.
    pub real_time: &'a dyn Fn() -> Timestamp,
    /// What the sources tell.
    pub events: mpsc::Receiver<Event>,
    /// What the sources are told.
    pub interest: watch::Sender<Interest>,
    /// Draws the app into an empty buffer; returns where text is being typed.
    pub paint: &'a dyn Fn(&App, &mut Buffer) -> Option<Position>,
    /// The row in which the answer to a key is looked for: on a slow link it is sent first.
    pub focus: &'a dyn Fn(&App) -> Option<u16>,
    /// How `paint` marks the cells of a link, where the terminal is known to take links.
    pub link_mark: Option<Modifier>,
    /// Carries out [`Effect::SaveScreen`].
    pub save: Save,
    /// Carries out [`Effect::Write`].
    pub write: WriteDown,
    /// Carries out [`Effect::Remember`].
    pub remember: Remember,
    /// Called once, when the first frame has been drawn. Returns at once.
    pub start_sources: Box<dyn FnOnce() + 'a>,
}

/// Opens the screen and shows `app` until it wants to quit; then the terminal is as it was before.
/// Returns what stderr should tell: the panics of background tasks, and what was not written to its end. Over `ssh` there are fewer frames.
///
/// The loop has a runtime of its own, on the calling thread: tokio's timers are served by idle threads, and those of
/// the sources may be busy for longer than a frame. So this must be called outside of any runtime, and
/// `start_sources` enters the one of the sources. A panic of the calling thread ends the program.
pub fn run(app: App, wiring: Wiring<'_>, ssh: bool) -> Result<Vec<String>, ScreenError> {
    let runtime = Builder::new_current_thread().enable_time().build().map_err(NoScreen::from)?;
    let (told, heard) = mpsc::channel(HEARD);
    let listener: Listener = Arc::new(move |heard| {
        // An error means that the loop has ended: nobody is left to tell.
        let _ = match heard {
            Heard::TaskPanicked(_) => told.try_send(heard).map_err(drop),
            _ => told.blocking_send(heard).map_err(drop),
        };
    });
    let terminal = Terminal::open(app.settings().mouse, ssh, wiring.link_mark, &listener)?;
    let frames = Pace::new(if ssh { FRAME_OVER_SSH } else { FRAME });
    let ended = runtime.block_on(Loop::new(terminal, app, wiring, frames).run(heard));
    runtime.shutdown_timeout(LAST_JOBS);
    Ok(ended?)
}

/// What the loop shows the app on.
trait Stage {
    /// Whether a frame may be drawn now; [`Heard::Idle`] tells when that becomes true.
    fn idle(&self) -> bool;
    /// The area of a frame.
    fn area(&self) -> Rect;
    /// When the link has room for the next frame; one that answers a key is `urgent`.
    fn next_frame(&mut self, urgent: bool) -> Instant;
    /// Draws a frame, or a part of it.
    fn draw(&mut self, focus: Option<u16>, paint: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> Drawn;
    /// Looks the size up again.
    fn resize(&mut self);
    /// Hands text to the clipboard, with the next frame.
    fn copy(&mut self, text: &str) -> Result<Condition, NoClipboard>;
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
    fn next_frame(&mut self, urgent: bool) -> Instant {
        Instant::from_std(self.next_frame(urgent))
    }
    fn draw(&mut self, focus: Option<u16>, paint: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> Drawn {
        self.draw(focus, paint)
    }
    fn resize(&mut self) {
        self.resize();
    }
    fn copy(&mut self, text: &str) -> Result<Condition, NoClipboard> {
        self.copy(text)
    }
    fn suspend(&mut self) {
        self.suspend();
    }
    fn resume(&mut self) -> Result<(), NoScreen> {
        self.resume()
    }
}

/// Says that the loop has ended, however it did: to workers whose work is then nobody's concern.
#[derive(Default)]
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Loop<'a, S> {
    stage: S,
    app: App,
    wiring: Wiring<'a>,
    jobs: JoinSet<Job>,
    /// Workers that search log lines, and what they find.
    searchers: JoinSet<()>,
    finds: (mpsc::Sender<Hits>, mpsc::Receiver<Hits>),
    /// When frames may be drawn.
    frames: Pace,
    /// When the size may be looked up.
    resizes: Pace,
    /// The size has changed since it was last looked up.
    resized: bool,
    /// The revision that is on screen, or on its way there.
    shown: Option<u64>,
    /// Someone waits for the answer to a key.
    urgent: bool,
    /// What time it was, really, when the loop last had a turn.
    awake: Timestamp,
    quitting: bool,
    leaving: Leaving,
    /// Files that are being written.
    writing: usize,
    panics: Vec<String>,
}

impl<'a, S: Stage> Loop<'a, S> {
    fn new(stage: S, app: App, wiring: Wiring<'a>, frames: Pace) -> Self {
        let awake = (wiring.real_time)();
        Self {
            stage,
            app,
            wiring,
            jobs: JoinSet::new(),
            searchers: JoinSet::new(),
            finds: mpsc::channel(FINDS),
            frames,
            resizes: Pace::new(RESIZE),
            resized: false,
            shown: None,
            urgent: false,
            awake,
            quitting: false,
            leaving: Leaving::default(),
            writing: 0,
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
            let due = self.due();
            select! {
                biased;
                Some(first) = heard.recv() => {
                    self.take(first)?;
                    while let Ok(next) = heard.try_recv() {
                        self.take(next)?;
                    }
                }
                Some(job) = self.jobs.join_next() => self.done(job),
                Some(hits) = self.finds.1.recv() => self.input(Input::Done(Job::Found(hits))),
                () = sleep_until(tick) => {
                    #[cfg(debug_assertions)]
                    defect::at_the_full_second();
                    self.input(Input::Tick);
                    tick = self.next_tick();
                }
                count = self.wiring.events.recv_many(&mut batch, BATCH), if sources_live => {
                    sources_live = count > 0;
                    for event in batch.drain(..) {
                        self.input(Input::Event(Box::new(event)));
                    }
                }
                () = sleep_until(due), if self.frame_wanted() => {}
                () = sleep_until(self.resizes.next()), if self.resized => {}
            }
            self.notice_a_jump();
            if self.resized && self.resizes.next() <= Instant::now() {
                self.take_size();
            }
            self.publish();
            self.draw();
        }
        let unwritten = (self.writing > 0)
            .then(|| "a file was being written when the program was left: there is none".to_owned());
        Ok(self.panics.into_iter().chain(unwritten).collect())
    }

    /// Hands the app one input and carries out what it wants done.
    fn input(&mut self, input: Input) {
        for effect in self.app.input((self.wiring.now)(), input) {
            match effect {
                Effect::Quit => self.quitting = true,
                Effect::Suspend => self.stage.suspend(),
                Effect::Search(job) => self.search(&job),
                Effect::SaveScreen => self.save(),
                Effect::Write(export) => self.write(export),
                Effect::Remember(filter) => {
                    let remember = Arc::clone(&self.wiring.remember);
                    self.jobs.spawn_blocking(move || Job::Remembered(remember(&filter)));
                }
                Effect::Copy(clip) => self.copy(&clip),
                Effect::Tidy(chore) => {
                    self.jobs.spawn_blocking(move || Job::Tidied(chore.run()));
                }
            }
        }
    }

    /// Hands text to the terminal and tells what became of it.
    fn copy(&mut self, clip: &Clip) {
        let outcome = match self.stage.copy(clip.text()) {
            Ok(None) => Ok(clip.summary()),
            Ok(Some(condition)) => Ok(format!("{}; {condition}", clip.summary())),
            Err(NoClipboard) => {
                Err("this terminal has no clipboard; S saves the screen to a file".to_owned())
            }
        };
        self.input(Input::Done(Job::Copied(outcome)));
    }

    /// After a stop or a sleep much has happened that nobody asked for in time.
    fn notice_a_jump(&mut self) {
        let now = (self.wiring.real_time)();
        let gap = now.since(std::mem::replace(&mut self.awake, now));
        if gap >= JUMP {
            self.input(Input::Woke(gap));
        }
    }

    fn take(&mut self, heard: Heard) -> Result<(), NoScreen> {
        self.urgent |= matches!(heard, Heard::Key(_) | Heard::Mouse(_) | Heard::Paste(_));
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
            Heard::Suspend => {
                info!("stopped by a signal");
                self.stage.suspend();
            }
            Heard::Resumed => {
                info!("goes on after a stop");
                self.stage.resume()?;
                self.shown = None;
                self.resized = true;
            }
            Heard::TaskPanicked(what) => {
                error!(what, "a background task panicked");
                if self.panics.len() < PANICS {
                    self.panics.push(format!("a background task failed, {what}"));
                }
                self.input(Input::TaskPanicked(what));
            }
        }
        Ok(())
    }

    /// Draws the screen as it is now and leaves writing the file to a worker.
    fn save(&mut self) {
        let mut cells = Buffer::empty(self.stage.area());
        (self.wiring.paint)(&self.app, &mut cells);
        let (save, theme) = (Arc::clone(&self.wiring.save), self.app.theme());
        self.jobs.spawn_blocking(move || Job::ScreenSaved(save(&cells, theme)));
    }

    /// Leaves writing to a file to a worker.
    fn write(&mut self, export: Export) {
        self.writing += 1;
        let (write, leaving) = (Arc::clone(&self.wiring.write), Arc::clone(&self.leaving.0));
        self.jobs.spawn_blocking(move || Job::Written(write(&export, &leaving)));
    }

    /// Has workers search log lines, and says what they find as they find it.
    fn search(&mut self, job: &SearchJob) {
        while self.searchers.try_join_next().is_some() {}
        for _ in 0..SEARCHERS {
            let (search, found) = (Arc::clone(&job.0), self.finds.0.clone());
            self.searchers.spawn_blocking(move || {
                let mut scratch = Scratch::default();
                // Waits while the loop is behind; an error means that the loop has ended.
                while let Some(hits) = search.step(&mut scratch) {
                    if found.blocking_send(hits).is_err() {
                        return;
                    }
                }
            });
        }
    }

    fn done(&mut self, job: Result<Job, JoinError>) {
        let job = job.unwrap_or_else(|error| Job::ScreenSaved(Err(error.to_string())));
        self.writing -= usize::from(matches!(job, Job::Written(_)));
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

    /// When a frame that is wanted may be drawn.
    fn due(&mut self) -> Instant {
        self.frames.next().max(self.stage.next_frame(self.urgent))
    }

    fn draw(&mut self) {
        if !self.frame_wanted() || Instant::now() < self.due() {
            return;
        }
        let Self { stage, app, wiring, .. } = self;
        match stage.draw((wiring.focus)(app), &mut |cells| (wiring.paint)(app, cells)) {
            Drawn::Nothing => return,
            Drawn::Part => self.shown = None,
            Drawn::All => {
                self.shown = Some(self.app.revision());
                self.urgent = false;
            }
        }
        self.frames.mark();
    }

    fn next_tick(&self) -> Instant {
        Instant::now() + until_the_next_second((self.wiring.now)())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use crossterm::event::KeyCode;
    use tokio::time::sleep;

    use super::*;
    use crate::app::Settings;
    use crate::model::{Feed, FeedReport, Scope, Want, WantId};

    /// What happened on a stage, in order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Seen {
        Frame,
        SizeLookedUp,
        SourcesStarted,
    }

    /// A stage that remembers, and whose writer is as busy as the test wants.
    #[derive(Clone, Default)]
    struct Fake {
        busy: Rc<Cell<bool>>,
        seen: Rc<RefCell<Vec<Seen>>>,
        notice: Rc<RefCell<String>>,
    }

    impl Fake {
        fn count(&self, what: Seen) -> usize {
            self.seen.borrow().iter().filter(|seen| **seen == what).count()
        }
    }

    impl Stage for Fake {
        fn idle(&self) -> bool {
            !self.busy.get()
        }
        fn area(&self) -> Rect {
            Rect::new(0, 0, 80, 24)
        }
        fn next_frame(&mut self, _: bool) -> Instant {
            Instant::now()
        }
        fn draw(&mut self, _: Option<u16>, paint: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> Drawn {
            paint(&mut Buffer::empty(self.area()));
            self.seen.borrow_mut().push(Seen::Frame);
            Drawn::All
        }
        fn resize(&mut self) {
            self.seen.borrow_mut().push(Seen::SizeLookedUp);
        }
        fn copy(&mut self, text: &str) -> Result<Condition, NoClipboard> {
            text.starts_with("arn:").then_some(None).ok_or(NoClipboard)
        }
        fn suspend(&mut self) {}
        fn resume(&mut self) -> Result<(), NoScreen> {
            Ok(())
        }
    }

    /// The ends of the loop that a test holds.
    struct Outside {
        stage: Fake,
        slept: Rc<Cell<Duration>>,
        told: mpsc::Sender<Heard>,
        events: mpsc::Sender<Event>,
        wanted: watch::Receiver<Interest>,
    }

    /// Runs the loop on a paused clock, beside what `script` does to it, until one of them ends.
    /// What the loop returned, if it ended.
    async fn play(script: impl AsyncFnOnce(&Outside)) -> (Fake, Option<Vec<String>>) {
        let stage = Fake::default();
        let (told, heard) = mpsc::channel(HEARD);
        let (events, received) = mpsc::channel(1000);
        let begin = Instant::now();
        let now = || Timestamp::from_secs(1_772_366_400) + begin.elapsed();
        let slept = Rc::<Cell<Duration>>::default();
        let (asleep, (interest, wanted)) = (Rc::clone(&slept), watch::channel(Interest::default()));
        let wiring = Wiring {
            now: &now,
            real_time: &|| now() + asleep.get(),
            events: received,
            interest,
            paint: &|app, _| {
                *stage.notice.borrow_mut() = app.notice().map(|it| it.text.clone()).unwrap_or_default();
                None
            },
            focus: &|_| None,
            link_mark: None,
            save: Arc::new(|cells, _| Ok(format!("/tmp/{}x{}.svg", cells.area.width, cells.area.height))),
            remember: Arc::new(|_| Ok(())),
            write: Arc::new(|_, _| Err("nothing is written here".to_owned())),
            start_sources: Box::new({
                let seen = Rc::clone(&stage.seen);
                move || seen.borrow_mut().push(Seen::SourcesStarted)
            }),
        };
        let app = App::new(Settings::default(), now());
        let outside = Outside { stage: stage.clone(), slept, told, events, wanted };
        let body = Box::pin(Loop::new(stage.clone(), app, wiring, Pace::new(FRAME)).run(heard));
        let ended = select! {
            ended = body => Some(ended.expect("the stage has no errors")),
            () = script(&outside) => None,
        };
        (stage, ended)
    }

    fn key(character: char) -> Heard {
        Heard::Key(KeyCode::Char(character).into())
    }

    fn news() -> Event {
        Event::Answered(WantId(1))
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_frame_is_drawn_before_the_sources_start() {
        let (stage, _) = play(async |_| sleep(Duration::from_millis(1)).await).await;
        assert_eq!(*stage.seen.borrow(), [Seen::SizeLookedUp, Seen::Frame, Seen::SourcesStarted]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_events_is_one_frame() {
        let (stage, _) = play(async |outside| {
            for _ in 0..500 {
                outside.events.send(news()).await.expect("the loop listens");
            }
            sleep(Duration::from_millis(500)).await;
        })
        .await;
        assert_eq!(stage.count(Seen::Frame), 2, "one at the start, one with everything");
    }

    #[tokio::test(start_paused = true)]
    async fn frames_keep_their_distance_however_much_happens() {
        let (stage, _) = play(async |outside| {
            for _ in 0..990 {
                outside.events.send(news()).await.expect("the loop listens");
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
        assert!((15..=20).contains(&stage.count(Seen::Frame)), "{}", stage.count(Seen::Frame));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_drawn_while_the_writer_is_busy_and_then_only_the_newest() {
        let (stage, _) = play(async |outside| {
            sleep(Duration::from_millis(1)).await;
            outside.stage.busy.set(true);
            for _ in 0..100 {
                outside.events.send(news()).await.expect("the loop listens");
                sleep(Duration::from_millis(100)).await;
            }
            assert_eq!(outside.stage.count(Seen::Frame), 1);
            outside.stage.busy.set(false);
            outside.told.send(Heard::Idle).await.expect("the loop listens");
            sleep(Duration::from_millis(1)).await;
            assert_eq!(outside.stage.count(Seen::Frame), 2);
        })
        .await;
        assert_eq!(stage.count(Seen::Frame), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_drawn_when_nothing_has_changed() {
        let (stage, _) = play(async |outside| {
            for _ in 0..20 {
                outside.told.send(Heard::Idle).await.expect("the loop listens");
                sleep(Duration::from_millis(40)).await;
            }
        })
        .await;
        assert_eq!(stage.count(Seen::Frame), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_storm_of_sizes_is_looked_up_every_50_ms_and_once_more_at_its_end() {
        let (stage, _) = play(async |outside| {
            sleep(Duration::from_millis(200)).await;
            for _ in 0..120 {
                outside.told.send(Heard::Resized).await.expect("the loop listens");
                sleep(Duration::from_millis(1)).await;
            }
            sleep(Duration::from_millis(100)).await;
        })
        .await;
        assert_eq!(stage.count(Seen::SizeLookedUp), 5, "at the start, then at 0, 50, 100 and 150 ms");
    }

    #[tokio::test(start_paused = true)]
    async fn q_ends_it_and_what_panicked_meanwhile_is_handed_on() {
        let (_, ended) = play(async |outside| {
            for heard in [Heard::TaskPanicked("at a.rs:1:2: oh".to_owned()), key('q')] {
                outside.told.send(heard).await.expect("the loop listens");
            }
            sleep(Duration::from_secs(1)).await;
        })
        .await;
        assert_eq!(ended, Some(vec!["a background task failed, at a.rs:1:2: oh".to_owned()]));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_sleep_everything_is_asked_again_and_the_screen_says_so() {
        let notice = async |outside: &Outside, text: &str| {
            while !outside.stage.notice.borrow().contains(text) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let (_, ended) = play(async |outside| {
            sleep(Duration::from_secs(3)).await;
            assert_eq!(outside.wanted.borrow().wants, [], "seconds that pass are no jump");
            outside.slept.set(Duration::from_mins(7));
            notice(outside, "7 min have passed unseen").await;
            assert_eq!(outside.wanted.borrow().wants[0].1, Want::Retry(None));
            let answered = Event::Feed {
                scope: Scope::unnamed("eu-west-1"),
                feed: Feed::Metrics,
                at: Timestamp::from_secs(1_772_366_500),
                report: FeedReport::Answered,
            };
            outside.events.send(answered).await.expect("the loop listens");
            notice(outside, "caught up after 7 min").await;
        })
        .await;
        assert_eq!(ended, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_screen_is_saved_beside_the_loop_which_tells_where() {
        let (stage, _) = play(async |outside| {
            outside.told.send(key('S')).await.expect("the loop listens");
            while !outside.stage.notice.borrow().contains("/tmp/80x24.svg") {
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
        assert!(stage.count(Seen::Frame) >= 2);
    }
}
