//! The ways in which a terminal is lost under a running program, each with the time until the program was gone.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::terminal::{DEMO, LAMBTOP, Terminal, is_open, send};

/// How long being gone may take.
const GONE: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(1);

/// A way to lose the terminal, and what tries it: the time until the program is gone.
pub type Way = (&'static str, fn() -> Duration);

/// All of them.
pub const WAYS: [Way; 8] = [
    ("SIGHUP as it is by default", || hung_up(&format!("exec {LAMBTOP} {DEMO}"))),
    ("SIGHUP ignored by a trap", || hung_up(&format!("trap '' HUP; exec {LAMBTOP} {DEMO}"))),
    // nohup takes its own standard input and output away from the terminal: they are given back.
    ("SIGHUP ignored by nohup", || {
        hung_up(&format!("exec nohup sh -c 'exec {LAMBTOP} {DEMO} </dev/tty >/dev/tty 2>&1'"))
    }),
    // In a session of its own it gets no SIGHUP. The shell waits for it and hands on its exit code.
    ("no controlling terminal", || hung_up(&format!("trap '' HUP; setsid --wait {LAMBTOP} {DEMO}"))),
    ("the link drops and the shell lives on", || {
        let mut terminal =
            Terminal::shell(&format!("trap : HUP; {LAMBTOP} {DEMO}; while :; do sleep 0.1; done"));
        let program = open(&mut terminal);
        terminal.hang_up();
        let gone = gone(program);
        assert!(is_running(terminal.pid()), "the shell has caught SIGHUP");
        gone
    }),
    ("the parent is killed", || parent_killed("")),
    ("the parent is killed, SIGHUP ignored", || parent_killed("trap '' HUP; ")),
    ("tmux kill-session", tmux_killed),
];

/// Opens the demo by a shell script that becomes it or waits for it, and takes its terminal away.
fn hung_up(script: &str) -> Duration {
    let mut terminal = Terminal::shell(script);
    terminal.wait("the screen is open", is_open);
    terminal.hang_up();
    let ended = terminal.ended();
    assert_eq!((ended.code, ended.signal), (129, None), "it ends by itself, without a core");
    ended.after
}

/// The shell that started the demo is killed; the terminal is still there, but nobody's.
fn parent_killed(first: &str) -> Duration {
    let mut terminal = Terminal::shell(&format!("{first}{LAMBTOP} {DEMO}; true"));
    let program = open(&mut terminal);
    send("KILL", terminal.pid());
    gone(program)
}

fn tmux_killed() -> Duration {
    // A server of its own each time: one that is just ending would take the new session with it.
    static TRIES: AtomicUsize = AtomicUsize::new(0);
    let socket = format!("lambtop-test-{}-{}", std::process::id(), TRIES.fetch_add(1, Ordering::Relaxed));
    let tmux = |arguments: &[&str]| {
        let output = Command::new("tmux")
            .args(["-L", &socket, "-f", "/dev/null"])
            .args(arguments)
            .env_remove("TMUX")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("tmux is installed: .ci/run installs it");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    tmux(&["new-session", "-d", "-s", "lost", "-x", "120", "-y", "40", &format!("exec {LAMBTOP} {DEMO}")]);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !tmux(&["capture-pane", "-p", "-t", "lost"]).contains("12:00:") {
        assert!(Instant::now() < deadline, "it opens in tmux");
        sleep(LOOK);
    }
    let program =
        tmux(&["list-panes", "-t", "lost", "-F", "#{pane_pid}"]).parse().expect("a pane has a process");
    tmux(&["kill-session", "-t", "lost"]);
    let gone = gone(program);
    tmux(&["kill-server"]);
    gone
}

/// Waits for the screen; the program's process id, which is that of the shell's only child.
pub fn open(terminal: &mut Terminal) -> u32 {
    terminal.wait("the screen is open", is_open);
    let shell = terminal.pid();
    let processes = fs::read_dir("/proc").expect("there are processes").flatten();
    processes
        .filter_map(|process| process.file_name().to_string_lossy().parse().ok())
        .find(|pid| field(*pid, "PPid:").is_some_and(|parent| parent == shell.to_string()))
        .expect("the shell has a child")
}

fn field(pid: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
}

/// Whether the process exists and is not merely waiting to be buried.
pub fn is_running(pid: u32) -> bool {
    field(pid, "State:").is_some_and(|state| !state.starts_with('Z'))
}

/// Waits until the process is gone: how long that took.
pub fn gone(pid: u32) -> Duration {
    let lost = Instant::now();
    while is_running(pid) {
        assert!(lost.elapsed() < GONE, "{pid} is still there after {GONE:?}");
        sleep(LOOK);
    }
    lost.elapsed()
}
