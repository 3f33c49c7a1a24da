//! The house that the tour walks through: a `partywall demo` of its own.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::args::Common;

/// Password of both users in the tour's house.
const PASSWORD: &str = "on-tour";
/// How long a request may take.
const REQUEST_BOUND: Duration = Duration::from_secs(15);

/// A house, started when it is first needed and ended with this value.
pub struct House {
    lib_dir: Option<std::path::PathBuf>,
    served: Option<Served>,
}

struct Served {
    demo: Child,
    client: Client,
}

/// Sends requests to the house; may be copied to other threads.
#[derive(Clone)]
pub struct Client {
    base: String,
    agent: ureq::Agent,
}

impl House {
    /// A house that is not open yet.
    pub fn new(common: &Common) -> Self {
        Self { lib_dir: common.lib_dir.clone(), served: None }
    }

    /// A client of the house, which is opened now if it was not.
    pub fn client(&mut self) -> Result<Client, String> {
        if self.served.is_none() {
            self.served = Some(open(self.lib_dir.as_deref())?);
        }
        self.served.as_ref().map(|served| served.client.clone()).ok_or("no house".into())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(mut served) = self.served.take() {
            stop(&served.demo);
            // The demonstration removes its folder before it ends.
            let _ = served.demo.wait();
        }
    }
}

fn open(lib_dir: Option<&std::path::Path>) -> Result<Served, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(["demo", "--http", "127.0.0.1:0", "--password", PASSWORD]);
    if let Some(lib_dir) = lib_dir {
        command.arg("--lib-dir").arg(lib_dir);
    }
    let mut demo = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start a house: {error}"))?;
    let mut first = String::new();
    if let Some(out) = demo.stdout.take() {
        let mut out = BufReader::new(out);
        let _ = out.read_line(&mut first);
        keep_reading(out);
    }
    let address = first.split_whitespace().find_map(|word| word.strip_prefix("http="));
    let Some(address) = address else {
        let mut says = String::new();
        if let Some(mut err) = demo.stderr.take() {
            let _ = err.read_to_string(&mut says);
        }
        let _ = demo.wait();
        return Err(format!("the house did not open: {}", says.trim()));
    };
    let base = format!("http://{address}");
    if let Some(err) = demo.stderr.take() {
        keep_reading(err);
    }
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(REQUEST_BOUND))
        .http_status_as_error(false)
        .build()
        .new_agent();
    Ok(Served { demo, client: Client { base, agent } })
}

/// Reads on, so that the house never blocks on a full pipe.
fn keep_reading(mut from: impl Read + Send + 'static) {
    let _ = security::spawner::spawn("house output", 64 << 10, move || {
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    });
}

/// Asks the demonstration to end.
fn stop(demo: &Child) {
    let pid = demo.id().to_string();
    // The signal is sent by the shell's own tool, which needs no unsafe code.
    let _ = Command::new("kill").args(["-TERM", &pid]).status();
}

impl Client {
    /// `GET` as `user`, or anonymously: status and body.
    pub fn get(&self, path: &str, user: Option<&str>) -> Result<(u16, String), String> {
        self.get_with(path, user.map(|user| (user, PASSWORD)))
    }

    /// `GET` with a name and a password.
    pub fn get_with(&self, path: &str, who: Option<(&str, &str)>) -> Result<(u16, String), String> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some((user, password)) = who {
            request = request.header("Authorization", basic(user, password));
        }
        let failed = |error: ureq::Error| format!("GET {path}: {error}");
        let mut response = request.call().map_err(failed)?;
        let body = response.body_mut().read_to_string().map_err(failed)?;
        Ok((response.status().as_u16(), body))
    }

    /// `GET` of JSON that must succeed.
    pub fn json(&self, path: &str, user: Option<&str>) -> Result<Value, String> {
        let (status, body) = self.get(path, user)?;
        if status != 200 {
            return Err(format!("GET {path} answered {status}"));
        }
        serde_json::from_str(&body).map_err(|error| format!("GET {path}: {error}"))
    }
}

fn basic(user: &str, password: &str) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Basic {text}")
}
