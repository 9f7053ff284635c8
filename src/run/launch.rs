//! From flags, files and environment to the plain values that the layers below are started with.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tracing::info;

use super::debug_log::{self, DebugLog};
use super::surroundings::{Surroundings, configuration_directory};
use super::{Stop, themes};
use crate::app;
use crate::cli::{DemoArgs, Flags, Simulation, Unusual};
use crate::config::{Config, ConfigError, Origin, Zone, check_endpoint_variables};
use crate::demo::cloud::{Endpoint, Settings as CloudSettings};
use crate::demo::faults::{Fault, Faults};
use crate::demo::fleet::DEFAULT_SEED;
use crate::source::Settings as SourceSettings;
use crate::source::aws::Mount;
use crate::source::clock::Clock;
use crate::ui::paint::Look;
use crate::ui::theme::{Depth, Theme};

/// How far the trends of the demo look back: its metrics are worked out request by request, and days of a whole fleet
/// take longer than anyone waits. The charts of one function go back 30 days all the same.
const LONGEST_IN_DEMO: Duration = Duration::from_hours(24);

/// Everything that is decided before something is started.
pub(super) struct Launch {
    pub config: Config,
    /// Log groups to open the screen on.
    pub log_groups: Vec<Arc<str>>,
    pub surroundings: Surroundings,
    pub themes: Vec<Theme>,
    globals: Globals,
}

/// Environment variables that say who we are to AWS.
struct Globals {
    keys: bool,
}

/// The demo's shop: an AWS in this process and the clock it lives by.
pub(super) struct Shop {
    pub endpoint: Endpoint,
    pub clock: Clock,
}

impl Launch {
    /// Reads settings and themes, and looks around. Every mistake in them ends here.
    pub fn prepare(flags: &Flags) -> Result<Self, Stop> {
        let directory = configuration_directory();
        let themes = themes::load(directory.as_deref())?;
        let names: Vec<String> = themes.iter().map(|theme| theme.name().to_owned()).collect();
        let asked_for = flags.config.clone();
        let path = asked_for.clone().or_else(|| Some(directory?.join("config.toml")));
        let file = match path {
            Some(path) => read_settings(path, asked_for.is_some())?,
            None => None,
        };
        let file = file.as_ref().map(|(path, text)| (path.as_path(), text.as_str()));
        let variable = |name: &str| env::var(name).ok();
        check_endpoint_variables(env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }))?;
        let config = Config::layered(file, variable, &flags.given(), &names)?;
        let surroundings = Surroundings::of_this_process(config.charset);
        let globals = Globals { keys: env::var_os("AWS_ACCESS_KEY_ID").is_some() };
        Ok(Self { config, log_groups: Vec::new(), surroundings, themes, globals })
    }

    /// Starts the debug log, where one is asked for.
    pub fn debug_log(&self) -> Result<Option<DebugLog>, Stop> {
        let Some(path) = &self.config.debug_log else { return Ok(None) };
        let log = debug_log::start(Path::new(path), env::var("RUST_LOG").ok().as_deref())?;
        info!(version = env!("CARGO_PKG_VERSION"), ascii = self.surroundings.ascii, "lambtop starts");
        Ok(Some(log))
    }

    /// What the app starts with; `demo` instead of an account.
    pub fn app(&self, demo: bool) -> app::Settings {
        let themes: Vec<Arc<str>> = self.themes.iter().map(|theme| theme.name().into()).collect();
        // Keys in the environment stand before every profile but one that is named for lambtop.
        let profile = self.config.profile.as_deref();
        let profile = profile.filter(|_| !demo && (self.profile_first() || !self.globals.keys));
        let login = if self.globals.keys { app::Settings::ENVIRONMENT } else { "default" };
        app::Settings {
            profile: profile.map(Arc::from),
            login: (!demo).then(|| login.into()),
            endpoint: self.config.endpoint_url.as_deref().filter(|_| !demo).map(Arc::from),
            region: self.config.region.as_deref().map(Arc::from),
            since: if demo { self.config.since.min(LONGEST_IN_DEMO) } else { self.config.since },
            window: self.config.window,
            ascii: self.surroundings.ascii,
            mouse: self.config.mouse,
            clipboard: self.config.clipboard,
            theme: themes.iter().position(|name| **name == *self.config.theme).unwrap_or_default(),
            themes,
            local_time: self.config.time == Zone::Local,
            utc_offset: self.surroundings.local_offset,
            demo,
            spend_cap: Some(self.config.spend_cap),
            prices: self.config.prices,
            log_memory: self.config.log_memory,
            log_groups: self.log_groups.clone(),
            searches: self.config.searches().cloned().collect(),
            history: None,
            globs: self.config.functions.iter().map(|glob| glob.as_str().into()).collect(),
        }
    }

    /// Whether the profile was named for lambtop, and not for every program by `AWS_PROFILE`: the AWS CLI makes the same
    /// difference.
    fn profile_first(&self) -> bool {
        match self.config.origin("profile") {
            None | Some(Origin::Default) => false,
            Some(Origin::Environment(name)) => name != "AWS_PROFILE",
            Some(Origin::File { .. } | Origin::Flag(_)) => true,
        }
    }

    /// How the sources reach AWS; `shop` instead of an account.
    pub fn source(&self, shop: Option<&Shop>) -> SourceSettings {
        let Config { profile, region, endpoint_url, functions, spend_cap, .. } = &self.config;
        let account = shop.is_none();
        SourceSettings {
            profile: profile.clone().filter(|_| account),
            profile_first: account && self.profile_first(),
            region: region.clone().filter(|_| account),
            endpoint_url: endpoint_url.clone().filter(|_| account),
            functions: functions.clone(),
            spend_cap: Some(*spend_cap),
            log_calls_per_second: None,
            without: Vec::new(),
            http_client: shop.map(|shop| Mount::new(shop.endpoint.http_client())),
            static_credentials: !account,
        }
    }

    /// The themes as this terminal, or a file, can show them.
    pub fn looks(&self, depth: Depth) -> Vec<Look> {
        let look = |theme: &Theme| Look { theme: theme.adapted(depth), ascii: self.surroundings.ascii };
        self.themes.iter().map(look).collect()
    }
}

impl Shop {
    /// The shop with this seed, at the time of `clock`.
    pub fn open(seed: Option<u64>, clock: Clock) -> Self {
        Self::with(CloudSettings { seed: seed.unwrap_or(DEFAULT_SEED), ..CloudSettings::default() }, clock)
    }

    fn with(settings: CloudSettings, clock: Clock) -> Self {
        let its_clock = clock.clone();
        Self {
            endpoint: Endpoint::new(
                settings,
                Arc::new(move || {
                    #[cfg(debug_assertions)]
                    super::defect::in_a_call();
                    its_clock.now().millis()
                }),
            ),
            clock,
        }
    }

    /// The shop whose time runs as fast as ours, from the given time on or from now.
    pub fn running(simulation: &Simulation) -> Self {
        Self::open(simulation.seed, running(simulation, 1.0))
    }

    /// The shop of `lambtop demo`, with what is unusual about it.
    pub fn of_demo(demo: &DemoArgs) -> Result<Self, Stop> {
        let Unusual { empty, transaction_search, faults } = &demo.unusual;
        let named = |name: &String| {
            Fault::named(name).map_err(|why| Stop::BadInput(format!("--fault {name}: {why}")))
        };
        let faults = faults.iter().map(named).collect::<Result<Vec<_>, _>>()?;
        let settings = CloudSettings {
            seed: demo.simulation.seed.unwrap_or(DEFAULT_SEED),
            empty: *empty,
            transaction_search: *transaction_search,
            faults: faults.into_iter().fold(Faults::default(), Faults::and),
            ..CloudSettings::default()
        };
        Ok(Self::with(settings, running(&demo.simulation, demo.speed)))
    }
}

/// A clock that runs `speed` times as fast as ours, from the given time on or from now.
fn running(simulation: &Simulation, speed: f64) -> Clock {
    match simulation.now {
        Some(now) => Clock::starting_at(now, speed),
        None if (speed - 1.0).abs() < f64::EPSILON => Clock::system(),
        None => Clock::starting_at(Clock::system().now(), speed),
    }
}

/// The text of a settings file. That the usual one does not exist is usual; that one named by a flag does not is not.
fn read_settings(path: PathBuf, asked_for: bool) -> Result<Option<(PathBuf, String)>, ConfigError> {
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !asked_for => Ok(None),
        Err(error) => {
            Err(ConfigError::Unreadable { path: path.display().to_string(), reason: error.to_string() })
        }
    }
}
