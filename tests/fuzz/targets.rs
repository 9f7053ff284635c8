//! The table of targets: a name, which is also that of its corpus, and what is done with an input.

use crate::{bodies, endpoint, mutation};

/// Random inputs of a bounded run, beside the corpus and what is made of it.
const RANDOM: usize = 300;

macro_rules! targets {
    ($($name:ident: $body:path, $rounds:expr;)*) => {$(
        #[test]
        fn $name() {
            bolero::check!(name = stringify!($name))
                .with_iterations(RANDOM)
                .for_each(|input: &[u8]| $body(input));
            mutation::run(stringify!($name), $rounds, $body);
        }
    )*};
}

targets! {
    arn: bodies::arn, 2_000;
    clip: bodies::clip, 1_000;
    config_file: bodies::config_file, 1_000;
    console_link: bodies::console_link, 1_000;
    denial: bodies::denial, 2_000;
    endpoint: endpoint::body, 300;
    filter: bodies::filter, 2_000;
    glob: bodies::glob, 2_000;
    instant: bodies::instant, 2_000;
    keys: bodies::keys, 2_000;
    log_events: bodies::log_events, 1_000;
    log_json: bodies::log_json, 2_000;
    log_line: bodies::log_line, 2_000;
    log_query: bodies::log_query, 200;
    log_stream: bodies::log_stream, 2_000;
    safe_text: bodies::safe_text, 2_000;
    secret: bodies::secret, 2_000;
    theme_file: bodies::theme_file, 1_000;
    wrap: bodies::wrap, 300;
    xray_document: bodies::xray_document, 1_000;
}
