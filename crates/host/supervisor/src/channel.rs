//! One end of a control channel.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;

use control::Message;

/// Most bytes that are kept of a message that is not complete.
const ROOM: usize = 4096;

/// A control channel. Reading blocks unless the caller polled first.
pub struct Channel {
    stream: UnixStream,
    pending: Vec<u8>,
}

impl Channel {
    /// A channel over a connected socket.
    pub fn new(stream: UnixStream) -> Self {
        Self { stream, pending: Vec::new() }
    }

    /// The socket, to poll.
    pub fn fd(&self) -> RawFd {
        self.stream.as_raw_fd()
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The other end is gone.
    pub fn send(&mut self, message: &Message) -> io::Result<()> {
        let bytes = message.encode().map_err(io::Error::other)?;
        self.stream.write_all(&bytes)
    }

    /// Waits for a message; nothing when the other end has closed.
    ///
    /// # Errors
    /// Reading failed, or what was read is not a message.
    pub fn receive(&mut self) -> io::Result<Option<Message>> {
        loop {
            if let Some((message, taken)) =
                Message::decode(&self.pending).map_err(io::Error::other)?
            {
                self.pending.drain(..taken);
                return Ok(Some(message));
            }
            let mut buffer = [0; ROOM];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(count) => self.pending.extend(buffer.iter().take(count)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
