//! Restrictions as bytes: what a search folder looks for.
//!
//! Layout: a version byte, then each condition as its kind in one byte and its
//! parts; tags in 4 bytes, values as in `codec.rs`. Reading takes any bytes; depth
//! and number of conditions are bounded as for any restriction.

use mapi_abi::restriction::{
    MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES, Match, RelOp, Restriction,
};
use mapi_abi::tags::PropTag;

use crate::codec::{Reader, put_count, put_counted, put_value};

/// The layout that is written and read.
const VERSION: u8 = 1;

/// Writes a restriction.
pub(crate) fn encode(restriction: &Restriction) -> Vec<u8> {
    let mut out = vec![VERSION];
    put(restriction, &mut out);
    out
}

/// The restriction that `bytes` are, all of them.
pub(crate) fn decode(bytes: &[u8]) -> Option<Restriction> {
    let mut reader = Reader(bytes);
    if reader.u8()? != VERSION {
        return None;
    }
    let restriction = get(&mut reader, 1, &mut 0)?;
    reader.0.is_empty().then_some(restriction)
}

fn put_tag(tag: PropTag, out: &mut Vec<u8>) {
    out.extend_from_slice(&tag.0.to_le_bytes());
}

const fn op_number(op: RelOp) -> u8 {
    match op {
        RelOp::Lt => 0,
        RelOp::Le => 1,
        RelOp::Gt => 2,
        RelOp::Ge => 3,
        RelOp::Eq => 4,
        RelOp::Ne => 5,
        RelOp::Re => 6,
    }
}

const fn op_of(number: u8) -> Option<RelOp> {
    Some(match number {
        0 => RelOp::Lt,
        1 => RelOp::Le,
        2 => RelOp::Gt,
        3 => RelOp::Ge,
        4 => RelOp::Eq,
        5 => RelOp::Ne,
        6 => RelOp::Re,
        _ => return None,
    })
}

const fn match_byte(kind: Match) -> u8 {
    match kind {
        Match::Full => 0,
        Match::Substring => 1,
        Match::Prefix => 2,
    }
}

const fn match_of(byte: u8) -> Option<Match> {
    Some(match byte {
        0 => Match::Full,
        1 => Match::Substring,
        2 => Match::Prefix,
        _ => return None,
    })
}

fn put(restriction: &Restriction, out: &mut Vec<u8>) {
    match restriction {
        Restriction::And(parts) => put_parts(0, parts, out),
        Restriction::Or(parts) => put_parts(1, parts, out),
        Restriction::Not(part) => {
            out.push(2);
            put(part, out);
        }
        Restriction::Content { tag, text, kind, ignore_case } => {
            out.push(3);
            put_tag(*tag, out);
            out.extend([match_byte(*kind), u8::from(*ignore_case)]);
            put_counted(text.as_bytes(), out);
        }
        Restriction::Property { tag, op, value } => {
            out.push(4);
            put_tag(*tag, out);
            out.push(op_number(*op));
            put_value(value, out);
        }
        Restriction::CompareProps { op, left, right } => {
            out.extend([5, op_number(*op)]);
            put_tag(*left, out);
            put_tag(*right, out);
        }
        Restriction::BitMask { tag, mask, non_zero } => {
            out.extend([6, u8::from(*non_zero)]);
            put_tag(*tag, out);
            out.extend_from_slice(&mask.to_le_bytes());
        }
        Restriction::Size { op, tag, bytes } => {
            out.extend([7, op_number(*op)]);
            put_tag(*tag, out);
            out.extend_from_slice(&bytes.to_le_bytes());
        }
        Restriction::Exist(tag) => {
            out.push(8);
            put_tag(*tag, out);
        }
        Restriction::Sub { table, condition } => {
            out.push(9);
            put_tag(*table, out);
            put(condition, out);
        }
        Restriction::Comment(part) => {
            out.extend([10, u8::from(part.is_some())]);
            if let Some(part) = part {
                put(part, out);
            }
        }
        Restriction::Count(most, part) => {
            out.push(11);
            out.extend_from_slice(&most.to_le_bytes());
            put(part, out);
        }
        Restriction::ContentBytes { tag, bytes, kind } => {
            out.push(12);
            put_tag(*tag, out);
            out.push(match_byte(*kind));
            put_counted(bytes, out);
        }
    }
}

fn put_parts(kind: u8, parts: &[Restriction], out: &mut Vec<u8>) {
    out.push(kind);
    put_count(parts.len(), out);
    for part in parts {
        put(part, out);
    }
}

fn get(reader: &mut Reader<'_>, depth: usize, nodes: &mut usize) -> Option<Restriction> {
    *nodes += 1;
    if depth > MAX_RESTRICTION_DEPTH || *nodes > MAX_RESTRICTION_NODES {
        return None;
    }
    let tag = |reader: &mut Reader<'_>| reader.u32().map(PropTag);
    Some(match reader.u8()? {
        0 => Restriction::And(get_parts(reader, depth, nodes)?),
        1 => Restriction::Or(get_parts(reader, depth, nodes)?),
        2 => Restriction::Not(Box::new(get(reader, depth + 1, nodes)?)),
        3 => {
            let (tag, kind) = (tag(reader)?, match_of(reader.u8()?)?);
            let ignore_case = reader.u8()? != 0;
            Restriction::Content { tag, text: reader.text()?, kind, ignore_case }
        }
        4 => {
            let (tag, op) = (tag(reader)?, op_of(reader.u8()?)?);
            Restriction::Property { tag, op, value: reader.value()? }
        }
        5 => Restriction::CompareProps {
            op: op_of(reader.u8()?)?,
            left: tag(reader)?,
            right: tag(reader)?,
        },
        6 => {
            let non_zero = reader.u8()? != 0;
            Restriction::BitMask { tag: tag(reader)?, mask: reader.u32()?, non_zero }
        }
        7 => {
            Restriction::Size { op: op_of(reader.u8()?)?, tag: tag(reader)?, bytes: reader.u32()? }
        }
        8 => Restriction::Exist(tag(reader)?),
        9 => {
            let table = tag(reader)?;
            let condition = Box::new(get(reader, depth + 1, nodes)?);
            Restriction::Sub { table, condition }
        }
        10 => match reader.u8()? {
            0 => Restriction::Comment(None),
            _ => Restriction::Comment(Some(Box::new(get(reader, depth + 1, nodes)?))),
        },
        11 => {
            let most = reader.u32()?;
            Restriction::Count(most, Box::new(get(reader, depth + 1, nodes)?))
        }
        12 => {
            let (tag, kind) = (tag(reader)?, match_of(reader.u8()?)?);
            Restriction::ContentBytes { tag, bytes: reader.counted()?.to_vec(), kind }
        }
        _ => return None,
    })
}

fn get_parts(reader: &mut Reader<'_>, depth: usize, nodes: &mut usize) -> Option<Vec<Restriction>> {
    let count = reader.u32()?;
    if usize::try_from(count).ok()? > MAX_RESTRICTION_NODES {
        return None;
    }
    (0..count).map(|_| get(reader, depth + 1, nodes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restrictions_are_read_up_to_their_limits() {
        let nested = |depth: usize| {
            (1..depth)
                .fold(Restriction::Exist(PropTag(1)), |inner, _| Restriction::Not(Box::new(inner)))
        };
        let wide = |nodes: usize| Restriction::And(vec![Restriction::Exist(PropTag(1)); nodes - 1]);
        for (inside, outside) in [
            (nested(MAX_RESTRICTION_DEPTH), nested(MAX_RESTRICTION_DEPTH + 1)),
            (wide(MAX_RESTRICTION_NODES), wide(MAX_RESTRICTION_NODES + 1)),
        ] {
            assert_eq!(decode(&encode(&inside)), Some(inside));
            assert_eq!(decode(&encode(&outside)), None);
        }
    }
}
