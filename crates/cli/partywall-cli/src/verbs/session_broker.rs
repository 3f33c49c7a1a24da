//! `partywall session-broker`: the broker of one user, started by whoever first
//! shares a session.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::output::Failure;

/// Starts it in the background, or is it.
pub fn run(user: &str, stay: bool) -> Result<(), Failure> {
    if !stay {
        return start(user);
    }
    let folder = mapi_session::user_folder(registry::data_folder(), user);
    match broker::serve(&folder) {
        // The other one serves as well.
        Ok(()) | Err(broker::ServeError::Taken) => Ok(()),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}

/// A process of its own, which whoever asked for it does not have to wait for.
fn start(user: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot start the broker: {error}"));
    let program = std::env::current_exe().map_err(failed)?;
    Command::new(program)
        .args(["session-broker", "--stay", "--user", user])
        .arg("--data")
        .arg(registry::data_folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map(drop)
        .map_err(failed)
}
