//! Which application a path belongs to.
//!
//! The extension to run comes from the configuration alone; the URL only
//! chooses among the configured paths.

use std::sync::Arc;

use crate::config::{App, AuthScheme};
use crate::extension::Extension;

/// An application, ready to be used.
pub struct Application {
    /// Begins and ends with a slash.
    path: String,
    /// What runs.
    pub extension: Arc<Extension>,
    /// How one may say who one is.
    pub auth: Vec<AuthScheme>,
}

/// Where a request goes.
pub enum Route<'a> {
    /// To an application: its path without the closing slash, the rest.
    App(&'a Application, &'a str, &'a str),
    /// The application's path lacks its closing slash.
    AddSlash(&'a Application),
    /// To the static files.
    Static,
}

/// The configured paths.
pub struct Routes {
    /// INVARIANT: longer paths first.
    apps: Vec<Application>,
}

impl Routes {
    /// Makes the table; `extension` gives the cache entry of a library.
    pub fn new(
        apps: &[App],
        default_auth: &[AuthScheme],
        mut extension: impl FnMut(&App) -> Arc<Extension>,
    ) -> Self {
        let mut apps: Vec<_> = apps
            .iter()
            .map(|app| Application {
                path: with_slashes(&app.path),
                extension: extension(app),
                auth: app.auth.clone().unwrap_or_else(|| default_auth.to_vec()),
            })
            .collect();
        apps.sort_by_key(|app| std::cmp::Reverse(app.path.len()));
        Self { apps }
    }

    /// Finds the application of a decoded path: the longest that fits.
    pub fn find<'a>(&'a self, path: &'a str) -> Route<'a> {
        for app in &self.apps {
            let name = app.path.strip_suffix('/').unwrap_or(&app.path);
            match path.strip_prefix(name) {
                Some("") => return Route::AddSlash(app),
                Some(rest) if rest.starts_with('/') => return Route::App(app, name, rest),
                _ => {}
            }
        }
        Route::Static
    }
}

fn with_slashes(path: &str) -> String {
    let trimmed = path.trim_matches('/');
    if trimmed.is_empty() { "/".into() } else { format!("/{trimmed}/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(paths: &[&str]) -> Routes {
        let app = |path: &&str| App {
            path: (*path).into(),
            extension: format!("{path}.so").into(),
            auth: None,
            idle: None,
        };
        let apps: Vec<_> = paths.iter().map(app).collect();
        Routes::new(&apps, &[], |app| {
            Arc::new(Extension::new(&app.extension, &std::env::temp_dir(), None))
        })
    }

    #[test]
    fn the_longest_path_that_ends_at_a_segment_is_used() {
        let routes = routes(&["/mail/", "/mail/admin/", "x"]);
        let found = |path: &str| match routes.find(path) {
            Route::App(app, name, rest) => format!("{} {name} {rest}", app.path),
            Route::AddSlash(app) => format!("slash {}", app.path),
            Route::Static => "static".into(),
        };
        assert_eq!(found("/mail/"), "/mail/ /mail /");
        assert_eq!(found("/mail/inbox/1"), "/mail/ /mail /inbox/1");
        assert_eq!(found("/mail/admin/x"), "/mail/admin/ /mail/admin /x");
        assert_eq!(found("/mail/administrator"), "/mail/ /mail /administrator");
        assert_eq!(found("/mail"), "slash /mail/");
        assert_eq!(found("/x/y"), "/x/ /x /y");
        assert_eq!(found("/mailbox"), "static");
        assert_eq!(found("/"), "static");
    }

    #[test]
    fn an_application_of_the_root_takes_everything_else() {
        let routes = routes(&["/", "/a/"]);
        assert!(matches!(routes.find("/"), Route::App(_, "", "/")));
        assert!(matches!(routes.find("/b"), Route::App(_, "", "/b")));
        assert!(matches!(routes.find("/a/b"), Route::App(_, "/a", "/b")));
    }
}
