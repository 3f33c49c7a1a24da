//! Identifiers written as text, checked where they are written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// The constant for `"5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010"`, braces allowed.
pub fn constant(text: &LitStr) -> syn::Result<TokenStream> {
    let value = parse(&text.value()).ok_or_else(|| {
        syn::Error::new(
            text.span(),
            "expected an identifier of the form \"5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010\"",
        )
    })?;
    Ok(quote!(::com_abi::GUID::from_u128(#value)))
}

fn parse(text: &str) -> Option<u128> {
    let inner = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}')?,
        None => text,
    };
    let groups: Vec<&str> = inner.split('-').collect();
    let widths = [8, 4, 4, 4, 12];
    if groups.len() != widths.len() {
        return None;
    }
    let mut value = 0u128;
    for (group, width) in groups.iter().zip(widths) {
        if group.len() != width || !group.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        value = value << (4 * width) | u128::from_str_radix(group, 16).ok()?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_identifier_is_read_with_and_without_braces() {
        let value = 0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000010;
        assert_eq!(parse("5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010"), Some(value));
        assert_eq!(parse("{5f0b6a10-3c1e-4b7a-9e52-7a1d0c000010}"), Some(value));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "{5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010",
            "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00001",
            "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00001G",
            "5F0B6A103C1E4B7A9E527A1D0C000010",
            "+F0B6A10-3C1E-4B7A-9E52-7A1D0C000010",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
