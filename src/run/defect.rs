//! Debug builds only: `LAMBTOP_PANIC` has the program panic in the place that it names, so that the tests can see what a
//! person would see.

use std::env;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

const MESSAGE: &str = "asked for by LAMBTOP_PANIC";
/// The calls that go wrong: the first, which asks who we are.
const CALLS: Range<usize> = 0..1;

/// Panics when it goes away.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("{MESSAGE}");
    }
}

/// `loop`, `drop`: the loop, or a destructor in it. `task`: a background task. `task-drop`: a destructor in a background
/// task that already panics, which Rust answers with an abort.
pub(super) fn at_the_full_second() {
    match env::var("LAMBTOP_PANIC").as_deref() {
        Ok("loop") => panic!("{MESSAGE}"),
        Ok("drop") => drop(Fragile),
        Ok("task") => drop(tokio::task::spawn_blocking(|| panic!("{MESSAGE}"))),
        Ok("task-drop") => drop(tokio::task::spawn_blocking(|| {
            let _fragile = Fragile;
            panic!("{MESSAGE}");
        })),
        _ => {}
    }
}

/// `feed`: early calls to the demo's AWS, in whichever feed makes them.
pub(super) fn in_a_call() {
    static CALL: AtomicUsize = AtomicUsize::new(0);
    if env::var("LAMBTOP_PANIC").is_ok_and(|place| place == "feed")
        && CALLS.contains(&CALL.fetch_add(1, Ordering::Relaxed))
    {
        panic!("{MESSAGE}");
    }
}
