//! Files that lambtop writes are for their owner alone: 0600, also where they were there before. So is the one directory
//! that it makes, 0700, for what it remembers.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

const OWNER_ALONE: u32 = 0o600;

/// Writes a file that was named by the user: what was in it is replaced.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    open(path, OpenOptions::new().truncate(true))?.write_all(bytes)
}

/// Writes a file under a name of our own making: what is there already, a link too, is left alone and an error.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_new(path)?.write_all(bytes)
}

/// The same, to be written piece by piece.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(OWNER_ALONE).open(path)
}

/// Opens a file that was named by the user, and leaves what is in it.
pub(super) fn open_as_it_is(path: &Path) -> io::Result<File> {
    open(path, &mut OpenOptions::new())
}

/// Opens a file to write behind what is in it.
pub(super) fn append(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().append(true))
}

/// Makes a directory and those above it that are not there; one that is there is left as it is.
pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn open(path: &Path, how: &mut OpenOptions) -> io::Result<File> {
    let file = how.write(true).create(true).mode(OWNER_ALONE).open(path)?;
    // A device such as /dev/stdout is not ours to close to others.
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(OWNER_ALONE))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::env::temp_dir;
    use std::fs;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_its_owners_alone_even_where_it_was_not() {
        let folder = temp_dir().join(format!("lambtop-private-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("open.txt");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        append(&path).unwrap().write_all(b" and after").unwrap();
        assert_eq!((mode(&path), fs::read_to_string(&path).unwrap().as_str()), (0o600, "before and after"));
        replace(&path, b"new").unwrap();
        assert_eq!((mode(&path), fs::read_to_string(&path).unwrap().as_str()), (0o600, "new"));

        let (link, other) = (folder.join("link.svg"), folder.join("other.svg"));
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(create(&link, b"through the link").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        create(&other, b"x").unwrap();
        assert_eq!(mode(&other), 0o600);
        assert!(create(&other, b"y").is_err(), "what is there stays");
        fs::remove_dir_all(&folder).unwrap();
    }
}
