//! The layers: which crate may depend on which.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::shell;

/// The layers from the bottom up, and those that each may use besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("abi", &["wire"]),
    ("runtime", &["wire", "abi"]),
    ("providers", &["wire", "abi"]),
    ("host", &["wire", "abi", "runtime"]),
    ("extensions", &["wire", "abi"]),
    ("library", &["wire", "abi", "runtime", "providers"]),
    ("cli", &["wire", "abi", "runtime", "providers", "host"]),
];

struct Crate {
    layer: String,
    dependencies: Vec<String>,
}

/// Checks the arrows, the layers' READMEs and the list in `ARCHITECTURE.md`.
pub fn check(root: &Path, wrong: &mut Vec<String>) -> Result<(), String> {
    let crates = crates(root)?;
    for (name, krate) in &crates {
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == krate.layer) else {
            wrong.push(format!("{name} is in crates/{}, which is not a layer", krate.layer));
            continue;
        };
        for dependency in &krate.dependencies {
            let Some(other) = crates.get(dependency) else { continue };
            if other.layer != krate.layer && !allowed.contains(&&*other.layer) {
                wrong.push(format!(
                    "{name} ({}) depends on {dependency} ({}): {} may use {}",
                    krate.layer,
                    other.layer,
                    krate.layer,
                    allowed.join(", ")
                ));
            }
        }
    }
    for (layer, _) in LAYERS {
        if !root.join("crates").join(layer).join("README.md").is_file() {
            wrong.push(format!("crates/{layer} has no README.md with its rule"));
        }
    }
    let page = root.join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(&page).unwrap_or_default();
    for name in crates.keys() {
        if !text.contains(&format!("`{name}`")) {
            wrong.push(format!("ARCHITECTURE.md does not mention the crate `{name}`"));
        }
    }
    Ok(())
}

/// The crates below `crates/`, by name. Development dependencies count.
fn crates(root: &Path) -> Result<BTreeMap<String, Crate>, String> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps"];
    let text = shell::output(&mut shell::cargo(&arguments))?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let Ok(below) = manifest.strip_prefix(root.join("crates")) else { continue };
        let layer = below.iter().next().unwrap_or_default().to_string_lossy().into_owned();
        let names = package["dependencies"].as_array().into_iter().flatten();
        let dependencies =
            names.filter_map(|one| one["name"].as_str()).map(str::to_owned).collect();
        let name = package["name"].as_str().unwrap_or_default().to_owned();
        crates.insert(name, Crate { layer, dependencies });
    }
    Ok(crates)
}
