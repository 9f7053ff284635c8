//! `lambtop demo --listen`: the simulated AWS on a loopback port, without a screen.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::launch::Shop;
use super::{Stop, print};
use crate::cli::DemoArgs;
use crate::term::Exit;

/// Serves until INT or TERM.
pub(super) fn serve(demo: &DemoArgs, address: SocketAddr) -> Result<Exit, Stop> {
    let failed = |what: &str, error: &std::io::Error| Stop::Failed(format!("{what}: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| failed("no threads can be started", &error))?;
    runtime.block_on(async {
        let shop = Shop::of_demo(demo)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| failed("SIGINT", &error))?;
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| failed("SIGTERM", &error))?;
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Stop::BadInput(format!("--listen {address}: {error}: choose another port, or 0 for any free one"))
        })?;
        let bound = listener.local_addr().map_err(|error| failed("--listen", &error))?;
        print(&format!("listening on http://{bound}\n"))?;
        tokio::select! {
            Err(error) = shop.endpoint.serve(listener) => Err(failed("the port cannot be served", &error)),
            _ = interrupt.recv() => Ok(Exit::Success),
            _ = terminate.recv() => Ok(Exit::Success),
        }
    })
}
