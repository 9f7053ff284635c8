//! The command line: one definition makes the parser and its help.
//!
//! Flags that settings files and the environment know too (see [`crate::config`]) are plain options here:
//! which of the layers wins, and whether the value is any good, is decided there for all of them alike.

mod help;
mod picture;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::DateTime;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::Timestamp;

pub use picture::Picture;

/// top for AWS Lambda: every function's vital signs, live, in a terminal.
#[derive(Debug, Parser)]
#[command(name = "lambtop", version, max_term_width = 100, after_help = help::MAIN)]
pub struct Cli {
    /// What to do; without it, the screen opens on your account.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Open the screen on the lines of this log group; may be repeated
    #[arg(long = "log-group", value_name = "NAME", value_parser = log_group)]
    pub log_groups: Vec<String>,
    /// Settings that hold for every command.
    #[command(flatten)]
    pub flags: Flags,
}

/// Settings given as flags; they stand before or after a subcommand.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings of every command")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line, on or off")]
pub struct Flags {
    /// Profile of the AWS configuration to use
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region to watch, such as eu-west-1
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Send every AWS call to this URL instead (http only for loopback)
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Watch only functions whose name matches, * and ? as in a shell; may be repeated
    #[arg(long = "function", global = true, value_name = "GLOB")]
    pub functions: Vec<String>,
    /// How far trends and sums look back: 90s, 15m, 3h, 2d
    #[arg(long, global = true, value_name = "DURATION")]
    pub since: Option<String>,
    /// What the numbers of a row cover: 1m, 5m, 15m, 1h
    #[arg(long, global = true, value_name = "WINDOW")]
    pub window: Option<String>,
    /// Colours of the screen
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Draw with ASCII characters alone
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Leave the mouse to the terminal
    #[arg(long, global = true)]
    pub no_mouse: bool,
    /// Never write to the terminal's clipboard
    #[arg(long, global = true)]
    pub no_clipboard: bool,
    /// Show local time instead of UTC
    #[arg(long, global = true)]
    pub local_time: bool,
    /// Slow down before spending more than this on CloudWatch, in US dollars an hour
    #[arg(long, global = true, value_name = "DOLLARS")]
    pub spend_cap: Option<String>,
    /// Hold log lines in at most so much memory: 64MB, 256MB, 1GB; the oldest go first
    #[arg(long, global = true, value_name = "BYTES")]
    pub log_memory: Option<String>,
    /// Keep filters of log lines for the next session
    #[arg(long, global = true)]
    pub history: bool,
    /// Write what lambtop does to this file, without credentials; `RUST_LOG` says how much
    #[arg(long, global = true, value_name = "FILE")]
    pub debug_log: Option<String>,
    /// Read this settings file instead of config.toml in the configuration directory
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Flags {
    /// The flags that were given, by the name of the setting each one overrules.
    #[must_use]
    pub fn given(&self) -> Vec<(&'static str, String)> {
        let text = |name, value: &Option<String>| value.clone().map(|value| (name, value));
        let switch = |name, on: bool, value: &str| on.then(|| (name, value.to_owned()));
        [
            text("profile", &self.profile),
            text("region", &self.region),
            text("endpoint_url", &self.endpoint_url),
            switch("functions", !self.functions.is_empty(), &self.functions.join(",")),
            text("since", &self.since),
            text("window", &self.window),
            text("theme", &self.theme),
            switch("charset", self.ascii, "ascii"),
            switch("mouse", self.no_mouse, "false"),
            switch("clipboard", self.no_clipboard, "false"),
            switch("time", self.local_time, "local"),
            text("spend_cap", &self.spend_cap),
            text("log_memory", &self.log_memory),
            switch("history", self.history, "true"),
            text("debug_log", &self.debug_log),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What lambtop can do besides opening the screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the screen on a simulated shop: no account, no network, no configuration
    #[command(after_help = help::DEMO)]
    Demo(DemoArgs),
    /// Print the table of functions, for scripts
    Functions {
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        /// Short for --format json
        #[arg(long, conflicts_with = "format")]
        json: bool,
        /// Ask the simulated shop instead of AWS
        #[command(flatten)]
        demo: OnDemo,
    },
    /// Print the log lines of functions or log groups, complete and in order; --follow goes on with what comes
    #[command(after_help = help::LOGS)]
    Logs(LogsArgs),
    /// Print the requests that log lines tell of, one record each, in the order of their start
    #[command(after_help = help::REQUESTS)]
    Requests(RequestsArgs),
    /// Print the settings in force and where each came from
    Config,
    /// Read log events from a file and print what each one says, one JSON object a line
    #[command(after_help = help::PARSE)]
    Parse {
        /// Raw lines, NDJSON with a "message", or what `aws logs filter-log-events` prints; gzip or not; - for standard input
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Print a trace as a waterfall, or as JSON for scripts: by its id, by a request's id, or from a file
    #[command(after_help = help::TRACE)]
    Trace(TraceArgs),
    /// Print the read-only IAM policy that lambtop needs
    Policy,
    /// Draw a screen into a file, as the program itself draws it
    Screenshot(ScreenshotArgs),
}

/// How a table is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    #[default]
    Table,
    /// One JSON object a line
    Json,
    /// Comma-separated values with a header
    Csv,
}

/// The simulated shop: which one, and what time it is there.
#[derive(Args, Clone, Debug)]
pub struct Simulation {
    /// Seed of the simulation: the same seed and time give the same shop
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// What time it is in the shop, such as 2026-03-01T12:00:00Z; if not given, now for `demo`, else the same instant each time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub now: Option<Timestamp>,
}

/// `lambtop demo`.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Which shop, and when.
    #[command(flatten)]
    pub simulation: Simulation,
    /// How much faster than real its time runs, 0.1 to 1000
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// Serve the simulated AWS on this loopback address and open no screen (port 0 picks one)
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    pub listen: Option<SocketAddr>,
    /// What is unusual about the account.
    #[command(flatten)]
    pub unusual: Unusual,
}

/// What is unusual about the simulated account, and what goes wrong there.
#[derive(Args, Clone, Debug, Default)]
pub struct Unusual {
    /// An account without functions
    #[arg(long)]
    pub empty: bool,
    /// Traces go to CloudWatch Logs instead of X-Ray, as where Transaction Search is on
    #[arg(long)]
    pub transaction_search: bool,
    /// Something that goes wrong, such as unprocessed=2 or denied@xray:*; may be repeated
    #[arg(long = "fault", value_name = "FAULT[=N][@ACTION]")]
    pub faults: Vec<String>,
}

/// Whether a headless command asks the demo.
#[derive(Args, Clone, Debug)]
pub struct OnDemo {
    /// Ask the simulated shop instead of AWS
    #[arg(long)]
    pub demo: bool,
    /// Which shop, and when.
    #[command(flatten)]
    pub simulation: Simulation,
}

/// Whose log lines a headless command reads, and from when on.
#[derive(Args, Clone, Debug, Default)]
pub struct Sources {
    /// Functions by name, * and ? as in a shell
    #[arg(value_name = "FUNCTION", value_parser = function_name)]
    pub names: Vec<String>,
    /// A log group by its full name; may be repeated
    #[arg(long = "log-group", value_name = "NAME", value_parser = log_group)]
    pub groups: Vec<String>,
    /// From when on: an age such as 90s, 10m, 3h, 2d, or a time such as 2026-03-01T12:00:00Z [default: 10m]
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
}

/// `lambtop logs`.
#[derive(Args, Clone, Debug)]
pub struct LogsArgs {
    /// Of what, and from when on.
    #[command(flatten)]
    pub sources: Sources,
    /// Until when, as an age or a time [default: now]
    #[arg(long, value_name = "WHEN", conflicts_with_all = ["follow", "at"])]
    pub until: Option<String>,
    /// Five minutes before this time to five minutes after it; an age or a time
    #[arg(long, value_name = "WHEN", conflicts_with_all = ["follow", "since"])]
    pub at: Option<String>,
    /// Go on with what comes, until INT or TERM
    #[arg(long, short)]
    pub follow: bool,
    /// Only lines that match this, in the language of the screen's filter; @NAME is a search of the settings file
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// One JSON object a line
    #[arg(long, conflicts_with = "raw")]
    pub json: bool,
    /// The messages alone, byte for byte
    #[arg(long)]
    pub raw: bool,
    /// Write to this file, readable by you alone, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Ask the simulated shop instead of AWS
    #[command(flatten)]
    pub on: OnDemo,
}

/// `lambtop trace`.
#[derive(Args, Clone, Debug)]
pub struct TraceArgs {
    /// A trace's id, such as 1-6a507b87-0cc4438344b48ef127ab1931, or a request's, with its function or log group
    #[arg(value_name = "ID", required_unless_present = "file", conflicts_with = "file")]
    pub id: Option<String>,
    /// What `aws xray batch-get-traces` prints, a segment document, spans of OpenTelemetry, or an array of them; gzip or not; - for standard input
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The log group to search for the request; may be repeated
    #[arg(long = "log-group", value_name = "NAME", value_parser = log_group)]
    pub groups: Vec<String>,
    /// How far back to search for the request: an age such as 15m, 3h, 2d, or a time such as 2026-03-01T12:00:00Z [default: 1h]
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// One JSON object instead of the waterfall
    #[arg(long)]
    pub json: bool,
    /// Ask the simulated shop instead of AWS
    #[command(flatten)]
    pub on: OnDemo,
}

/// `lambtop requests`.
#[derive(Args, Clone, Debug)]
pub struct RequestsArgs {
    /// Of what, and from when on.
    #[command(flatten)]
    pub sources: Sources,
    /// Until when, as an age or a time [default: now]
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Only requests that match this, in the language of the screen's filter; @NAME is a search of the settings file
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// One JSON object a line
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Comma-separated values with a header
    #[arg(long)]
    pub csv: bool,
    /// Write to this file, readable by you alone, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Ask the simulated shop instead of AWS
    #[command(flatten)]
    pub on: OnDemo,
}

/// `lambtop screenshot`.
#[derive(Args, Clone, Debug)]
pub struct ScreenshotArgs {
    /// Which account: the simulated shop, or AWS.
    #[command(flatten)]
    pub on: OnDemo,
    /// Which screen
    #[arg(long, value_enum, default_value_t = Picture::Functions)]
    pub screen: Picture,
    /// Keys to press before, such as `/pay<Enter>`
    #[arg(long, value_name = "KEYS", default_value = "")]
    pub keys: String,
    /// Columns and lines, 1x1 to 500x300
    #[arg(long, value_name = "WxH", default_value = "120x40", value_parser = size)]
    pub size: (u16, u16),
    /// Where to: the ending .svg, .png or .txt decides the kind; may be repeated
    #[arg(long, value_name = "FILE", required = true)]
    pub out: Vec<PathBuf>,
}

fn time(text: &str) -> Result<Timestamp, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| Timestamp::from(time.to_utc()))
        .map_err(|_| "not a time like 2026-03-01T12:00:00Z".to_owned())
}

fn function_name(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_*?".contains(c);
    if !text.is_empty() && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("not a function's name: a-z A-Z 0-9 - _, and * and ? for several; a log group is given with --log-group"
            .to_owned())
    }
}

/// The rules that CloudWatch Logs has for names.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>.
fn log_group(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
    if (1..=512).contains(&text.len()) && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("not the name of a log group: 1 to 512 of a-z A-Z 0-9 _ - / . #".to_owned())
    }
}

fn speed(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|speed| (0.1..=1000.0).contains(speed))
        .ok_or_else(|| "not a number from 0.1 to 1000".to_owned())
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "not an address like 127.0.0.1:4599".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only a loopback address such as 127.0.0.1: the simulated AWS checks no credentials".to_owned())
    }
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let parse = |(columns, lines): (&str, &str)| Some((columns.parse().ok()?, lines.parse().ok()?));
    text.split_once('x')
        .and_then(parse)
        .filter(|(columns, lines)| (1..=500).contains(columns) && (1..=300).contains(lines))
        .ok_or_else(|| "not a size like 120x40, up to 500x300".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command_reads_well_in_80_and_in_120_columns() {
        let command = Cli::command();
        let names = command.get_subcommands().map(|sub| sub.get_name().to_owned()).chain([String::new()]);
        for (name, width) in names.flat_map(|name| [(name.clone(), 80), (name, 120)]) {
            let mut command = Cli::command().term_width(width);
            command.build();
            let own =
                if name.is_empty() { &mut command } else { command.find_subcommand_mut(&name).unwrap() };
            let typed: Vec<String> = own
                .get_after_help()
                .map(|text| {
                    text.to_string().lines().filter(|line| line.starts_with(' ')).map(String::from).collect()
                })
                .unwrap_or_default();
            let help = own.render_long_help().to_string();
            let most = help.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(most <= width, "{name} in {width}:\n{help}");
            for line in typed {
                assert!(help.lines().any(|shown| shown == line), "{name} in {width} has not whole: {line}");
            }
            // A short line goes on in the next one only where the next word had no room.
            let after = help
                .split("\n\n")
                .filter(|paragraph| !paragraph.starts_with(' ') && !paragraph.contains(":\n"));
            for paragraph in after {
                for (line, next) in paragraph.lines().zip(paragraph.lines().skip(1)) {
                    let word = next.split(' ').next().unwrap_or_default();
                    let room = width.min(100).saturating_sub(line.chars().count() + 1);
                    assert!(word.chars().count() > room, "{name} in {width} breaks early: {line} / {next}");
                }
            }
        }
    }

    #[test]
    fn global_flags_stand_before_or_after_a_subcommand() {
        for line in ["lambtop --region eu-west-1 config", "lambtop config --region eu-west-1"] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            assert_eq!(cli.flags.region.as_deref(), Some("eu-west-1"), "{line}");
        }
    }

    #[test]
    fn the_demo_listens_on_loopback_only() {
        let parse = |address: &str| Cli::try_parse_from(["lambtop", "demo", "--listen", address]);
        assert!(parse("127.0.0.1:0").is_ok() && parse("[::1]:4599").is_ok());
        let error = parse("0.0.0.0:4599").unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("only a loopback address"), "{error}");
    }

    #[test]
    fn sizes_and_times_that_make_no_sense_are_refused() {
        for wrong in ["120", "0x10", "501x10", "axb", "10x301"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(size("80x24"), Ok((80, 24)));
        assert!(time("yesterday").is_err() && speed("-1").is_err() && speed("nan").is_err());
    }
}
