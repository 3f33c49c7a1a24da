//! Pictures and printed pages, made from what can be read in the source: PNG
//! (ISO/IEC 15948) with a palette and stored deflate blocks (RFC 1950, 1951), PDF
//! 1.4 (ISO 32000-1) with one page and a standard font.
//!
//! Nothing is compressed: the pictures are small.

/// Most bytes of one stored deflate block (RFC 1951 3.2.4).
const MAX_STORED_BYTES: usize = 0xFFFF;

/// Characters of a drawing and their colours; 16 at most.
const PALETTE: [(char, [u8; 3]); 10] = [
    (' ', [0xFD, 0xF6, 0xEC]),
    ('#', [0x22, 0x22, 0x26]),
    ('=', [0xD8, 0xCF, 0xC0]),
    ('b', [0xA8, 0x4B, 0x35]),
    ('r', [0xBF, 0x5E, 0x44]),
    ('d', [0x5A, 0x2A, 0x24]),
    ('g', [0x7C, 0x80, 0x8A]),
    ('w', [0xFF, 0xFF, 0xFF]),
    ('y', [0xE9, 0xC4, 0x3A]),
    ('o', [0x9A, 0x6B, 0x3A]),
];

/// A PNG of a drawing in characters, each a square of `scale` pixels, an even number.
pub(crate) fn png(drawing: &str, scale: usize) -> Vec<u8> {
    let rows: Vec<&str> = drawing.lines().collect();
    let columns = rows.iter().map(|row| row.chars().count()).max().unwrap_or(0);
    let mut pixels = Vec::new();
    for row in &rows {
        let mut line = vec![0_u8]; // No filter.
        for character in row.chars().chain(std::iter::repeat(' ')).take(columns) {
            let index = PALETTE.iter().position(|(known, _)| *known == character).unwrap_or(0);
            // Two pixels a byte.
            line.extend(std::iter::repeat_n(index.to_le_bytes()[0] * 0x11, scale / 2));
        }
        for _ in 0..scale {
            pixels.extend(&line);
        }
    }
    let mut header = Vec::new();
    header.extend(be32(columns * scale));
    header.extend(be32(rows.len() * scale));
    header.extend([4, 3, 0, 0, 0]);
    let colours: Vec<u8> = PALETTE.iter().flat_map(|(_, rgb)| *rgb).collect();

    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in
        [(b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib(&pixels)), (b"IEND", Vec::new())]
    {
        file.extend(be32(data.len()));
        let body = [kind.as_slice(), &data].concat();
        file.extend(&body);
        file.extend(crc32(&body).to_be_bytes());
    }
    file
}

/// Sizes here are far below 4 GiB.
fn be32(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(MAX_STORED_BYTES).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1, 0), |(low, high), &byte| {
        let low = (low + u32::from(byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    let add = |crc: u32, &byte: &u8| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc));
    !data.iter().fold(u32::MAX, add)
}

/// A PDF of one A5 page: a heading, lines of ASCII text, and `drawing`, PDF
/// operators put before the text.
pub(crate) fn pdf(heading: &str, lines: &[&str], drawing: &str) -> Vec<u8> {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
    let mut page = format!("{drawing}\nBT /F1 18 Tf 40 540 Td ({}) Tj\n", escaped(heading));
    page.push_str("/F1 11 Tf 0 -32 Td 16 TL\n");
    for line in lines {
        page.push_str(&format!("({}) Tj T*\n", escaped(line)));
    }
    page.push_str("ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 5 0 R \
         /Resources << /Font << /F1 4 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{page}endstream", page.len()),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.push_str(&format!(
        "{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_their_specifications() {
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn a_picture_says_its_size_and_ends_properly() {
        let file = png("#b\nrd\n==", 4);
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(&file[16..24], [0, 0, 0, 8, 0, 0, 0, 12]);
        assert!(file.ends_with(b"IEND\xAE\x42\x60\x82"));
    }

    #[test]
    fn the_table_of_a_pdf_points_at_its_objects() {
        let file = String::from_utf8(pdf("Bill (paid)", &["a", "b"], "")).expect("ASCII");
        let start = file.find("xref\n").expect("a table");
        assert!(file.ends_with(&format!("startxref\n{start}\n%%EOF\n")));
        for (index, line) in file[start..].lines().skip(3).take(5).enumerate() {
            let offset: usize = line[..10].parse().expect("an offset");
            assert!(file[offset..].starts_with(&format!("{} 0 obj", index + 1)), "{line}");
        }
        assert!(file.contains("(Bill \\(paid\\))"));
    }
}
