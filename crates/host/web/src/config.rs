//! What the web host is told: plain data with the document's figures as
//! defaults.
//!
//! Does not read files or resolve library names; whoever reads the
//! configuration does.

use std::path::PathBuf;
use std::time::Duration;

/// Everything that [`crate::Host::start`] needs besides its listener and the
/// accounts.
#[derive(Clone, Debug)]
pub struct Config {
    /// The workers.
    pub threads: Threads,
    /// Folder of the static files; none are served without it.
    pub root: Option<PathBuf>,
    /// Schemes that open the static files and, unless they say otherwise, the
    /// applications.
    pub auth: Vec<AuthScheme>,
    /// What a browser shows when it asks for a password; printable ASCII.
    pub realm: String,
    /// `SERVER_NAME` for clients that name no host.
    pub server_name: String,
    /// The domain that users may write before their names; an empty one before
    /// a name is accepted too, any other is a wrong password.
    pub domain: String,
    /// Applications; the longest path that fits a request is used.
    pub apps: Vec<App>,
    /// Time limits.
    pub timeouts: Timeouts,
    /// Bytes of a body which no extension read that are read and thrown away to
    /// keep the connection; beyond them it is closed.
    pub drain_bytes: u64,
    /// Longest request body in bytes; 413 beyond.
    pub max_body_bytes: u64,
    /// Connections at once; further ones wait in the listener's queue.
    pub max_connections: usize,
    /// Where private copies of extensions are put for the moment of loading;
    /// must allow execution.
    pub runtime_dir: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            threads: Threads::default(),
            root: None,
            auth: vec![AuthScheme::Anonymous, AuthScheme::Basic],
            realm: "Partywall".into(),
            server_name: "localhost".into(),
            domain: String::new(),
            apps: Vec::new(),
            timeouts: Timeouts::default(),
            drain_bytes: 256 << 10,
            max_body_bytes: http1::limits::DEFAULT_MAX_BODY_BYTES,
            max_connections: 10_000,
            runtime_dir: std::env::temp_dir(),
        }
    }
}

/// How many workers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threads {
    /// Started with the host; "usually between 12 and 14" in the document. At
    /// least as many as poll.
    pub min: usize,
    /// Never more; the pool grows when all are busy.
    pub max: usize,
    /// Stack of each in bytes; 1 MiB as in the document. Costs address space
    /// only, until it is used.
    pub stack: usize,
}

impl Default for Threads {
    fn default() -> Self {
        Self { min: 12, max: 64, stack: 1 << 20 }
    }
}

/// A way to say who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthScheme {
    /// Nobody in particular: no credentials are needed.
    Anonymous,
    /// User and password with each request (RFC 7617).
    Basic,
}

/// An extension and the URLs it answers.
#[derive(Clone, Debug)]
pub struct App {
    /// Begins and ends with a slash, like `/mail/`.
    pub path: String,
    /// The library's file.
    pub extension: PathBuf,
    /// Schemes for this application; [`Config::auth`] when absent.
    pub auth: Option<Vec<AuthScheme>>,
    /// How long the extension stays loaded without a request; for ever when
    /// absent. Of applications that share a library the most patient counts.
    pub idle: Option<Duration>,
}

/// Time limits, each for one thing that a peer can be slow with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first byte of a request's head to its last.
    pub header: Duration,
    /// Until the next bytes of a body arrive; 60 s in the documentation of IIS.
    pub read: Duration,
    /// Until the peer takes further bytes of an answer.
    pub write: Duration,
    /// Until the next request on a connection begins.
    pub keep_alive: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(30),
            read: Duration::from_secs(60),
            write: Duration::from_secs(60),
            keep_alive: Duration::from_secs(120),
        }
    }
}
