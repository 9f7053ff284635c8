//! Parses the arguments, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    lambtop::run::main(lambtop::cli::Cli::parse())
}
