//! What each kind of failure means, in both languages: the rule that was broken, where the
//! sentence of a failure says what was seen.

use crate::language::Language;

/// The meaning of a kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The failure's code.
    pub code: &'static str,
    english: &'static str,
    japanese: &'static str,
}

impl Meaning {
    /// The same in words.
    pub fn in_words(&self, language: Language) -> &'static str {
        language.of(self.english, self.japanese)
    }
}

/// What a code means; nothing for one that is not a contestant's.
pub fn of(code: &str) -> Option<Meaning> {
    ALL.iter().find(|meaning| meaning.code == code).copied()
}

macro_rules! meanings {
    ($($code:literal: $english:literal, $japanese:literal;)*) => {
        /// The meanings of all codes, in their order.
        pub const ALL: &[Meaning] = &[$(Meaning {
            code: $code,
            english: $english,
            japanese: $japanese,
        },)*];
    };
}

meanings! {
    "comment.altered": "A comment does not read as it was written.", "コメントの内容が書かれたものと違います。";
    "comment.author": "A comment is ascribed to somebody else.", "コメントの書き手が違います。";
    "comment.entry": "A comment stands at another entry.", "コメントが別の日記に付いています。";
    "comment.missing": "A comment that was acknowledged is not shown.", "受け付けられたコメントが表示されていません。";
    "comment.time": "The time of a comment is wrong, or changes.", "コメントの時刻が間違っているか、変わっています。";
    "comment.unknown": "A comment is shown that nobody wrote.", "誰も書いていないコメントが表示されています。";
    "comments.count": "A number of comments is wrong.", "コメント数が違います。";
    "entry.altered": "An entry does not read as it was written.", "日記の内容が書かれたものと違います。";
    "entry.author": "An entry is ascribed to somebody else.", "日記の書き手が違います。";
    "entry.form": "The form for comments is shown to the wrong viewers.", "コメントフォームの表示条件が違います。";
    "entry.id": "A new entry has the id of another one.", "新しい日記に別の日記の ID が付きました。";
    "entry.leaked": "An entry is shown to somebody who may not see it.", "見えてはいけない人に日記が表示されています。";
    "entry.photo": "A photo is missing on its entry, or stands at another one.", "日記の写真がないか、別の日記に付いています。";
    "entry.removed": "Something of an entry is shown that was removed, or whose author is banned.", "削除された日記、またはBANされた人の日記が表示されています。";
    "entry.time": "The time of an entry is wrong, or changes.", "日記の時刻が間違っているか、変わっています。";
    "entry.unknown": "An entry is shown that nobody wrote.", "誰も書いていない日記が表示されています。";
    "error.long": "An error page says more than a sentence.", "エラーページの文が長すぎます。";
    "error.revealing": "What may not be seen is told from what does not exist.", "見えてはいけないものと存在しないものが区別できてしまいます。";
    "error.silent": "An error page has no sentence for its reader.", "エラーページに説明の文がありません。";
    "error.technical": "An error page shows what is for the makers of the site.", "エラーページに内部の情報が出ています。";
    "footprint.day": "A footprint has another day than its time.", "足あとの日付と時刻が合いません。";
    "footprint.missing": "A footprint that was left is not shown.", "残された足あとが表示されていません。";
    "footprint.time": "A footprint does not show the last visit of its day.", "足あとがその日の最後の訪問になっていません。";
    "footprint.twice": "A visitor's footprint is there twice on one day.", "同じ人の足あとが 1 日に 2 つあります。";
    "footprint.unknown": "A footprint is shown that nobody left.", "誰も残していない足あとが表示されています。";
    "friends.count": "A number of friends is wrong.", "友達の数が違います。";
    "friends.missing": "A friend is not in the list.", "友達が一覧にいません。";
    "friends.time": "The time of a friendship is wrong, or changes.", "友達になった時刻が間違っているか、変わっています。";
    "friends.twice": "A friend is in the list twice.", "同じ友達が一覧に 2 回出ています。";
    "friends.unknown": "Somebody is in the list who is no friend.", "友達でない人が一覧にいます。";
    "html.malformed": "A marked element holds something else than it should.", "決められた要素の中身が正しくありません。";
    "html.missing": "A marked element is not on the page.", "決められた要素がページにありません。";
    "html.too-hard": "A page is nested too deeply to be read.", "HTML の入れ子が深すぎて読めません。";
    "html.twice": "A marked element is on the page more than once.", "1 つだけのはずの要素が複数あります。";
    "html.type": "A page is not sent as HTML in UTF-8.", "ページが UTF-8 の HTML として返されていません。";
    "http.broken": "The connection broke, or the answer is not valid HTTP.", "接続が切れたか、HTTP として正しくないレスポンスです。";
    "http.connect": "The site took no connection.", "サイトに接続できませんでした。";
    "http.location": "A redirect leads elsewhere.", "リダイレクト先が違います。";
    "http.status": "The status is not the expected one.", "ステータスコードが違います。";
    "http.timeout": "No whole answer came in time.", "時間内にレスポンス全体が返りませんでした。";
    "http.too-large": "An answer is larger than anything on the site.", "レスポンスが大きすぎます。";
    "initialize.answer": "POST /initialize is not answered with the JSON expected.", "POST /initialize のレスポンスの JSON が違います。";
    "initialize.data": "The site does not hold the initial data.", "サイトのデータが初期データと違います。";
    "initialize.ids": "Ids do not count on from the initial data.", "ID が初期データの続きから振られていません。";
    "list.foreign": "Something stands in a list where it does not belong.", "一覧に入るべきでないものが入っています。";
    "list.length": "A page of a list has too many or too few.", "一覧の 1 ページの件数が違います。";
    "list.links": "The links to older and newer pages are wrong.", "前後のページへのリンクが違います。";
    "list.missing": "Something is missing in a list.", "一覧に入るべきものがありません。";
    "list.order": "A list is in the wrong order.", "一覧の並び順が違います。";
    "list.too-long": "A list shows more than it should.", "一覧の件数が多すぎます。";
    "list.total": "The number of all entries in a list is wrong.", "一覧の総件数が違います。";
    "login.address": "A login is counted for another address, or a success forgives nothing.", "ログインの失敗が別のアドレスに数えられているか、成功しても取り消されていません。";
    "login.banned": "A banned address was let in.", "禁止されたアドレスからログインできました。";
    "login.locked": "A locked person was let in.", "ロックされたアカウントでログインできました。";
    "login.password": "A wrong password was accepted.", "間違ったパスワードでログインできました。";
    "moderation.open": "Something can be taken away without the organiser's token.", "主催者のトークンなしで削除やBANができます。";
    "page.assets": "A page does not link the files that every page links.", "すべてのページにあるべきファイルへのリンクがありません。";
    "page.icon": "The icon beside a person is somebody else's, or of another size.", "人の横のアイコンが別の人のものか、大きさが違います。";
    "page.logout": "The form to log out is shown to the wrong viewers.", "ログアウトフォームの表示条件が違います。";
    "panel.altered": "The panel shows something else than the service says.", "パネルの内容がサービスの答えと違います。";
    "panel.answer": "The panel is not the JSON expected.", "パネルの JSON が違います。";
    "panel.stale": "The panel shows what is too old.", "パネルの内容が古すぎます。";
    "panel.subscriptions": "The panel does not show the viewer's subscriptions.", "パネルが購読の内容と違います。";
    "panel.unavailable": "A service is said to be unavailable that is not.", "使えるはずのサービスが使えないと表示されています。";
    "person.banned": "Something of somebody is shown, or somebody is let in, who is banned.", "BANされた人の情報が表示されているか、ログインできてしまいます。";
    "person.nickname": "A nickname is wrong, or an old one.", "ニックネームが違うか、古いものです。";
    "person.unknown": "Somebody is shown whom nobody knows.", "存在しない人が表示されています。";
    "photo.leaked": "A photo is shown to somebody who may not see its entry.", "見えてはいけない人に写真が表示されています。";
    "picture.altered": "A picture is not the one that was uploaded, or shows it badly.", "画像がアップロードされたものと違うか、劣化しすぎています。";
    "picture.stale": "A picture was replaced, and the old one is still shown.", "差し替えられた画像の古いものが表示されています。";
    "picture.unknown": "A page shows a picture that does not exist.", "存在しない画像がページにあります。";
    "profile.altered": "A profile does not read as it was written.", "プロフィールの内容が書かれたものと違います。";
    "profile.birthday": "A birthday is hidden from a friend.", "友達に誕生日が表示されていません。";
    "profile.form": "A form of a profile is shown to the wrong viewers.", "プロフィールのフォームの表示条件が違います。";
    "profile.leaked": "A birthday is shown to somebody who is no friend.", "友達でない人に誕生日が表示されています。";
    "profile.standing": "A profile says that friends are strangers, or strangers friends.", "プロフィールの友達かどうかの表示が違います。";
    "report.foreign": "The report names somebody who is not locked or banned.", "レポートにロックや禁止の対象でないものがあります。";
    "report.malformed": "The report is not the JSON expected.", "レポートの JSON が違います。";
    "report.missing": "The report leaves out who is locked or banned.", "レポートにロックや禁止の対象がありません。";
    "report.open": "The report is shown without the organiser's token.", "主催者のトークンなしでレポートが見えます。";
    "report.twice": "The report names somebody twice.", "レポートに同じものが 2 回あります。";
    "session.alive": "A session lives on that is over.", "終わったはずのセッションが使えます。";
    "session.cookie": "The session's cookie lacks an attribute.", "セッションの Cookie の属性が足りません。";
    "session.kept": "A login keeps the session that was there before.", "ログインしてもセッションが変わりません。";
    "session.lost": "Somebody is logged in, but the page says otherwise.", "ログインしているのに、そう表示されていません。";
    "session.missing": "A form comes without a session that it belongs to.", "フォームにセッションがありません。";
    "session.other": "Somebody is shown the page of another person.", "別の人のページが表示されています。";
    "static.altered": "A static file is not the one of webapp/public.", "静的ファイルが webapp/public のものと違います。";
    "static.unknown": "A page links a file that is none of the site's.", "サイトにないファイルへのリンクがあります。";
    "timeline.answer": "The timeline is not the JSON expected.", "タイムラインの JSON が違います。";
    "timeline.early": "The timeline says too early that there is nothing new.", "新しいものがないと答えるのが早すぎます。";
    "timeline.foreign": "The timeline tells of somebody who is no friend.", "友達でない人の日記がタイムラインにあります。";
    "timeline.missing": "The timeline leaves out an entry of a friend.", "友達の日記がタイムラインにありません。";
    "timeline.old": "The timeline tells what the viewer knows already.", "すでに知っている日記がタイムラインにあります。";
    "timeline.too-long": "The timeline tells more at once than it should.", "タイムラインの件数が多すぎます。";
    "tls.broken": "The encrypted connection broke.", "暗号化された接続が切れました。";
    "tls.certificate": "The site's certificate cannot be trusted.", "サイトの証明書を信頼できません。";
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use super::*;

    /// Beginnings of codes.
    fn topics() -> BTreeSet<&'static str> {
        let topics = ALL
            .iter()
            .filter_map(|meaning| meaning.code.split_once('.'));
        topics.map(|(topic, _)| topic).collect()
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for file in fs::read_dir(folder).expect("a folder of sources") {
            let path = file.expect("a file").path();
            match path.is_dir() {
                true => sources(&path, found),
                false => found.push(path),
            }
        }
    }

    /// Every text in quotes that looks like a code.
    fn codes_in(text: &str) -> Vec<&str> {
        let topics = topics();
        let quoted = text.split('"').skip(1);
        let is_code = |text: &&str| {
            text.split_once('.').is_some_and(|(topic, rest)| {
                topics.contains(topic)
                    && !rest.is_empty()
                    && rest.bytes().all(|c| c.is_ascii_lowercase() || c == b'-')
            })
        };
        quoted.filter(is_code).collect()
    }

    #[test]
    fn every_code_has_a_meaning() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        sources(&root.join("src"), &mut files);
        sources(&root.join("../crates/engine/src"), &mut files);
        // Names of files, a made-up code of a test, and what is not a contestant's fault.
        let others = ["report.html", "timeline.json", "entry.body", "html.readers"];
        let mut unknown = BTreeSet::new();
        for file in files {
            let text = fs::read_to_string(&file).expect("a source");
            for code in codes_in(&text) {
                if of(code).is_none() && !others.contains(&code) {
                    unknown.insert(code.to_owned());
                }
            }
        }
        assert!(unknown.is_empty(), "without a meaning: {unknown:?}");
    }

    #[test]
    fn meanings_are_sentences_in_order() {
        assert!(ALL.is_sorted_by_key(|meaning| meaning.code));
        for meaning in ALL {
            assert!(meaning.english.ends_with('.'), "{meaning:?}");
            assert!(meaning.japanese.ends_with('。'), "{meaning:?}");
        }
    }
}
