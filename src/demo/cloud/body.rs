//! Bodies of answers: whole ones, and those that come piece by piece.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::mpsc;

/// The connection breaks off before the body has ended.
#[derive(Debug)]
pub struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was reset")
    }
}

impl std::error::Error for BrokenOff {}

/// Where the pieces of a body are put; nobody wants more of them once it is closed.
pub(super) type Pieces = mpsc::Sender<Result<Bytes, BrokenOff>>;

/// The body of an answer.
#[derive(Debug)]
pub struct Body(Kind);

#[derive(Debug)]
enum Kind {
    Whole(Option<Bytes>),
    Pieces(mpsc::Receiver<Result<Bytes, BrokenOff>>),
}

impl Body {
    /// A body that comes piece by piece, as `write` puts them.
    pub(super) fn pieces<F: Future<Output = ()> + Send + 'static>(write: impl FnOnce(Pieces) -> F) -> Self {
        let (sender, receiver) = mpsc::channel(16);
        tokio::spawn(write(sender));
        Self(Kind::Pieces(receiver))
    }

    /// The same bytes, one a second.
    pub(super) fn trickling(bytes: Bytes) -> Self {
        Self::pieces(async move |pieces: Pieces| {
            for byte in bytes {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if pieces.send(Ok(Bytes::copy_from_slice(&[byte]))).await.is_err() {
                    return;
                }
            }
        })
    }

    /// The first part of the bytes, and then a reset of the connection.
    pub(super) fn reset(bytes: Bytes, share: f64) -> Self {
        let length = (bytes.len() as f64 * share) as usize;
        Self::pieces(async move |pieces: Pieces| {
            // Nobody left to hear of it is as good.
            let _ = pieces.send(Ok(bytes.slice(..length))).await;
            let _ = pieces.send(Err(BrokenOff)).await;
        })
    }

    /// What is whole already; nothing of a body that comes in pieces.
    pub(super) fn whole(self) -> Result<Bytes, Self> {
        match self.0 {
            Kind::Whole(bytes) => Ok(bytes.unwrap_or_default()),
            kind @ Kind::Pieces(_) => Err(Self(kind)),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Whole(Some(bytes)))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match &mut self.0 {
            Kind::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Kind::Pieces(pieces) => {
                pieces.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Kind::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Kind::Pieces(_) => SizeHint::default(),
        }
    }
}
