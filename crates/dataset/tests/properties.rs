//! What holds for the data whatever the seed: the answers agree with the rows, and the rows keep
//! the contract of the app.

use std::collections::{HashMap, HashSet};

use isutori_dataset::{Dataset, Size, Visibility};
use jiff::civil::Date;

fn small() -> Dataset {
    Dataset::new(1, Size::Small)
}

/// Lengths are counted as the contract counts them.
fn length(text: &str) -> usize {
    text.chars().count()
}

fn is_account_name(name: &str) -> bool {
    let letters = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_');
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(letters)
}

fn assert_clean(text: &str) {
    assert_eq!(text, text.trim());
    assert!(!text.contains('\r'));
}

#[test]
fn people_keep_the_limits_and_are_found_by_name() {
    let dataset = small();
    let mut names = HashSet::new();
    for person in dataset.people() {
        assert!((3..=20).contains(&length(&person.name)) && is_account_name(&person.name));
        assert!(
            (1..=30).contains(&length(&person.nickname)),
            "{}",
            person.nickname
        );
        assert!((8..=16).contains(&length(&person.password)));
        assert!((1..=32).contains(&length(&person.password_salt)));
        assert_eq!(person.password_hash().len(), 128);
        assert!((0..=500).contains(&length(&person.introduction)));
        assert!(person.birthday.is_empty() || person.birthday.parse::<Date>().is_ok());
        assert_clean(&person.nickname);
        assert_clean(&person.introduction);
        assert_eq!(dataset.person_id(&person.name), Some(person.id));
        assert_eq!(dataset.person_name(person.id).as_ref(), Some(&person.name));
        assert_eq!(dataset.nickname(person.id).as_ref(), Some(&person.nickname));
        assert_eq!(dataset.person(person.id).as_ref(), Some(&person));
        assert!(names.insert(person.name));
    }
    assert_eq!(names.len() as u64, dataset.counts().people);
}

#[test]
fn entries_keep_the_limits_and_agree_with_their_headers() {
    let dataset = small();
    for entry in dataset.entries() {
        let header = dataset
            .entry_header(entry.id)
            .expect("a header for every entry");
        assert_eq!(header.person_id, entry.person_id);
        assert_eq!(header.visibility, entry.visibility);
        assert_eq!(header.created_at, entry.created_at);
        assert_eq!(dataset.entry_title(entry.id).as_ref(), Some(&entry.title));
        assert!((1..=100).contains(&length(&entry.title)), "{}", entry.title);
        assert!((1..=20_000).contains(&length(&entry.body)));
        assert_clean(&entry.title);
        assert_clean(&entry.body);
    }
    assert_eq!(dataset.entries().count() as u64, dataset.counts().entries);
}

#[test]
fn comments_keep_the_limits_and_agree_with_their_headers() {
    let dataset = small();
    for comment in dataset.comments() {
        let header = dataset
            .comment_header(comment.id)
            .expect("a header for every comment");
        assert_eq!(header.entry_id, comment.entry_id);
        assert_eq!(header.person_id, comment.person_id);
        assert_eq!(header.created_at, comment.created_at);
        assert!((1..=1_000).contains(&length(&comment.body)));
        assert_clean(&comment.body);
    }
    assert_eq!(dataset.comments().count() as u64, dataset.counts().comments);
}

#[test]
fn every_entry_is_among_those_of_its_author() {
    let dataset = small();
    let mut written = HashMap::<u64, Vec<u64>>::new();
    for id in 1..=dataset.counts().entries {
        let author = dataset.entry_header(id).expect("an entry").person_id;
        written.entry(author).or_default().push(id);
    }
    for person in 1..=dataset.counts().people {
        assert_eq!(
            dataset.entries_of(person),
            written.remove(&person).unwrap_or_default()
        );
    }
    assert!(
        written.is_empty(),
        "entries by people who do not exist: {written:?}"
    );
}

#[test]
fn every_comment_is_among_those_of_its_entry() {
    let dataset = small();
    let mut made = HashMap::<u64, Vec<u64>>::new();
    for id in 1..=dataset.counts().comments {
        let entry = dataset.comment_header(id).expect("a comment").entry_id;
        made.entry(entry).or_default().push(id);
    }
    let without = dataset.counts().entries - made.len() as u64;
    assert!(without > 0, "some entries have no comment");
    for entry in 1..=dataset.counts().entries {
        let comments = made.remove(&entry).unwrap_or_default();
        assert_eq!(dataset.comment_count(entry), comments.len() as u64);
        assert_eq!(dataset.comments_of(entry), comments);
    }
    assert!(
        made.is_empty(),
        "comments on entries that do not exist: {made:?}"
    );
}

#[test]
fn public_entries_are_ranked_from_the_newest() {
    for size in [Size::Small, Size::Standard] {
        let dataset = Dataset::new(2, size);
        let mut public: Vec<u64> = (1..=dataset.counts().entries)
            .filter(|&id| {
                let header = dataset.entry_header(id).expect("an entry");
                header.visibility == Visibility::Public
            })
            .collect();
        public.reverse();
        assert_eq!(dataset.public_entries(), public.len() as u64);
        let ranked: Vec<u64> = (0..).map_while(|rank| dataset.public_entry(rank)).collect();
        assert_eq!(ranked, public);
    }
}

#[test]
fn commenters_may_see_what_they_comment_on() {
    let dataset = small();
    let mut by_others = 0;
    for id in 1..=dataset.counts().comments {
        let comment = dataset.comment_header(id).expect("a comment");
        let entry = dataset.entry_header(comment.entry_id).expect("its entry");
        let is_author = comment.person_id == entry.person_id;
        by_others += u64::from(!is_author);
        let allowed = match entry.visibility {
            Visibility::Public => true,
            Visibility::Friends => {
                is_author || dataset.are_friends(comment.person_id, entry.person_id)
            }
            Visibility::Private => is_author,
        };
        assert!(allowed, "{comment:?} on {entry:?}");
        assert!(comment.created_at > entry.created_at);
        assert!(comment.person_id <= dataset.counts().people);
    }
    assert!(by_others > dataset.counts().comments / 2);
}

#[test]
fn friendship_is_mutual_and_agrees_with_the_rows() {
    let dataset = small();
    let people = dataset.counts().people;
    let mut pairs = HashMap::new();
    for row in dataset.friendships() {
        assert!(row.one < row.another);
        assert_eq!(row.id, pairs.len() as u64 + 1);
        assert!(
            pairs
                .insert((row.one, row.another), row.created_at)
                .is_none(),
            "{row:?} twice"
        );
    }
    assert_eq!(dataset.friendship_count(), pairs.len() as u64);
    for a in 1..=people {
        for friend in dataset.friends_of(a) {
            let pair = (a.min(friend.person_id), a.max(friend.person_id));
            assert_eq!(pairs.get(&pair), Some(&friend.since));
        }
        for b in 1..=people {
            let expected = pairs.contains_key(&(a.min(b), a.max(b)));
            assert_eq!(dataset.are_friends(a, b), expected, "{a} and {b}");
        }
    }
    let degrees: u64 = (1..=people)
        .map(|person| dataset.friends_of(person).len() as u64)
        .sum();
    assert_eq!(degrees, 2 * dataset.friendship_count());
}

#[test]
fn friends_are_many_for_few_and_some_for_all() {
    let dataset = small();
    let mut degrees: Vec<usize> = (1..=dataset.counts().people)
        .map(|person| dataset.friends_of(person).len())
        .collect();
    degrees.sort_unstable();
    assert!(degrees[0] >= 1, "somebody has no friend");
    assert!(
        (10..=20).contains(&degrees[250]),
        "the median is {}",
        degrees[250]
    );
    assert!(
        degrees[499] >= 4 * degrees[250],
        "the most popular has {}",
        degrees[499]
    );
}

#[test]
fn no_two_friendships_began_together() {
    let dataset = Dataset::new(1, Size::Standard);
    let times: HashSet<i64> = dataset.friendships().map(|row| row.created_at).collect();
    assert_eq!(times.len() as u64, dataset.friendship_count());
}

#[test]
fn footprints_are_found_by_owner() {
    let dataset = small();
    let mut left = HashMap::<u64, Vec<_>>::new();
    for footprint in dataset.footprints() {
        assert_ne!(footprint.owner_id, footprint.visitor_id);
        assert!((1..=dataset.counts().people).contains(&footprint.visitor_id));
        left.entry(footprint.owner_id).or_default().push(footprint);
    }
    for owner in 1..=dataset.counts().people {
        assert_eq!(
            dataset.footprints_of(owner),
            left.remove(&owner).unwrap_or_default()
        );
    }
    assert!(
        left.is_empty(),
        "footprints at people who do not exist: {left:?}"
    );
}

#[test]
fn visitors_come_again_on_the_same_day_and_past_midnight() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let dataset = small();
    let footprints: Vec<_> = dataset.footprints().collect();
    let returns = |same_day: bool| {
        let again = footprints.windows(2).filter(|pair| {
            let [first, next] = [pair[0], pair[1]];
            let same_people =
                (first.owner_id, first.visitor_id) == (next.owner_id, next.visitor_id);
            same_people && (first.created_at / DAY == next.created_at / DAY) == same_day
        });
        again.count()
    };
    assert!(returns(true) > 100);
    assert!(returns(false) > 100);
}

#[test]
fn the_login_log_has_successes_failures_and_unknown_names() {
    let dataset = small();
    let [mut successes, mut failures, mut unknown] = [0, 0, 0];
    for login in dataset.logins() {
        assert_eq!(dataset.login(login.id).as_ref(), Some(&login));
        assert_eq!(dataset.person_id(&login.name), login.person_id);
        assert!(
            login
                .address
                .parse::<std::net::Ipv4Addr>()
                .expect("an address")
                .is_documentation()
        );
        match (login.person_id, login.succeeded) {
            (Some(_), true) => successes += 1,
            (Some(_), false) => failures += 1,
            (None, false) => unknown += 1,
            (None, true) => panic!("nobody logged in: {login:?}"),
        }
    }
    assert!(successes > failures && failures > unknown && unknown > 0);
}

#[test]
fn the_login_log_ends_with_people_and_addresses_that_only_failed() {
    let dataset = small();
    let mut people: HashMap<u64, u32> = HashMap::new();
    let mut addresses: HashMap<String, u32> = HashMap::new();
    for login in dataset.logins() {
        let person = login.person_id.map(|id| people.entry(id).or_default());
        let address = addresses.entry(login.address).or_default();
        for failures in person.into_iter().chain([address]) {
            *failures = if login.succeeded { 0 } else { *failures + 1 };
        }
    }
    let locked = people.values().filter(|failures| **failures >= 3).count();
    let banned = addresses
        .values()
        .filter(|failures| **failures >= 10)
        .count();
    assert!((5..25).contains(&locked), "{locked}");
    assert!((2..10).contains(&banned), "{banned}");
}

#[test]
fn times_rise_with_ids_and_end_in_time() {
    let dataset = small();
    let end = "2026-03-31T23:59:00Z"
        .parse::<jiff::Timestamp>()
        .expect("a time")
        .as_millisecond();
    let people: Vec<i64> = dataset.people().map(|row| row.created_at).collect();
    let entries: Vec<i64> = dataset.entries().map(|row| row.created_at).collect();
    assert!(
        people[people.len() - 1] < entries[0],
        "everybody signs up before the first entry"
    );
    let comments = dataset.comments().map(|row| row.created_at).collect();
    let footprints = dataset.footprints().map(|row| row.created_at).collect();
    let logins = dataset.logins().map(|row| row.created_at).collect();
    for times in [people, entries, comments, footprints, logins] {
        assert!(times.is_sorted_by(|earlier, later| earlier < later));
        assert!(times[times.len() - 1] < end);
    }
    assert!(dataset.friendships().all(|row| row.created_at < end));
}

#[test]
fn nothing_is_there_outside_the_ids() {
    let dataset = small();
    let counts = dataset.counts();
    for id in [0, counts.people + 1, u64::MAX] {
        assert!(dataset.person(id).is_none() && dataset.person_name(id).is_none());
        assert!(dataset.nickname(id).is_none() && dataset.language(id).is_none());
        assert!(dataset.entries_of(id).is_empty() && dataset.friends_of(id).is_empty());
        assert!(dataset.footprints_of(id).is_empty() && !dataset.are_friends(1, id));
    }
    for id in [0, counts.entries + 1, u64::MAX] {
        assert!(dataset.entry(id).is_none() && dataset.entry_header(id).is_none());
        assert!(dataset.entry_title(id).is_none() && dataset.comments_of(id).is_empty());
    }
    for id in [0, counts.comments + 1, u64::MAX] {
        assert!(dataset.comment(id).is_none() && dataset.comment_header(id).is_none());
    }
    assert!(dataset.login(0).is_none() && dataset.login(counts.logins + 1).is_none());
    assert!(dataset.public_entry(dataset.public_entries()).is_none());
    assert!(dataset.public_entry(u64::MAX).is_none());
    assert!(!dataset.are_friends(1, 1));
}

#[test]
fn the_large_data_answers_without_holding_rows() {
    let dataset = Dataset::new(1, Size::Large);
    for rank in (0..dataset.public_entries()).step_by(99_991) {
        let id = dataset
            .public_entry(rank)
            .expect("a rank below the number of public entries");
        let header = dataset.entry_header(id).expect("its header");
        assert!(dataset.entries_of(header.person_id).contains(&id));
        for comment in dataset.comments_of(id) {
            let comment = dataset.comment_header(comment).expect("its comment");
            assert_eq!(comment.entry_id, id);
            let friends = dataset.friends_of(comment.person_id);
            let known = friends
                .iter()
                .any(|friend| friend.person_id == header.person_id);
            assert_eq!(
                dataset.are_friends(header.person_id, comment.person_id),
                known
            );
        }
    }
}
