//! The browser against servers that behave and servers that do not.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::Rc,
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use isutori_engine::{
    asset::{Asset, SentAsset},
    browser::{Browser, MOST_CONNECTIONS, MOST_KEPT, Site},
    connection::Limits,
    exchange::{Request, Response, Source},
    failure::{Class, Failure},
    target::Target,
    trust::Trust,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::LocalSet,
    time::{Instant, sleep},
};
use xxhash_rust::xxh3::xxh3_64;

const LIMITS: Limits = Limits {
    time: Duration::from_secs(2),
    body: 100_000,
    line: None,
};

/// Runs `test` with a browser on a server that treats each connection by `serve`.
async fn with_server<F, G, R>(serve: F, test: impl AsyncFnOnce(&mut Browser) -> R) -> R
where
    F: Fn(TcpStream, usize) -> G + 'static,
    G: Future<Output = ()> + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let target = Target::from(listener.local_addr().expect("an address"));
    LocalSet::new()
        .run_until(async move {
            tokio::task::spawn_local(async move {
                for number in 0.. {
                    let Ok((stream, _)) = listener.accept().await else {
                        break;
                    };
                    tokio::task::spawn_local(serve(stream, number));
                }
            });
            test(&mut Browser::new(Site::new(
                target,
                &Trust::public(),
                LIMITS,
            )))
            .await
        })
        .await
}

/// Reads one request without a body; gives its head.
async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// Answers every request on the connection with the same bytes.
async fn answer_always(mut stream: TcpStream, answer: &[u8]) {
    while read_head(&mut stream).await.is_some() {
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

async fn get_from(answer: &'static [u8]) -> Result<Response, Failure> {
    with_server(
        move |stream, _| answer_always(stream, answer),
        async |browser| browser.send(&Request::get("/x")).await,
    )
    .await
}

fn class_and_code(outcome: Result<Response, Failure>) -> (Class, String) {
    let failure = outcome.expect_err("a failure");
    assert!(
        failure.sentence.starts_with("GET /x: "),
        "{}",
        failure.sentence
    );
    (failure.class, failure.code)
}

#[tokio::test]
async fn a_plain_answer_comes_whole() {
    let response = get_from(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        .await
        .expect("an answer");
    assert_eq!(
        (response.status.as_u16(), &response.body[..]),
        (200, &b"hello"[..])
    );
}

#[tokio::test]
async fn chunks_are_put_together() {
    let answer =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    assert_eq!(get_from(answer).await.expect("an answer").body, "abcde");
}

#[tokio::test]
async fn what_came_of_a_lost_answer_is_kept() {
    let lost = async |answer: &'static [u8], stays_open: Duration| {
        let serve = move |mut stream: TcpStream, _| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(answer).await;
            sleep(stays_open).await;
        };
        let ask = async |browser: &mut Browser| {
            let outcome = browser.send(&Request::get("/x")).await;
            (outcome.is_err(), browser.lost().cloned())
        };
        with_server(serve, ask).await
    };
    let cut = b"HTTP/1.1 500 Oh\r\nX-Why: because\r\nContent-Length: 50\r\n\r\nshort";
    for stays_open in [Duration::ZERO, LIMITS.time * 2] {
        let (is_lost, came) = lost(cut, stays_open).await;
        let came = came.expect("a beginning");
        assert!(is_lost);
        assert_eq!((came.status.as_u16(), &came.body[..]), (500, &b"short"[..]));
        assert_eq!(came.headers["x-why"], "because");
    }
    let (is_lost, came) = lost(b"HTTP/1.1 200 ", Duration::ZERO).await;
    assert!(is_lost && came.is_none(), "{came:?}");
    let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let (is_lost, came) = lost(whole, Duration::ZERO).await;
    assert!(!is_lost && came.is_none(), "{came:?}");
}

#[tokio::test]
async fn a_header_of_its_own_goes_with_every_request_to_every_host() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let keep = seen.clone();
    let serve = move |mut stream: TcpStream, _| {
        let keep = keep.clone();
        async move {
            while let Some(head) = read_head(&mut stream).await {
                keep.borrow_mut().push(head);
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                if stream.write_all(answer).await.is_err() {
                    return;
                }
            }
        }
    };
    with_server(serve, async |browser| {
        let site = browser.site().clone();
        let name = HeaderName::from_static("x-forwarded-for");
        let mut browser =
            Browser::new(site.clone()).sending(name, HeaderValue::from_static("198.18.0.7"));
        browser.send(&Request::get("/x")).await.expect("an answer");
        browser.assets(&["/a".to_owned(), "/b".to_owned()]).await;
        browser.turn_to(site);
        browser.send(&Request::get("/y")).await.expect("an answer");
    })
    .await;
    let heads = seen.borrow();
    assert_eq!(heads.len(), 4);
    for head in heads.iter() {
        assert!(
            head.contains("\r\nx-forwarded-for: 198.18.0.7\r\n"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn redirects_are_answers_and_are_not_followed() {
    let response =
        get_from(b"HTTP/1.1 303 See Other\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(response.expect("an answer").status.as_u16(), 303);
}

#[tokio::test]
async fn garbage_truncation_and_floods_are_wrong() {
    for garbage in [
        &b"\x16\x03\x01 nonsense\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    ] {
        assert_eq!(
            class_and_code(get_from(garbage).await),
            (Class::Wrong, "http.broken".into())
        );
    }
    let short = with_server(
        |mut stream, _| async move {
            read_head(&mut stream).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")
                .await;
        },
        async |browser| browser.send(&Request::get("/x")).await,
    );
    assert_eq!(
        class_and_code(short.await),
        (Class::Wrong, "http.broken".into())
    );
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let endless = with_server(
        |mut stream, _| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b'x'; 10_000]).await.is_ok() {}
        },
        async |browser| browser.send(&Request::get("/x")).await,
    );
    assert_eq!(
        class_and_code(endless.await),
        (Class::Wrong, "http.too-large".into())
    );
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let endless = with_server(
        |mut stream, _| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            while stream.write_all(b"X-More: and more\r\n").await.is_ok() {}
        },
        async |browser| browser.send(&Request::get("/x")).await,
    );
    assert_eq!(class_and_code(endless.await).0, Class::Wrong);
}

#[tokio::test(start_paused = true)]
async fn silence_and_drips_are_timeouts() {
    let silent = with_server(
        |mut stream, _| async move {
            read_head(&mut stream).await;
            sleep(Duration::from_secs(3600)).await;
        },
        async |browser| browser.send(&Request::get("/x")).await,
    );
    assert_eq!(
        class_and_code(silent.await),
        (Class::Timeout, "http.timeout".into())
    );
    let dripping = with_server(
        |mut stream, _| async move {
            read_head(&mut stream).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                .await;
            while stream.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        },
        async |browser| browser.send(&Request::get("/x")).await,
    );
    assert_eq!(
        class_and_code(dripping.await),
        (Class::Timeout, "http.timeout".into())
    );
}

#[tokio::test]
async fn a_closed_port_cannot_be_connected_to() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("an address")
    };
    let site = Site::new(address.into(), &Trust::public(), LIMITS);
    let local = LocalSet::new();
    let outcome = local.run_until(async { Browser::new(site).send(&Request::get("/x")).await });
    assert_eq!(
        class_and_code(outcome.await),
        (Class::Wrong, "http.connect".into())
    );
}

#[tokio::test]
async fn a_connection_closed_between_requests_is_opened_anew() {
    let connections = with_server(
        |mut stream, number| async move {
            read_head(&mut stream).await;
            let body = number.to_string();
            let _ = stream
                .write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{body}").as_bytes())
                .await;
        },
        async |browser| {
            let mut bodies = Vec::new();
            for _ in 0..3 {
                bodies.push(
                    browser
                        .send(&Request::get("/x"))
                        .await
                        .expect("an answer")
                        .body,
                );
            }
            bodies
        },
    );
    assert_eq!(connections.await, ["0", "1", "2"]);
}

#[tokio::test]
async fn a_kept_connection_is_used_again() {
    let first = with_server(
        |mut stream, number| async move {
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}");
            while read_head(&mut stream).await.is_some() {
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        },
        async |browser| {
            let _ = browser.send(&Request::get("/x")).await.expect("an answer");
            browser
                .send(&Request::get("/x"))
                .await
                .expect("an answer")
                .body
        },
    );
    assert_eq!(first.await, "0");
}

#[tokio::test]
async fn a_flood_on_a_kept_connection_is_not_asked_for_again() {
    let asked = Rc::new(Cell::new(0));
    let count = asked.clone();
    let flood = with_server(
        move |mut stream, _| {
            let count = count.clone();
            async move {
                while let Some(head) = read_head(&mut stream).await {
                    if head.starts_with("GET /calm ") {
                        let _ = stream
                            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                            .await;
                        continue;
                    }
                    count.set(count.get() + 1);
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                    while stream.write_all(&[b'x'; 10_000]).await.is_ok() {}
                }
            }
        },
        async |browser| {
            let calm = browser.send(&Request::get("/calm")).await;
            calm.expect("an answer");
            browser.send(&Request::get("/x")).await
        },
    );
    let expected = (Class::Wrong, "http.too-large".into());
    assert_eq!(class_and_code(flood.await), expected);
    assert_eq!(asked.get(), 1);
}

#[tokio::test]
async fn a_reset_within_the_body_is_broken() {
    let reset = with_server(
        |mut stream, _| async move {
            read_head(&mut stream).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")
                .await;
            stream.set_zero_linger().expect("a TCP option");
        },
        async |browser| browser.send(&Request::get("/x")).await,
    );
    let expected = (Class::Wrong, "http.broken".into());
    assert_eq!(class_and_code(reset.await), expected);
}

#[tokio::test]
async fn cookies_come_back() {
    let seen = with_server(
        |mut stream, _| async move {
            while let Some(head) = read_head(&mut stream).await {
                let cookie = head
                    .lines()
                    .find_map(|line| line.strip_prefix("cookie: "))
                    .unwrap_or("none")
                    .to_owned();
                let length = cookie.len();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nSet-Cookie: s=1; Path=/\r\nContent-Length: {length}\r\n\r\n{cookie}"
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        },
        async |browser| {
            let first = browser
                .send(&Request::get("/x"))
                .await
                .expect("an answer")
                .body;
            let second = browser
                .send(&Request::get("/x"))
                .await
                .expect("an answer")
                .body;
            (first, second)
        },
    );
    assert_eq!(seen.await, ("none".into(), "s=1".into()));
}

#[tokio::test]
async fn a_known_file_is_asked_for_with_a_condition() {
    let outcomes = with_server(
        |mut stream, _| async move {
            while let Some(head) = read_head(&mut stream).await {
                let answer: &[u8] = match head.contains("if-none-match: \"v1\"") {
                    true => b"HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n",
                    false => b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1\r\n\r\nx",
                };
                let _ = stream.write_all(answer).await;
            }
        },
        async |browser| {
            let css = ["/a.css".to_owned()];
            let first = browser.assets(&css).await.remove(0).outcome;
            let Ok(Asset::Sent(sent)) = first else {
                return false;
            };
            browser.keep_asset("/a.css", &sent);
            let again = browser.assets(&css).await.remove(0).outcome;
            matches!(again, Ok(Asset::Unchanged(xxh3)) if xxh3 == xxh3_64(b"x"))
        },
    );
    assert!(outcomes.await);
}

#[tokio::test(start_paused = true)]
async fn static_files_come_side_by_side_and_in_order() {
    const FILES: usize = 14;
    let connections = Rc::new(Cell::new(0));
    let count = connections.clone();
    let outcome = with_server(
        move |mut stream, number| {
            count.set(number + 1);
            async move {
                while let Some(head) = read_head(&mut stream).await {
                    let path = head.split(' ').nth(1).expect("a path");
                    sleep(Duration::from_millis(100)).await;
                    let length = path.len();
                    let answer =
                        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{path}");
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        },
        async |browser| {
            let paths: Vec<_> = (0..FILES).map(|n| format!("/{n}.css")).collect();
            let begun = Instant::now();
            let fetches = browser.assets(&paths).await;
            let first_time = begun.elapsed();
            let again = browser.assets(&paths).await;
            let hashes: Vec<_> = fetches
                .into_iter()
                .map(|fetch| sent(fetch.outcome).xxh3())
                .collect();
            let expected: Vec<_> = paths.iter().map(|path| xxh3_64(path.as_bytes())).collect();
            (hashes == expected, again.len(), first_time)
        },
    );
    let (in_order, again, time) = outcome.await;
    assert!(in_order);
    let opened_anew = MOST_CONNECTIONS - MOST_KEPT;
    assert_eq!(
        (again, connections.get()),
        (FILES, MOST_CONNECTIONS + opened_anew)
    );
    let rounds = FILES.div_ceil(MOST_CONNECTIONS) as u32;
    assert!(time >= rounds * Duration::from_millis(100));
    assert!(time < (rounds + 1) * Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn connections_without_files_to_fetch_are_closed() {
    let closed = Rc::new(Cell::new(0));
    let count = closed.clone();
    let outcome = with_server(
        move |mut stream, _| {
            let count = count.clone();
            async move {
                while read_head(&mut stream).await.is_some() {
                    sleep(Duration::from_millis(100)).await;
                    let _ = stream
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
                        .await;
                }
                count.set(count.get() + 1);
            }
        },
        async |browser| {
            let paths: Vec<_> = (0..MOST_CONNECTIONS).map(|n| format!("/{n}.css")).collect();
            browser.assets(&paths).await;
            sleep(Duration::from_secs(1)).await;
            let soon = closed.get();
            browser.send(&Request::get("/")).await.expect("a page");
            browser.assets(&paths[..MOST_KEPT]).await;
            sleep(Duration::from_secs(1)).await;
            (soon, closed.get())
        },
    );
    let others = MOST_CONNECTIONS - MOST_KEPT;
    assert_eq!(outcome.await, (others, others));
}

fn sent(outcome: Result<Asset, Failure>) -> SentAsset {
    match outcome {
        Ok(Asset::Sent(sent)) => sent,
        other => panic!("not sent: {other:?}"),
    }
}

/// Says what was asked by method, path and condition, and answers with `head` and the number of
/// the request; a condition is met with `304`.
async fn with_cache<R>(
    head: &'static str,
    test: impl AsyncFnOnce(&mut Browser) -> R,
) -> (R, Vec<String>) {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let log = asked.clone();
    let serve = move |mut stream: TcpStream, _| {
        let log = log.clone();
        async move {
            while let Some(request) = read_head(&mut stream).await {
                let line = request.lines().next().unwrap_or_default().to_owned();
                let is_known = request.contains("if-none-match: \"v1\"");
                let number = log.borrow().len();
                log.borrow_mut().push(line.replace(" HTTP/1.1", ""));
                let answer = match is_known {
                    true => format!("HTTP/1.1 304 Not Modified\r\n{head}\r\n"),
                    false => format!("HTTP/1.1 200 OK\r\n{head}Content-Length: 1\r\n\r\n{number}"),
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    };
    let outcome = with_server(serve, test).await;
    let asked = asked.borrow().clone();
    (outcome, asked)
}

/// The body of a page, and where it comes from.
async fn page(browser: &mut Browser, path: &str) -> (String, Source) {
    let response = browser.send(&Request::get(path)).await.expect("a page");
    assert_eq!(response.status, 200);
    let body = String::from_utf8_lossy(&response.body).into_owned();
    (body, response.source)
}

#[tokio::test(start_paused = true)]
async fn a_fresh_page_comes_from_the_cache_until_a_form_changes_it() {
    let (pages, asked) = with_cache("Cache-Control: max-age=10\r\n", async |browser| {
        let mut pages = vec![page(browser, "/a").await, page(browser, "/a").await];
        sleep(Duration::from_secs(11)).await;
        pages.push(page(browser, "/a").await);
        browser
            .send(&Request::form("/b", &[]))
            .await
            .expect("an answer");
        pages.push(page(browser, "/a").await);
        browser
            .send(&Request::form("/a", &[]))
            .await
            .expect("an answer");
        pages.push(page(browser, "/a").await);
        pages
    })
    .await;
    let own = |body: &str| (body.to_owned(), Source::Site);
    let kept = |body: &str| (body.to_owned(), Source::Cache);
    assert_eq!(pages, [own("0"), kept("0"), own("1"), kept("1"), own("4")]);
    assert_eq!(asked, ["GET /a", "GET /a", "POST /b", "POST /a", "GET /a"]);
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_page_is_shown_as_it_was() {
    let (pages, asked) = with_cache("ETag: \"v1\"\r\n", async |browser| {
        [page(browser, "/a").await, page(browser, "/a").await]
    })
    .await;
    let body = "0".to_owned();
    assert_eq!(
        pages,
        [(body.clone(), Source::Site), (body, Source::Unchanged)]
    );
    assert_eq!(asked, ["GET /a", "GET /a"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_said_to_depend_on_cookies_does() {
    let head = "Cache-Control: max-age=10\r\nVary: Cookie\r\n";
    let (pages, _) = with_cache(head, async |browser| {
        let before = page(browser, "/a").await;
        let target = browser.site().target().clone();
        browser.cookies_mut().store("s=1", &target);
        [before, page(browser, "/a").await, page(browser, "/a").await]
    })
    .await;
    let sources = pages.map(|(_, source)| source);
    assert_eq!(sources, [Source::Site, Source::Site, Source::Cache]);
}

#[tokio::test(start_paused = true)]
async fn a_line_takes_its_time() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let time = with_server(
        move |stream, _| answer_always(stream, answer),
        async |browser| {
            let slow = browser.site().with_limits(Limits {
                line: Some(10),
                ..LIMITS
            });
            browser.turn_to(slow);
            let began = Instant::now();
            let response = browser.send(&Request::get("/x")).await.expect("an answer");
            assert_eq!(response.latency(), began.elapsed());
            began.elapsed()
        },
    )
    .await;
    assert!((500..510).contains(&time.as_millis()), "{time:?}");
}
