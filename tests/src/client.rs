//! A client of a house.

use std::time::Duration;

use base64::Engine;
use serde_json::Value;

/// Sends requests to one address; may be copied to other threads.
#[derive(Clone)]
pub struct Client {
    address: String,
    agent: ureq::Agent,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }
}

impl Client {
    pub fn new(address: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .max_redirects(0);
        Self { address: address.to_owned(), agent: config.build().new_agent() }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// `GET`; `who` is a name and a password.
    pub fn get(&self, path: &str, who: Option<(&str, &str)>) -> Answer {
        self.try_get(path, who).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    pub fn try_get(&self, path: &str, who: Option<(&str, &str)>) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.get(format!("http://{}{path}", self.address));
        if let Some((user, password)) = who {
            let text =
                base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
            request = request.header("Authorization", format!("Basic {text}"));
        }
        let mut response = request.call()?;
        let body = response.body_mut().with_config().limit(u64::MAX).read_to_vec()?;
        let text = |value: &ureq::http::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers = response.headers().iter();
        Ok(Answer {
            status: response.status().as_u16(),
            headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
            body,
        })
    }
}
