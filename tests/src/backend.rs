//! The backend under test.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use local::{Options, Server};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::client::Client;
use crate::runtime;

/// A backend: in this process, or a deployment.
#[derive(Debug)]
pub struct Backend {
    url: Arc<str>,
    // The server ends before its folder does.
    server: Option<Server>,
    _data: Option<TempDir>,
}

impl Backend {
    /// The backend that all tests of a binary share: the deployment at `CHINWAG_URL`, or a local server as `cargo run`
    /// starts it, on a free port and an empty folder.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Backend> = OnceCell::const_new();
        SHARED
            .get_or_init(async || match env::var("CHINWAG_URL") {
                Ok(url) => {
                    Self { url: url.trim_end_matches('/').into(), server: None, _data: None }
                }
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

    /// A local server on a folder that the caller keeps.
    pub async fn start(options: Options) -> Self {
        let server = runtime::run(local::start(options)).await.expect("the local server starts");
        Self { url: server.url().into(), server: Some(server), _data: None }
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

    /// A client that is not signed in.
    #[must_use]
    pub fn anyone(&self) -> Client {
        Client::new(Arc::clone(&self.url), self.server.is_none())
    }
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
