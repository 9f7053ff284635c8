//! The endpoint as the SDK's own HTTP client: no port, no name to resolve, no socket.

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::Request;
use http_body_util::BodyExt as _;

use super::Endpoint;

impl Endpoint {
    /// An HTTP client for the SDK that answers from this endpoint, whatever address is called.
    ///
    /// It waits for nothing but tokio's clock, so that it also works where that clock is paused.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(Mounted(self.clone()));
        http_client_fn(move |_, _| connector.clone())
    }
}

/// One connection that never breaks.
#[derive(Debug)]
struct Mounted(Endpoint);

impl HttpConnector for Mounted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let endpoint = self.0.clone();
        HttpConnectorFuture::new(async move {
            let refused = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
            let request = request.try_into_http1x().map_err(|error| refused(error.into()))?;
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(refused)?.to_bytes();
            let response = endpoint.respond(Request::from_parts(parts, body)).await;
            let response =
                response.map(|body| body.whole().map_or_else(SdkBody::from_body_1_x, SdkBody::from));
            HttpResponse::try_from(response).map_err(|error| refused(error.into()))
        })
    }
}
