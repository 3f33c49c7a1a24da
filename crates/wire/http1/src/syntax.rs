//! Character classes and small list grammar shared by the parsers.
//!
//! RFC 9110 sections 5.5 (field values), 5.6.1 (lists), 5.6.2 (tokens);
//! RFC 3986 section 3.2 (authority). Knows nothing of requests or responses.

/// RFC 9110 section 5.6.2: `tchar`.
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// RFC 9110 section 5.6.2: `token`, at least one byte.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// RFC 9110 section 5.5: what may stand in a field value (visible, obs-text,
/// space, tab).
pub(crate) const fn is_value_byte(byte: u8) -> bool {
    byte == b'\t' || (byte >= 0x20 && byte != 0x7f)
}

/// Spaces and tabs cut off both ends.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [b' ' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    while let [head @ .., b' ' | b'\t'] = rest {
        rest = head;
    }
    rest
}

/// RFC 9110 section 5.6.1: the non-empty members of a comma list.
pub(crate) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&b| b == b',').map(trim).filter(|member| !member.is_empty())
}

/// A decimal number of digits only; `None` when empty, signed or too large.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, &digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// RFC 3986 section 3.2 without userinfo, which RFC 9110 section 4.2.4 forbids:
/// `host[:port]`, the host a name, an IPv4 address or a bracketed IPv6 address.
pub(crate) fn is_authority(bytes: &[u8]) -> bool {
    let (host, port) = match bytes {
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|&b| b == b']') else { return false };
            let (literal, after) = rest.split_at(end);
            let inside = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
            if literal.is_empty() || !literal.iter().all(inside) {
                return false;
            }
            (None, after.get(1..).unwrap_or_default())
        }
        _ => {
            let end = bytes.iter().position(|&b| b == b':').unwrap_or(bytes.len());
            let (host, port) = bytes.split_at(end);
            (Some(host), port)
        }
    };
    let host_ok = host.is_none_or(|host| {
        !host.is_empty()
            && host.iter().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'%' | b'!')
            })
    });
    let port_ok = match port {
        [] => true,
        [b':', digits @ ..] => {
            digits.is_empty() || decimal(digits).is_some_and(|port| port <= u64::from(u16::MAX))
        }
        _ => false,
    };
    host_ok && port_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_a_host_and_an_optional_port() {
        for good in ["a", "a.example:80", "127.0.0.1:65535", "[::1]:8080", "[::ffff:1.2.3.4]", "a:"]
        {
            assert!(is_authority(good.as_bytes()), "{good}");
        }
        for bad in ["", ":80", "a:65536", "a:b", "u@h", "a b", "a/b", "[::1", "[]", "[::1]x", "[g]"]
        {
            assert!(!is_authority(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn a_decimal_has_digits_only_and_fits_64_bits() {
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(decimal(b"18446744073709551616"), None);
        assert_eq!(decimal(b"007"), Some(7));
        for bad in ["", "-1", "+1", "1 ", "0x1", "1,1"] {
            assert_eq!(decimal(bad.as_bytes()), None, "{bad}");
        }
    }
}
