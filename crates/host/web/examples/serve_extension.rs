//! Serves one extension at `/app/` and a folder at `/`:
//! `serve_extension ADDRESS LIBRARY.so [FOLDER]`, until standard input ends.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use web::{App, Config, Host};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(library)) = (arguments.next(), arguments.next()) else {
        return Err("use: serve_extension ADDRESS LIBRARY.so [FOLDER]".into());
    };
    let data = std::env::temp_dir().join(format!("serve-extension-{}", std::process::id()));
    std::fs::create_dir(&data)?;
    let config = Config {
        root: arguments.next().map(Into::into),
        apps: vec![App { path: "/app/".into(), extension: library.into(), auth: None, idle: None }],
        ..Config::default()
    };
    let accounts = Arc::new(security::Accounts::open(&data)?);
    let host = Host::start(config, TcpListener::bind(address)?, accounts)?;
    println!("listening on {}", host.addr());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("{:?}", host.drain(Duration::from_secs(5)));
    std::fs::remove_dir_all(&data)?;
    Ok(())
}
