//! The call of a service's entry point (`MSGSERVICEENTRY`), on a thread of its own.
//!
//! # Protocol
//! Whoever waits shows the sheets that the entry point asks for, on their own
//! thread; the time that a person takes does not count. An entry point that does
//! not answer in time is left alone, and what it changes later counts for nobody.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use com_abi::Interface;
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Field, Section, ServiceInfo, Sheet, SheetAnswer};
use mapi_abi::structs::{MAPI_UNICODE, MSGSERVICEENTRY, SERVICE_UI_ALLOWED, SERVICE_UI_ALWAYS};
use mapi_abi::value::Prop;

use crate::admin::admin;
use crate::library::Library;
use crate::objects::{failed, sentence};
use crate::service::task_allocator;
use crate::support::SupportState;
use crate::worker::{no_answer, thread, thread_ended};

/// Most sheets of one call.
const MAX_SHEETS: usize = 32;

/// What the thread of an entry point says.
pub enum Event {
    /// Somebody is to fill this in.
    Sheet {
        /// What it is called.
        title: String,
        /// What is asked.
        fields: Vec<Field>,
        /// Who waits for the answer.
        reply: Sender<SheetAnswer>,
    },
    /// The entry point answered: the section as it is now.
    Done(Result<Section, Failure>),
}

/// One call.
pub struct Call {
    /// The service.
    pub info: ServiceInfo,
    /// The folder of its description.
    pub folder: PathBuf,
    /// Its library, as the description names it.
    pub library: String,
    /// The function.
    pub entry: String,
    /// `MSG_SERVICE_*`.
    pub context: u32,
    /// `SERVICE_*`.
    pub flags: u32,
    /// The properties.
    pub section: Section,
}

/// Calls an entry point; answers the section as it is afterwards.
///
/// # Errors
/// The entry point's; `TIMEOUT` it does not answer.
pub fn call(call: Call, bound: Duration, sheet: &dyn Sheet) -> Result<Section, Failure> {
    let (says, heard) = channel();
    let what = call.info.display_name.clone();
    thread(move || {
        let done = perform(&call, &says);
        // Whoever asked may have gone.
        let _ = says.send(Event::Done(done));
    })?;
    for _ in 0..=MAX_SHEETS {
        let event = {
            let _wait = observe::wait::begin("a provider's entry point", None);
            heard.recv_timeout(bound)
        };
        match event {
            Ok(Event::Done(done)) => return done,
            Ok(Event::Sheet { title, fields, reply }) => {
                let title = if title.is_empty() { &what } else { &title };
                let _ = reply.send(sheet.show(title, &format!("{what} is configured."), &fields));
            }
            Err(RecvTimeoutError::Timeout) => {
                return Err(Failure::new(Code::TIMEOUT, no_answer(bound)));
            }
            Err(RecvTimeoutError::Disconnected) => return Err(thread_ended()),
        }
    }
    Err(Failure::new(Code::CALL_FAILED, format!("{what} shows its sheet again and again")))
}

fn perform(call: &Call, says: &Sender<Event>) -> Result<Section, Failure> {
    let library = Library::load(&call.folder, &call.library)?;
    let symbol = library.symbol(&call.entry)?;
    // SAFETY: that is the documented type of an entry point.
    let entry: MSGSERVICEENTRY = unsafe { core::mem::transmute(symbol) };
    let section = Arc::new(Mutex::new(call.section.clone()));
    let may_ask = call.flags & (SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS) != 0;
    let sheets = may_ask.then(|| says.clone());
    let support = SupportState::new(&section, &call.library, sheets).object()?;
    let admin = admin(&call.info, &section)?;
    let props: Vec<Prop> = call.section.iter().cloned().collect();
    let mut arguments = Arguments::new();
    let mut error = core::ptr::null_mut();
    // SAFETY: the documented arguments; the objects and properties live until the
    // call returns, and so does the library.
    let (code, explained) = unsafe {
        let code = entry(
            library.instance(),
            task_allocator(),
            support.as_raw(),
            0,
            call.flags | MAPI_UNICODE,
            call.context,
            props.len() as u32,
            arguments.props(&props),
            admin.as_raw(),
            &mut error,
        );
        (code, sentence(error))
    };
    if code.is_err() {
        return Err(failed("its configuration", code, explained));
    }
    let section = section.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(section.clone())
}
