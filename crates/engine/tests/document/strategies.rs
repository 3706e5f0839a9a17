//! Pages to read: clean ones, broken ones, and nonsense.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

/// Pieces that break pages in as many ways as there are rules of repair.
const PIECES: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "\"",
    "'",
    "=",
    "&",
    "&amp;",
    "&lt",
    "&#",
    "&#x41;",
    "&nbsp;",
    "&copy=",
    "&#0;",
    "&#13;",
    "&#xFFFE;",
    "-",
    "--",
    "<!--",
    "-->",
    "<!-->",
    "--!>",
    "<!DOCTYPE html>",
    "<?",
    "\0",
    "\r",
    "\n",
    "\n\n",
    "\t",
    "\x0c",
    " ",
    "\u{feff}",
    "\u{a0}",
    "椅",
    "x",
    " a=1",
    " class='a b'",
    " id=\"x\"",
    " id='x'",
    " checked",
    " A='1'",
    " xml:lang='a'",
    "<p>",
    "</p>",
    "<p class='a'>",
    "<a>",
    "<a href='/x'>",
    "</a>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<code>",
    "</code>",
    "<nobr>",
    "<font>",
    "<div>",
    "</div>",
    "<ul>",
    "</ul>",
    "<ol>",
    "</ol>",
    "<li>",
    "</li>",
    "<dl>",
    "</dl>",
    "<dt>",
    "</dt>",
    "<dd>",
    "</dd>",
    "<h1>",
    "</h1>",
    "<h2>",
    "</h2>",
    "<form>",
    "</form>",
    "<button>",
    "</button>",
    "<select>",
    "</select>",
    "<option>",
    "</option>",
    "<optgroup>",
    "<textarea>",
    "</textarea>",
    "<input>",
    "<input/>",
    "<br>",
    "</br>",
    "<hr>",
    "<img>",
    "<image>",
    "<pre>",
    "</pre>",
    "<pre>\n",
    "<textarea>\n",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<caption>",
    "<svg>",
    "</svg>",
    "<math>",
    "<title>",
    "</title>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<template>",
    "</template>",
    "<noscript>",
    "<object>",
    "</object>",
    "<ruby>",
    "<rt>",
    "<iframe>",
    "<html>",
    "</html>",
    "<head>",
    "</head>",
    "<body>",
    "</body>",
    "<body class='a'>",
    "<meta>",
    "<link>",
    "<base>",
    "<span>",
    "</span>",
    "<label>",
    "</label>",
    "<DIV>",
    "<div/>",
    "<x-y>",
    "<details>",
    "</details>",
    "<menu>",
    "</menu>",
    "<plaintext>",
    "<xmp>",
    "<frameset>",
    "<listing>",
    "<center>",
    "<search>",
];

/// Text as it stands in a page.
fn text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "a", "Zebra", " ", "\n", "  \n", "椅子", "é", "1 > 0", "\"", "'", "=", "-", "--", "& ",
        "&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#x27;", "&#60;", "&nbsp;", "&hellip;",
        "&#26885;", "\t", "/", "!", "]]",
    ]);
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Attributes, each name once.
fn attributes() -> impl Strategy<Value = String> {
    let value = || text().prop_map(|value| value.replace(['"', '\''], ""));
    let one = |name: &'static str| {
        proptest::option::weighted(0.3, (value(), any::<bool>())).prop_map(move |value| match value
        {
            None => String::new(),
            Some((value, true)) => format!(" {name}=\"{value}\""),
            Some((value, false)) => format!("\n {name}='{value}'"),
        })
    };
    let class = select(vec![
        "",
        " class=\"a\"",
        " class='b a'",
        " class='\n a\tc '",
        " class=\"a-name-of-more-than-sixteen-bytes a\"",
    ]);
    let id = select(vec!["", "", " id='x'", " id=\"y\""]);
    let href = select(vec![
        "",
        " href='/x'",
        " href='/y?a=1&amp;b=2'",
        " title=''",
        " hidden",
    ]);
    let long = one("data-name-of-more-than-sixteen-bytes");
    (class, id, href, one("data-id"), one("value"), long).prop_map(
        |(class, id, href, data, value, long)| [class, id, href, &data, &value, &long].concat(),
    )
}

/// An element with content.
fn element(
    names: &'static [&'static str],
    content: impl Strategy<Value = String>,
) -> impl Strategy<Value = String> {
    (select(names), attributes(), content)
        .prop_map(|(name, attributes, content)| format!("<{name}{attributes}>{content}</{name}>"))
}

fn several(of: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    vec(of, 0..4).prop_map(|parts| parts.concat())
}

/// Text and elements that may stand in it, without links and controls.
fn plain_phrases() -> BoxedStrategy<String> {
    let void = (
        select(vec!["br", "img", "wbr", "input"]),
        attributes(),
        any::<bool>(),
    )
        .prop_map(|(name, attributes, slash)| {
            format!("<{name}{attributes}{}>", if slash { "/" } else { "" })
        });
    let leaf = prop_oneof![
        4 => text(),
        1 => void,
        1 => text().prop_map(|text| format!("<!-- {} -->", text.replace('-', ""))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        element(
            &[
                "b", "i", "em", "code", "span", "time", "small", "q", "strong", "u",
            ],
            several(inner),
        )
    })
    .boxed()
}

/// Everything that may stand in a paragraph.
fn phrases() -> BoxedStrategy<String> {
    prop_oneof![
        4 => plain_phrases(),
        2 => element(&["a"], several(plain_phrases())),
        1 => element(&["button"], several(plain_phrases())),
        1 => element(&["textarea"], prop_oneof![text(), text().prop_map(|text| format!("\n{text}"))]),
        1 => element(&["select"], several(element(&["option"], text()))),
        1 => element(&["label"], several(plain_phrases())),
        1 => Just("<script>if (1 < 2 && \"&amp;\") { }</script>".to_owned()),
    ]
    .boxed()
}

fn blocks() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        4 => element(&["p", "h1", "h3", "pre"], several(phrases())),
        1 => phrases(),
        1 => Just("<hr>".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let blocks = [
            "div", "section", "article", "nav", "main", "details", "figure",
        ];
        prop_oneof![
            3 => element(Box::leak(Box::new(blocks)), several(inner.clone())),
            1 => element(&["ul", "ol"], several(element(&["li"], several(inner.clone())))),
            1 => element(&["dl"], several(element(&["dt", "dd"], several(inner)))),
        ]
    })
    .boxed()
}

/// A page as a careful server writes it.
pub fn clean_page() -> impl Strategy<Value = String> {
    let head =
        (text(), select(vec!["", "<style>a > b { }</style>\n"])).prop_map(|(title, style)| {
            format!(
                "<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <link rel='StyleSheet' href='/a.css'>{style}</head>"
            )
        });
    let form = element(&["form"], several(blocks()));
    (head, attributes(), blocks(), form, several(blocks())).prop_map(
        |(head, attributes, before, form, after)| {
            format!(
                "<!doctype html>\n<!-- x --><html{attributes}>\n{head}\n\
                 <body>\n{before}{form}{after}</body>\n</html>\n"
            )
        },
    )
}

/// A clean page with a few changes to it.
pub fn mutated_page() -> impl Strategy<Value = String> {
    let change = (
        any::<Index>(),
        any::<Index>(),
        0..12_usize,
        proptest::option::weighted(0.7, select(PIECES)),
    );
    (clean_page(), vec(change, 1..6)).prop_map(|(page, changes)| {
        changes.into_iter().fold(page, |page, change| {
            let (at, kind, length, piece) = change;
            let mut chars: Vec<char> = page.chars().collect();
            let start = at.index(chars.len() + 1);
            let end = chars.len().min(start + length);
            let range = match kind.index(3) {
                0 => start..start,
                1 => start..end,
                _ => near_a_tag(&chars, start),
            };
            chars.splice(range, piece.unwrap_or_default().chars());
            chars.into_iter().collect()
        })
    })
}

/// The tag at or after a place, so that whole tags get lost.
fn near_a_tag(chars: &[char], from: usize) -> std::ops::Range<usize> {
    let find = |from: usize, wanted: char| {
        let place = chars[from..].iter().position(|c| *c == wanted);
        place.map_or(chars.len(), |place| from + place)
    };
    let start = find(from, '<');
    start..(find(start, '>') + 1).min(chars.len())
}

/// Pieces in any order, in a frame that lets the clean reader come to them.
pub fn garbage() -> impl Strategy<Value = String> {
    let pieces = || vec(select(PIECES), 0..12).prop_map(|pieces| pieces.concat());
    (pieces(), pieces(), any::<bool>()).prop_map(|(body, rest, is_framed)| match is_framed {
        true => {
            format!("<!DOCTYPE html><html><head></head><body>{body}<p>x</p>{rest}</body></html>")
        }
        false => format!("{body}<body>{rest}"),
    })
}
