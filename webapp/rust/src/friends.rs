//! Friendships, and what two people are to each other.

use std::fmt;

use askama::Template;
use axum::{extract::State, response::Redirect};
use serde::Deserialize;
use sqlx::{FromRow, Row, any::AnyRow};

use crate::{
    database::{self, Database},
    domain::{InvalidField, Visibility, tidy},
    error::AppError,
    form::Form,
    moment::Moment,
    page::Page,
    people::{self, Person},
    state::AppState,
    viewer::{CurrentPerson, Viewer},
};

/// What a viewer is to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Oneself,
    Friend,
    Stranger,
    Anonymous,
}

impl Relation {
    /// Asks the database what a viewer, if logged in, is to a person.
    pub async fn of(
        db: &Database,
        viewer: Option<&Person>,
        person_id: i64,
    ) -> Result<Self, sqlx::Error> {
        Ok(match viewer {
            None => Self::Anonymous,
            Some(viewer) if viewer.id == person_id => Self::Oneself,
            Some(viewer) if are_friends(db, viewer.id, person_id).await? => Self::Friend,
            Some(_) => Self::Stranger,
        })
    }

    /// The most private entries of the person that the viewer may see.
    pub fn sees_up_to(self) -> Visibility {
        match self {
            Self::Oneself => Visibility::Private,
            Self::Friend => Visibility::Friends,
            Self::Stranger | Self::Anonymous => Visibility::Public,
        }
    }

    /// Whether the viewer may see the person's birthday.
    pub fn sees_birthday(self) -> bool {
        matches!(self, Self::Oneself | Self::Friend)
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Oneself => "self",
            Self::Friend => "yes",
            Self::Stranger => "no",
            Self::Anonymous => "anonymous",
        })
    }
}

/// A row of `friendships`.
struct Friendship {
    one: i64,
    another: i64,
    created_at: Moment,
}

impl FromRow<'_, AnyRow> for Friendship {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            one: row.try_get("one")?,
            another: row.try_get("another")?,
            created_at: Moment(row.try_get("created_at")?),
        })
    }
}

impl Friendship {
    fn friend_of(&self, person_id: i64) -> i64 {
        if self.one == person_id {
            self.another
        } else {
            self.one
        }
    }
}

/// Whether two people are friends.
pub async fn are_friends(db: &Database, a: i64, b: i64) -> Result<bool, sqlx::Error> {
    let count = db
        .query_number("SELECT COUNT(*) FROM current_friendships WHERE one = ? AND another = ?")
        .bind(a.min(b))
        .bind(a.max(b))
        .fetch_one(&db.pool)
        .await?;
    Ok(count > 0)
}

/// How many friends a person has.
pub async fn count_friends(db: &Database, person_id: i64) -> Result<i64, sqlx::Error> {
    db.query_number("SELECT COUNT(*) FROM current_friendships WHERE one = ? OR another = ?")
        .bind(person_id)
        .bind(person_id)
        .fetch_one(&db.pool)
        .await
}

/// A friend and since when.
struct Friend {
    person: Person,
    since: Moment,
}

#[derive(Template)]
#[template(path = "friends.html")]
struct FriendsPage {
    viewer: Viewer,
    friends: Vec<Friend>,
}

/// `GET /friends`
pub async fn list_friends(
    State(state): State<AppState>,
    current: CurrentPerson,
) -> Result<Page<impl Template>, AppError> {
    let me = current.person.id;
    let friendships: Vec<Friendship> = state
        .db
        .query_as(
            "SELECT * FROM current_friendships WHERE one = ? OR another = ?
             ORDER BY created_at DESC, id DESC",
        )
        .bind(me)
        .bind(me)
        .fetch_all(&state.db.pool)
        .await?;
    let mut friends = Vec::with_capacity(friendships.len());
    for friendship in friendships {
        let person = people::find_by_id(&state.db, friendship.friend_of(me)).await?;
        let since = friendship.created_at;
        friends.extend(person.map(|person| Friend { person, since }));
    }
    Ok(Page(FriendsPage {
        viewer: current.into(),
        friends,
    }))
}

/// The form that makes a friendship.
#[derive(Deserialize)]
pub struct BefriendForm {
    name: String,
}

/// `POST /friends`
pub async fn befriend(
    State(state): State<AppState>,
    current: CurrentPerson,
    Form(form): Form<BefriendForm>,
) -> Result<Redirect, AppError> {
    let person = people::person_named(&state.db, &tidy(&form.name)).await?;
    if person.id == current.person.id {
        return Err(InvalidField("You are your own friend already.".to_owned()).into());
    }
    create_friendship(&state.db, current.person.id, person.id).await?;
    Ok(Redirect::to(&format!("/people/{}", person.name)))
}

/// Makes two people friends. That they are friends already is what was asked for.
async fn create_friendship(db: &Database, a: i64, b: i64) -> Result<(), sqlx::Error> {
    let result = db
        .query("INSERT INTO friendships (one, another, created_at) VALUES (?, ?, ?)")
        .bind(a.min(b))
        .bind(a.max(b))
        .bind(Moment::now().0)
        .execute(&db.pool)
        .await;
    match result {
        Err(error) if !database::is_unique_violation(&error) => Err(error),
        _ => Ok(()),
    }
}
