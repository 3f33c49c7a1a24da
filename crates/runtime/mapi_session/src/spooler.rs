//! The spooler: between stores and transports.
