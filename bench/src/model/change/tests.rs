//! Every kind of change, and the model that is made again from them.

use std::{fs, path::Path, time::Duration};

use isutori_dataset::{Dataset, Size, Visibility};
use tempfile::TempDir;
use tokio::time::advance;

use super::*;
use crate::{
    ledger::{Ledger, LedgerError},
    model::{Certainty, Model, View},
};

const AUTHOR: PersonKey = PersonKey(1);
const READER: PersonKey = PersonKey(2);
const BANNED: PersonKey = PersonKey(9);

fn dataset() -> Dataset {
    Dataset::new(1, Size::Small)
}

fn draft(title: &str) -> EntryDraft {
    EntryDraft {
        title: title.to_owned(),
        body: "one\ntwo".to_owned(),
        photo: None,
        visibility: Visibility::Friends,
    }
}

/// Two people who are no friends yet.
fn strangers() -> (PersonKey, PersonKey) {
    let dataset = dataset();
    let mut others = 3..=dataset.counts().people;
    let other = others.find(|other| !dataset.are_friends(AUTHOR.0, *other));
    (AUTHOR, PersonKey(other.expect("somebody is no friend")))
}

/// Every kind of change, a moment apart.
async fn change_all(model: &Model) {
    let counts = model.dataset().counts();
    let pass = || advance(Duration::from_millis(700));
    let newcomer = model
        .look()
        .begin_signup("newcomer", "新", "secret-password");
    pass().await;
    model.look().acknowledge_signup(newcomer);
    model.look().begin_signup("nobody", "x", "secret-password");
    for nickname in ["first", "last"] {
        let profile = Profile {
            nickname: nickname.to_owned(),
            ..Profile::default()
        };
        model.look().begin_edit(READER, profile);
        pass().await;
    }
    model.look().acknowledge_edit(READER);
    let entries: Vec<_> = ["seen", "acknowledged", "lost"]
        .map(|title| model.look().begin_entry(AUTHOR, draft(title)))
        .into();
    pass().await;
    let (first, second) = (counts.entries + 1, counts.entries + 2);
    model.look().shown_entry(first, AUTHOR, "seen");
    assert!(model.look().acknowledge_entry(entries[1], second));
    model.look().learn_entry_time(second, 86_400_000);
    let comment = model.look().begin_comment(READER, second, "said");
    model.look().begin_comment(READER, second, "lost");
    pass().await;
    model.look().acknowledge_comment(comment);
    let id = counts.comments + 1;
    model
        .look()
        .shown_comment(id, second, READER, |body| body == "said");
    model.look().learn_comment_time(id, 86_400_700);
    let (one, another) = strangers();
    model.look().begin_friendship(one, another);
    pass().await;
    model.look().acknowledge_friendship(one, another);
    model.look().begin_footprint(READER, AUTHOR);
    pass().await;
    model.look().acknowledge_footprint(READER, AUTHOR);
    model.look().begin_removal(1);
    model.look().begin_ban(BANNED);
    pass().await;
    model.look().acknowledge_removal(1);
    model.look().acknowledge_ban(BANNED);
    let now = Instant::now();
    model.look().learn_date(now, now, 86_404_000);
}

async fn write_ledger(folder: &Path) -> (Model, std::path::PathBuf) {
    let path = folder.join("ledger");
    let ledger = Ledger::create(&path).expect("a ledger");
    let model = Model::new(dataset(), ledger);
    change_all(&model).await;
    model.close_ledger().expect("room on the disk");
    (model, path)
}

#[tokio::test(start_paused = true)]
async fn the_same_changes_make_the_same_model() {
    let folder = TempDir::new().expect("a folder");
    let (model, path) = write_ledger(folder.path()).await;
    let copied = folder.path().join("copy");
    let copy = Ledger::create(&copied).expect("a ledger");

    let ago = Duration::from_secs(10_000);
    let rebuilt = Model::rebuild_into(copy, dataset(), &path, ago).expect("a whole ledger");

    rebuilt.close_ledger().expect("room on the disk");
    let text = fs::read_to_string(path).expect("the ledger");
    assert_eq!(fs::read_to_string(copied).expect("the copy"), text);
    let kinds: std::collections::BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split("\"change\":\"").nth(1)?.split('"').next())
        .collect();
    assert_eq!(kinds.len(), 21, "{kinds:?}");
    for model in [&model, &rebuilt] {
        advance(Duration::from_secs(2)).await;
        look_at_all(model);
    }
}

/// What others must see by now, and the writer.
fn look_at_all(model: &Model) {
    let (one, another) = strangers();
    let view = View::now(Some(another));
    let counts = model.dataset().counts();
    let (first, second) = (counts.entries + 1, counts.entries + 2);
    let look = model.look();
    let newcomer = look.person("newcomer").expect("the newcomer");
    assert_eq!(look.exists(newcomer, &view), Certainty::Yes);
    assert_eq!(look.password(newcomer), "secret-password");
    let nobody = look.person("nobody").expect("a name");
    assert_eq!(look.exists(nobody, &view), Certainty::Maybe);
    let profiles = look.profiles(READER, &view);
    assert_eq!(profiles.len(), 1);
    assert_eq!(profiles[0].nickname, "last");
    assert_eq!(look.acknowledged_entries(), [second]);
    assert!(look.entry(first).is_some_and(|seen| seen.title == "seen"));
    let shown = look.entry(second).and_then(|entry| entry.created_at);
    assert_eq!(shown, Some(86_400_000));
    assert_eq!(look.comment_count(second, &view), (1, 2));
    let comment = look.comment(counts.comments + 1).expect("a comment");
    assert_eq!(comment.created_at, Some(86_400_700));
    assert_eq!(look.are_friends(one, another, &view), Certainty::Yes);
    assert_eq!(look.fresh_visitors(AUTHOR, &view)[0].visitor, READER);
    assert_eq!(look.acknowledged_comments().len(), 1);
    assert_eq!(look.acknowledged_removals(), (vec![1], vec![BANNED]));
    assert_eq!(look.is_here(BANNED, &view), Certainty::No);
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_run_that_is_over_stays_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    let (model, path) = write_ledger(folder.path()).await;
    let ago = Duration::from_secs(10_000);
    let rebuilt = Model::rebuild(dataset(), &path, ago).expect("a whole ledger");
    let now = Instant::now();
    let since = now - model.began;
    let known = model.look().deviation(now, now, 0);

    rebuilt.look().learn_date(now, now, 0);

    let then = rebuilt.began + since;
    assert_ne!(known, 0);
    assert_eq!(rebuilt.look().deviation(then, then, 0), known);
}

#[test]
fn a_ledger_that_makes_no_sense_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("ledger");
    let refused = |text: &str| {
        fs::write(&path, text).expect("a file");
        let ago = Duration::from_secs(10);
        match Model::rebuild(dataset(), &path, ago) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        }
    };
    let damaged = |line: &str| refused(&format!("{{\"version\":2}}\n{line}\n"));
    for line in [
        r#"{"ms":1,"change":"entry-acknowledged","entry":0,"id":9000}"#,
        r#"{"ms":1,"change":"entry-seen","entry":7,"id":9000}"#,
        r#"{"ms":1,"change":"comment-acknowledged","comment":0}"#,
        r#"{"ms":1,"change":"comment-seen","comment":0,"id":1}"#,
        r#"{"ms":1,"change":"burnt"}"#,
        "",
    ] {
        let why = damaged(line);
        assert!(why.starts_with("line 2 of the ledger is damaged"), "{why}");
    }
    let old = r#"{"kind":"signup","name":"aoi","nickname":"A","password":"p"}"#;
    assert!(refused(old).contains("an older isutori"));
    assert!(refused("").contains("an older isutori"));
    assert!(refused("{\"version\":3}").contains("a newer isutori"));
    fs::remove_file(&path).expect("the file");
    let missing = Model::rebuild(dataset(), &path, Duration::ZERO);
    assert!(matches!(missing, Err(LedgerError::Unreadable(_))));
}
