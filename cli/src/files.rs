//! The folder with what the command line keeps, and how it is written: whole or not at all, and for its owner alone.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// The folder: `$XDG_CONFIG_HOME/chinwag`, by default `~/.config/chinwag`.
pub fn folder() -> Result<PathBuf> {
    let strategy = etcetera::choose_base_strategy().map_err(Error::failed)?;
    Ok(strategy.config_dir().join("chinwag"))
}

/// What a file holds; nothing where there is none.
pub fn read<T: DeserializeOwned + Default>(path: &Path) -> Result<T> {
    let text = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(T::default()),
        text => text.map_err(|error| cannot("read", path, error))?,
    };
    serde_json::from_slice(&text).map_err(|error| {
        Error::Failed(format!("{} is damaged ({error}): mend it, or delete it", path.display()))
    })
}

/// Puts another content in a file's place at once: nobody ever reads half of it, and only its owner reads it at all.
pub fn write(path: &Path, content: &impl Serialize) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let text = serde_json::to_vec_pretty(content).map_err(Error::failed)?;
    let written = (|| {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    })();
    written.map(drop).map_err(|error| cannot("write", path, error))
}

/// Waits until nobody else holds the lock beside `path`, and holds it until the answer is dropped. A process that ends
/// holds none.
pub async fn lock(path: &Path) -> Result<File> {
    let path = path.with_extension("lock");
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let locked = tokio::task::spawn_blocking(move || {
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| cannot("open", &path, error))?;
        file.lock().map_err(|error| cannot("lock", &path, error))?;
        Ok(file)
    });
    locked.await.map_err(Error::failed)?
}

fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| cannot("make", folder, error))
}

fn cannot(what: &str, path: &Path, error: impl std::fmt::Display) -> Error {
    Error::Failed(format!("cannot {what} {}: {error}", path.display()))
}
