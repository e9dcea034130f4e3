use std::{convert::Infallible, env, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use winterbaume_core::service::{MockRequest, MockService};
use winterbaume_ssm::SsmService;

async fn answer(ssm: Arc<SsmService>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let host = head.headers.get("host").and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    let uri = format!("https://{host}{}", head.uri.path_and_query().map_or("/", |p| p.as_str()));
    let mut headers = http::HeaderMap::new();
    for (name, value) in &head.headers {
        headers.insert(name.clone(), value.clone());
    }
    let body = body.collect().await.map(|b| b.to_bytes()).unwrap_or_default();
    let request = MockRequest { method: head.method.to_string(), uri, headers, body };
    let answer = ssm.handle(request).await;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(answer.body)).expect("winterbaume makes valid headers"))
}

#[tokio::main]
async fn main() {
    let port: u16 = env::args().nth(1).and_then(|p| p.parse().ok()).expect("usage: winterbaume PORT");
    let ssm = Arc::new(SsmService::new());
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    loop {
        let (stream, _) = listener.accept().await.expect("it listens");
        let ssm = Arc::clone(&ssm);
        tokio::spawn(async move {
            let serve = service_fn(move |request| answer(Arc::clone(&ssm), request));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await;
        });
    }
}
