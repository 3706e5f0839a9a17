//! The tables of docs/manual.en.md and docs/manual.ja.md. They are made from what scores; to write
//! them into the pages, run the test with `ISUTORI_WRITE_DOCS=1`.

use std::{env, fs, path::Path};

use isutori_engine::{
    connection::Limits,
    score::{FAIL_RATE, TIMEOUT_WEIGHT, WRONG_WEIGHT},
};

use super::{percent, seconds};
use crate::{
    endpoints::TABLE,
    initialize::TIME_LIMIT,
    language::Language,
    model::{GRACE, clock::TOLERANCE},
    run::SETTLE,
};

fn path_of(language: Language) -> &'static str {
    language.of("../docs/manual.en.md", "../docs/manual.ja.md")
}

fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
    let mut table = line(head);
    table.push_str(&format!("|{}\n", "---|".repeat(head.len())));
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        table.push_str(&line(&cells));
    }
    table
}

fn points(language: Language) -> String {
    let head = [
        language.of("request", "リクエスト"),
        language.of("points", "点"),
    ];
    let worth = TABLE.iter().filter(|endpoint| endpoint.points > 0);
    let rows =
        worth.map(|endpoint| vec![format!("`{}`", endpoint.name), endpoint.points.to_string()]);
    table(&head, rows)
}

fn classes(language: Language) -> String {
    let (fail, limit) = (percent(FAIL_RATE), seconds(Limits::default().time));
    let rate = |weight: f64| match language {
        Language::English => {
            format!("1 % of the requests takes off {weight} %; above {fail} the run fails")
        }
        Language::Japanese => {
            format!("リクエストの 1 % ごとに {weight} % 減点。{fail} を超えると FAIL")
        }
    };
    let late = match language {
        Language::English => format!("no whole answer within {limit}"),
        Language::Japanese => format!("{limit} 以内に全体が返らない"),
    };
    let of = |english, japanese| language.of(english, japanese).to_owned();
    let rows = [
        (
            "critical",
            of("data leaked, lost or falsified", "データの漏洩、消失、改変"),
            of("the run fails", "FAIL"),
        ),
        (
            "wrong",
            of(
                "any other answer that breaks the contract",
                "それ以外の契約違反",
            ),
            rate(WRONG_WEIGHT),
        ),
        ("timeout", late, rate(TIMEOUT_WEIGHT)),
        (
            "cancelled",
            of("on its way when the load ended", "終了時に処理中"),
            of("nothing", "なし"),
        ),
        (
            "system",
            of("the benchmarker's own trouble", "ベンチマーカー自身の問題"),
            of("the run is void", "VOID"),
        ),
    ];
    let head = [
        language.of("class", "種類"),
        language.of("what it is", "内容"),
        language.of("what it costs", "減点"),
    ];
    let rows = rows.map(|(class, what, cost)| vec![class.to_owned(), what, cost]);
    table(&head, rows)
}

fn limits(language: Language) -> String {
    let rows = [
        (
            "`POST /initialize`",
            "`POST /initialize`",
            seconds(TIME_LIMIT),
        ),
        (
            "a whole answer",
            "レスポンス全体",
            seconds(Limits::default().time),
        ),
        (
            "what somebody wrote, for oneself",
            "書いたものが本人に見えるまで",
            language.of("the next request", "次のリクエスト").to_owned(),
        ),
        (
            "what somebody wrote, for everybody else",
            "書いたものが他の人に見えるまで",
            seconds(GRACE),
        ),
        (
            "what the organiser took away, for everybody",
            "主催者が削除・BAN したものが誰からも見えなくなるまで",
            language.of("the next request", "次のリクエスト").to_owned(),
        ),
        (
            "a time that is shown, by the site's own clock",
            "表示される時刻のずれ（サイトの時計で）",
            seconds(TOLERANCE),
        ),
        (
            "what was written, for the final check",
            "最終チェックまでの待ち時間",
            seconds(SETTLE),
        ),
    ];
    let head = [language.of("what", "内容"), language.of("limit", "制限")];
    let rows = rows
        .map(|(english, japanese, limit)| vec![language.of(english, japanese).to_owned(), limit]);
    table(&head, rows)
}

/// The page with a table between its marks.
fn with_table(page: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = page.split_once(&begin).expect("the mark of a table");
    let (_, after) = rest.split_once(&end).expect("the mark of its end");
    format!("{before}{begin}{table}{end}{after}")
}

#[test]
fn the_tables_of_the_manual_are_what_scores() {
    for language in [Language::English, Language::Japanese] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path_of(language));
        let page = fs::read_to_string(&path).expect("the manual");
        let tables = [
            ("points", points(language)),
            ("classes", classes(language)),
            ("limits", limits(language)),
        ];
        let expected = tables.iter().fold(page.clone(), |page, (name, table)| {
            with_table(&page, name, table)
        });
        if env::var_os("ISUTORI_WRITE_DOCS").is_some() {
            fs::write(&path, expected).expect("the manual can be written");
            continue;
        }
        assert!(
            page == expected,
            "{} is not what scores; write it anew with ISUTORI_WRITE_DOCS=1",
            path_of(language)
        );
    }
}
