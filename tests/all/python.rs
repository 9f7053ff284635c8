//! The Python packages that the tests run: made once under `target/`, for everyone.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What is installed; another text makes another environment.
const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/requirements.txt");

/// The directory of a virtual environment with everything in `tests/requirements.txt`; programs are in its `bin`.
///
/// The first test that asks makes it, the others wait for it, in this process and in any other.
pub fn python_environment() -> PathBuf {
    static READY: LazyLock<PathBuf> = LazyLock::new(make);
    READY.clone()
}

fn make() -> PathBuf {
    let requirements = fs::read_to_string(REQUIREMENTS).expect("tests/requirements.txt can be read");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let home = target.join(format!("python-{:016x}", hash(&requirements)));
    let lock = File::create(home.with_extension("lock")).expect("a lock file under target/ can be made");
    lock.lock().expect("the lock of the Python environment can be had");
    let complete = home.join("complete");
    if !complete.exists() {
        // What an interrupted run left behind is of no use.
        let _ = fs::remove_dir_all(&home);
        run(
            Command::new("python3").args(["-m", "venv"]).arg(&home),
            "python3 and its venv module are needed",
        );
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
        run(
            Command::new(home.join("bin/python")).args(pip),
            "the packages of tests/requirements.txt are needed",
        );
        File::create(complete).expect("a file under target/ can be made");
    }
    home
}

fn run(command: &mut Command, need: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("{need}: {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{need}: {command:?} said\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// FNV-1a: the same from build to build, which the standard library's hash does not promise.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
