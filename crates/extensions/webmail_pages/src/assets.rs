//! The style sheet and the script of the web mail.

use std::sync::LazyLock;

use page::Asset;

/// The style sheet.
pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("style.css", include_str!("../assets/mail.css")));
/// The script: local times, keys, the list's place. The pages work without.
pub static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("mail.js", include_str!("../assets/mail.js")));

/// The asset of that name.
pub fn find(name: &str) -> Option<&'static Asset> {
    [&*STYLE, &*SCRIPT].into_iter().find(|asset| asset.name() == name)
}
