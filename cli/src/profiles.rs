//! The deployments that somebody knows, by names of their own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::error::{Error, Result};
use crate::files;

/// The profile of the local server, which is always there.
pub const LOCAL: &str = "local";
/// Where `cargo run` starts it.
const LOCAL_URL: &str = "http://127.0.0.1:8080";

/// What the file of the profiles holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profiles {
    current: Option<String>,
    profiles: BTreeMap<String, Deployment>,
}

/// Where a deployment is.
#[derive(Clone, Serialize, Deserialize)]
struct Deployment {
    url: String,
}

/// A deployment under its name.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What it is called here.
    pub name: String,
    /// Where its routes are, without a slash at the end.
    pub url: String,
}

impl Profile {
    /// Whether it is on this machine, where the fixed values of the local server hold.
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.url).is_ok_and(|url| is_loopback(&url))
    }

    /// The region that AWS' own name of the API has in it.
    pub fn region(&self) -> Option<String> {
        let url = Url::parse(&self.url).ok()?;
        let mut labels = url.host_str()?.split('.').skip(1);
        let is_api = labels.next() == Some("execute-api");
        labels.next().filter(|_| is_api).map(str::to_owned)
    }
}

impl Profiles {
    /// Those that are kept.
    pub fn load() -> Result<Self> {
        files::read(&path()?)
    }

    /// Changes those that are kept.
    pub async fn change<T>(change: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let path = path()?;
        let _lock = files::lock(&path).await?;
        let mut profiles: Self = files::read(&path)?;
        let changed = change(&mut profiles)?;
        files::write(&path, &profiles)?;
        Ok(changed)
    }

    /// The one with that name; without a name, the one in use.
    pub fn find(&self, name: Option<&str>) -> Result<Profile> {
        let name = name.or(self.current.as_deref()).unwrap_or(LOCAL);
        let url = match self.profiles.get(name) {
            Some(deployment) => deployment.url.clone(),
            None if name == LOCAL => LOCAL_URL.to_owned(),
            None => {
                return Err(Error::Usage(format!(
                    "there is no profile '{name}': chinwag profile add {name} <url>"
                )));
            }
        };
        Ok(Profile { name: name.to_owned(), url })
    }

    /// All of them.
    pub fn all(&self) -> Vec<Profile> {
        let mut names: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
        if !self.profiles.contains_key(LOCAL) {
            names.insert(0, LOCAL);
        }
        names.into_iter().filter_map(|name| self.find(Some(name)).ok()).collect()
    }

    /// The name of the one in use.
    pub fn current(&self) -> &str {
        self.current.as_deref().unwrap_or(LOCAL)
    }

    /// Adds one, or gives it another URL.
    pub fn add(&mut self, name: &str, url: String) {
        self.profiles.insert(name.to_owned(), Deployment { url });
    }

    /// Puts one into use.
    pub fn select(&mut self, name: &str) -> Result<Profile> {
        let profile = self.find(Some(name))?;
        self.current = Some(profile.name.clone());
        Ok(profile)
    }

    /// Forgets one.
    pub fn remove(&mut self, name: &str) -> Result<Profile> {
        let profile = self.find(Some(name))?;
        self.profiles.remove(name);
        if self.current.as_deref() == Some(name) {
            self.current = None;
        }
        Ok(profile)
    }
}

fn path() -> Result<PathBuf> {
    Ok(files::folder()?.join("profiles.json"))
}

/// A profile's name, which is a file's name, too.
pub fn name(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    if begins && text.len() <= 64 && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err("must be 1 to 64 letters, digits and . _ -, and begin with a letter or digit".to_owned())
}

/// The URL of a deployment, as it is kept. What is not encrypted shows passwords to everybody on the way: it must be asked for.
pub fn base_url(text: &str, allow_http: bool) -> Result<String> {
    let url =
        Url::parse(text).map_err(|error| Error::Usage(format!("{text} is no URL: {error}")))?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if url.host().is_none() || !plain || url.password().is_some() {
        return Err(Error::Usage(format!("{text} must be a URL such as https://api.example.com")));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_http || is_loopback(&url) => {}
        "http" => {
            return Err(Error::Usage(format!(
                "{text} is not encrypted: passwords could be read on the way. Take https, or --allow-http"
            )));
        }
        _ => return Err(Error::Usage(format!("{text} must begin with https:// or http://"))),
    }
    let text = url.as_str().trim_end_matches('/');
    Ok(text.strip_suffix("/v1").unwrap_or(text).to_owned())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(url: &str) -> Profile {
        Profile { name: "x".to_owned(), url: url.to_owned() }
    }

    #[test]
    fn a_url_is_kept_without_what_the_routes_add() {
        for (typed, kept) in [
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/v1/", "https://api.example.com"),
            ("http://localhost:8080/", "http://localhost:8080"),
            ("http://[::1]:1", "http://[::1]:1"),
        ] {
            assert_eq!(base_url(typed, false).unwrap(), kept);
        }
        assert!(base_url("http://10.0.0.1", true).is_ok());
        for typed in ["", "chat", "ftp://a.example", "https://u:p@a.example", "http://10.0.0.1"] {
            assert!(matches!(base_url(typed, false), Err(Error::Usage(_))), "{typed}");
        }
    }

    #[test]
    fn the_region_is_in_the_name_that_aws_gives() {
        let api = profile("https://a1b2.execute-api.eu-west-1.amazonaws.com");
        assert_eq!(api.region().as_deref(), Some("eu-west-1"));
        assert_eq!(profile("https://api.example.com").region(), None);
        assert!(!api.is_loopback());
        assert!(profile("http://127.0.0.1:8080").is_loopback());
    }

    #[test]
    fn a_name_cannot_leave_its_folder() {
        assert!(name("prod-eu.1").is_ok());
        for text in ["", ".", "..", "../x", "a/b", "-a", "a b"] {
            assert!(name(text).is_err(), "{text}");
        }
    }
}
