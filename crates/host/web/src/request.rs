//! One request, as everybody who answers it sees it.

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;

use http1::{RequestHead, Target};
use observe::trace::Trace;
use security::Token;

/// Who sent the request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whom the worker impersonates. Without credentials a token of nobody: an
    /// entry point that captures the thread's identity must not find the
    /// process's.
    pub token: Token,
    /// The password, where the scheme shows it.
    pub password: String,
    /// `Basic`, or empty without credentials.
    pub scheme: &'static str,
}

impl Caller {
    /// The account's name; empty without credentials.
    pub fn user(&self) -> &Arc<str> {
        self.token.user()
    }
}

/// One request.
pub struct Request<'c> {
    /// Its head.
    pub head: &'c RequestHead,
    /// Its path and query.
    pub target: &'c Target,
    /// Its connection.
    pub stream: &'c TcpStream,
    /// The other end.
    pub peer: SocketAddr,
    /// Who sent it.
    pub caller: Caller,
    /// Its hops.
    pub trace: &'c Trace,
    /// The application's path without its closing slash.
    pub script_name: &'c str,
    /// The path behind it.
    pub path_info: &'c str,
    /// Folder of the static files, without a closing slash; empty without one.
    pub root: &'c str,
    /// What the host calls itself when the client does not say.
    pub server_name: &'c str,
}

/// An address as IPv4 where it is one.
pub fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

impl Request<'_> {
    /// The path behind the application's as a file beneath the static files, in
    /// two parts; both empty without static files.
    pub fn path_translated(&self) -> [&str; 2] {
        if self.root.is_empty() { ["", ""] } else { [self.root, self.path_info] }
    }

    /// The name that the client used for this host.
    pub fn host_name(&self) -> &str {
        let authority = self.head.authority();
        let name = match authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => authority,
        };
        if name.is_empty() { self.server_name } else { name }
    }

    /// Our end of the connection.
    pub fn local(&self) -> Option<SocketAddr> {
        self.stream.local_addr().ok()
    }
}
