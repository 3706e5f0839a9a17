//! The page that greets whoever is logged in.

use askama::Template;
use axum::extract::State;

use crate::{
    comments::{Comment, ListedComment},
    database::Database,
    domain::Visibility,
    entries::{self, Entry, ListedEntry},
    error::AppError,
    footprints::{self, Visit},
    friends,
    page::Page,
    people::{self, Person},
    state::AppState,
    viewer::{CurrentPerson, Viewer},
};

/// How many entries, comments or footprints each part shows.
const PART_LENGTH: usize = 10;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    viewer: Viewer,
    me: CurrentPerson,
    friend_count: i64,
    my_entries: Vec<ListedEntry>,
    friends_entries: Vec<ListedEntry>,
    friends_comments: Vec<ListedComment>,
    comments_to_me: Vec<ListedComment>,
    visits: Vec<Visit>,
}

/// `GET /`
pub async fn show_home(
    State(state): State<AppState>,
    me: CurrentPerson,
) -> Result<Page<impl Template>, AppError> {
    let db = &state.db;
    Ok(Page(HomePage {
        friend_count: friends::count_friends(db, me.person.id).await?,
        my_entries: my_entries(db, &me.person).await?,
        friends_entries: friends_entries(db, &me.person).await?,
        friends_comments: friends_comments(db, &me.person).await?,
        comments_to_me: comments_to_me(db, &me.person).await?,
        visits: footprints::newest_visits(db, me.person.id, PART_LENGTH).await?,
        viewer: me.clone().into(),
        me,
    }))
}

async fn my_entries(db: &Database, me: &Person) -> Result<Vec<ListedEntry>, sqlx::Error> {
    let entries: Vec<Entry> = db
        .query_as(
            "SELECT * FROM current_entries WHERE person_id = ?
             ORDER BY created_at DESC, id DESC LIMIT 5",
        )
        .bind(me.id)
        .fetch_all(&db.pool)
        .await?;
    entries::list_entries(db, entries).await
}

async fn friends_entries(db: &Database, me: &Person) -> Result<Vec<ListedEntry>, sqlx::Error> {
    let newest: Vec<Entry> = db
        .query_as("SELECT * FROM current_entries ORDER BY created_at DESC, id DESC LIMIT 1000")
        .fetch_all(&db.pool)
        .await?;
    let mut chosen = Vec::new();
    for entry in newest {
        if entry.visibility == Visibility::Private
            || !friends::are_friends(db, me.id, entry.person_id).await?
        {
            continue;
        }
        chosen.push(entry);
        if chosen.len() == PART_LENGTH {
            break;
        }
    }
    entries::list_entries(db, chosen).await
}

async fn friends_comments(db: &Database, me: &Person) -> Result<Vec<ListedComment>, sqlx::Error> {
    let newest: Vec<Comment> = db
        .query_as("SELECT * FROM current_comments ORDER BY created_at DESC, id DESC LIMIT 1000")
        .fetch_all(&db.pool)
        .await?;
    let mut chosen = Vec::new();
    for comment in newest {
        if !friends::are_friends(db, me.id, comment.person_id).await? {
            continue;
        }
        let Some(listed) = list_comment(db, comment).await? else {
            continue;
        };
        if !entries::can_see(db, Some(me), &listed.entry).await? {
            continue;
        }
        chosen.push(listed);
        if chosen.len() == PART_LENGTH {
            break;
        }
    }
    Ok(chosen)
}

async fn comments_to_me(db: &Database, me: &Person) -> Result<Vec<ListedComment>, sqlx::Error> {
    let comments: Vec<Comment> = db
        .query_as(
            "SELECT comments.* FROM current_comments AS comments
             JOIN entries ON entries.id = comments.entry_id
             WHERE entries.person_id = ? AND comments.person_id <> ?
             ORDER BY comments.created_at DESC, comments.id DESC LIMIT 10",
        )
        .bind(me.id)
        .bind(me.id)
        .fetch_all(&db.pool)
        .await?;
    let mut listed = Vec::with_capacity(comments.len());
    for comment in comments {
        listed.extend(list_comment(db, comment).await?);
    }
    Ok(listed)
}

/// Adds to a comment what a list shows of it, unless it was taken away this moment.
async fn list_comment(
    db: &Database,
    comment: Comment,
) -> Result<Option<ListedComment>, sqlx::Error> {
    let entry = entries::find_by_id(db, comment.entry_id).await?;
    let author = people::find_by_id(db, comment.person_id).await?;
    let both = entry.zip(author);
    Ok(both.map(|(entry, author)| ListedComment {
        comment,
        author,
        entry,
    }))
}
