//! Every size, count and depth this crate bounds, in one place.
//!
//! Does not hold time limits: the host owns the clock and the deadlines.
//! Each constant says where its value comes from; each has a test at the limit
//! and one past it.

/// Longest method name, in bytes. Ours: the longest registered method
/// (`UPDATEREDIRECTREF`) has 17; RFC 9110 section 9.1 answers 501 beyond.
pub const MAX_METHOD_BYTES: usize = 32;

/// Longest request target, in bytes. RFC 9112 section 3 asks for at least 8000
/// octets of request line; beyond it the answer is 414.
pub const MAX_TARGET_BYTES: usize = 8 * 1024;

/// Longest request line without its line end: method, space, target, space and
/// `HTTP/1.1`. Follows from the two limits above.
pub const MAX_REQUEST_LINE_BYTES: usize = MAX_METHOD_BYTES + 1 + MAX_TARGET_BYTES + 1 + 8;

/// Longest head from the request line to the empty line, both included, in
/// bytes; also the longest head an extension may gather over several writes.
/// Ours: twice what IIS and Apache take for all fields together; 431 beyond.
pub const MAX_HEAD_BYTES: usize = 32 * 1024;

/// Most header fields in a head. Apache's `LimitRequestFields` default; 431
/// beyond for a request.
pub const MAX_HEADERS: usize = 100;

/// Longest field name in a response head, in bytes. Ours: decides how long a
/// first word without a colon may be mistaken for the start of a head.
pub const MAX_RESPONSE_NAME_BYTES: usize = 128;

/// Empty lines accepted before a request line. RFC 9112 section 2.2 asks for at
/// least one; ours allows what old clients send after a POST body.
pub const MAX_LEADING_EMPTY_LINES: usize = 4;

/// Body size refused with 413 unless the host sets its own limit, in bytes.
/// The largest size the 32-bit `cbTotalBytes` of an ISAPI control block could
/// ever name.
pub const DEFAULT_MAX_BODY_BYTES: u64 = u32::MAX as u64;

/// Hex digits in a chunk size: what a 64-bit size needs.
pub const MAX_CHUNK_SIZE_DIGITS: usize = 16;

/// Longest chunk-size line with its extensions, without CRLF, in bytes. Ours.
pub const MAX_CHUNK_LINE_BYTES: usize = 256;

/// All chunk extensions of one body together, in bytes. The bound other servers
/// chose after CVE-2023-39326, where tiny chunks carried huge extensions.
pub const MAX_CHUNK_EXTENSION_BYTES: usize = 16 * 1024;

/// Trailer section of a chunked body, in bytes. Ours: trailers are discarded,
/// so only their parsing costs.
pub const MAX_TRAILER_BYTES: usize = 8 * 1024;

/// Segments in a path. Ours: deeper than any real tree, well below what
/// `PATH_MAX` (4096) could hold.
pub const MAX_PATH_SEGMENTS: usize = 256;

/// Pairs read from one query string or form. Ours: the order of magnitude of
/// ASP.NET's `aspnet:MaxHttpCollectionKeys` (1000).
pub const MAX_QUERY_PAIRS: usize = 1024;

/// User name with its domain, in bytes. ISAPI's `SF_MAX_USERNAME` buffer has
/// 257 bytes, one of them for the NUL.
pub const MAX_USER_BYTES: usize = 256;

/// Password, in bytes. ISAPI's `SF_MAX_PASSWORD` buffer has 257 bytes, one of
/// them for the NUL.
pub const MAX_PASSWORD_BYTES: usize = 256;

/// Decoded authentication token (NTLM, Negotiate), in bytes. Ours: a Kerberos
/// ticket with a large PAC stays below 16 KiB.
pub const MAX_AUTH_TOKEN_BYTES: usize = 16 * 1024;
