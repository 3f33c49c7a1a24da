//! What a transport provider offers.

use crate::codes::Failure;

/// One recipient of a message that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Kind of the address, `SMTP` for most.
    pub address_type: String,
    /// The address.
    pub address: String,
    /// Its name for people.
    pub name: String,
}

/// A message that is sent: who, to whom, and its bytes.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// Address of the sender.
    pub sender: &'a str,
    /// Those that this transport is responsible for.
    pub recipients: &'a [Recipient],
    /// The message in the form of RFC 5322.
    pub message: &'a [u8],
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecipientResult {
    /// The transport has it, durably.
    Accepted,
    /// Try again later (`MAPI_E_WAIT`).
    Later(String),
    /// Another transport may have it (`MAPI_E_NOT_ME`).
    NotMine,
    /// Never.
    Refused(String),
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// For each recipient, in order.
    pub recipients: Vec<RecipientResult>,
}

/// A transport's logon.
pub trait Transport: Send + Sync {
    /// Kinds of addresses that it sends to.
    fn address_types(&self) -> Vec<String>;

    /// Hands a message over.
    ///
    /// # Errors
    /// Failures of the whole message: `NETWORK_ERROR`, disk errors; nothing was
    /// sent then.
    fn submit(&self, envelope: &Envelope<'_>) -> Result<Sent, Failure>;

    /// Messages that arrived, as bytes of RFC 5322; each is handed to
    /// [`Transport::received`] once a store has it.
    ///
    /// # Errors
    /// `NETWORK_ERROR`; disk errors.
    fn poll(&self) -> Result<Vec<(String, Vec<u8>)>, Failure>;

    /// Says that a store has the message of that name durably.
    ///
    /// # Errors
    /// Disk errors.
    fn received(&self, name: &str) -> Result<(), Failure>;
}
