//! `partywall serve`: the supervisor with the web process under it.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use supervisor::{Plan, Signals};

use super::register::prepare_data_folder;
use crate::args::{Common, Serve};
use crate::config;
use crate::output::{Failure, line};

/// How long requests may take to finish after a `SIGTERM`.
pub const DRAIN_BOUND: Duration = Duration::from_secs(30);

/// See the module.
pub fn run(common: &Common, serve: &Serve) -> Result<(), Failure> {
    let signals = block_signals()?;
    supervise(common, serve, &signals, |address| {
        // Standard output may be closed; the house serves all the same.
        let _ = line(&ready_line(address));
    })
}

/// The contract's line. What is not built is `off`.
pub fn ready_line(address: &str) -> String {
    format!("ready http={address} console=off rpc=off")
}

/// Takes the signals to stop for the supervisor; the first thing that a serving
/// verb does.
pub fn block_signals() -> Result<Signals, Failure> {
    Signals::block().map_err(|error| Failure::new(format!("cannot watch for signals: {error}")))
}

/// Supervises until somebody asks to stop; `ready` is called when the house
/// serves.
///
/// # Errors
/// The address cannot be had, the configuration is wrong, or the web process
/// does not start.
pub fn supervise(
    common: &Common,
    serve: &Serve,
    signals: &Signals,
    ready: impl FnOnce(&str),
) -> Result<(), Failure> {
    // Wrong keys are reported here, before anything is started.
    config::load(common.config.as_deref())?;
    prepare_data_folder()?;
    let listener = listen(serve.http)?;
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program: {error}")))?;
    let arguments = child_arguments(common);
    let plan = Plan { program, arguments, listener, drain_bound: DRAIN_BOUND };
    supervisor::run(&plan, signals, ready)
        .map_err(|error| Failure::new(format!("cannot serve: {error}")))
}

fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "; another program listens there, choose one with --http, port 0 takes a free one"
            }
            std::io::ErrorKind::PermissionDenied => "; ports below 1024 need a privilege",
            _ => "",
        };
        Failure::new(format!("cannot listen on {address}: {error}{advice}"))
    })
}

fn child_arguments(common: &Common) -> Vec<String> {
    let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let mut arguments = vec!["web-process".to_owned()];
    arguments.extend(["--data".into(), path(registry::data_folder())]);
    if let Some(config) = &common.config {
        arguments.extend(["--config".into(), path(config)]);
    }
    if let Some(lib_dir) = &common.lib_dir {
        arguments.extend(["--lib-dir".into(), path(lib_dir)]);
    }
    arguments
}
