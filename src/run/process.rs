//! What the process keeps to itself: no core dump, because its memory holds credentials and other people's log lines.

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, setrlimit};

/// Forbids core dumps of this process, and on Linux its memory to other processes of the same user.
///
/// What the system refuses stays as it was: a program that cannot start would help nobody.
pub(super) fn keep_memory_private() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
