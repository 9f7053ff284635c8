//! A pseudo-terminal with a program in it, and a person who types and looks.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::termios::tcgetattr;
use vt100::{MouseProtocolMode, Parser, Screen};

/// The program under test.
pub const LAMBTOP: &str = env!("CARGO_BIN_EXE_lambtop");
/// The demo as all tests see it.
pub const DEMO: &str = "demo --seed 7 --now 2026-03-01T12:00:00Z";

/// The mark at the end of every frame.
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// How long content may take to appear.
const CONTENT: Duration = Duration::from_secs(20);
/// How long leaving may take.
const LEAVING: Duration = Duration::from_secs(2);
/// How long a write may last without being stuck.
const STUCK: Duration = Duration::from_millis(300);
/// How long nothing but the clock comes from a screen that has settled, and how much that is.
const CALM: Duration = Duration::from_millis(700);
const CLOCK: usize = 80;
/// How often a slow terminal reads in a second.
const READS: usize = 50;
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// One terminal at a time: a test that measures shall not share the machine with another one.
static ALONE: Mutex<()> = Mutex::new(());

/// A terminal, the program that was started in it, and what it shows.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    /// The terminal's other end, kept open so that its settings outlive the program.
    other_end: File,
    child: Box<dyn Child + Send + Sync>,
    eye: Arc<Eye>,
    reader: Option<JoinHandle<()>>,
    started: Instant,
    _alone: MutexGuard<'static, ()>,
}

/// What the reading thread shares with the test.
struct Eye {
    parser: Mutex<Parser>,
    written: Mutex<Vec<u8>>,
    first_frame: OnceLock<Instant>,
    closed: AtomicBool,
    asleep: Mutex<bool>,
    woken: Condvar,
    /// Reads so far.
    frames: AtomicUsize,
    /// Bytes a second that are read; 0 is all there are.
    rate: AtomicUsize,
}

/// How the program ended, and how long after it was told to.
#[derive(Debug)]
pub struct Ended {
    pub code: u32,
    pub signal: Option<String>,
    pub after: Duration,
}

impl Terminal {
    /// Starts the demo in a terminal of 120x40.
    pub fn demo() -> Self {
        Self::shell(&format!("exec {LAMBTOP} {DEMO}"))
    }

    /// Starts the demo and waits until it shows something.
    pub fn open_demo() -> Self {
        let mut terminal = Self::demo();
        terminal.wait("the screen is open", is_open);
        terminal
    }

    /// Starts a shell script in a terminal of 120x40.
    pub fn shell(script: &str) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = native_pty_system().openpty(pty_size(120, 40)).expect("there is a pseudo-terminal");
        let path = pair.master.tty_name().expect("it has a name");
        let other_end =
            File::from(open(&path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("it opens"));

        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", script]);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LC_ALL", "C.UTF-8");
        command.env("XDG_CONFIG_HOME", "/nonexistent");
        // What would tell the program about the terminal of whoever runs the tests, or about their settings.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            let terminal =
                ["NO_COLOR", "RUST_BACKTRACE", "SSH_CONNECTION", "SSH_TTY", "STY", "TMUX", "VTE_VERSION"];
            let prefixes = ["TERM_PROGRAM", "WT_", "AWS_", "LAMBTOP_"];
            if terminal.contains(&&*name) || prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(&*name);
            }
        }
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");

        let eye = Arc::new(Eye {
            parser: Mutex::new(Parser::new(cells(40), cells(120), 0)),
            written: Mutex::new(Vec::new()),
            first_frame: OnceLock::new(),
            closed: AtomicBool::new(false),
            asleep: Mutex::new(false),
            woken: Condvar::new(),
            frames: AtomicUsize::new(0),
            rate: AtomicUsize::new(0),
        });
        let mut output = pair.master.try_clone_reader().expect("its output can be read");
        let reading = Arc::clone(&eye);
        let reader = thread::spawn(move || reading.look_at(&mut output));
        let keyboard = pair.master.take_writer().expect("it takes keys");
        Self {
            master: Some(pair.master),
            keyboard: Some(keyboard),
            other_end,
            child,
            eye,
            reader: Some(reader),
            started,
            _alone: alone,
        }
    }

    /// Types, as a terminal encodes the keys.
    pub fn press(&mut self, keys: &str) {
        let keyboard = self.keyboard.as_mut().expect("the terminal is there");
        keyboard.write_all(keys.as_bytes()).expect("keys are taken");
        keyboard.flush().expect("keys are taken");
    }

    /// Waits until the screen is as described; says how long after the start that was.
    pub fn wait(&mut self, what: &str, is: impl Fn(&Screen) -> bool) -> Duration {
        let deadline = Instant::now() + CONTENT;
        loop {
            if is(self.eye.parser().screen()) {
                let seen = self.started.elapsed();
                println!("{what}: {seen:.0?} after the start");
                return seen;
            }
            if Instant::now() > deadline {
                let ended = self.child.try_wait();
                panic!("not within {CONTENT:?}: {what}\nended: {ended:?}\n{}", self.text());
            }
            sleep(LOOK);
        }
    }

    /// Waits for a piece of text.
    pub fn wait_for(&mut self, text: &str) -> Duration {
        self.wait(text, |screen| screen.contents().contains(text))
    }

    /// Waits until the program is gone, which must not take longer than 2 s.
    pub fn ended(&mut self) -> Ended {
        let told = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                let after = told.elapsed();
                println!("gone after {after:.1?}: {status:?}");
                return Ended { code: status.exit_code(), signal: status.signal().map(str::to_owned), after };
            }
            assert!(told.elapsed() < LEAVING, "still there after {LEAVING:?}\n{}", self.text());
            sleep(LOOK);
        }
    }

    /// Sends a signal to the program by name.
    pub fn signal(&self, name: &str) {
        send(name, self.pid());
    }

    /// The program's process id.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("the program runs")
    }

    /// Stops reading, as a terminal on a dead link does.
    pub fn stall(&self) {
        *lock(&self.eye.asleep) = true;
    }

    /// Reads only so many bytes a second from here on, as a modem does.
    pub fn slow_down(&self, bytes: usize) {
        self.eye.rate.store(bytes, Ordering::SeqCst);
    }

    /// Reads again.
    pub fn read_on(&self) {
        *lock(&self.eye.asleep) = false;
        self.eye.woken.notify_all();
    }

    /// Makes the program draw, again and again, until it has been stuck in writing for a while: nobody reads, and
    /// there is no room left.
    pub fn fill(&mut self) {
        let deadline = Instant::now() + CONTENT;
        let mut stuck_since = Instant::now();
        while stuck_since.elapsed() < STUCK {
            assert!(Instant::now() < deadline, "the program has found room for everything");
            self.resize(119, 40);
            self.resize(120, 40);
            if self.has_room() {
                stuck_since = Instant::now();
            }
            sleep(LOOK);
        }
    }

    /// Whether the program could write more.
    fn has_room(&self) -> bool {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let room = poll(&mut [PollFd::new(&self.other_end, PollFlags::OUT)], Some(&now));
        room.expect("a terminal can be polled") > 0
    }

    /// Takes the terminal away, as closing its window does.
    pub fn hang_up(&mut self) {
        self.eye.closed.store(true, Ordering::SeqCst);
        self.read_on();
        // The reading thread sleeps in the kernel: a byte from the other end wakes it, and it lets go.
        self.other_end.write_all(b" ").expect("the other end is open");
        self.reader.take().expect("it was there").join().expect("the reading thread ends");
        self.keyboard = None;
        self.master = None;
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let master = self.master.as_ref().expect("the terminal is there");
        master.resize(pty_size(columns, rows)).expect("it can be resized");
        self.eye.parser().screen_mut().set_size(cells(rows), cells(columns));
    }

    /// The settings of the terminal, to be compared.
    pub fn settings(&self) -> String {
        format!("{:?}", tcgetattr(&self.other_end).expect("a terminal has settings"))
    }

    /// Looks at the screen as it is now.
    pub fn look(&self, at: impl FnOnce(&Screen)) {
        at(self.eye.parser().screen());
    }

    /// Waits until nothing but the clock has come for a while.
    pub fn settle(&mut self) {
        let deadline = Instant::now() + CONTENT;
        loop {
            let before = self.written().len();
            sleep(CALM);
            if self.written().len() - before < CLOCK {
                return;
            }
            assert!(Instant::now() < deadline, "it never settles");
        }
    }

    /// Waits until more has been written than there was.
    pub fn wait_written(&mut self, before: usize) {
        let eye = Arc::clone(&self.eye);
        self.wait("something is drawn", |_| lock(&eye.written).len() > before);
    }

    /// How many marked frames have been read.
    pub fn drawn(&self) -> usize {
        lock(&self.eye.written).windows(FRAME_ENDS.len()).filter(|bytes| *bytes == FRAME_ENDS).count()
    }

    /// How many times the program has written, as far as that can be told: what came between two pauses is one.
    pub fn frames(&self) -> usize {
        self.eye.frames.load(Ordering::SeqCst)
    }

    /// Every byte that it has written.
    pub fn written(&self) -> Vec<u8> {
        lock(&self.eye.written).clone()
    }

    /// How long after the start the first frame was complete.
    pub fn first_frame(&mut self) -> Duration {
        let eye = Arc::clone(&self.eye);
        self.wait("the first frame is complete", |_| eye.first_frame.get().is_some());
        eye.first_frame.get().map_or(CONTENT, |seen| *seen - self.started)
    }

    /// What is to be seen.
    pub fn text(&self) -> String {
        self.eye.parser().screen().contents()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if self.reader.is_some() {
            self.hang_up();
        }
    }
}

impl Eye {
    fn look_at(&self, output: &mut dyn Read) {
        let mut bytes = [0; 8192];
        loop {
            let rate = self.rate.load(Ordering::SeqCst);
            let most = if rate == 0 { bytes.len() } else { (rate / READS).max(1) };
            let Ok(count) = output.read(&mut bytes[..most]) else { return };
            if rate > 0 {
                sleep(Duration::from_secs_f64(count as f64 / rate as f64));
            }
            let asleep = lock(&self.asleep);
            drop(self.woken.wait_while(asleep, |asleep| *asleep).unwrap_or_else(PoisonError::into_inner));
            if count == 0 || self.closed.load(Ordering::SeqCst) {
                return;
            }
            self.frames.fetch_add(1, Ordering::SeqCst);
            lock(&self.written).extend_from_slice(&bytes[..count]);
            if bytes[..count].ends_with(FRAME_ENDS) {
                self.first_frame.get_or_init(Instant::now);
            }
            self.parser().process(&bytes[..count]);
        }
    }

    fn parser(&self) -> MutexGuard<'_, Parser> {
        lock(&self.parser)
    }
}

/// Whether the program shows its screen.
pub fn is_open(screen: &Screen) -> bool {
    screen.alternate_screen() && !screen.contents().trim().is_empty()
}

/// Whether the terminal is as a program must leave it.
pub fn is_given_back(screen: &Screen) -> bool {
    !screen.alternate_screen()
        && !screen.hide_cursor()
        && !screen.bracketed_paste()
        && screen.mouse_protocol_mode() == MouseProtocolMode::None
}

/// Sends a signal by name.
pub fn send(name: &str, pid: u32) {
    let status = std::process::Command::new("/bin/sh")
        .args(["-c", &format!("kill -{name} {pid}")])
        .status()
        .expect("there is a shell");
    assert!(status.success(), "kill -{name} {pid}");
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The emulator knows no size of zero.
fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}

const fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}
