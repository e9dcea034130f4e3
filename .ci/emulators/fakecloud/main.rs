use std::{env, net::SocketAddr, sync::Arc};

use axum::{Extension, Router};
use fakecloud_core::dispatch::{dispatch, DispatchConfig};
use fakecloud_core::{multi_account::MultiRegionState, registry::ServiceRegistry};
use fakecloud_ssm::SsmService;
use parking_lot::RwLock;

#[tokio::main]
async fn main() {
    let address = format!("127.0.0.1:{}", env::args().nth(1).expect("usage: fakecloud PORT"));
    let (region, account) = ("us-east-1", "000000000000");
    let state = Arc::new(RwLock::new(MultiRegionState::new(account, region, &format!("http://{address}"))));
    let mut services = ServiceRegistry::new();
    services.register(Arc::new(SsmService::new(state)));
    let app = Router::new()
        .fallback(dispatch)
        .layer(Extension(Arc::new(services)))
        .layer(Extension(Arc::new(DispatchConfig::new(region, account))));
    let listener = tokio::net::TcpListener::bind(address).await.expect("the port is free");
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await.expect("it serves");
}
