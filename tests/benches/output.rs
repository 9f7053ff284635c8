//! What a session writes to the terminal, at 120x40, beside what ratatui's own backend would write for the same frames.
//!
//! `cargo bench --bench output`. The sessions are recorded from the demo, on a clock of their own: the same bytes each
//! time. Prints; asserts no number.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use lambtop::app::{App, Code, Input, Key, Settings};
use lambtop::demo::cloud::{Endpoint, Settings as CloudSettings};
use lambtop::demo::fleet::DEFAULT_SEED;
use lambtop::model::Timestamp;
use lambtop::source::aws::Mount;
use lambtop::source::clock::Clock;
use lambtop::source::{self, Settings as SourceSettings};
use lambtop::term::Wire;
use lambtop::ui::{self, Look};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::prelude::CrosstermBackend;
use ratatui::style::{Color, Style};
use ratatui::{Terminal, TerminalOptions, Viewport};
use tokio::sync::{mpsc, watch};

const AREA: Rect = Rect::new(0, 0, 120, 40);
/// 2026-03-01T14:31:16Z, where the demo has trouble.
const BEGIN: Timestamp = Timestamp::from_secs(1_772_375_476);
/// How long the screen settles before its bytes count, and for how long they do.
const SETTLING: Duration = Duration::from_secs(30);
const WATCHED: Duration = Duration::from_mins(10);
const FRAMES: u64 = 20;
const LINES: u64 = 1000;
const LOGGED: Duration = Duration::from_secs(30);

/// A screen, and when it is there.
type Recording = Vec<(Duration, Buffer)>;

fn main() -> io::Result<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    let watching = |keys| runtime.block_on(watching(keys));
    compare("watching the fleet", &watching(&[]), SETTLING, 500)?;
    let enter = Key { code: Code::Enter, ctrl: false, alt: false, shift: false };
    compare("watching one function", &watching(&[enter]), SETTLING, 500)?;
    compare("10 log lines/s", &logging(10), Duration::ZERO, 40_000)?;
    compare("100 log lines/s", &logging(100), Duration::ZERO, 40_000)?;
    compare("1,000 log lines/s", &logging(LINES), Duration::ZERO, 40_000)
}

/// The demo, with these keys pressed when it has settled.
async fn watching(keys: &[Key]) -> Recording {
    let clock = Clock::starting_at(BEGIN, 1.0);
    let its_clock = clock.clone();
    let cloud = CloudSettings { seed: DEFAULT_SEED, ..CloudSettings::default() };
    let endpoint = Endpoint::new(cloud, Arc::new(move || its_clock.now().millis()));
    let settings = SourceSettings {
        http_client: Some(Mount::new(endpoint.http_client())),
        static_credentials: true,
        ..SourceSettings::default()
    };
    let mut app = App::new(Settings { demo: true, ..Settings::default() }, clock.now());
    app.input(clock.now(), Input::Resize { columns: AREA.width, rows: AREA.height });
    let (told, mut events) = mpsc::channel(1024);
    let (interest, wanted) = watch::channel(app.interest());
    let _sources = source::start(settings, clock.clone(), wanted, told);
    let look = Look::default();
    let (mut recording, mut pressed) = (Recording::new(), false);
    let frame = Duration::from_millis(1000 / FRAMES);
    while clock.now().since(BEGIN) < SETTLING + WATCHED {
        let before = app.revision();
        tokio::select! {
            biased;
            Some(event) = events.recv() => {
                app.input(clock.now(), Input::Event(Box::new(event)));
                while let Ok(event) = events.try_recv() {
                    app.input(clock.now(), Input::Event(Box::new(event)));
                }
            }
            () = clock.sleep(frame) => { app.input(clock.now(), Input::Tick); }
        }
        let at = clock.now().since(BEGIN);
        if !pressed && at * 2 > SETTLING {
            pressed = true;
            for key in keys {
                app.input(clock.now(), Input::Key(*key));
            }
        }
        interest.send_if_modified(|known| std::mem::replace(known, app.interest()) != app.interest());
        if app.revision() != before {
            let mut cells = Buffer::empty(AREA);
            ui::draw(&app, &look, &mut cells);
            recording.push((at, cells));
        }
    }
    recording
}

/// A log that runs: lines of Lambda's kind in a list below a head, the newest at the bottom.
fn logging(per_second: u64) -> Recording {
    let levels = [("INFO", Color::Green), ("WARN", Color::Yellow), ("ERROR", Color::Red)];
    let line = |number: u64| {
        let noise = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (level, colour) = levels[(noise >> 60) as usize % levels.len()];
        let (minute, second, milli) = (number / 60_000 % 60, number / 1000 % 60, number % 1000);
        let head = format!("14:{minute:02}:{second:02}.{milli:03} ");
        let text = format!(" {noise:016x} order {} took {} ms", noise % 90_000, noise >> 55);
        (head, level, colour, text)
    };
    let frames = LOGGED.as_secs() * FRAMES;
    (0..frames)
        .map(|frame| {
            let mut cells = Buffer::empty(AREA);
            cells.set_style(AREA, Style::new().bg(Color::Rgb(18, 21, 28)).fg(Color::Rgb(201, 206, 217)));
            let newest = 1_000_000 + frame * per_second / FRAMES;
            cells.set_string(1, 0, format!("{newest} lines"), Style::new());
            for row in 3..39_u16 {
                let (head, level, colour, text) = line(newest - u64::from(38 - row));
                let column = cells.set_stringn(1, row, head, 120, Style::new().fg(Color::DarkGray)).0;
                let column = cells.set_stringn(column, row, level, 8, Style::new().fg(colour)).0;
                cells.set_stringn(column, row, text, 90, Style::new());
            }
            (Duration::from_millis(1000 / FRAMES) * frame as u32, cells)
        })
        .collect()
}

/// Counts bytes.
#[derive(Clone, Default)]
struct Counter(Rc<Cell<usize>>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Plays a recording to both; prints bytes a second from `from` on, and what is allowed.
fn compare(what: &str, recording: &Recording, from: Duration, allowed: usize) -> io::Result<()> {
    let counter = Counter::default();
    let backend = CrosstermBackend::new(counter.clone());
    let mut ratatui = Terminal::with_options(backend, TerminalOptions { viewport: Viewport::Fixed(AREA) })?;
    let mut wire = Wire::new(AREA.width, AREA.height, "xterm-256color");
    let (mut ours, mut first, mut before, mut frames) = (0, 0, 0, 0);
    for (at, cells) in recording {
        ratatui.draw(|frame| frame.buffer_mut().content.clone_from(&cells.content))?;
        let paint = |buffer: &mut Buffer| buffer.content.clone_from(&cells.content);
        let bytes = wire.draw_at(*at, paint).map_or(0, |bytes| bytes.len());
        if first == 0 {
            first = bytes;
        }
        if *at < from {
            before = counter.0.get();
        } else {
            ours += bytes;
            frames += usize::from(bytes > 0);
        }
    }
    let seconds = recording.last().map_or(1.0, |(at, _)| at.saturating_sub(from).as_secs_f64()).max(1.0);
    let rate = |bytes: usize| bytes as f64 / seconds;
    let theirs = counter.0.get() - before;
    println!(
        "{what}: {:.0} B/s in {:.1} frames/s ({allowed} allowed); ratatui alone {:.0} B/s; ratio {:.2}; first frame {first} B",
        rate(ours),
        frames as f64 / seconds,
        rate(theirs),
        ours as f64 / theirs.max(1) as f64,
    );
    Ok(())
}
