//! How the process ends, in the numbers that scripts read.

use std::process::ExitCode;

/// Every exit code of lambtop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: all went well.
    Success,
    /// 1: the answer is incomplete, and the output says what is missing.
    Incomplete,
    /// 2: the request cannot be carried out as given: a wrong flag, a bad configuration, no terminal.
    BadInput,
    /// 101: a defect of lambtop, as Rust programs report one; the terminal was restored first.
    Panic,
    /// 128 + n: signal n ended the process (143 TERM, 130 INT, 131 QUIT), or the terminal hung up (129).
    Signal(u8),
}

impl Exit {
    /// The terminal is gone, whether or not the kernel's SIGHUP arrived.
    pub const HANG_UP: Self = Self::Signal(1);

    /// The number that the parent process sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Incomplete => 1,
            Self::BadInput => 2,
            Self::Panic => 101,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
