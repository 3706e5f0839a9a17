//! The two readers of HTML see the same in every page that the clean one takes.
//!
//! To search for longer than the usual second, give the number of cases:
//! `PROPTEST_CASES=1000000 cargo test --release -p isutori-engine --test document`.

mod pages;
mod selectors;
mod strategies;

use isutori_engine::document::{Comparison, Document, compare_readers};
use proptest::prelude::*;

use selectors::SELECTORS;
use strategies::{clean_page, garbage, mutated_page};

/// What all elements hold that the selectors find, in words.
fn findings(page: &str) -> String {
    let document = Document::parse(page.as_bytes()).expect("a page");
    let mut findings = String::new();
    for selector in SELECTORS {
        for element in document.root().all(selector) {
            let attributes = ["class", "id", "href", "title", "value"]
                .map(|name| element.attribute(name).unwrap_or("-").to_owned());
            findings += &format!("{selector}: {:?} {attributes:?}\n", element.text());
        }
    }
    findings
}

/// The same page in a form that the clean reader leaves to the strict one.
fn declined(page: &str) -> String {
    let odd = format!("<!-- -- -->{page}");
    assert!(
        matches!(compare_readers(&odd, &[]), Comparison::Declined { .. }),
        "the clean reader takes comments with -- inside"
    );
    odd
}

proptest! {
    #[test]
    fn clean_pages_are_taken_and_read_alike(page in clean_page()) {
        prop_assert_eq!(compare_readers(&page, SELECTORS), Comparison::Agreed);
        prop_assert_eq!(findings(&page), findings(&declined(&page)));
    }

    #[test]
    fn mutated_pages_are_read_alike_or_declined(page in mutated_page()) {
        let outcome = compare_readers(&page, SELECTORS);
        prop_assert!(!matches!(outcome, Comparison::Disagreed(_)), "{:?}", outcome);
    }

    #[test]
    fn garbage_is_read_alike_or_declined(page in garbage()) {
        let outcome = compare_readers(&page, SELECTORS);
        prop_assert!(!matches!(outcome, Comparison::Disagreed(_)), "{:?}", outcome);
    }
}

#[test]
fn pages_of_a_careful_server_are_never_declined() {
    for page in [pages::HOME, pages::THREAD, pages::FORMS] {
        assert_eq!(compare_readers(page, SELECTORS), Comparison::Agreed);
    }
}

#[test]
fn whatever_would_be_repaired_is_declined() {
    assert_eq!(
        compare_readers(&page("<p>x</p>"), SELECTORS),
        Comparison::Agreed
    );
    for odd in [
        "<p>",
        "</p>",
        "<b><i></b></i>",
        "<p><div></div></p>",
        "<p><span><ul></ul></span></p>",
        "<li>x</li>",
        "<ul><li>x<li>y</ul>",
        "<a>x<b><a>y</a></b></a>",
        "<form><div><form></form></div></form>",
        "<button><button></button></button>",
        "<h1><span><h2></h2></span></h1>",
        "<select><input></select>",
        "<select><option><b>x</b></option></select>",
        "<option>x</option>",
        "<table><tr><td>x</td></tr></table>",
        "<svg></svg>",
        "<my-element></my-element>",
        "<noscript></noscript>",
        "<title>x</title>",
        "<body>",
        "<DIV></DIV>",
        "<div/>",
        "<p class=a></p>",
        "<p id='x' id='x'></p>",
        "<p CLASS='a'></p>",
        "<p class='a'id='b'></p>",
        "<p class = 'a'></p>",
        "<p class='a></p>",
        "<p class='&copy'></p>",
        "<p>&copy</p>",
        "<p>&eacute;</p>",
        "<p>&#128;</p>",
        "<p>1 < 2</p>",
        "<p>a\0b</p>",
        "<p>a\r\nb</p>",
        "<textarea><b></textarea>",
        "<script><!-- x --></script>",
        "<script>'</p>'</script>",
        "<!-- a -- b -->",
        "<!--> <p>x</p> -->",
        "<!x>",
        "<?x?>",
        "</body>x",
        "</body></html>x",
    ] {
        let outcome = compare_readers(&page(odd), SELECTORS);
        assert!(
            matches!(outcome, Comparison::Declined { .. }),
            "{odd}: {outcome:?}"
        );
    }
    for odd in [
        "",
        "x",
        "<p>x</p>",
        "<html><head></head><body></body></html>",
        "<!DOCTYPE html><body></body></html>",
        "<!DOCTYPE html><html><body></body></html>",
        "<!DOCTYPE html><html><head></head></html>",
        "<!DOCTYPE html><html><head></head><body>",
        "<!DOCTYPE html><html><head><p></p></head><body></body></html>",
        "<!DOCTYPE html SYSTEM 'about:legacy-compat'><html><head></head><body></body></html>",
    ] {
        let outcome = compare_readers(odd, SELECTORS);
        assert!(
            matches!(outcome, Comparison::Declined { .. }),
            "{odd}: {outcome:?}"
        );
    }
}

/// A page with this body.
fn page(body: &str) -> String {
    format!("<!DOCTYPE html><html><head></head><body>{body}</body></html>")
}

#[test]
fn attributes_of_any_length_are_read_alike() {
    for name_length in 1..=40 {
        for value_length in 0..=70 {
            let name = "n".repeat(name_length);
            let value = "v".repeat(value_length);
            let tags = [
                format!("<p {name}=\"{value}\" {name}x='{value}'>{value}</p>"),
                format!(
                    "<p {name}='{value}&amp;' {name}x={:?} id=\"x\">&lt;</p>",
                    value
                ),
                format!("<p class=\"{value}\" {name}y=\"{value}&#39;{value}\" {name}></p>"),
            ];
            for tag in tags {
                let page = page(&format!("{tag}<i>{}</i>", " ".repeat(name_length)));
                assert_eq!(
                    compare_readers(&page, SELECTORS),
                    Comparison::Agreed,
                    "{tag}"
                );
            }
        }
    }
}

#[test]
fn names_that_begin_alike_are_told_apart() {
    for body in [
        "<p data-abcdef='1' data-abcdeg='2'>x</p>",
        "<fieldset>x</fieldset><h1>x</h1><b>x</b><blockquote>x</blockquote>",
        "<p class='a-class-of-16-by'>x</p><p class='a-class-of-17-byt'>x</p>",
    ] {
        assert_eq!(compare_readers(&page(body), SELECTORS), Comparison::Agreed);
    }
    for odd in [
        "<p data-abcdef='1' data-abcdef='2'>x</p>",
        "<p data-of-more-than-16='1' id='x' data-of-more-than-16='1'>x</p>",
        "<figcaptions>x</figcaptions>",
        "<h7>x</h7>",
        "<b1>x</b1>",
        "<i-x>x</i-x>",
        "<p></p-x>",
        "<p></P>",
    ] {
        let outcome = compare_readers(&page(odd), SELECTORS);
        assert!(matches!(outcome, Comparison::Declined { .. }), "{odd}");
    }
    // A length of a byte more than it holds must not look like a short name.
    for name in ["article", "section", "b"] {
        let odd = format!("<{name}{}>x</{name}>", "x".repeat(256));
        let outcome = compare_readers(&page(&odd), SELECTORS);
        assert!(matches!(outcome, Comparison::Declined { .. }), "{odd}");
    }
}

#[test]
fn an_element_is_found_wherever_it_stands_and_only_inside() {
    for count in 1..50 {
        for place in 0..count {
            let items: String = (0..count)
                .map(|at| match at == place {
                    true => "<p class='x' title='t'>here</p>",
                    false => "<p>-</p>",
                })
                .collect();
            let page = page(&format!("<div>{items}</div><p class='x'>behind</p>"));
            let document = Document::parse(page.as_bytes()).expect("a page");
            let div = document.root().one("div").expect("one div");
            assert_eq!(div.one("p.x").expect("one p.x").text(), "here");
            assert_eq!(div.one("p[title]").expect("one title").text(), "here");
            assert_eq!(div.all("p").len(), count);
            assert_eq!(document.root().all("p.x").len(), 2);
        }
    }
}

#[test]
fn deep_and_wide_pages_are_declined_and_not_feared() {
    let deep = "<div>".repeat(10_000) + &"</div>".repeat(10_000);
    let attributes: String = (0..3_000).map(|n| format!(" a{n}=''")).collect();
    let wide = format!("<p{attributes}></p>");
    for (body, ends) in [(deep, Some("html.too-hard")), (wide, None)] {
        let page = page(&body);
        assert!(matches!(
            compare_readers(&page, &[]),
            Comparison::Declined { .. }
        ));
        let failure = Document::parse(page.as_bytes()).err();
        assert_eq!(failure.map(|failure| failure.code).as_deref(), ends);
    }
}
