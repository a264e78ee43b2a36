//! The backend under test.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use http::StatusCode;
use local::{Options, Server};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::OnceCell;
use url::Url;

use crate::client::Client;
use crate::reply::Reply;
use crate::runtime;
use crate::user_pool::UserPool;

/// A backend: in this process, or a deployment.
#[derive(Debug)]
pub struct Backend {
    url: Arc<str>,
    // Where registrations wait for a confirmation that a test can give.
    user_pool: Option<UserPool>,
    // The server ends before its folder does.
    server: Option<Server>,
    _data: Option<TempDir>,
}

impl Backend {
    /// The backend that all tests of a binary share: the deployment at `CHINWAG_URL`, whose registrations are confirmed
    /// in the pool `CHINWAG_USER_POOL_ID` where they wait for that; or a local server as `cargo run` starts it, on a free
    /// port and an empty folder.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Backend> = OnceCell::const_new();
        SHARED
            .get_or_init(async || match env::var("CHINWAG_URL") {
                Ok(url) => Self {
                    url: url.trim_end_matches('/').into(),
                    user_pool: runtime::run(UserPool::from_env()).await,
                    server: None,
                    _data: None,
                },
                Err(_) => Self::start(Options::new(folder_of_this_process())).await,
            })
            .await
    }

    /// A local server of one test's own, on an empty folder, with the options that `set` changes. It ends when it is
    /// dropped.
    pub async fn private(set: impl FnOnce(&mut Options)) -> Self {
        let data = TempDir::new().expect("a temporary folder");
        let mut options = Options::new(data.path());
        set(&mut options);
        Self { _data: Some(data), ..Self::start(options).await }
    }

    /// A local server on a folder that the caller keeps; its tables are in the DynamoDB Local at `CHINWAG_DYNAMODB_URL`,
    /// where there is one.
    pub async fn start(mut options: Options) -> Self {
        options.dynamodb_local = dynamodb_local();
        let server = runtime::run(local::start(options)).await.expect("the local server starts");
        Self { url: server.url().into(), user_pool: None, server: Some(server), _data: None }
    }

    /// Ends a local server, all that runs answered and its folder free.
    pub async fn stop(self) {
        if let Some(server) = self.server {
            runtime::run(server.stop()).await;
        }
    }

    /// Where its routes are, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server in this process; none for a deployment.
    #[must_use]
    pub fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// Whether a registration need not be confirmed: so it is on a local server, unless a test asks for more.
    #[must_use]
    pub fn confirms_at_once(&self) -> bool {
        self.user_pool.is_none()
    }

    /// Registers somebody, and confirms them where that is asked for: whoever is answered 201 can sign in.
    pub async fn register(&self, application: Value) -> Reply {
        let reply = self.anyone().post("/v1/register", application).await;
        if reply.status == StatusCode::CREATED && reply.body["confirmed"] == false {
            let pool = self.user_pool.as_ref();
            let pool = pool.expect(
                "CHINWAG_USER_POOL_ID names the pool of a deployment that asks for a confirmation",
            );
            pool.confirm(reply.text("username")).await;
        }
        reply
    }

    /// A client that is not signed in.
    #[must_use]
    pub fn anyone(&self) -> Client {
        Client::new(Arc::clone(&self.url), self.server.is_none())
    }
}

/// Where DynamoDB Local is, if it is to take the embedded engine's place.
pub(crate) fn dynamodb_local() -> Option<SocketAddr> {
    let url = env::var("CHINWAG_DYNAMODB_URL").ok()?;
    let addresses = Url::parse(&url).ok().and_then(|url| url.socket_addrs(|| None).ok());
    let address = addresses.and_then(|addresses| addresses.first().copied());
    Some(address.expect("CHINWAG_DYNAMODB_URL is the URL of a DynamoDB Local"))
}

/// A folder that goes when this process has ended, however it ends: statics are never dropped, so a shell waits for the
/// end of its input.
fn folder_of_this_process() -> PathBuf {
    let folder = TempDir::new().expect("a temporary folder").keep();
    let watch = Command::new("sh")
        .args(["-c", r#"trap "" INT TERM; read -r _; rm -rf -- "$0""#])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    // Its input must stay open. Without a shell, the folder stays.
    std::mem::forget(watch);
    folder
}
