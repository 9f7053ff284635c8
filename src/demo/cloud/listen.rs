//! The endpoint on a port, for every client that is not in this process.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::{Body, Endpoint};

/// The largest body that is read: more than any request of these services may have.
const BODY_LIMIT: usize = 1 << 20;
/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to rest when no connection can be taken, as when all file descriptors are in use.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

impl Endpoint {
    /// Answers whoever connects, each connection on a task of its own, until the future is dropped.
    pub async fn serve(self, listener: TcpListener) -> io::Result<Infallible> {
        // Fails here rather than at the first client if the socket is no good.
        listener.local_addr()?;
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let endpoint = self.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let endpoint = endpoint.clone();
                    async move { Ok::<_, Infallible>(exchange(&endpoint, request).await) }
                });
                // A client that breaks off is its own business.
                let _ = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_TIMEOUT)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }
}

async fn exchange(endpoint: &Endpoint, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => endpoint.respond(Request::from_parts(parts, body.to_bytes())).await,
        Err(error) => {
            let mut response = Response::new(Body::from(Bytes::new()));
            *response.status_mut() = if error.is::<LengthLimitError>() {
                StatusCode::PAYLOAD_TOO_LARGE
            } else {
                StatusCode::BAD_REQUEST
            };
            response
        }
    }
}
