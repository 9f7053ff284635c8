//! The SDK's clients: how they are configured, and what happens when credentials change.

use std::borrow::Cow;
use std::env;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::meta::region::ProvideRegion;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::repair::Repairing;
use super::server::{Listening, Server};
use crate::model::FailureKind;
use crate::source::Settings;
use crate::source::clock::Clock;

/// An AWS endpoint inside this process, to be called instead of the network.
#[derive(Clone, Debug)]
pub struct Mount(SharedHttpClient);

impl Mount {
    /// Sends every call to `client`.
    #[must_use]
    pub const fn new(client: SharedHttpClient) -> Self {
        Self(client)
    }
}

/// Longest that one call may take, from sending to the last byte of its answer.
const ATTEMPT: Duration = Duration::from_secs(15);

/// What every client is made from. Made anew, it reads profiles, SSO tokens and credential files again.
pub(super) struct Configuration {
    sdk: SdkConfig,
    /// The region that the flag, the environment, the profile or the machine names; none if none does.
    pub region: Option<String>,
    /// Whether the profile, or one that it takes its credentials from, has an `mfa_serial`.
    pub mfa: bool,
    /// The chosen profile does not exist: why, and where it was looked for.
    pub no_profile: Option<(FailureKind, String)>,
}

impl Configuration {
    /// Reads it from flags, environment and files. Takes up to seconds on a machine that asks its metadata service.
    pub async fn load(settings: &Settings, clock: &Clock) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            // One attempt: the pacer of this program decides when the next one is.
            .retry_config(RetryConfig::standard().with_max_attempts(1))
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build())
            .time_source(SdkTime(clock.clone()))
            .sleep_impl(SdkSleep);
        if let Some(Mount(client)) = &settings.http_client {
            loader = loader.http_client(client.clone());
        }
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if settings.static_credentials {
            let region = settings.region.clone().unwrap_or_else(|| "eu-west-1".to_owned());
            let keys = Credentials::new("AKIAIOSFODNN7EXAMPLE", "not-a-secret", None, None, "demo");
            loader =
                loader.profile_files(no_profiles()).region(Region::new(region)).credentials_provider(keys);
        } else if let Some(region) = &settings.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = settings.profile.as_deref().filter(|_| settings.profile_first) {
            // The SDK's own chain would take keys of the environment first, and show another account by this name.
            loader = loader.credentials_provider(of_profile(profile, settings.region.clone()).await);
        }
        let sdk = loader.load().await;
        let region =
            sdk.region().map(|region| region.as_ref().to_owned()).filter(|region| !region.is_empty());
        let profiles =
            if settings.static_credentials { None } else { profiles(settings.profile.as_deref()).await };
        let mfa = profiles.as_ref().is_some_and(wants_mfa);
        let no_profile = match (&settings.profile, &profiles) {
            (Some(profile), Some(profiles)) if profiles.get_profile(profile).is_none() => {
                // Unless it is named for lambtop, keys in the environment do without any profile.
                let needed = settings.profile_first || env::var_os("AWS_ACCESS_KEY_ID").is_none();
                needed.then(|| (no_such(profile, profiles), looked_in()))
            }
            _ => None,
        };
        Self { sdk, region, mfa, no_profile }
    }

    /// The client that tells who we are. Off the loop: it may load the system's certificates.
    pub async fn sts(&self) -> aws_sdk_sts::Client {
        let sdk = self.sdk.clone();
        off_the_loop(move || aws_sdk_sts::Client::new(&sdk)).await
    }

    /// The clients of what is watched. Off the loop: they load the system's certificates.
    pub async fn clients(&self, clock: &Clock) -> Clients {
        let sdk = self.sdk.clone();
        let (server, xray_server) = (Server::new(clock.clone()), Server::new(clock.clone()));
        let (server, xray_server) = (Arc::new(server), Arc::new(xray_server));
        off_the_loop(move || {
            let logs = aws_sdk_cloudwatchlogs::config::Builder::from(&sdk)
                .interceptor(Listening(server.clone()))
                .interceptor(Repairing);
            let xray = aws_sdk_xray::config::Builder::from(&sdk)
                .interceptor(Listening(xray_server.clone()))
                .interceptor(Repairing);
            Clients {
                lambda: aws_sdk_lambda::Client::new(&sdk),
                cloudwatch: aws_sdk_cloudwatch::Client::new(&sdk),
                logs: aws_sdk_cloudwatchlogs::Client::from_conf(logs.build()),
                xray: aws_sdk_xray::Client::from_conf(xray.build()),
                server,
                xray_server,
            }
        })
        .await
    }
}

/// The clients of what is watched; all share one cache of credentials.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    pub lambda: aws_sdk_lambda::Client,
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    pub logs: aws_sdk_cloudwatchlogs::Client,
    pub xray: aws_sdk_xray::Client,
    /// What the answers to `logs` tell of who answers.
    pub server: Arc<Server>,
    /// What the answers to `xray` tell of who answers.
    pub xray_server: Arc<Server>,
}

/// For the demo, which has nothing to do with the user's own profiles.
#[expect(deprecated, reason = "the newer names of these types stand in a crate that is no dependency")]
fn no_profiles() -> aws_config::profile::profile_file::ProfileFiles {
    use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
    ProfileFiles::builder().with_contents(ProfileFileKind::Config, "").build()
}

async fn off_the_loop<T: Send + 'static>(make: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(make).await {
        Ok(value) => value,
        Err(failed) => match failed.try_into_panic() {
            // Handed on to the feed's own task, which is started again and says so.
            Ok(panic) => std::panic::resume_unwind(panic),
            // Cancelled: the runtime is going down, and this task with it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// The credentials of a profile, whatever the environment holds.
async fn of_profile(profile: &str, region: Option<String>) -> ProfileFileCredentialsProvider {
    let region = match region {
        Some(region) => Some(Region::new(region)),
        None => ProfileFileRegionProvider::builder().profile_name(profile).build().region().await,
    };
    let configuration = ProviderConfig::without_region().with_region(region);
    ProfileFileCredentialsProvider::builder().configure(&configuration).profile_name(profile).build()
}

#[expect(clippy::default_trait_access, reason = "two of the types belong to a crate that is no dependency")]
/// The profiles of this user. A file that cannot be read is told by the credentials chain, in its own words.
async fn profiles(chosen: Option<&str>) -> Option<ProfileSet> {
    let chosen = chosen.map(|name| Cow::Owned(name.to_owned()));
    aws_config::profile::load(&Default::default(), &Default::default(), &Default::default(), chosen)
        .await
        .ok()
}

/// That there is no such profile, and which there are.
fn no_such(profile: &str, profiles: &ProfileSet) -> FailureKind {
    let mut known: Vec<Arc<str>> = profiles.profiles().map(Arc::from).collect();
    known.sort_unstable();
    FailureKind::NoSuchProfile { profile: profile.into(), known }
}

/// The files in which profiles stand.
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html>.
fn looked_in() -> String {
    let file = |variable, usual: &str| {
        env::var(variable).ok().filter(|path| !path.is_empty()).unwrap_or_else(|| usual.to_owned())
    };
    let config = file("AWS_CONFIG_FILE", "~/.aws/config");
    let credentials = file("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
    format!("looked in {config} and {credentials}")
}

/// Follows `source_profile` from the chosen profile on, looking for an `mfa_serial`.
fn wants_mfa(profiles: &ProfileSet) -> bool {
    let mut name = profiles.selected_profile().to_owned();
    // A chain of profiles may be a circle: ten steps are more than any has.
    for _ in 0..10 {
        let Some(profile) = profiles.get_profile(&name) else { return false };
        if profile.get("mfa_serial").is_some() {
            return true;
        }
        match profile.get("source_profile") {
            Some(next) => name = next.to_owned(),
            None => return false,
        }
    }
    false
}

/// The program's clock, as the SDK signs by it.
#[derive(Debug)]
struct SdkTime(Clock);

impl TimeSource for SdkTime {
    fn now(&self) -> SystemTime {
        let millis = self.0.now().millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        let time =
            if millis < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
        time.unwrap_or(UNIX_EPOCH)
    }
}

/// Tokio's timer, as the SDK's time limits need it: they bound real waiting, at whatever speed the clock runs.
#[derive(Debug)]
struct SdkSleep;

impl AsyncSleep for SdkSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration))
    }
}
