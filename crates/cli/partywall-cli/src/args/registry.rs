//! The command line of `partywall reg`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The registry.
#[derive(Debug, Args)]
pub struct Reg {
    /// What to do.
    #[command(subcommand)]
    pub verb: RegVerb,
}

/// What to do with the registry.
#[derive(Debug, Subcommand)]
pub enum RegVerb {
    /// Delete a key with everything below it, or one value.
    Delete {
        /// The key.
        key: String,
        /// Only this value; "" is the default value.
        #[arg(long, value_name = "NAME")]
        value: Option<String>,
    },
    /// Write a key and everything below it into a .reg file.
    Export {
        /// The key.
        key: String,
        /// The file, UTF-16LE as the original writes it; `-` is standard
        /// output, in UTF-8.
        file: PathBuf,
    },
    /// Do what a .reg file says: all of it, or nothing.
    Import {
        /// The file; `-` is standard input.
        file: PathBuf,
    },
    /// Show the values of a key.
    Query {
        /// The key, like `HKEY_CLASSES_ROOT\Partywall.Mail` or
        /// `HKLM\Software`.
        key: String,
        /// Only this value; "" is the default value.
        #[arg(long, value_name = "NAME")]
        value: Option<String>,
        /// Also everything below the key.
        #[arg(long)]
        recursive: bool,
    },
    /// Set a value, creating its key where that is missing.
    Set {
        /// The key.
        key: String,
        /// Name of the value; without it the default value.
        #[arg(long, value_name = "NAME", default_value = "")]
        value: String,
        /// Type of the value.
        #[arg(long = "type", value_name = "TYPE", default_value = "sz", ignore_case = true)]
        kind: ValueType,
        /// Text; for multi_sz any number of them; a number, decimal or 0x…; or
        /// bytes in hexadecimal.
        #[arg(value_name = "DATA", allow_negative_numbers = true)]
        words: Vec<String>,
    },
}

/// Type of a value.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum ValueType {
    /// Bytes
    #[value(alias = "reg_binary")]
    Binary,
    /// Number of 32 bits
    #[value(alias = "reg_dword")]
    Dword,
    /// Text with %NAME% for variables
    #[value(alias = "reg_expand_sz")]
    ExpandSz,
    /// List of texts
    #[value(alias = "reg_multi_sz")]
    MultiSz,
    /// Number of 64 bits
    #[value(alias = "reg_qword")]
    Qword,
    /// Text
    #[value(alias = "reg_sz")]
    Sz,
}
