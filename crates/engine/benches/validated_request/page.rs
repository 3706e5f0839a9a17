//! The page that is asked for: what stands on it, its HTML, and reading it back.

use std::fmt::Write;

use isutori_engine::{
    document::{Document, Element},
    failure::Failure,
};

/// A page of entries with comments, as a social network shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    me: Link,
    logout_csrf: String,
    assets: Vec<String>,
    total: u64,
    entries: Vec<Entry>,
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    id: u64,
    visibility: String,
    title: String,
    author: Link,
    time: String,
    comment_count: u64,
    text: String,
    comments: Vec<Comment>,
    csrf: String,
}

#[derive(Debug, PartialEq, Eq)]
struct Comment {
    id: u64,
    author: Link,
    time: String,
    text: String,
}

/// A link to a person: where it leads and what it says.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    href: String,
    shown: String,
}

const ENTRIES: u64 = 6;
const COMMENTS: u64 = 3;

impl Page {
    /// Always the same page.
    pub fn sample() -> Page {
        Page {
            me: Link::sample(7),
            logout_csrf: csrf_sample(0),
            assets: ["/css/site.css", "/js/site.js", "/img/logo.svg"]
                .map(str::to_owned)
                .into(),
            total: 12_345,
            entries: (1..=ENTRIES).map(Entry::sample).collect(),
        }
    }

    /// The page as an application would render it.
    pub fn to_html(&self) -> String {
        let mut html = format!(
            r#"<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Home</title>
  <link rel="stylesheet" href="{}">
  <script src="{}" defer></script>
</head>
<body>
<header class="site">
  <a class="brand" href="/"><img src="{}" alt="" width="36" height="36"><b>Site</b></a>
  <nav>
    <a href="/recent/1">Recent</a>
    <a class="me" href="{}">{}</a>
    <form id="logout" method="post" action="/logout">
      <input type="hidden" name="csrf" value="{}">
      <button class="quiet">Log out</button>
    </form>
  </nav>
</header>
<main class="columns">
<p class="fact">Entries <span class="total" data-count="{}">{}</span></p>
"#,
            self.assets[0],
            self.assets[1],
            self.assets[2],
            self.me.href,
            escaped(&self.me.shown),
            self.logout_csrf,
            self.total,
            self.total,
        );
        for entry in &self.entries {
            entry.write_html(&mut html);
        }
        html + "</main>\n<footer class=\"site\">\n  <p>A place for people.</p>\n</footer>\n</body>\n</html>\n"
    }

    /// Reads a page; what is missing from it is a failure.
    pub fn read(body: &[u8]) -> Result<Page, Failure> {
        let document = Document::parse(body)?;
        let root = document.root();
        let mut assets = Vec::new();
        for (selector, attribute) in [
            ("link[rel=stylesheet]", "href"),
            ("script[src]", "src"),
            ("img[src]", "src"),
        ] {
            for element in root.all(selector) {
                assets.push(element.required(attribute)?.to_owned());
            }
        }
        Ok(Page {
            me: Link::read(root.one("a.me")?)?,
            logout_csrf: read_csrf(root.one("form[action='/logout']")?)?,
            assets,
            total: root.one("span.total")?.number("data-count")?,
            entries: root
                .all("article.entry")
                .into_iter()
                .map(Entry::read)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Entry {
    fn sample(id: u64) -> Entry {
        Entry {
            id,
            visibility: "public".to_owned(),
            title: format!("On sitting & standing, part {id}"),
            author: Link::sample(id),
            time: time_sample(id),
            comment_count: COMMENTS,
            text: format!("It is the year's {id}th \"chair\" <of> mine: 木の椅子. ").repeat(3)
                + "End.",
            comments: (1..=COMMENTS)
                .map(|n| Comment::sample(id * 100 + n))
                .collect(),
            csrf: csrf_sample(id),
        }
    }

    fn write_html(&self, html: &mut String) {
        let Entry { id, visibility, .. } = self;
        let _ = write!(
            html,
            r#"<article class="entry" data-id="{id}" data-visibility="{visibility}">
  <h3><a class="title" href="/entries/{id}">{}</a></h3>
  <p class="author">{} {} <span class="comments" data-count="{}">{}</span></p>
  <div class="body">{}</div>
  <ol class="plain">
"#,
            escaped(&self.title),
            self.author.to_html(),
            time_html(&self.time),
            self.comment_count,
            self.comment_count,
            escaped(&self.text),
        );
        for comment in &self.comments {
            comment.write_html(html);
        }
        let _ = write!(
            html,
            r#"  </ol>
  <form class="answer" method="post" action="/entries/{id}/comments">
    <input type="hidden" name="csrf" value="{}">
    <label>Your comment <textarea name="body" rows="3" required maxlength="1000"></textarea></label>
    <button>Send</button>
  </form>
</article>
"#,
            self.csrf
        );
    }

    fn read(article: Element<'_>) -> Result<Entry, Failure> {
        Ok(Entry {
            id: article.number("data-id")?,
            visibility: article.required("data-visibility")?.to_owned(),
            title: article.one("a.title")?.text(),
            author: Link::read(article.one("p.author")?.one("a.person")?)?,
            time: read_time(article.one("p.author")?)?,
            comment_count: article.one("span.comments")?.number("data-count")?,
            text: article.one("div.body")?.text(),
            comments: article
                .all("li.comment")
                .into_iter()
                .map(Comment::read)
                .collect::<Result<_, _>>()?,
            csrf: read_csrf(article.one("form.answer")?)?,
        })
    }
}

impl Comment {
    fn sample(id: u64) -> Comment {
        Comment {
            id,
            author: Link::sample(id % 17),
            time: time_sample(id),
            text: format!("I sat on it {id} times; it's comfortable, said 田中."),
        }
    }

    fn write_html(&self, html: &mut String) {
        let _ = write!(
            html,
            r#"  <li class="comment" data-id="{}">
    <p class="byline">{} {}</p>
    <p class="excerpt">{}</p>
  </li>
"#,
            self.id,
            self.author.to_html(),
            time_html(&self.time),
            escaped(&self.text),
        );
    }

    fn read(item: Element<'_>) -> Result<Comment, Failure> {
        Ok(Comment {
            id: item.number("data-id")?,
            author: Link::read(item.one("a.person")?)?,
            time: read_time(item)?,
            text: item.one("p.excerpt")?.text(),
        })
    }
}

impl Link {
    fn sample(number: u64) -> Link {
        Link {
            href: format!("/people/person_{number}"),
            shown: format!("Person No. {number}"),
        }
    }

    fn to_html(&self) -> String {
        let shown = escaped(&self.shown);
        format!(r#"<a class="person" href="{}">{shown}</a>"#, self.href)
    }

    fn read(link: Element<'_>) -> Result<Link, Failure> {
        Ok(Link {
            href: link.required("href")?.to_owned(),
            shown: link.text(),
        })
    }
}

fn csrf_sample(number: u64) -> String {
    format!("{:032x}", u128::from(number + 1) << 90)
}

fn time_sample(number: u64) -> String {
    format!("2026-03-31T23:59:59.{:03}Z", number % 1000)
}

fn time_html(time: &str) -> String {
    format!(r#"<time datetime="{time}">{}</time>"#, &time[..16])
}

fn read_time(inside: Element<'_>) -> Result<String, Failure> {
    Ok(inside.one("time")?.required("datetime")?.to_owned())
}

fn read_csrf(form: Element<'_>) -> Result<String, Failure> {
    Ok(form.one("input[name=csrf]")?.required("value")?.to_owned())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}
