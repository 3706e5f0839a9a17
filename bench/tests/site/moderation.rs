//! What was taken away, and is there all the same.

use crate::{
    locks::let_everybody_in,
    mutants::{Mutant, critical, wrong},
    tamper::pass,
};

pub fn mutants() -> Vec<Mutant> {
    vec![
        critical("removals are forgotten", "entry.removed", pass()).after(
            "CREATE TRIGGER keep BEFORE INSERT ON removed_entries BEGIN SELECT RAISE(IGNORE); END",
        ),
        critical("bans are forgotten", "person.banned", pass()).after(
            "CREATE TRIGGER keep BEFORE INSERT ON banned_people BEGIN SELECT RAISE(IGNORE); END",
        ),
        critical(
            "comments of whoever is banned stay",
            "person.banned",
            pass(),
        )
        .after(
            "DROP VIEW current_comments;
             CREATE VIEW current_comments AS SELECT * FROM comments;
             DROP VIEW current_people;
             CREATE VIEW current_people AS SELECT * FROM people
                 WHERE id NOT IN (SELECT id FROM banned_people)
                    OR id IN (SELECT person_id FROM comments)",
        ),
        wrong(
            "whoever is banned is counted as a friend",
            "friends.count",
            pass(),
        )
        .after(
            "DROP VIEW current_friendships;
             CREATE VIEW current_friendships AS SELECT * FROM friendships",
        ),
        wrong("who was banned stays away", "comments.count", pass()).after(
            "CREATE TRIGGER keep BEFORE DELETE ON banned_people BEGIN SELECT RAISE(IGNORE); END",
        ),
        critical(
            "everybody may remove and ban",
            "moderation.open",
            let_everybody_in("/entries/"),
        ),
    ]
}
