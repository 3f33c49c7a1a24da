//! `partywall completions SHELL`

use clap::CommandFactory;

use crate::args::Arguments;

/// Prints the completions.
pub fn run(shell: clap_complete::Shell) {
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "partywall", &mut std::io::stdout());
}
