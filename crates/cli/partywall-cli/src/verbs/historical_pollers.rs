//! `partywall historical-pollers`: the exhibit, which somebody contains.

use std::process::ExitCode;

use historical_pollers::SetUp;

use crate::output::Failure;

/// See the module.
pub fn run(set_up: &str) -> Result<(), Failure> {
    let set_up: SetUp =
        set_up.parse().map_err(|_| Failure::new(format!("{set_up:?} is no set-up")))?;
    if historical_pollers::main_of_child(set_up) == ExitCode::SUCCESS {
        Ok(())
    } else {
        Err(Failure::new("the historical design did not come to an end"))
    }
}
