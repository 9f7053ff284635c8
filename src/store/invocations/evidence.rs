//! What lines say of how a request went, as a set of bits, and what follows from all of them together.
//!
//! | evidence | outcome |
//! |---|---|
//! | a trace says that Lambda refused it | throttled |
//! | the runtime was killed, or the platform says `Runtime.OutOfMemory` | out of memory |
//! | `Task timed out`, `Status: timeout` | timeout |
//! | all memory used, and an error that ended the request | out of memory |
//! | the module or handler cannot be loaded; a restore failed; an init failed and the request with it | init error |
//! | the runtime's process ended, and no error that nobody caught says why | exit |
//! | the platform says `error` or `failure`; a runtime wrote what was not caught | unhandled |
//! | no REPORT, where functions of this kind write one | unknown |
//! | an error was logged, and the request answered | handled |
//!
//! An init that took too long, or failed, and then succeeded inside the request is no failure: the request is cold.
//! Memory that is used up without an error is none either.

use std::ops::{BitOr, BitOrAssign};

use crate::model::{ExitCause, Fault, LineKind, Outcome, RequestFigures, RequestNotes};

/// A set of things that lines said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Evidence(u16);

impl Evidence {
    pub(super) const NONE: Self = Self(0);
    pub(super) const TIMED_OUT: Self = Self(1);
    /// Killed for want of memory.
    pub(super) const KILLED: Self = Self(1 << 1);
    /// As much memory was used as there is.
    pub(super) const FULL: Self = Self(1 << 2);
    /// The platform says that the request failed.
    pub(super) const FAILED: Self = Self(1 << 3);
    pub(super) const UNHANDLED: Self = Self(1 << 4);
    pub(super) const HANDLED: Self = Self(1 << 5);
    pub(super) const EXIT: Self = Self(1 << 6);
    pub(super) const IMPORT: Self = Self(1 << 7);
    pub(super) const INIT_ERROR: Self = Self(1 << 8);
    pub(super) const INIT_TIMEOUT: Self = Self(1 << 9);
    pub(super) const SUPPRESSED: Self = Self(1 << 10);
    pub(super) const RESTORE_TIMEOUT: Self = Self(1 << 11);
    pub(super) const RESTORE_ERROR: Self = Self(1 << 12);
    pub(super) const DROPPED: Self = Self(1 << 13);
    /// The platform says that the request went well.
    pub(super) const SUCCEEDED: Self = Self(1 << 14);

    /// Lambda refused it: it wrote no line.
    pub(super) const THROTTLED: Self = Self(1 << 15);

    /// All that tells of an init or a restore that a request had to wait for.
    pub(super) const fn of_init() -> Self {
        Self(
            Self::INIT_ERROR.0
                | Self::INIT_TIMEOUT.0
                | Self::SUPPRESSED.0
                | Self::RESTORE_TIMEOUT.0
                | Self::RESTORE_ERROR.0,
        )
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// What a line says.
    pub(super) fn of(kind: LineKind, figures: Option<&RequestFigures>, notes: Option<&RequestNotes>) -> Self {
        let mut said = Self::NONE;
        if let Some(figures) = figures {
            if figures.timed_out {
                said |= Self::TIMED_OUT;
            }
            if figures.out_of_memory {
                said |= Self::FULL;
            }
        }
        let Some(notes) = notes else { return said };
        let error = notes.error.as_deref();
        if error.is_some_and(|error| &*error.kind == "Runtime.OutOfMemory") {
            said |= Self::KILLED;
        }
        let Some(fault) = notes.fault else { return said };
        said | match fault {
            Fault::Timeout => Self::TIMED_OUT,
            Fault::OutOfMemory if kind == LineKind::Exit => Self::KILLED,
            // The report's own: its figures, and an error.
            Fault::OutOfMemory => Self::FULL | Self::FAILED,
            Fault::InitError => Self::INIT_ERROR,
            Fault::InitTimeout => Self::INIT_TIMEOUT,
            // Tried again inside the request, it took the request with it.
            Fault::SuppressedInit if error.is_some() => Self::SUPPRESSED | Self::INIT_ERROR | Self::FAILED,
            Fault::SuppressedInit => Self::SUPPRESSED,
            Fault::Import => Self::IMPORT,
            Fault::Unhandled => Self::UNHANDLED,
            Fault::Handled => Self::HANDLED,
            Fault::Exit(_) => Self::EXIT,
            Fault::RestoreTimeout => Self::RESTORE_TIMEOUT,
            Fault::RestoreError => Self::RESTORE_ERROR,
            Fault::LogsDropped => Self::DROPPED,
            Fault::Failed => Self::FAILED,
        }
    }

    /// How a request ended that all this is known of. `settled`: its REPORT has come, or none is to be expected.
    pub(super) const fn outcome(self, settled: bool) -> Outcome {
        let ended = Self(Self::FAILED.0 | Self::UNHANDLED.0 | Self::EXIT.0);
        let failed = self.has(ended) && (self.has(Self::FAILED) || !self.has(Self::SUCCEEDED));
        let init = Self(Self::INIT_ERROR.0 | Self::INIT_TIMEOUT.0);
        let never = Self(Self::IMPORT.0 | Self::RESTORE_TIMEOUT.0 | Self::RESTORE_ERROR.0);
        if self.has(Self::THROTTLED) {
            Outcome::Throttled
        } else if self.has(Self::KILLED) {
            Outcome::OutOfMemory
        } else if self.has(Self::TIMED_OUT) {
            Outcome::Timeout
        } else if self.has(Self::FULL) && failed {
            Outcome::OutOfMemory
        } else if self.has(never) || (self.has(init) && failed) {
            Outcome::InitError
        } else if self.has(Self::EXIT) && !(failed && self.has(Self::UNHANDLED)) {
            Outcome::RuntimeExit
        } else if failed {
            Outcome::Unhandled
        } else if !settled {
            Outcome::Unknown
        } else if self.has(Self(Self::HANDLED.0 | Self::UNHANDLED.0)) {
            Outcome::Handled
        } else {
            Outcome::Ok
        }
    }

    /// The fault that tells most, with how the process ended where it did.
    pub(super) fn fault(self, settled: bool, exit: Exit) -> Option<Fault> {
        let outcome = self.outcome(settled);
        let first = match outcome {
            Outcome::OutOfMemory => Some(Fault::OutOfMemory),
            // What ran out of time was not its own code.
            Outcome::Timeout if self.has(Self::RESTORE_TIMEOUT) => Some(Fault::RestoreTimeout),
            Outcome::Timeout => Some(Fault::Timeout),
            _ => None,
        };
        let ranked = [
            (Self::IMPORT, Fault::Import),
            (Self::RESTORE_TIMEOUT, Fault::RestoreTimeout),
            (Self::RESTORE_ERROR, Fault::RestoreError),
        ];
        let init = [
            (Self::SUPPRESSED, Fault::SuppressedInit),
            (Self::INIT_TIMEOUT, Fault::InitTimeout),
            (Self::INIT_ERROR, Fault::InitError),
        ];
        let failed_init = init.into_iter().rev().filter(|_| outcome == Outcome::InitError);
        let thrown = match outcome {
            Outcome::Handled => Fault::Handled,
            _ => Fault::Unhandled,
        };
        let rest = [
            (Self::UNHANDLED, thrown),
            (Self::EXIT, Fault::Exit(exit.cause())),
            (Self::FAILED, Fault::Failed),
        ];
        let quiet = [(Self::HANDLED, Fault::Handled), (Self::DROPPED, Fault::LogsDropped)];
        let all = ranked.into_iter().chain(failed_init).chain(rest).chain(init).chain(quiet);
        first.or_else(|| all.into_iter().find(|(bit, _)| self.has(*bit)).map(|(_, fault)| fault))
    }

    /// How much an error that a line with this evidence tells of explains; more is better.
    pub(super) const fn weight(self) -> u8 {
        if self.has(Self::KILLED) {
            9
        } else if self.has(Self::TIMED_OUT) {
            8
        } else if self.has(Self::IMPORT) {
            7
        } else if self.has(Self(Self::RESTORE_TIMEOUT.0 | Self::RESTORE_ERROR.0)) {
            6
        } else if self.has(Self::UNHANDLED) {
            5
        } else if self.has(Self::EXIT) {
            4
        } else if self.has(Self(Self::INIT_ERROR.0 | Self::INIT_TIMEOUT.0 | Self::SUPPRESSED.0)) {
            3
        } else if self.has(Self::FAILED) {
            2
        } else {
            1
        }
    }
}

impl BitOr for Evidence {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Evidence {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// How a runtime's process ended, in two bytes; of two lines the one that says more counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Exit(u16);

impl Exit {
    const SIGNAL: u16 = 1;
    const STATUS: u16 = 2;

    pub(super) fn of(fault: Option<Fault>) -> Self {
        match fault {
            Some(Fault::Exit(ExitCause::Status(status))) => {
                Self(u16::try_from(status).unwrap_or(u16::MAX - Self::STATUS).saturating_add(Self::STATUS))
            }
            Some(Fault::Exit(ExitCause::Signal)) => Self(Self::SIGNAL),
            _ => Self(0),
        }
    }

    fn cause(self) -> ExitCause {
        match self.0 {
            0 => ExitCause::Unknown,
            Self::SIGNAL => ExitCause::Signal,
            status => ExitCause::Status(i32::from(status - Self::STATUS)),
        }
    }
}
