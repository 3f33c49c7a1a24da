//! The request as the place where the pages run.

use std::time::{SystemTime, UNIX_EPOCH};

use mail_abi::client::Mailbox;
use partywall::isapi::Request;
use webmail_pages::{Failure, House, Stage};

use crate::mailbox::ComponentMailbox;

/// A request that is being answered.
pub struct RequestHouse<'r, 'b>(pub &'r Request<'b>);

impl House for RequestHouse<'_, '_> {
    type Mailbox = ComponentMailbox;

    fn open(&self) -> Result<ComponentMailbox, Failure> {
        Mailbox::create()
            .map(ComponentMailbox)
            .map_err(|code| Failure { stage: Stage::Create, code: code.0.cast_unsigned() })
    }

    fn trace(&self) -> Option<String> {
        self.0.variable(c"PARTYWALL_TRACE")
    }

    fn now(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
    }
}
