//! SQLite's and the file system's errors as the subsystem's codes.
//!
//! The one place where such an error becomes a code and a sentence.

use mapi_abi::codes::{Code, Failure};
use rusqlite::ErrorCode;

/// Turns SQLite's error into a failure while doing `what`.
pub(crate) fn of_sqlite(what: &'static str) -> impl Fn(rusqlite::Error) -> Failure {
    move |error| {
        let (code, advice) = match error.sqlite_error_code() {
            Some(code) => of_code(code),
            None => (Code::CORRUPT_STORE, "the store holds a value of an unexpected type"),
        };
        Failure::new(code, format!("{what}: {advice} ({error})"))
    }
}

fn of_code(code: ErrorCode) -> (Code, &'static str) {
    match code {
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            (Code::CORRUPT_STORE, "the store is damaged: restore it or import the mail again")
        }
        ErrorCode::DiskFull => (Code::NOT_ENOUGH_DISK, "the disk is full: make room and repeat"),
        ErrorCode::PermissionDenied
        | ErrorCode::ReadOnly
        | ErrorCode::CannotOpen
        | ErrorCode::AuthorizationForStatementDenied => {
            (Code::NO_ACCESS, "the store's files may not be opened: check owner and mode")
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            (Code::TIMEOUT, "another process holds the store too long: repeat")
        }
        ErrorCode::SystemIoFailure => (Code::DISK_ERROR, "reading or writing the disk failed"),
        ErrorCode::OutOfMemory => (Code::NOT_ENOUGH_MEMORY, "out of memory"),
        ErrorCode::TooBig => (Code::TOO_BIG, "a value is larger than the store can hold"),
        ErrorCode::ConstraintViolation => (Code::COLLISION, "the store's rules forbid it"),
        _ => (Code::CALL_FAILED, "the store could not do it"),
    }
}

/// Turns a file system error into a failure.
pub(crate) fn of_io(what: &str, error: &std::io::Error) -> Failure {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => Code::NOT_FOUND,
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            Code::NO_ACCESS
        }
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            Code::NOT_ENOUGH_DISK
        }
        _ => Code::DISK_ERROR,
    };
    Failure::new(code, format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_told_apart() {
        let connection = rusqlite::Connection::open_in_memory().expect("a database");
        let code = |sql: &str| {
            let failed = connection.query_row(sql, [], |_| Ok(())).expect_err("a failure");
            of_sqlite("trying")(failed).code
        };
        assert_eq!(code("SELECT length(zeroblob(2000000000))"), Code::TOO_BIG);
        assert_eq!(code("SELECT * FROM missing"), Code::CALL_FAILED);
        let io = |kind| of_io("trying", &std::io::Error::from(kind)).code;
        assert_eq!(io(std::io::ErrorKind::StorageFull), Code::NOT_ENOUGH_DISK);
        assert_eq!(io(std::io::ErrorKind::PermissionDenied), Code::NO_ACCESS);
        assert_eq!(io(std::io::ErrorKind::TimedOut), Code::DISK_ERROR);
    }
}
