//! `partywall web-process`: what the supervisor starts.
//!
//! Takes the listening socket and the control channel over, starts the web host,
//! says so, and waits for the word to stop. When the supervisor is gone the
//! channel closes, which is the same word.

use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use control::Message;
use supervisor::{CONTROL_FD, Channel, LISTENER_FD};
use web::{App, AuthScheme, Config, Host, Threads};

use super::serve::DRAIN_BOUND;
use super::user::accounts;
use crate::args::Common;
use crate::config;
use crate::libraries;
use crate::output::Failure;

mod ffi;

/// See the module.
pub fn run(common: &Common) -> Result<(), Failure> {
    supervisor::die_with_parent();
    supervisor::leave_signals_to_supervisor();
    let started = |error: std::io::Error| {
        Failure::new(format!("web-process is started by `partywall serve`, not by hand: {error}"))
    };
    let listener: TcpListener = ffi::adopt(LISTENER_FD).map_err(started)?.into();
    let control: UnixStream = ffi::adopt(CONTROL_FD).map_err(started)?.into();
    let mut channel = Channel::new(control);

    let failed = |error: std::io::Error| Failure::new(format!("the web host: {error}"));
    security::spawner::start().map_err(failed)?;
    let config = host_config(common)?;
    let accounts = Arc::new(accounts()?);
    let host = Host::start(config, listener, accounts).map_err(failed)?;
    let address = host.addr().to_string();
    channel.send(&Message::Ready { address }).map_err(failed)?;

    // Anything else than the word to stop, also the end of the channel, means
    // that the supervisor is not what it was.
    let _ = channel.receive();
    let drained = host.drain(DRAIN_BOUND);
    let _ = channel.send(&Message::Drained { cut: drained.requests_cut as u32 });
    Ok(())
}

fn host_config(common: &Common) -> Result<Config, Failure> {
    let file = config::load(common.config.as_deref())?.web;
    let mut apps = Vec::new();
    for app in &file.app {
        apps.push(App {
            path: app.path.clone(),
            extension: libraries::find(common, &app.extension)?,
            auth: app.auth.as_deref().map(schemes).transpose()?,
            idle: app.idle.map(|idle| idle.0),
        });
    }
    Ok(Config {
        threads: Threads {
            min: file.threads.min,
            max: file.threads.max,
            stack: file.threads.stack.0,
        },
        root: file.root.clone(),
        auth: schemes(&file.auth)?,
        apps,
        ..Config::default()
    })
}

fn schemes(names: &[String]) -> Result<Vec<AuthScheme>, Failure> {
    let scheme = |name: &String| match &*name.to_ascii_lowercase() {
        "anonymous" => Ok(AuthScheme::Anonymous),
        "basic" => Ok(AuthScheme::Basic),
        other => {
            let says =
                format!("web.auth: {other:?} is not offered; use \"anonymous\" or \"basic\"");
            Err(Failure::new(says))
        }
    };
    names.iter().map(scheme).collect()
}
