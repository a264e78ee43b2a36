//! The data folder: one server at a time, in a format that this program knows.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::StartError;

/// The newest format that this program reads, and the one that it writes.
const FORMAT: u32 = 1;

/// What every `SQLite` file begins with.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A data folder that is held for as long as this value lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder where there is none and takes it for this process.
    ///
    /// # Errors
    /// When another server holds it, when it cannot be used, or when its format is newer than this program's.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        make_private(path).map_err(cannot_use(path))?;
        let path = path.canonicalize().map_err(cannot_use(path))?;
        let lock = lock(&path)?;
        check_format(&path)?;
        let folder = Self { path, _lock: lock };
        check_magic(&folder.database())?;
        check_magic(&folder.queues())?;
        Ok(folder)
    }

    /// The folder, absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("chinwag.sqlite")
    }

    /// The queues' file.
    #[must_use]
    pub fn queues(&self) -> PathBuf {
        self.path.join("queues.sqlite")
    }
}

fn cannot_use(path: &Path) -> impl FnOnce(io::Error) -> StartError {
    let path = path.to_owned();
    |source| StartError::DataFolder { path, source }
}

/// Nobody else has business in it: it holds the pool's signing key.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn lock(folder: &Path) -> Result<File, StartError> {
    let path = folder.join("lock");
    let options = OpenOptions::new().create(true).truncate(false).write(true).to_owned();
    let file = options.open(&path).map_err(cannot_use(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::Locked { path: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(cannot_use(&path)(source)),
    }
}

fn check_format(folder: &Path) -> Result<(), StartError> {
    let path = folder.join("format");
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_format(folder, &path),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(StartError::UnknownFormat { path })
        }
        Err(error) => Err(cannot_use(&path)(error)),
        Ok(text) => match text.trim().parse() {
            Ok(found) if found > FORMAT => {
                Err(StartError::NewerFormat { path: folder.to_owned(), found, known: FORMAT })
            }
            Ok(_) => Ok(()),
            Err(_) => Err(StartError::UnknownFormat { path }),
        },
    }
}

/// In two steps, so that a crash leaves no half-written file behind.
fn write_format(folder: &Path, path: &Path) -> Result<(), StartError> {
    let draft = folder.join("format.new");
    fs::write(&draft, format!("{FORMAT}\n")).map_err(cannot_use(&draft))?;
    fs::rename(&draft, path).map_err(cannot_use(path))
}

fn check_magic(database: &Path) -> Result<(), StartError> {
    let mut start = Vec::new();
    match File::open(database).and_then(|file| file.take(16).read_to_end(&mut start)) {
        Ok(0) => Ok(()),
        Ok(_) if start == SQLITE_MAGIC => Ok(()),
        Ok(_) => Err(StartError::Database {
            path: database.to_owned(),
            reason: "it is not a database".to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_use(database)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(folder: &Path) -> String {
        DataFolder::open(folder).unwrap_err().to_string()
    }

    #[test]
    fn one_server_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let first = DataFolder::open(&path).unwrap();
        assert!(refusal(&path).ends_with("is in use by another running server"));
        drop(first);
        DataFolder::open(&path).unwrap();
    }

    #[test]
    fn a_newer_or_unreadable_format_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        drop(DataFolder::open(folder.path()).unwrap());
        let format = folder.path().join("format");
        assert_eq!(fs::read_to_string(&format).unwrap(), "1\n");

        fs::write(&format, "2").unwrap();
        assert!(
            refusal(folder.path()).contains("has format 2, this program knows formats up to 1")
        );
        fs::write(&format, b"\xff\xfe").unwrap();
        assert!(refusal(folder.path()).ends_with("does not hold the number of a data format"));
    }

    #[test]
    fn what_is_no_folder_or_no_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(refusal(&file).starts_with("cannot use the data folder: "));

        fs::write(folder.path().join("chinwag.sqlite"), "no database at all").unwrap();
        assert!(refusal(folder.path()).ends_with("chinwag.sqlite: it is not a database"));
    }
}
