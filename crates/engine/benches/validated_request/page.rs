//! The page that is asked for: what stands on it, its HTML, and reading it back.

use std::{borrow::Cow, fmt::Write};

use isutori_engine::{
    document::{Document, Element},
    failure::Failure,
};

/// A page of entries with comments, as a social network shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<'a> {
    me: Link<'a>,
    logout_csrf: Cow<'a, str>,
    assets: Vec<Cow<'a, str>>,
    total: u64,
    entries: Vec<Entry<'a>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Entry<'a> {
    id: u64,
    visibility: Cow<'a, str>,
    title: Cow<'a, str>,
    author: Link<'a>,
    time: Cow<'a, str>,
    comment_count: u64,
    text: Cow<'a, str>,
    comments: Vec<Comment<'a>>,
    csrf: Cow<'a, str>,
}

#[derive(Debug, PartialEq, Eq)]
struct Comment<'a> {
    id: u64,
    author: Link<'a>,
    time: Cow<'a, str>,
    text: Cow<'a, str>,
}

/// A link to a person: where it leads and what it says.
#[derive(Debug, PartialEq, Eq)]
struct Link<'a> {
    href: Cow<'a, str>,
    shown: Cow<'a, str>,
}

const ENTRIES: u64 = 6;
const COMMENTS: u64 = 3;

impl<'a> Page<'a> {
    /// Always the same page.
    pub fn sample() -> Page<'a> {
        Page {
            me: Link::sample(7),
            logout_csrf: csrf_sample(0),
            assets: ["/css/site.css", "/js/site.js", "/img/logo.svg"]
                .map(Cow::from)
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
    pub fn read(document: &'a Document<'_>) -> Result<Page<'a>, Failure> {
        let root = document.root();
        let mut assets = Vec::new();
        for (selector, attribute) in [
            ("link[rel=stylesheet]", "href"),
            ("script[src]", "src"),
            ("img[src]", "src"),
        ] {
            for element in root.all(selector) {
                assets.push(element.required(attribute)?.into());
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

impl<'a> Entry<'a> {
    fn sample(id: u64) -> Entry<'a> {
        Entry {
            id,
            visibility: "public".into(),
            title: format!("On sitting & standing, part {id}").into(),
            author: Link::sample(id),
            time: time_sample(id),
            comment_count: COMMENTS,
            text: Cow::Owned(
                format!("It is the year's {id}th \"chair\" <of> mine: 木の椅子. ").repeat(3)
                    + "End.",
            ),
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

    fn read(article: Element<'a>) -> Result<Entry<'a>, Failure> {
        let byline = article.one("p.author")?;
        Ok(Entry {
            id: article.number("data-id")?,
            visibility: article.required("data-visibility")?.into(),
            title: article.one("a.title")?.text(),
            author: Link::read(byline.one("a.person")?)?,
            time: read_time(byline)?,
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

impl<'a> Comment<'a> {
    fn sample(id: u64) -> Comment<'a> {
        Comment {
            id,
            author: Link::sample(id % 17),
            time: time_sample(id),
            text: format!("I sat on it {id} times; it's comfortable, said 田中.").into(),
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

    fn read(item: Element<'a>) -> Result<Comment<'a>, Failure> {
        Ok(Comment {
            id: item.number("data-id")?,
            author: Link::read(item.one("a.person")?)?,
            time: read_time(item)?,
            text: item.one("p.excerpt")?.text(),
        })
    }
}

impl<'a> Link<'a> {
    fn sample(number: u64) -> Link<'a> {
        Link {
            href: format!("/people/person_{number}").into(),
            shown: format!("Person No. {number}").into(),
        }
    }

    fn to_html(&self) -> String {
        let shown = escaped(&self.shown);
        format!(r#"<a class="person" href="{}">{shown}</a>"#, self.href)
    }

    fn read(link: Element<'a>) -> Result<Link<'a>, Failure> {
        Ok(Link {
            href: link.required("href")?.into(),
            shown: link.text(),
        })
    }
}

fn csrf_sample(number: u64) -> Cow<'static, str> {
    format!("{:032x}", u128::from(number + 1) << 90).into()
}

fn time_sample(number: u64) -> Cow<'static, str> {
    format!("2026-03-31T23:59:59.{:03}Z", number % 1000).into()
}

fn time_html(time: &str) -> String {
    format!(r#"<time datetime="{time}">{}</time>"#, &time[..16])
}

fn read_time<'a>(inside: Element<'a>) -> Result<Cow<'a, str>, Failure> {
    Ok(inside.one("time")?.required("datetime")?.into())
}

fn read_csrf<'a>(form: Element<'a>) -> Result<Cow<'a, str>, Failure> {
    Ok(form.one("input[name=csrf]")?.required("value")?.into())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}
