//! A data folder of its own, in which stations run the program as a person would.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a command may take.
const BOUND: Duration = Duration::from_secs(30);

/// See the module.
pub struct Village {
    folder: tempfile::TempDir,
}

/// What a command did.
pub struct Ran {
    /// Whether it succeeded.
    pub ok: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Village {
    /// An empty one.
    pub fn new() -> Result<Self, String> {
        let folder = tempfile::Builder::new()
            .prefix("partywall-tour-")
            .tempdir()
            .map_err(|error| format!("cannot make a folder: {error}"))?;
        Ok(Self { folder })
    }

    /// A file in it.
    pub fn file(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    fn command(&self, arguments: &[&str]) -> Result<Command, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.args(arguments).arg("--data").arg(self.data());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the program with these arguments and this input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Result<Ran, String> {
        let mut child = Running::start(self.command(arguments)?)?;
        child.say(input)?;
        child.end()
    }

    /// Runs what has to succeed.
    pub fn must(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let ran = self.run(arguments, input)?;
        if ran.ok {
            return Ok(ran.out);
        }
        Err(format!("`partywall {}` failed: {}", arguments.join(" "), ran.err.trim()))
    }

    /// Runs what has to answer JSON.
    pub fn json(&self, arguments: &[&str]) -> Result<Value, String> {
        let out = self.must(&[arguments, &["--json"]].concat(), "")?;
        serde_json::from_str(&out).map_err(|error| format!("{error}: {out}"))
    }

    /// Starts what goes on until it is told to end.
    pub fn start(&self, arguments: &[&str]) -> Result<Running, String> {
        Running::start(self.command(arguments)?)
    }
}

/// A command that goes on; it is ended with this value.
pub struct Running(Child);

impl Running {
    fn start(mut command: Command) -> Result<Self, String> {
        command.spawn().map(Self).map_err(|error| format!("cannot run the program: {error}"))
    }

    fn say(&mut self, input: &str) -> Result<(), String> {
        let Some(mut to) = self.0.stdin.take() else { return Ok(()) };
        match to.write_all(input.as_bytes()) {
            // It did not want to hear it.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(|error| error.to_string()),
        }
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.0.id()
    }

    /// Waits for its end, at most for the bound.
    pub fn end(mut self) -> Result<Ran, String> {
        drop(self.0.stdin.take());
        let end = Instant::now() + BOUND;
        let (out, err) = (self.0.stdout.take(), self.0.stderr.take());
        let (out, err) = (reading(out)?, reading(err)?);
        let status = loop {
            if let Some(status) = self.0.try_wait().map_err(|error| error.to_string())? {
                break status;
            }
            if Instant::now() > end {
                return Err(format!("a command did not end within {} s", BOUND.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let text = |thread: std::thread::JoinHandle<String>| thread.join().unwrap_or_default();
        Ok(Ran { ok: status.success(), out: text(out), err: text(err) })
    }
}

fn reading(
    from: Option<impl std::io::Read + Send + 'static>,
) -> Result<std::thread::JoinHandle<String>, String> {
    let read = move || {
        let mut text = String::new();
        if let Some(mut from) = from {
            // What is no text shows nothing.
            let _ = from.read_to_string(&mut text);
        }
        text
    };
    security::spawner::spawn("tour output", 128 << 10, read).map_err(|error| error.to_string())
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
