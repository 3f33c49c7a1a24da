//! `partywall demo`: a temporary house with two users, to look at.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use security::Accounts;
use store_sqlite::{Envelope, Writer};

use super::serve::{block_signals, ready_line, supervise};
use super::{register, user};
use crate::args::{Common, Demo};
use crate::libraries;
use crate::output::{Failure, line};

/// The users of the demonstration.
pub const USERS: [&str; 2] = ["alice", "bob"];

/// The component libraries whose classes are registered.
const COMPONENTS: [&str; 2] = ["libmailcomponent.so", "libechocomponent.so"];

/// The extensions and where they are mounted.
const CONFIG: &str = r#"
[web]
auth = ["anonymous", "basic"]

[[web.app]]
path = "/mail/"
extension = "libwebmail.so"
auth = ["basic"]

[[web.app]]
path = "/threads/"
extension = "libthreads.so"
idle = "3s"

[[web.app]]
path = "/tour/"
extension = "libtour_page.so"

[[web.app]]
path = "/"
extension = "libtour_page.so"
"#;

/// See the module.
pub fn run(common: &Common, demo: &Demo) -> Result<(), Failure> {
    if common.data.is_some() || common.config.is_some() {
        let says = "demo makes its own folder and configuration; `partywall serve` takes yours";
        return Err(Failure::new(says));
    }
    let signals = block_signals()?;
    let folder = temporary_folder()?;
    let data = folder.path().join("data");
    registry::set_data_folder(data.clone());
    let mut passwords = Vec::new();
    let accounts = user::accounts()?;
    for name in USERS {
        let password = demo.password.clone().map_or_else(random_password, Ok)?;
        make_user(&accounts, &data, name, &password)?;
        passwords.push((name, password));
    }
    for component in COMPONENTS {
        register::register(&libraries::find(common, Path::new(component))?)?;
    }
    let config = write_config(folder.path())?;
    let common = Common { config: Some(config), ..common.clone() };

    let served = supervise(&common, &demo.serve, &signals, |address| {
        let _ = line(&ready_line(address));
        let _ = line(&welcome(address, &passwords, &data));
    });
    drop(accounts);
    let path = folder.path().to_owned();
    let removed = folder.close();
    served?;
    removed.map_err(|error| Failure::new(format!("cannot remove {}: {error}", path.display())))
}

/// A folder that goes when the demonstration ends. Users' own kernel identities
/// may pass through it.
fn temporary_folder() -> Result<tempfile::TempDir, Failure> {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new()
        .prefix("partywall-demo-")
        .permissions(std::fs::Permissions::from_mode(0o711))
        .tempdir()
        .map_err(|error| Failure::new(format!("cannot create a temporary folder: {error}")))
}

fn random_password() -> Result<String, Failure> {
    /// Without letters that are mistaken for others.
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

fn make_user(accounts: &Accounts, data: &Path, name: &str, password: &str) -> Result<(), Failure> {
    user::add(accounts, name, password, None)?;
    let mut writer = Writer::open(&mapi_session::user_folder(data, name), name)?;
    let now = jiff::Timestamp::now().as_second();
    for sample in sample_mail::messages(name, now) {
        let folder = writer.ensure_folder(&sample.folder)?;
        let message = mime::decode(&sample.bytes)
            .map_err(|error| Failure::new(format!("a sample message: {error}")))?;
        let envelope = Envelope {
            read: sample.read,
            unsent: sample.draft,
            status: if sample.flagged { mapi_abi::tags::MSGSTATUS_TAGGED } else { 0 },
            received: Some(sample.received),
            now,
        };
        writer.append(folder, &message, &sample.bytes, &envelope)?;
    }
    Ok(writer.commit()?)
}

fn write_config(folder: &Path) -> Result<PathBuf, Failure> {
    let file = folder.join("partywall.toml");
    std::fs::write(&file, CONFIG)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", file.display())))?;
    Ok(file)
}

fn welcome(address: &str, passwords: &[(&str, String)], data: &Path) -> String {
    let bold = |text: &str| {
        if std::io::stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m") } else { text.into() }
    };
    let mut text = String::new();
    let url = bold(&format!("http://{address}/"));
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n  {} is open at {url}\n", bold("Partywall"));
    for (name, password) in passwords {
        let _ = writeln!(text, "  user {:<6} password {}", bold(name), bold(password));
    }
    let _ = write!(
        text,
        "
  http://{address}/mail/            the web mail; add ?trace=1 to see every hop
  http://{address}/threads/         which worker thread runs a request
  http://{address}/                 the four documents, station by station

  identities: alice and bob are checked by Partywall itself; neither is a kernel user.
              {}
  data:       {} (removed at the end)
  stop:       Ctrl-C
",
        real_identities(),
        data.display(),
    );
    text
}

/// Which identities could be real, in words.
fn real_identities() -> &'static str {
    if security::impersonation::is_privileged() {
        "This process may take kernel identities: `partywall user add NAME --unix-user U`."
    } else {
        "This process may not take kernel identities; that needs root."
    }
}
