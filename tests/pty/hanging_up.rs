//! The terminal goes away: the program is gone soon after, whoever ignores what.

use crate::losing::WAYS;

/// How often each way is tried.
const TIMES: usize = 20;

fn every_time(wanted: &str) {
    let (name, lose) = WAYS.iter().find(|(name, _)| *name == wanted).expect("it is one of the ways");
    let worst = (0..TIMES).map(|_| lose()).max().unwrap_or_default();
    println!("{name}: {TIMES} times, gone after {worst:.1?} at worst");
}

macro_rules! each_way_ends_it {
    ($($test:ident $way:literal,)*) => {
        $(#[test]
        fn $test() {
            every_time($way);
        })*

        #[test]
        fn every_way_is_tried() {
            assert_eq!(WAYS.map(|(name, _)| name), [$($way),*]);
        }
    };
}

each_way_ends_it! {
    a_hang_up_ends_it "SIGHUP as it is by default",
    a_hang_up_ends_it_where_sighup_is_ignored "SIGHUP ignored by a trap",
    a_hang_up_ends_it_under_nohup "SIGHUP ignored by nohup",
    a_hang_up_ends_it_where_the_terminal_does_not_control_it "no controlling terminal",
    a_dropped_link_ends_it_though_the_shell_lives_on "the link drops and the shell lives on",
    the_death_of_its_shell_ends_it "the parent is killed",
    the_death_of_its_shell_ends_it_where_sighup_is_ignored "the parent is killed, SIGHUP ignored",
    the_end_of_its_tmux_session_ends_it "tmux kill-session",
}
