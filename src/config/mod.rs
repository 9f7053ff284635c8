//! Settings: one table, four layers (defaults, file, environment, flags), one checker for all of them.
//!
//! Every value arrives as text with the place it came from, the later layer wins, and the winner is checked
//! by the row of the table: a bad one is refused with its place and the allowed values.

mod error;
mod file;
mod prices;
mod searches;
mod value;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::model::{Prices, SafeText, Window};
use crate::query::SavedSearch;

pub use error::ConfigError;

/// Which characters may be drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// Whatever the locale and the terminal can show.
    #[default]
    Auto,
    /// Box drawing, braille and blocks.
    Unicode,
    /// Nothing above 0x7e.
    Ascii,
}

/// Whose clock the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// Coordinated universal time, as AWS writes it.
    #[default]
    Utc,
    /// The time of the machine lambtop runs on.
    Local,
}

/// The settings in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Profile of the AWS configuration; `None` leaves the choice to the SDK's default chain.
    pub profile: Option<String>,
    /// Region; `None` leaves it to the default chain.
    pub region: Option<String>,
    /// Where every AWS call goes instead; https, or http on loopback.
    pub endpoint_url: Option<String>,
    /// Globs over function names; none watches all.
    pub functions: Vec<String>,
    /// How far trends and sums look back: 5 minutes to 30 days.
    pub since: Duration,
    /// What the numbers of a row cover.
    pub window: Window,
    /// Name of the theme.
    pub theme: String,
    /// Which characters may be drawn.
    pub charset: Charset,
    /// Whether the mouse selects and scrolls.
    pub mouse: bool,
    /// Whether copying may write to the terminal's clipboard.
    pub clipboard: bool,
    /// Whose clock the screen shows.
    pub time: Zone,
    /// US dollars an hour above which rounds are slowed: 0.01 to 1000.
    pub spend_cap: f64,
    /// Bytes of memory that log lines may take: 8 MB to 64 GB.
    pub log_memory: usize,
    /// Whether filters of lines are kept for the next session.
    pub history: bool,
    /// Where the debug log goes, if one is written.
    pub debug_log: Option<String>,
    /// What Lambda charges: its list prices, or what `[prices]` says.
    pub prices: Prices,
    priced: Vec<prices::Entry>,
    searches: Vec<searches::Entry>,
    origins: Vec<Given>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said otherwise.
    Default,
    /// A line of a settings file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl Origin {
    /// The line of a settings file; 0 elsewhere.
    const fn line(&self) -> usize {
        match self {
            Self::File { line, .. } => *line,
            Self::Default | Self::Environment(_) | Self::Flag(_) => 0,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

/// A value as it was given, before it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Name of the setting.
    pub name: &'static str,
    /// Its value as text; lists are joined with commas.
    pub value: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A row of the table of settings.
struct Setting {
    name: &'static str,
    flag: &'static str,
    /// Environment variables that set it, the strongest first.
    environment: &'static [&'static str],
    default: &'static str,
    allowed: &'static str,
    /// Puts a value in force; false if it is not allowed.
    apply: fn(&mut Config, &str) -> bool,
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "profile",
        flag: "--profile",
        environment: &["LAMBTOP_PROFILE", "AWS_PROFILE"],
        default: "",
        allowed: "the name of a profile in ~/.aws/config",
        apply: |config, text| value::optional(&mut config.profile, text),
    },
    Setting {
        name: "region",
        flag: "--region",
        environment: &["LAMBTOP_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"],
        default: "",
        allowed: "the code of a region, such as eu-west-1",
        apply: |config, text| value::region(text) && value::optional(&mut config.region, text),
    },
    Setting {
        name: "endpoint_url",
        flag: "--endpoint-url",
        environment: &["LAMBTOP_ENDPOINT_URL"],
        default: "",
        allowed: value::ENDPOINTS,
        apply: |config, text| {
            (text.is_empty() || value::endpoint(text)) && value::optional(&mut config.endpoint_url, text)
        },
    },
    Setting {
        name: "functions",
        flag: "--function",
        environment: &["LAMBTOP_FUNCTIONS"],
        default: "",
        allowed: "names of functions with * and ? as in a shell, such as [\"checkout-*\"]",
        apply: |config, text| value::globs(text).map(|globs| config.functions = globs).is_some(),
    },
    Setting {
        name: "since",
        flag: "--since",
        environment: &["LAMBTOP_SINCE"],
        default: "1h",
        allowed: "a duration from 5m to 30d, such as 90m, 3h or 2d",
        apply: |config, text| value::since(text).map(|since| config.since = since).is_some(),
    },
    Setting {
        name: "window",
        flag: "--window",
        environment: &["LAMBTOP_WINDOW"],
        default: "15m",
        allowed: "one of 1m, 5m, 15m, 1h",
        apply: |config, text| Window::parse(text).map(|window| config.window = window).is_some(),
    },
    Setting {
        name: "theme",
        flag: "--theme",
        environment: &["LAMBTOP_THEME"],
        default: "dusk",
        allowed: "the name of a theme",
        apply: |config, text| {
            text.clone_into(&mut config.theme);
            !text.is_empty()
        },
    },
    Setting {
        name: "charset",
        flag: "--ascii",
        environment: &["LAMBTOP_CHARSET"],
        default: "auto",
        allowed: "one of auto, unicode, ascii",
        apply: |config, text| {
            let named = [("auto", Charset::Auto), ("unicode", Charset::Unicode), ("ascii", Charset::Ascii)];
            value::one_of(&mut config.charset, &named, text)
        },
    },
    Setting {
        name: "mouse",
        flag: "--no-mouse",
        environment: &["LAMBTOP_MOUSE"],
        default: "true",
        allowed: "true or false",
        apply: |config, text| value::one_of(&mut config.mouse, &[("true", true), ("false", false)], text),
    },
    Setting {
        name: "clipboard",
        flag: "--no-clipboard",
        environment: &["LAMBTOP_CLIPBOARD"],
        default: "true",
        allowed: "true or false",
        apply: |config, text| value::one_of(&mut config.clipboard, &[("true", true), ("false", false)], text),
    },
    Setting {
        name: "time",
        flag: "--local-time",
        environment: &["LAMBTOP_TIME"],
        default: "utc",
        allowed: "utc or local",
        apply: |config, text| {
            value::one_of(&mut config.time, &[("utc", Zone::Utc), ("local", Zone::Local)], text)
        },
    },
    Setting {
        name: "spend_cap",
        flag: "--spend-cap",
        environment: &["LAMBTOP_SPEND_CAP"],
        default: "0.50",
        allowed: "US dollars an hour from 0.01 to 1000, such as 0.50",
        apply: |config, text| value::dollars(text).map(|dollars| config.spend_cap = dollars).is_some(),
    },
    Setting {
        name: "log_memory",
        flag: "--log-memory",
        environment: &["LAMBTOP_LOG_MEMORY"],
        default: "256MB",
        allowed: "bytes from 8MB to 64GB, such as 64MB, 256MB or 1GB",
        apply: |config, text| value::memory(text).map(|bytes| config.log_memory = bytes).is_some(),
    },
    Setting {
        name: "history",
        flag: "--history",
        environment: &["LAMBTOP_HISTORY"],
        default: "false",
        allowed: "true or false",
        apply: |config, text| value::one_of(&mut config.history, &[("true", true), ("false", false)], text),
    },
    Setting {
        name: "debug_log",
        flag: "--debug-log",
        environment: &["LAMBTOP_DEBUG_LOG"],
        default: "",
        allowed: "the path of a file",
        apply: |config, text| value::optional(&mut config.debug_log, text),
    },
];

fn names() -> Vec<&'static str> {
    SETTINGS.iter().map(|setting| setting.name).chain([searches::NAME, prices::NAME]).collect()
}

impl Config {
    /// Puts the layers on top of each other and checks the result. `flags` are given by the name of their
    /// setting; `environment` is looked up by name; `themes` are the themes that exist.
    pub fn layered(
        file: Option<(&Path, &str)>,
        environment: impl Fn(&str) -> Option<String>,
        flags: &[(&'static str, String)],
        themes: &[String],
    ) -> Result<Self, ConfigError> {
        let said = file.map(|(path, text)| file::read(path, text)).transpose()?.unwrap_or_default();
        let prices = prices::of(&said.prices);
        let mut config = Self { searches: said.searches, prices, priced: said.prices, ..Self::empty() };
        for setting in SETTINGS {
            // Every line of the file is checked, also one that something stronger overrules: a mistake found
            // late is found at a bad moment.
            let from_file = said.settings.iter().filter(|given| given.name == setting.name);
            let from_environment = setting.environment.iter().find_map(|name| {
                let value = environment(name).filter(|value| !value.is_empty())?;
                Some(Given { name: setting.name, value, origin: Origin::Environment((*name).to_owned()) })
            });
            let from_flag = flags.iter().find(|(name, _)| *name == setting.name).map(|(name, value)| Given {
                name,
                value: value.clone(),
                origin: Origin::Flag(setting.flag),
            });
            let default =
                Given { name: setting.name, value: setting.default.to_owned(), origin: Origin::Default };
            let layers =
                std::iter::once(default).chain(from_file.cloned()).chain(from_environment).chain(from_flag);
            let mut winner = None;
            for given in layers {
                config.apply(setting, &given, themes)?;
                winner = Some(given);
            }
            config.origins.extend(winner);
        }
        Ok(config)
    }

    fn apply(&mut self, setting: &Setting, given: &Given, themes: &[String]) -> Result<(), ConfigError> {
        let known_theme = setting.name != "theme" || themes.contains(&given.value);
        if known_theme && (setting.apply)(self, &given.value) {
            return Ok(());
        }
        Err(ConfigError::Value {
            origin: given.origin.clone(),
            name: setting.name.to_owned(),
            value: given.value.clone(),
            allowed: if known_theme {
                setting.allowed.to_owned()
            } else {
                format!("one of {}", themes.join(", "))
            },
        })
    }

    fn empty() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            functions: Vec::new(),
            since: Duration::ZERO,
            window: Window::default(),
            theme: String::new(),
            charset: Charset::default(),
            mouse: true,
            clipboard: true,
            time: Zone::default(),
            spend_cap: 0.0,
            log_memory: 0,
            history: false,
            debug_log: None,
            prices: Prices::LIST,
            priced: Vec::new(),
            searches: Vec::new(),
            origins: Vec::new(),
        }
    }

    /// Where the value in force of the setting `name` came from; `None` for a name that is no setting.
    #[must_use]
    pub fn origin(&self, name: &str) -> Option<&Origin> {
        self.origins.iter().find(|given| given.name == name).map(|given| &given.origin)
    }

    /// The searches that have names, in the order of their lines.
    #[must_use]
    pub fn searches(&self) -> impl ExactSizeIterator<Item = &SavedSearch> {
        self.searches.iter().map(|entry| &entry.search)
    }

    /// The settings in force as a settings file that would set them, each with its origin behind it.
    #[must_use]
    pub fn explained(&self) -> String {
        let line = |given: &Given| {
            let value = match given.name {
                "functions" => {
                    let globs: Vec<String> = self.functions.iter().map(|glob| value::quoted(glob)).collect();
                    format!("[{}]", globs.join(", "))
                }
                "mouse" | "clipboard" | "history" | "spend_cap" => given.value.clone(),
                _ => value::quoted(&given.value),
            };
            let hash = if given.value.is_empty() { "# " } else { "" };
            explained_line(&format!("{hash}{} = {value}", given.name), &given.origin)
        };
        let settings: String = self.origins.iter().map(line).collect();
        settings + &searches::explained(&self.searches) + &prices::explained(&self.priced)
    }
}

fn explained_line(assignment: &str, origin: &Origin) -> String {
    // Values of the environment and names of files are written by strangers.
    SafeText::new(&format!("{assignment:<36} # {origin}")).to_string() + "\n"
}

/// Refuses `AWS_ENDPOINT_URL` and its kin, which the SDK reads by itself, unless they are https or loopback.
pub fn check_endpoint_variables(
    variables: impl Iterator<Item = (String, String)>,
) -> Result<(), ConfigError> {
    for (name, value) in variables {
        if name.starts_with("AWS_ENDPOINT_URL") && !value.is_empty() && !value::endpoint(&value) {
            return Err(ConfigError::Value {
                origin: Origin::Environment(name.clone()),
                name,
                value,
                allowed: value::ENDPOINTS.to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn themes() -> Vec<String> {
        vec!["dusk".into(), "paper".into()]
    }

    fn layered(
        file: &str,
        env: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Config, ConfigError> {
        let flags: Vec<_> = flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let environment =
            |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Config::layered(Some((Path::new("config.toml"), file)), environment, &flags, &themes())
    }

    fn refusal(file: &str, env: &[(&str, &str)], flags: &[(&'static str, &str)]) -> String {
        layered(file, env, flags).unwrap_err().to_string()
    }

    #[test]
    fn the_later_layer_wins_and_says_where_it_came_from() {
        let config = layered(
            "since = \"2h\"\nwindow = \"5m\"\ntheme = \"paper\"\n",
            &[("LAMBTOP_WINDOW", "1h"), ("AWS_PROFILE", "shop")],
            &[("since", "3h")],
        )
        .unwrap();
        assert_eq!(config.since, Duration::from_hours(3));
        assert_eq!(config.window, Window::Hour);
        assert_eq!(config.profile.as_deref(), Some("shop"));
        let shown = config.explained();
        for line in [
            "since = \"3h\"",
            "# --since",
            "# LAMBTOP_WINDOW",
            "# AWS_PROFILE",
            "# config.toml:3",
            "# default",
        ] {
            assert!(shown.contains(line), "{line} in\n{shown}");
        }
    }

    #[test]
    fn a_hostile_value_is_explained_without_harm_to_the_terminal() {
        let config = layered("", &[("AWS_PROFILE", "a\u{1b}[2J\nb\u{202e}c\u{7f}")], &[]).unwrap();
        let shown = config.explained();
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7f}']), "{shown}");
        assert_eq!(shown.lines().count(), SETTINGS.len(), "{shown}");
    }

    #[test]
    fn the_explained_settings_are_a_settings_file() {
        let file = "functions = [\"a-*\", \"b?\"]\nspend_cap = 1.5\nmouse = false\n";
        let config = layered(file, &[], &[]).unwrap();
        let again = layered(&config.explained(), &[], &[]).unwrap();
        assert_eq!((again.functions, again.spend_cap, again.mouse), (config.functions, 1.5, false));
    }

    #[test]
    fn searches_have_names_and_are_shown_as_they_stand_in_the_file() {
        let file = "theme = \"dusk\"\n[searches]\nslow = \"duration>1s\"\noom-or-late = 'oom | timeout'\n";
        let config = layered(file, &[], &[]).unwrap();
        let named = |config: &Config| -> Vec<(String, String)> {
            config.searches().map(|saved| (saved.name.clone(), saved.query.text().to_owned())).collect()
        };
        let expected = [("slow", "duration>1s"), ("oom-or-late", "oom | timeout")];
        assert_eq!(named(&config), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
        let shown = config.explained();
        assert!(
            shown.contains("\n[searches]\nslow = \"duration>1s\"") && shown.contains("# config.toml:4"),
            "{shown}"
        );
        assert_eq!(named(&layered(&shown, &[], &[]).unwrap()), named(&config));
        assert!(!layered("", &[], &[]).unwrap().explained().contains("searches"));
    }

    #[test]
    fn a_search_that_cannot_be_understood_is_refused_with_its_line_and_character() {
        for (file, said) in [
            (
                "[searches]\n\nloud = \"x level>=loud\"",
                "config.toml:3: searches.loud = \"x level>=loud\" is not allowed: character 10: ",
            ),
            ("[searches]\nall = \" \"", "character 1: it searches for nothing"),
            (
                "[searches]\n\"a b\" = \"x\"",
                "config.toml:2: searches.\"a b\" = \"x\" is not allowed: a name has",
            ),
            (
                "[searches]\nx = 5",
                "config.toml:2: searches.x = \"integer\" is not allowed: a search in quotes",
            ),
            ("searches = \"x\"", "config.toml:1: searches = \"string\" is not allowed: a table, [searches]"),
        ] {
            let refused = refusal(file, &[], &[]);
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn the_memory_of_log_lines_is_a_number_with_its_unit() {
        let bytes = |text: &str| layered("", &[], &[("log_memory", text)]).map(|config| config.log_memory);
        assert_eq!(layered("", &[], &[]).unwrap().log_memory, 256_000_000);
        assert_eq!((bytes("64MB"), bytes("2 GB")), (Ok(64_000_000), Ok(2_000_000_000)));
        for wrong in ["256", "7MB", "65GB", "-1MB", "99999999999999999999GB", "MB", "1TB"] {
            assert!(refusal("", &[], &[("log_memory", wrong)]).contains("bytes from 8MB to 64GB"), "{wrong}");
        }
    }

    #[test]
    fn a_bad_line_is_refused_with_its_place_and_what_is_allowed() {
        assert_eq!(
            refusal("since = \"1h\"\nwindow = \"7m\"\n", &[], &[]),
            "config.toml:2: window = \"7m\" is not allowed: one of 1m, 5m, 15m, 1h"
        );
        assert_eq!(
            refusal("theme = \"neon\"", &[], &[("theme", "dusk")]),
            "config.toml:1: theme = \"neon\" is not allowed: one of dusk, paper"
        );
        assert!(
            refusal("\n\nthem = \"dusk\"", &[], &[])
                .starts_with("config.toml:3: \"them\" is no setting: allowed are profile,")
        );
        assert!(refusal("since = \n", &[], &[]).starts_with("config.toml:1: "));
        assert!(refusal("since = [1]", &[], &[]).starts_with("config.toml:1: since"));
    }

    #[test]
    fn bad_flags_and_variables_are_refused_by_their_name() {
        assert!(
            refusal("", &[], &[("since", "soon")]).starts_with("--since \"soon\" is not allowed: a duration")
        );
        assert!(
            refusal("", &[("LAMBTOP_MOUSE", "maybe")], &[]).starts_with("LAMBTOP_MOUSE=\"maybe\" is not")
        );
        for url in ["http://example.com", "ftp://127.0.0.1", "localhost:4599", "http://127.0.0.1.example.com"]
        {
            assert!(refusal("", &[], &[("endpoint_url", url)]).contains("http only for loopback"), "{url}");
        }
        for url in ["http://127.0.0.1:4599", "http://localhost:1", "http://[::1]:80/", "https://example.com"]
        {
            assert!(layered("", &[], &[("endpoint_url", url)]).is_ok(), "{url}");
        }
    }

    #[test]
    fn the_sdks_own_endpoint_variables_keep_to_the_same_rule() {
        let variable = |url: &str| std::iter::once(("AWS_ENDPOINT_URL_LAMBDA".to_owned(), url.to_owned()));
        assert!(check_endpoint_variables(variable("http://127.0.0.1:1")).is_ok());
        let error = check_endpoint_variables(variable("http://10.0.0.1:1")).unwrap_err().to_string();
        assert!(error.starts_with("AWS_ENDPOINT_URL_LAMBDA=\"http://10.0.0.1:1\" is not allowed"), "{error}");
    }
}
