//! The files that letters carry, by name.

use crate::clock;
use crate::parts::{pdf, png};

/// A file as it is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

const WALL: &str = "\
========================
rrrrr=bbbbb=rrrrr=bbbbb=
rrrrr=bbbbb=rrrrr=bbbbb=
========================
bb=rrrrr=bbbbb=rrrrr=bbb
bb=rrrrr=bbbbb=rrrrr=bbb
========================
rrrrr=bbbbb=ddddd=rrrrr=
rrrrr=bbbbb=ddddd=rrrrr=
========================
bb=rrrrr=rrrrr=bbbbb=rrr
bb=rrrrr=rrrrr=bbbbb=rrr
";

const FUGUE: &str = "
   g        g
   gg      gg
   ggg    ggg
   gggggggggg
   gyy#gg#yyg
   gyy#gg#yyg
   gggg##gggg
  #ggg#gg#ggg#
   gggggggggg
    gggggggg    g
   gggggggggg  gg
  gggggggggggg gg
  gggggggggggggg
  ggwwgggggggg
   ww  gg gg
";

const NOTE: &str = "
       yyyyyyyy
       yyyyyyyy
       yy    yy
       yy    yy
       yy    yy
       yy    yy
   yyyyy yyyyyy
  yyyyyy yyyyyy
  yyyyy  yyyyy
   yyy    yyy
";

const HATCH: &str = "\
rrrrr=bbbbb=rrrrr=bbbbb=
rr==================bbb=
===oooooooooooooooo=====
bb=o##wwwwwwwwww##o=rrrr
bb=o#wwwwwwwwwwww#o=rrrr
===oywwwwwwwwwwwwyo=====
rr=o#wwwwwwwwwwww#o=bbb=
rr=o##wwwwwwwwww##o=bbb=
===oooooooooooooooo=====
bb==================rrrr
bb=rrrrr=bbbbb=rrrrr=bbb
";

/// Two flats and what is between them.
const PLAN: &str = "1 w 40 60 165 260 re 215 60 165 260 re S\n\
    0.66 0.29 0.21 rg 203 60 14 260 re f\n\
    1 1 1 rg 203 180 14 22 re f\n0 g";

/// A file by its name; `now` dates an appointment. None when there is no such file.
pub(crate) fn find(name: &str, now: i64) -> Option<File> {
    let file = |content_type, bytes: &[u8]| Some(File { content_type, bytes: bytes.to_vec() });
    let text = "text/plain; charset=utf-8";
    let table = "text/csv; charset=utf-8";
    match name {
        "Schlüsselliste Größe 2.txt" => file(text, include_bytes!("../files/key-list.txt")),
        "measures.txt" => file(text, include_bytes!("../files/measures.txt")),
        "radish-diary.txt" => file(text, include_bytes!("../files/radish-diary.txt")),
        "radish-weights.csv" => file(table, include_bytes!("../files/radish-weights.csv")),
        "shared-costs.csv" => file(table, include_bytes!("../files/shared-costs.csv")),
        "boiler-inspection.ics" => {
            file("text/calendar; charset=utf-8; method=PUBLISH", appointment(now).as_bytes())
        }
        "wall.png" => file("image/png", &png(WALL, 8)),
        "fugue.png" => file("image/png", &png(FUGUE, 8)),
        "note.png" => file("image/png", &png(NOTE, 4)),
        "hatch.png" => file("image/png", &png(HATCH, 8)),
        _ => file("application/pdf", &printed(name)?),
    }
}

fn printed(name: &str) -> Option<Vec<u8>> {
    Some(match name {
        "water-bill.pdf" => pdf(
            "Lakeside Waterworks: your bill",
            &[
                "Alice Adler, second floor left",
                "",
                "water, 11 m3 at 2.10 ......... 23.10",
                "waste water, 11 m3 at 1.90 ... 20.90",
                "meter ......................... 4.00",
                "total ........................ 48.00",
                "",
                "This page is waterproof when laminated.",
            ],
            "",
        ),
        "power-bill.pdf" => pdf(
            "North Lights Power: your bill",
            &[
                "Bob Brandt, second floor right",
                "",
                "electricity, 310 kWh at 0.31 .. 96.10",
                "basic charge .................. 12.00",
                "drill, one morning ............. 0.04",
                "total ........................ 108.14",
            ],
            "",
        ),
        "programme.pdf" => pdf(
            "Doors and Tones",
            &[
                "1  Open the gate",
                "2  The door is ajar (for four voices and a hinge)",
                "3  The Houses of Jericho",
                "4  Who has the key?",
                "   Interval (the door stays open)",
                "5  Knock, knock",
                "6  Standing in the rain, slow",
                "7  Sarabande, both halves. B. Brandt, cello",
            ],
            "",
        ),
        "floor-plan.pdf" => pdf(
            "Second floor",
            &["left: Adler          right: Brandt", "between: one brick and a half, one hatch"],
            PLAN,
        ),
        _ => return None,
    })
}

/// An appointment (RFC 5545) a few days ahead of `now`.
fn appointment(now: i64) -> String {
    let day = now - now.rem_euclid(86_400) + 5 * 86_400;
    let at = |seconds: i64| clock::basic(day + seconds);
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//House office//The book//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:boiler@house.example",
        &format!("DTSTAMP:{}", at(-14 * 86_400)),
        &format!("DTSTART:{}", at(9 * 3_600)),
        &format!("DTEND:{}", at(10 * 3_600)),
        "SUMMARY:Boiler inspection\\, second floor",
        "DESCRIPTION:Both flats. It is warmer than last year.",
        "LOCATION:Either side of the wall",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    .join("\r\n")
}
