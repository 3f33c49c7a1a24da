//! Static files beneath one folder.
//!
//! RFC 9110 sections 8.8.2 (Last-Modified), 13.1.3 (If-Modified-Since), 13.1.5
//! (If-Range with a date), 14 (ranges, one at a time). No folder listings, no
//! entity tags, no compression. A file is opened beneath the root by the kernel
//! (`openat2`), which refuses every step outside and every link; names that
//! begin with a dot are not served. Opened as the request's user: the caller
//! impersonates.

use std::ffi::CString;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use http1::{RequestHead, ResponseHead, Target};

use crate::byte_range::{Range, parse_range};
use crate::content_type::content_type;
use crate::ffi;
use crate::outgoing::Outgoing;

/// Bodies up to this size are read and leave together with their head.
const READ_BYTES: u64 = 32 << 10;

/// The folder of the static files, opened once.
pub struct Root {
    folder: OwnedFd,
}

/// An answer that is not a file.
#[derive(Debug)]
pub enum Refusal {
    /// A plain error.
    Error(u16, &'static str),
    /// A folder without its closing slash.
    AddSlash,
    /// The system refused for a reason worth a line in the log.
    System(io::Error),
}

/// A file to be sent.
pub struct Found {
    file: File,
    length: u64,
    modified: Option<SystemTime>,
    content_type: &'static str,
}

impl Root {
    /// Opens the folder.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        options.read(true).custom_flags(libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC);
        Ok(Self { folder: options.open(path)?.into() })
    }

    /// Opens the file that a path names, or the index of a folder.
    pub fn find(&self, target: &Target) -> Result<Found, Refusal> {
        const MISSING: Refusal = Refusal::Error(404, "there is no such page");
        if target.segments().any(|segment| segment.starts_with('.')) {
            return Err(MISSING);
        }
        let mut path = target.path_decoded().trim_start_matches('/').to_owned();
        if target.is_folder() {
            path.push_str("index.html");
        }
        let name = CString::new(path.as_str()).map_err(|_| MISSING)?;
        let file = ffi::open_beneath(self.folder.as_fd(), &name).map_err(|error| {
            match error.raw_os_error() {
                Some(libc::EACCES | libc::EPERM) => {
                    Refusal::Error(403, "this page may not be read")
                }
                Some(
                    libc::ENOENT
                    | libc::ENOTDIR
                    | libc::ELOOP
                    | libc::EXDEV
                    | libc::ENAMETOOLONG
                    | libc::ENXIO,
                ) => MISSING,
                _ => Refusal::System(error),
            }
        })?;
        let metadata: Metadata = file.metadata().map_err(Refusal::System)?;
        if metadata.is_dir() && !target.is_folder() {
            return Err(Refusal::AddSlash);
        }
        if !metadata.is_file() {
            return Err(MISSING);
        }
        Ok(Found {
            file,
            length: metadata.len(),
            modified: metadata.modified().ok(),
            content_type: content_type(&path),
        })
    }
}

impl Found {
    /// Answers GET or HEAD with the file, a part of it, or that it did not
    /// change.
    ///
    /// # Errors
    /// The file cannot be read; nothing was answered then.
    pub fn answer(&self, request: &RequestHead, outgoing: &mut Outgoing<'_>) -> io::Result<()> {
        let modified = self.modified.map(httpdate::fmt_http_date);
        if self.is_unchanged(request) {
            let head = self.head(304, modified.as_deref(), None)?;
            return outgoing.start(head).map_err(io::Error::other);
        }
        let (status, offset, length) = match self.range(request, modified.as_deref()) {
            Range::Whole => (200, 0, self.length),
            Range::Part { first, length } => (206, first, length),
            Range::Unsatisfiable => {
                let mut head = ResponseHead::new(416).map_err(io::Error::other)?;
                let range = format!("bytes */{}", self.length);
                head.add_header("Content-Range", range.as_bytes()).map_err(io::Error::other)?;
                return outgoing.respond(head, b"").map_err(io::Error::other);
            }
        };
        let mut head = self.head(status, modified.as_deref(), Some(length))?;
        if status == 206 {
            let range = format!("bytes {offset}-{}/{}", offset + length - 1, self.length);
            head.add_header("Content-Range", range.as_bytes()).map_err(io::Error::other)?;
        }
        if length > READ_BYTES {
            outgoing.start(head).map_err(io::Error::other)?;
            // A peer that is gone is no error of the file; the close follows.
            let _ = outgoing.send_file(&self.file, offset, length);
            return Ok(());
        }
        let mut body = vec![0; usize::try_from(length).unwrap_or_default()];
        if request.method() != "HEAD" {
            self.file.read_exact_at(&mut body, offset)?;
        }
        outgoing.start(head).map_err(io::Error::other)?;
        outgoing.append(&body);
        Ok(())
    }

    fn head(
        &self,
        status: u16,
        modified: Option<&str>,
        length: Option<u64>,
    ) -> io::Result<ResponseHead> {
        let mut head = ResponseHead::new(status).map_err(io::Error::other)?;
        let mut add = |name: &str, value: &str| {
            head.add_header(name, value.as_bytes()).map_err(io::Error::other)
        };
        if let Some(length) = length {
            add("Content-Type", self.content_type)?;
            add("Content-Length", &length.to_string())?;
            add("Accept-Ranges", "bytes")?;
            // The type above is the type; a browser is not to guess another.
            add("X-Content-Type-Options", "nosniff")?;
        }
        if let Some(modified) = modified {
            add("Last-Modified", modified)?;
        }
        Ok(head)
    }

    fn is_unchanged(&self, request: &RequestHead) -> bool {
        let since = request
            .header("if-modified-since")
            .and_then(|value| std::str::from_utf8(value).ok())
            .and_then(|value| httpdate::parse_http_date(value).ok());
        let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        match (since, self.modified) {
            (Some(since), Some(modified)) => seconds(modified) <= seconds(since),
            _ => false,
        }
    }

    fn range(&self, request: &RequestHead, modified: Option<&str>) -> Range {
        if request.method() != "GET" {
            return Range::Whole;
        }
        if let Some(condition) = request.header("if-range")
            && modified.map(str::as_bytes) != Some(condition)
        {
            return Range::Whole;
        }
        request.header("range").map_or(Range::Whole, |value| parse_range(value, self.length))
    }
}
