//! The program `partywall`.
//!
//! This file parses the command line and dispatches; each verb is a file of
//! `verbs`. Exit status: 0 done, 1 failed with a sentence on standard error,
//! 2 usage.

mod args;
mod config;
mod libraries;
mod output;
mod sizes;
mod verbs;

use std::process::ExitCode;

use core::ffi::c_void;

use clap::Parser;

use crate::args::{Arguments, Verb};
use crate::output::Failure;

// The functions that the program exports for the libraries it loads live in the
// runtime's crates; these are called by nobody in the program itself.
#[used]
static KEEP: [fn() -> i64; 3] =
    [automation::live_strings, extended_mapi::live_buffers, kernel_objects::open_handles];
#[used]
static KEEP_LOGOFF: extern "system" fn(usize, usize, u32, u32) -> u32 = simple_mapi::MAPILogoff;
#[used]
static KEEP_FREE: unsafe extern "system" fn(*mut c_void) -> u32 = cmc::cmc_free;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(arguments.common.json);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let common = &arguments.common;
    if let Some(data) = &common.data {
        let data = std::path::absolute(data)
            .map_err(|error| Failure::new(format!("cannot use {}: {error}", data.display())))?;
        registry::set_data_folder(data);
    }
    cdo::register();
    mapi_session::catalog::register(
        built_in_services::default_services(),
        built_in_services::other_services(),
    );
    foreign_services::register(Vec::new());
    // A configuration that is wrong is named by the verbs that need it.
    let mapi = config::load(common.config.as_deref()).unwrap_or_default().mapi;
    mapi_session::set_settings(mapi.settings());
    mapi_session::link::use_brokers();
    glass::tell_sessions(verbs::session::told);
    match &arguments.verb {
        Verb::Call(call) => verbs::call::run(common, call),
        Verb::Completions { shell } => {
            verbs::completions::run(*shell);
            Ok(())
        }
        Verb::Demo(demo) => verbs::demo::run(common, demo),
        Verb::Error { code } => verbs::error::run(common, code),
        Verb::HistoricalPollers { set_up } => verbs::historical_pollers::run(set_up),
        Verb::Mail(mail) => verbs::mail::run(common, mail),
        Verb::Matrix(matrix) => verbs::matrix::run(common, matrix),
        Verb::MatrixRow { client } => verbs::matrix::row(client),
        Verb::Profile(profile) => verbs::profile::run(common, profile),
        Verb::Reg(reg) => verbs::reg::run(common, reg),
        Verb::Register { file } => verbs::register::register(file),
        Verb::Serve(serve) => verbs::serve::run(common, serve),
        Verb::Session(session) => verbs::session::run(common, session),
        Verb::SessionBroker { user, stay } => verbs::session_broker::run(user, *stay),
        Verb::Tour(tour) => verbs::tour::run(common, tour),
        Verb::Unregister { file } => verbs::register::unregister(file),
        Verb::User(user) => verbs::user::run(common, user),
        Verb::WebProcess => verbs::web_process::run(common),
        Verb::Why => verbs::why::run(common),
    }
}
