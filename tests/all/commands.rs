//! The commands without a screen, on the real binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The program with neither the settings nor the credentials of whoever runs the tests.
pub fn lambtop(arguments: &[&str]) -> Command {
    let mut command = unsettled(env!("CARGO_BIN_EXE_lambtop"));
    command.args(arguments);
    command
}

/// A command, and what it starts, without the settings and credentials of whoever runs the tests.
fn unsettled(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("AWS_") || name.starts_with("LAMBTOP_") {
            command.env_remove(name);
        }
    }
    // Several tests share it, and none makes it.
    command.env("XDG_CONFIG_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-settings"));
    command
}

fn run(arguments: &[&str]) -> Output {
    lambtop(arguments).output().expect("the binary starts")
}

/// An empty directory of this name, also when the last run has left something there.
pub fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("the last run's directory can go");
    }
    std::fs::create_dir_all(&path).expect("a scratch directory");
    path
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn bad_input_gets_one_clear_message_and_exit_code_2() {
    let cases: &[(&[&str], &str)] = &[
        (&["--no-such-flag"], "--no-such-flag"),
        (&["--theme", "neon"], "--theme \"neon\" is not allowed: one of dusk, paper"),
        (&["--since", "\u{1b}[2Jsoon"], "--since \"␛[2Jsoon\" is not allowed"),
        (&["--since", "soon"], "--since \"soon\" is not allowed: a duration from 5m to 30d"),
        (&["functions", "--window", "7m"], "--window \"7m\" is not allowed: one of 1m, 5m, 15m, 1h"),
        (&["--endpoint-url", "nonsense"], "--endpoint-url \"nonsense\" is not allowed: an https URL"),
        (&["--endpoint-url", "http://example.com"], "http only for loopback"),
        (&["--function", "a b"], "--function \"a b\" is not allowed"),
        (&["--spend-cap", "0"], "--spend-cap \"0\" is not allowed: US dollars an hour"),
        (&["--config", "/nowhere/config.toml"], "/nowhere/config.toml: cannot be read"),
        (&["demo", "--listen", "0.0.0.0:0"], "only a loopback address"),
        (&["demo", "--now", "yesterday"], "not a time like 2026-03-01T12:00:00Z"),
        (&["screenshot", "--demo", "--out", "picture.gif"], "must end in .svg, .png or .txt"),
        (&["screenshot", "--demo", "--size", "9999x1", "--out", "a.svg"], "not a size like 120x40"),
        (&["screenshot", "--demo", "--keys", "<Entr>", "--out", "a.svg"], "no key at \"<Entr>\""),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_bad_settings_file_or_theme_is_refused_with_its_line() {
    let home = scratch("bad-settings");
    let folder = home.join("lambtop/themes");
    std::fs::create_dir_all(&folder).expect("a folder for themes");
    let stderr = || {
        let output = lambtop(&["config"]).env("XDG_CONFIG_HOME", &home).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    let settings = home.join("lambtop/config.toml");
    std::fs::write(&settings, "since = \"2h\"\ntheme = \"neon\"\n").expect("a settings file");
    assert!(stderr().contains("config.toml:2: theme = \"neon\" is not allowed: one of dusk"), "{}", stderr());
    std::fs::write(&settings, "[searches]\nbad = \"level>=loud\"\n").expect("a settings file");
    assert!(stderr().contains("config.toml:2: searches.bad = \"level>=loud\" is not allowed: character "));
    std::fs::write(&settings, "[prices]\narm_gb_second = -1\n").expect("a settings file");
    assert!(stderr().contains("config.toml:2: prices.arm_gb_second = \"-1\" is not allowed: a number of US"));
    std::fs::write(&settings, "").expect("a settings file");
    std::fs::write(folder.join("mine.toml"), "base = \"dusk\"\n\nerrror = \"#ff0000\"\n").expect("a theme");
    let message = stderr();
    assert!(
        message.contains("mine.toml") && message.contains('3') && message.contains("errror"),
        "{message}"
    );
}

#[test]
fn the_users_own_theme_can_be_chosen() {
    let home = scratch("own-theme");
    let folder = home.join("lambtop/themes");
    std::fs::create_dir_all(&folder).expect("a folder for themes");
    std::fs::write(folder.join("mine.toml"), "base = \"dusk\"\nerror = \"#ff0000\"\n").expect("a theme");
    let output =
        lambtop(&["config", "--theme", "mine"]).env("XDG_CONFIG_HOME", &home).output().expect("it starts");
    assert!(text(&output.stdout).contains("theme = \"mine\""), "{output:?}");
}

#[test]
fn the_settings_in_force_say_where_they_came_from() {
    let output = lambtop(&["--since", "3h", "config"])
        .env("AWS_PROFILE", "shop")
        .env("LAMBTOP_WINDOW", "5m")
        .output()
        .expect("it starts");
    let shown = text(&output.stdout);
    for (setting, origin) in [
        ("since = \"3h\"", "--since"),
        ("profile = \"shop\"", "AWS_PROFILE"),
        ("window = \"5m\"", "LAMBTOP_WINDOW"),
    ] {
        let line = shown
            .lines()
            .find(|line| line.contains(setting))
            .unwrap_or_else(|| panic!("{setting} in {shown}"));
        assert!(line.ends_with(&format!("# {origin}")), "{line}");
    }
}

#[test]
fn the_fleet_of_the_demo_can_be_read_by_scripts() {
    let output = run(&["functions", "--demo", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect();
    assert!(rows.len() >= 38, "{} functions", rows.len());
    let sick = rows.iter().find(|row| row["function"] == "payment-capture").expect("it is there");
    assert_eq!(sick["account"], "123456789012");
    assert!(sick["errors"].as_f64() > Some(0.0) && sick["error_percent"].as_f64() > Some(10.0), "{sick}");
    assert!(sick["duration_p99_ms"].as_f64() > sick["duration_p50_ms"].as_f64(), "{sick}");
    assert!(rows[0]["severity"] != "ok", "the sick ones come first: {}", rows[0]);
    let again = run(&["functions", "--demo", "--json"]);
    assert_eq!(text(&again.stdout), text(&output.stdout), "the same seed and time give the same numbers");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let script = format!("{} functions --demo --format csv | head -1", env!("CARGO_BIN_EXE_lambtop"));
    let output = unsettled("bash").args(["-o", "pipefail", "-c", &script]).output().expect("a shell");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("account,region,function,severity,"), "{output:?}");
}

#[test]
fn without_credentials_the_next_step_is_told_and_the_exit_code_is_1() {
    let home = scratch("no-credentials");
    let output = lambtop(&["functions", "--region", "eu-west-1"])
        .env("HOME", &home)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains("no credentials"), "{}", text(&output.stderr));
}

/// The table of functions of an account that nobody can reach, by these profiles; what goes to standard error.
fn complaint_about(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let directory = scratch(&format!("profiles-{}", arguments.len() * 10 + environment.len()));
    let config = directory.join("config");
    std::fs::write(&config, "[profile shop]\nregion = eu-west-1\n[profile empty]\nregion = eu-west-1\n")
        .expect("a file of profiles");
    let mut command = lambtop(&["functions", "--endpoint-url", "http://127.0.0.1:9"]);
    command
        .args(arguments)
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_SHARED_CREDENTIALS_FILE", directory.join("credentials"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied());
    let output = command.output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(1));
    text(&output.stderr)
}

const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "none")];

#[test]
fn a_profile_that_does_not_exist_is_named_with_those_that_do_and_where_they_were_looked_for() {
    let said = complaint_about(&["--profile", "nosuch"], &[]);
    assert!(said.contains("there is no profile nosuch, only empty, shop: looked in "), "{said}");
    assert!(said.contains("profiles-20/config and "), "{said}");
}

#[test]
fn keys_in_the_environment_never_pass_for_the_profile_that_was_named() {
    let said = complaint_about(&["--profile", "empty"], &KEYS);
    assert!(said.contains("no credentials found"), "the profile has none: {said}");
    let [id, secret] = KEYS;
    let said = complaint_about(&[], &[id, secret, ("AWS_PROFILE", "empty")]);
    assert!(said.contains("the endpoint cannot be reached"), "keys stand before AWS_PROFILE: {said}");
}
