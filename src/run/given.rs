//! Files that a command is given: named, or standard input; gzip or not.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::Stop;

/// How much is read at once.
pub(super) const BATCH: usize = 64 * 1024;

/// What stands in a file, unpacked.
pub(super) struct Given {
    /// What messages call it.
    pub(super) name: String,
    /// It was packed: an error in reading may be one of unpacking.
    pub(super) zipped: bool,
    /// Its bytes.
    pub(super) bytes: Box<dyn Read>,
}

impl Given {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(file: &Path) -> Result<Self, Stop> {
        let standard = file == Path::new("-");
        let name = if standard { "standard input".to_owned() } else { file.display().to_string() };
        let opened: io::Result<Box<dyn Read>> = if standard {
            Ok(Box::new(io::stdin()))
        } else {
            File::open(file).map(|file| Box::new(file) as _)
        };
        let source = opened.map_err(|error| Stop::BadInput(format!("{name}: cannot be read: {error}")))?;
        let begun = Begun::read(source, |start| start.len() >= 2);
        let zipped = begun.start().starts_with(&[0x1f, 0x8b]);
        let bytes: Box<dyn Read> = if zipped {
            Box::new(MultiGzDecoder::new(BufReader::with_capacity(BATCH, begun)))
        } else {
            Box::new(begun)
        };
        Ok(Self { name, zipped, bytes })
    }
}

/// A source of which the start has been looked at: it is read again from there. An error that came meanwhile comes when
/// the start has been read.
pub(super) struct Begun<R> {
    start: Cursor<Vec<u8>>,
    error: Option<io::Error>,
    rest: R,
}

impl<R: Read> Begun<R> {
    /// Reads until the start is enough, or there is no more.
    pub(super) fn read(mut rest: R, enough: impl Fn(&[u8]) -> bool) -> Self {
        let (mut start, mut error) = (Vec::new(), None);
        let mut piece = vec![0; 8 * 1024];
        while !enough(&start) {
            match rest.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => start.extend_from_slice(&piece[..length]),
                Err(again) if again.kind() == io::ErrorKind::Interrupted => {}
                Err(failed) => {
                    error = Some(failed);
                    break;
                }
            }
        }
        Self { start: Cursor::new(start), error, rest }
    }
}

impl<R> Begun<R> {
    /// What has been looked at.
    pub(super) fn start(&self) -> &[u8] {
        self.start.get_ref()
    }
}

impl<R: Read> Read for Begun<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.start.read(buffer)? {
            0 => self.error.take().map_or_else(|| self.rest.read(buffer), Err),
            length => Ok(length),
        }
    }
}
