//! The screens that can be drawn into a file.

use clap::ValueEnum;

/// A screen that can be drawn into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// The fleet
    Functions,
    /// The function at the top of the fleet
    Function,
    /// The merged tail of the most troubled functions
    Logs,
    /// The requests of the function at the top of the fleet
    Requests,
    /// A traced request of the function at the top of the fleet that failed, on an axis of time
    Timeline,
    /// The list of traces
    Traces,
    /// The map of services
    Map,
    /// The keys
    Help,
    /// The palette of actions
    Palette,
    /// The choice of themes
    Themes,
}
