//! A message filter that is ready to use: it tries again by itself for a while,
//! then asks a person whether to go on.
//!
//! While the person thinks, the apartment's calls are served: the question is
//! asked on a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{TryRecvError, channel};
use std::time::Duration;

use com_abi::message::{
    IMessageFilter, IMessageFilter_Impl, INTERFACEINFO, PENDINGMSG_WAITDEFPROCESS,
    SERVERCALL_ISHANDLED, SERVERCALL_RETRYLATER,
};
use com_abi::{HRESULT, class, new_interface};
use prompt::{Answer, Choice, Prompt, Question};

use crate::call;

/// How long it tries by itself, when nothing else is said.
pub const SILENCE: Duration = Duration::from_secs(30);
/// From one try to the next, in milliseconds.
const RETRY_MS: u32 = 250;
/// How long a person may think.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often the apartment looks whether there is an answer.
const LOOK: Duration = Duration::from_millis(20);
/// Stack of the thread that asks, in bytes.
const STACK: usize = 256 << 10;
/// A filter's "give up".
const GIVE_UP: u32 = u32::MAX;

/// See the module.
#[class(interfaces(IMessageFilter))]
pub struct BusyFilter {
    prompt: Arc<dyn Prompt>,
    silence: Duration,
}

impl BusyFilter {
    /// A filter that asks through `prompt` once a call was refused for longer than
    /// `silence`.
    ///
    /// # Errors
    /// None that is documented.
    pub fn object(prompt: Arc<dyn Prompt>, silence: Duration) -> Result<IMessageFilter, HRESULT> {
        new_interface(Self { prompt, silence })
    }

    fn ask(&self, question: Question) -> Answer {
        let (tell, told) = channel();
        let prompt = Arc::clone(&self.prompt);
        let body = move || {
            let _ = tell.send(prompt.ask(&question, PATIENCE));
        };
        if security::spawner::spawn("prompt", STACK, body).is_err() {
            return Answer::Nobody;
        }
        loop {
            match told.try_recv() {
                Ok(answer) => return answer,
                Err(TryRecvError::Disconnected) => return Answer::Nobody,
                Err(TryRecvError::Empty) => call::pause(LOOK),
            }
        }
    }
}

fn question(callee: u32, ticks: u32, reject: u32) -> Question {
    let how = if reject == SERVERCALL_RETRYLATER { "asks to be called later" } else { "refuses" };
    let seconds = f64::from(ticks) / 1000.0;
    Question {
        title: "Server busy".to_owned(),
        text: format!(
            "A component on thread {callee} {how}, for {seconds:.1} seconds now. Finish what it is \
             doing, or wait, and try again."
        ),
        fields: Vec::new(),
        choices: vec![
            Choice { name: "retry", label: "Try again".to_owned() },
            Choice { name: "cancel", label: "Give the call up".to_owned() },
        ],
    }
}

impl IMessageFilter_Impl for BusyFilter {
    unsafe fn HandleInComingCall(
        &self,
        _call_type: u32,
        _caller: *mut core::ffi::c_void,
        _ticks: u32,
        _info: *const INTERFACEINFO,
    ) -> u32 {
        SERVERCALL_ISHANDLED
    }

    unsafe fn RetryRejectedCall(
        &self,
        callee: *mut core::ffi::c_void,
        ticks: u32,
        reject: u32,
    ) -> u32 {
        if Duration::from_millis(ticks.into()) < self.silence {
            return RETRY_MS;
        }
        match self.ask(question(callee as usize as u32, ticks, reject)) {
            Answer::Chosen(choice, _) if choice == "retry" => RETRY_MS,
            _ => GIVE_UP,
        }
    }

    unsafe fn MessagePending(
        &self,
        _callee: *mut core::ffi::c_void,
        _ticks: u32,
        _pending: u32,
    ) -> u32 {
        PENDINGMSG_WAITDEFPROCESS
    }
}
