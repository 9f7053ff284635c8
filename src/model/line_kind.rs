//! What kinds of log lines there are.

use serde::{Deserialize, Serialize};

/// What kind of line it is: written by the platform about an environment or a request, or by the application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LineKind {
    /// Whatever the function's code prints.
    #[default]
    Application,
    /// An environment begins its init (`INIT_START`, `platform.initStart`).
    InitStart,
    /// Init has ended (`platform.initRuntimeDone`).
    InitDone,
    /// What an init took (`INIT_REPORT`, `platform.initReport`).
    InitReport,
    /// A `SnapStart` restore begins.
    RestoreStart,
    /// A restore has ended (`platform.restoreRuntimeDone`).
    RestoreDone,
    /// What a restore took.
    RestoreReport,
    /// A request begins (`START`, `platform.start`).
    Start,
    /// The runtime has answered (`platform.runtimeDone`).
    RuntimeDone,
    /// A request ends (`END`).
    End,
    /// What a request took (`REPORT`, `platform.report`).
    Report,
    /// `Task timed out after ... seconds`.
    Timeout,
    /// The runtime exited (`Runtime exited with error`), killed or by itself.
    Exit,
    /// An extension's or a telemetry subscription's state.
    Extension,
    /// Log lines were dropped before they reached CloudWatch (`platform.logsDropped`).
    Dropped,
    /// Any other line of the platform.
    Platform,
}

impl LineKind {
    /// Which lines of one request come first where they are of the same millisecond: CloudWatch keeps no order there.
    #[must_use]
    pub const fn turn(self) -> u8 {
        match self {
            Self::InitStart | Self::RestoreStart => 0,
            Self::InitDone | Self::InitReport | Self::RestoreDone | Self::RestoreReport => 1,
            Self::Start => 2,
            Self::Application | Self::Extension | Self::Dropped | Self::Platform => 3,
            Self::RuntimeDone => 4,
            Self::End => 5,
            Self::Report => 6,
            Self::Timeout | Self::Exit => 7,
        }
    }

    /// Whether the platform wrote it as its routine: folded to one quiet line for each request.
    #[must_use]
    pub const fn is_routine(self) -> bool {
        !matches!(self, Self::Application | Self::Timeout | Self::Exit | Self::Dropped)
    }
}
