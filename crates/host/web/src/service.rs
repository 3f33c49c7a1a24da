//! What every request needs of its host.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::auth::Authenticator;
use crate::clock::Clock;
use crate::config::Config;
use crate::extension::Extension;
use crate::route::Routes;
use crate::static_files::Root;

/// The parts of a host that its workers share.
pub struct Service {
    /// As it was given.
    pub config: Config,
    /// The host's time.
    pub clock: Clock,
    /// Finds out who sent a request.
    pub authenticator: Authenticator,
    /// The applications.
    pub routes: Routes,
    /// Their extensions, each once.
    pub extensions: Vec<Arc<Extension>>,
    /// The static files.
    pub root: Option<Root>,
    /// Their folder without a closing slash; empty without one.
    pub root_text: String,
    draining: AtomicBool,
}

impl Service {
    /// Puts the parts together.
    ///
    /// # Errors
    /// The folder of the static files cannot be opened.
    pub fn new(
        config: Config,
        clock: Clock,
        accounts: Arc<security::Accounts>,
    ) -> std::io::Result<Self> {
        let mut extensions: Vec<Arc<Extension>> = Vec::new();
        // Applications that share a library share its one instance.
        let routes = Routes::new(&config.apps, &config.auth, |app| {
            if let Some(known) = extensions.iter().find(|e| e.path() == app.extension) {
                return Arc::clone(known);
            }
            let idle = idle_time(&config, &app.extension);
            let extension = Arc::new(Extension::new(&app.extension, &config.runtime_dir, idle));
            extensions.push(Arc::clone(&extension));
            extension
        });
        let root = config.root.as_deref().map(Root::open).transpose()?;
        let root_text = config.root.as_deref().map(|root| root.display().to_string());
        Ok(Self {
            root_text: root_text.unwrap_or_default().trim_end_matches('/').to_owned(),
            authenticator: Authenticator::new(accounts, &config.domain, &config.realm),
            clock,
            routes,
            extensions,
            root,
            draining: AtomicBool::new(false),
            config,
        })
    }

    /// Whether connections are closed after their present request.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Connections are closed after their present request from now on.
    pub fn begin_draining(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }
}

/// The longest idle time of the applications that share a library; none when
/// one of them keeps it for ever.
fn idle_time(config: &Config, library: &Path) -> Option<Duration> {
    let sharing = config.apps.iter().filter(|app| app.extension == library);
    let times: Option<Vec<Duration>> = sharing.map(|app| app.idle).collect();
    times?.into_iter().max()
}
