//! The made-up messages of the preview.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use webmail_pages::{Attachment, Message, Summary};

/// 2026-08-14T16:20:00Z.
pub const NOW: i64 = 1_786_724_400;
/// Messages in the inbox.
pub const COUNT: usize = 321;

/// A record of a request as the host writes it.
pub const TRACE: &str = r#"[
{"hop":"worker","tid":41207,"apartment":"mta","pid":41190,"user":"alice","us":9320},
{"hop":"extension","tid":41207,"apartment":"mta","pid":41190,"user":"alice","us":9105},
{"hop":"proxy call CreateInstance","tid":41207,"apartment":"mta","pid":41190,"user":"alice","us":610},
{"hop":"component","tid":41215,"apartment":"host-sta","pid":41190,"user":"alice","us":342},
{"hop":"proxy call Folders","tid":41207,"apartment":"mta","pid":41190,"user":"alice","us":1870},
{"hop":"component","tid":41215,"apartment":"host-sta","pid":41190,"user":"alice","us":1732},
{"hop":"session","tid":41215,"apartment":"host-sta","pid":41190,"user":"alice","us":1105},
{"hop":"store","tid":41230,"apartment":"none","pid":41190,"user":"alice","us":730},
{"hop":"proxy call Messages","tid":41207,"apartment":"mta","pid":41190,"user":"alice","us":5210},
{"hop":"component","tid":41302,"apartment":"sta","pid":41288,"user":"alice","us":5021},
{"hop":"session","tid":41302,"apartment":"sta","pid":41288,"user":"alice","us":4020}]"#;

const PEOPLE: [(&str, &str); 12] = [
    ("Marta Lindqvist", "marta.lindqvist@glashus.example"),
    ("Øystein Bråten", "oystein@braten.example"),
    ("山田 花子", "hanako.yamada@yamada.example"),
    ("Samuel O’Connor-Fitzgerald of the Dublin Office", "sam.oconnor@office.example"),
    ("Build service", "build@partywall.example"),
    ("Анна Петрова", "anna@petrova.example"),
    ("João Conceição", "joao@conceicao.example"),
    ("security-announce@lists.example", "security-announce@lists.example"),
    ("Fatima Zahra", "fatima.zahra@archive.example"),
    ("Zoë Brontë", "zoe@bronte.example"),
    ("Travel desk", "desk@travel.example"),
    ("Rainer Weiß", "rainer.weiss@rahmen.example"),
];

const SUBJECTS: [&str; 16] = [
    "Site visit on Thursday: who brings the ladder?",
    "Re: Apartment threading and the window that never closes",
    "第三四半期の議事録について",
    "Your invoice for July, with a picture",
    "Nightly build 2214 passed (1,482 tests)",
    "Re: Re: Re: Fwd: Minutes of the residents’ meeting, with the corrected list of everyone who signed for the new staircase and the remarks of the surveyor",
    "Протокол встречи",
    "[DSA 5790-1] security update for the mail store",
    "Old letters from the archive, scanned",
    "Lunch?",
    "Booking confirmed: night train to Wien, 2 September",
    "Angebot für 24 Scheiben Verbundglas",
    "",
    "Re: how many workers do we need?",
    "Draft of the talk: walls of glass",
    "Photos from the roof",
];

fn subject(at: usize) -> &'static str {
    SUBJECTS[at % SUBJECTS.len()]
}

/// A line of the list.
pub fn summary(at: usize) -> Summary {
    let (sender, _) = PEOPLE[at * 5 % PEOPLE.len()];
    Summary {
        id: format!("{at:04x}"),
        subject: subject(at).to_owned(),
        sender: sender.to_owned(),
        received: NOW - i64::try_from(at * at * 700 + at * 2_900 + 900).unwrap_or(0),
        size: u32::try_from(900 + at * at * 7919 % 3_400_000).unwrap_or(0),
        attachments: u32::try_from(attachments(at).len()).unwrap_or(0),
        read: false,
        flagged: at % 9 == 2,
    }
}

const PLAIN: &str = "Hello Alice,

the survey is done and the wall between 4B and 4C can be opened. I put the drawings at https://glashus.example/drawings/4b?rev=7&view=section, please look at them before Thursday (the section through the stair is the interesting one).

Two things are open:

  1. who brings the ladder,
  2. whether the pane is 8 or 10 mm. See www.rahmen.example/verbundglas.

Marta Lindqvist wrote on 12 August:
> I would rather keep the old frame. It has carried the house for ninety
> years and it will carry one more pane.
>
>> Did anybody measure it again after the winter? The plaster beside the
>> door came off in February.
>>
>>> No, but Rainer has the numbers from 2019.
>> Then let us take those.
> Agreed.

That is fine with me. A very long line without any break follows to see what happens: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

Best wishes
Øystein

-- 
Øystein Bråten · Tømrermester
Storgata 12, Trondheim
";

const HTML: &str = r##"<html><head><title>Invoice</title><style>body{background:url(https://track.example/bg.png)}</style></head>
<body bgcolor="#f4f6f8"><table width="600" align="center" cellpadding="0" cellspacing="0" style="border-collapse:collapse;background-color:#ffffff">
<tr><td style="padding:24px 28px;background-color:#12324a;color:#ffffff;font-size:20px"><img src="cid:logo@glass" width="28" height="28" alt="" style="vertical-align:middle"> &nbsp;Glashus Verbund</td></tr>
<tr><td style="padding:24px 28px"><h2 style="margin:0 0 12px 0">Invoice 2026-0714</h2>
<p>Dear Alice,</p><p>thank you for your order. The invoice is attached; the sum of <b>1.284,50&nbsp;€</b> is due on 1 September.</p>
<img src="https://track.example/open.gif?u=alice" width="1" height="1"><img src="http://cdn.example/banner.png" alt="Banner of the summer sale">
<table width="100%" cellpadding="8" style="border-collapse:collapse"><tr style="background-color:#e9eff3"><th align="left">Item</th><th align="right">Pieces</th><th align="right">Price</th></tr>
<tr><td>Verbundglas 8 mm</td><td align="right">24</td><td align="right">48,00 €</td></tr><tr><td>Delivery</td><td align="right">1</td><td align="right">132,50 €</td></tr></table>
<p><a href="https://glashus.example/invoice/2026-0714" style="color:#0b6a75">See the invoice in your account</a> or <a href="mailto:office@glashus.example">write to us</a>.</p>
<script>alert(1)</script><p onclick="alert(2)">With kind regards<br>your Glashus office</p></td></tr></table></body></html>"##;

/// A whole message.
pub fn message(at: usize) -> Message {
    let (sender, address) = PEOPLE[at * 5 % PEOPLE.len()];
    let row = summary(at);
    let html = (at % 16 == 3).then(|| HTML.to_owned());
    let to = if at % 16 == 5 {
        "Alice Example <alice@partywall.example>, Bob Example <bob@partywall.example>, residents@lists.example, Fatima Zahra <fatima.zahra@archive.example>, Zoë Brontë <zoe@bronte.example>"
    } else {
        "Alice Example <alice@partywall.example>"
    };
    Message {
        subject: row.subject.clone(),
        sender: sender.to_owned(),
        sender_address: address.to_owned(),
        to: to.to_owned(),
        cc: if at.is_multiple_of(3) {
            "Bob Example <bob@partywall.example>".to_owned()
        } else {
            String::new()
        },
        text: Some(PLAIN.to_owned()),
        html,
        headers: format!(
            "Received: from mx.example (mx.example [192.0.2.7])\r\n\tby partywall.example with ESMTP id 4Zk1\r\nFrom: {sender} <{address}>\r\nTo: {to}\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_wall\"\r\n",
            row.subject
        ),
        received: row.received,
        size: row.size,
        read: row.read,
    }
}

/// What is attached to it.
pub fn attachments(at: usize) -> Vec<Attachment> {
    let item =
        |number, name: &str, content_type: &str, size, content_id: Option<&str>| Attachment {
            number,
            size,
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            content_id: content_id.map(str::to_owned),
        };
    match at % 16 {
        3 => vec![
            item(0, "Rechnung 2026-0714 Glashus Verbund.pdf", "application/pdf", 184_220, None),
            item(1, "logo.png", "image/png", 70, Some("logo@glass")),
        ],
        0 => vec![
            item(0, "section-4b-4c.pdf", "application/pdf", 2_480_112, None),
            item(1, "Maße 2019 (Rainer).xlsx", "application/vnd.ms-excel", 18_400, None),
            item(2, "roof.zip", "application/zip", 9_120_000, None),
        ],
        15 => vec![item(0, "屋根.jpg", "image/jpeg", 3_204_551, None)],
        _ => Vec::new(),
    }
}

/// The bytes of one of them.
pub fn attachment(at: usize, number: u32) -> Option<Vec<u8>> {
    const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let known = attachments(at).into_iter().find(|item| item.number == number)?;
    if known.content_id.is_some() {
        return STANDARD.decode(DOT).ok();
    }
    Some(format!("the bytes of {}\n", known.name).into_bytes())
}
