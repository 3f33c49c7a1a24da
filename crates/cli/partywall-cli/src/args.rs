//! The command line.

mod messaging;
mod registry;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use messaging::{Profile, ProfileVerb, Session, SessionLogon, SessionVerb, Ui, Via};
pub use registry::{Reg, RegVerb, ValueType};

/// Components, web extensions and mail sessions in separate apartments, with
/// walls you can see through.
#[derive(Debug, Parser)]
#[command(name = "partywall", version, max_term_width = 100, propagate_version = true)]
pub struct Arguments {
    /// Flags of every verb.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Flags of every verb.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Folder of accounts, registry and mail
    /// [default: $XDG_DATA_HOME/partywall or ~/.local/share/partywall].
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Configuration, TOML; every key has a default.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder in which libraries are searched first; then beside the program,
    /// then in ../lib/partywall.
    #[arg(long, global = true, value_name = "DIR")]
    pub lib_dir: Option<PathBuf>,
    /// Print data, and errors, as JSON.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make an object of a class and call a method of it by name; print what it
    /// answers.
    Call(Call),
    /// Print the completions of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Serve a temporary house with two users and sample mail, to look at.
    Demo(Demo),
    /// Say what a result code means, and what to do.
    Error {
        /// A number, decimal or 0x…, or a name like REGDB_E_CLASSNOTREG.
        #[arg(allow_hyphen_values = true)]
        code: String,
    },
    /// Import, list and read mail.
    Mail(Mail),
    /// Where an object lives, by its class's ThreadingModel and its client's
    /// apartment: measured now.
    Matrix(Matrix),
    /// Measure one row of the matrix in this process.
    #[command(hide = true)]
    MatrixRow {
        /// The client.
        client: String,
    },
    /// The historical design, in a process that can be ended.
    #[command(hide = true, name = "historical-pollers")]
    HistoricalPollers {
        /// The set-up.
        #[arg(long = "setup")]
        set_up: String,
    },
    /// Message profiles: which message services a user's sessions have.
    Profile(Profile),
    /// Query and change the registry, read and write .reg files.
    Reg(Reg),
    /// Let a component library write its classes into the registry.
    Register {
        /// The library.
        file: PathBuf,
    },
    /// Serve: supervise the web process and what it needs.
    Serve(Serve),
    /// Mail sessions: log on, list, log off.
    Session(Session),
    /// Bring the programs of a user together that share a session.
    #[command(hide = true)]
    SessionBroker {
        /// The user.
        #[arg(long)]
        user: String,
        /// Stay in the foreground.
        #[arg(long)]
        stay: bool,
    },
    /// Walk through the four documents: each station quotes a sentence, does
    /// the real thing and shows what happened.
    Tour(Tour),
    /// Let a component library take its classes out of the registry.
    Unregister {
        /// The library.
        file: PathBuf,
    },
    /// Accounts.
    User(User),
    /// Serve on a socket that the supervisor hands over.
    #[command(hide = true)]
    WebProcess,
    /// Say who waits for whom in the processes of the data folder, circles first.
    Why,
}

/// A call by name.
#[derive(Clone, Debug, Args)]
pub struct Call {
    /// ProgID like Partywall.Echo.Both, or {CLSID}.
    pub class: String,
    /// The method, or a property to read.
    pub method: String,
    /// Its arguments, converted to what the method takes; [1,2,3] is an array.
    #[arg(value_name = "ARG", allow_negative_numbers = true)]
    pub arguments: Vec<String>,
}

/// Where to listen.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Address of the web host; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
    /// Address of the console.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081")]
    pub console: SocketAddr,
    /// Address of the endpoint mapper
    /// [default: 127.0.0.1:135 where allowed, else 127.0.0.1:10135].
    #[arg(long, value_name = "ADDR")]
    pub rpc: Option<SocketAddr>,
}

/// The demonstration.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// Where to listen.
    #[command(flatten)]
    pub serve: Serve,
    /// Password of both users, instead of random ones.
    #[arg(long, value_name = "P")]
    pub password: Option<String>,
}

/// The matrix.
#[derive(Clone, Debug, Args)]
pub struct Matrix {
    /// The six rules for when a proxy stands between, instead.
    #[arg(long)]
    pub rules: bool,
}

/// The tour.
#[derive(Clone, Debug, Args)]
pub struct Tour {
    /// Stations of one document only: com, dcom, isapi, sessions, hang.
    #[arg(value_name = "DOCUMENT")]
    pub document: Option<String>,
    /// All stations, also those that take long.
    #[arg(long)]
    pub all: bool,
    /// Only the station with this identifier.
    #[arg(long, value_name = "ID", conflicts_with = "document")]
    pub station: Option<String>,
    /// List the stations instead of walking.
    #[arg(long)]
    pub list: bool,
}

/// Accounts.
#[derive(Debug, Args)]
pub struct User {
    /// What to do.
    #[command(subcommand)]
    pub verb: UserVerb,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// Add an account with an empty mailbox.
    Add {
        /// Name of the account.
        name: String,
        /// Read the password from standard input instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
        /// User of the system whose kernel identity the account has.
        #[arg(long, value_name = "U")]
        unix_user: Option<String>,
    },
    /// Let an account open another's mailbox, or take that back.
    Grant {
        /// Whose mailbox.
        #[arg(long, value_name = "NAME")]
        mailbox: String,
        /// Who may open it.
        name: String,
        /// For what.
        #[arg(long, value_enum, default_value = "read")]
        rights: Rights,
    },
    /// List the accounts.
    List,
    /// Remove an account; its mail stays.
    Remove {
        /// Name of the account.
        name: String,
    },
}

/// What a delegate may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rights {
    /// Read.
    Read,
    /// Read and change.
    Write,
    /// Nothing any more.
    None,
}

/// Mail.
#[derive(Debug, Args)]
pub struct Mail {
    /// What to do.
    #[command(subcommand)]
    pub verb: MailVerb,
}

/// What to do with mail.
#[derive(Debug, Subcommand)]
pub enum MailVerb {
    /// List a user's folders.
    Folders {
        /// Whose.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Read a Maildir tree, an mbox file or a single message into a store.
    Import(Import),
    /// List the messages of a folder, the newest first.
    List {
        /// Whose.
        #[arg(long, value_name = "NAME")]
        user: String,
        /// Which folder; folders inside folders are written A/B.
        #[arg(long, value_name = "F", default_value = "Inbox")]
        folder: String,
    },
    /// Send a message through the user's own session.
    Send(MailSend),
    /// Print a message.
    Read {
        /// Whose.
        #[arg(long, value_name = "NAME")]
        user: String,
        /// Identifier, as `mail list --json` prints it.
        id: String,
        /// Print the bytes as they were received.
        #[arg(long)]
        raw: bool,
    },
}

/// A message.
#[derive(Debug, Args)]
pub struct MailSend {
    /// Whose message it is.
    #[arg(long, value_name = "NAME")]
    pub user: String,
    /// To whom; can be repeated. An account of this house is NAME@partywall.test.
    #[arg(long, value_name = "ADDRESS", required = true)]
    pub to: Vec<String>,
    /// Who gets a copy; can be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub cc: Vec<String>,
    /// Its subject.
    #[arg(long, value_name = "S", default_value = "")]
    pub subject: String,
    /// A file to attach; can be repeated.
    #[arg(long, value_name = "F")]
    pub attach: Vec<PathBuf>,
    /// Its text; standard input otherwise.
    pub text: Option<String>,
}

/// What to import.
#[derive(Debug, Args)]
pub struct Import {
    /// Into whose store.
    #[arg(long, value_name = "NAME")]
    pub user: String,
    /// Where from.
    #[command(flatten)]
    pub source: ImportSource,
}

/// Where to import from.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ImportSource {
    /// A Maildir++ tree.
    #[arg(long, value_name = "D")]
    pub maildir: Option<PathBuf>,
    /// An mbox file.
    #[arg(long, value_name = "F")]
    pub mbox: Option<PathBuf>,
    /// A single message.
    #[arg(long, value_name = "F")]
    pub eml: Option<PathBuf>,
}
