#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod auth;
mod body;
mod encoder;
mod hop_by_hop;
pub mod limits;
pub mod oracle;
mod raw_response;
mod reject;
mod request;
mod request_line;
mod response;
mod scan;
mod status;
mod syntax;
mod target;

pub use auth::{AuthError, BasicCredentials, auth_scheme, auth_token};
pub use body::{BodyDecoder, BodyFraming, Progress};
pub use encoder::{Accepted, CONTINUE, Encoder, Persist, RequestFacts, ServerFields};
pub use raw_response::{RawResponse, RawShape, RawSplitter, split_raw_response};
pub use reject::Reject;
pub use request::{HeadParse, Parsed, RequestHead, parse_head};
pub use request_line::Version;
pub use response::{
    HeaderBlock, ResponseError, ResponseHead, parse_header_block, parse_structured_response,
};
pub use status::{error_page, reason_phrase};
pub use target::{QueryPairs, Target, TargetError, query_pairs};
