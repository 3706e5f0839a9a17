//! Sign-up, login and logout.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    address::{ClientAddress, Peer},
    database::{self, Database},
    domain::{AccountName, Nickname, Password, tidy},
    error::AppError,
    form::Form,
    moment::Moment,
    page::Page,
    panel, password,
    people::{self, Person},
    session::Session,
    state::AppState,
    viewer::{CurrentPerson, Viewer},
};

/// So many failures in a row lock a person ...
pub const FAILURES_OF_PERSON: i64 = 3;
/// ... and so many from one address ban it.
pub const FAILURES_OF_ADDRESS: i64 = 10;

/// How much of a name as typed the login log keeps, in characters.
const LOGGED_NAME_LENGTH: usize = 100;

#[derive(Template)]
#[template(path = "signup.html")]
struct SignupPage {
    viewer: Viewer,
    csrf: String,
    form: SignupForm,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    viewer: Viewer,
    csrf: String,
    name: String,
    error: Option<String>,
}

/// `GET /signup`
pub async fn show_signup(
    State(state): State<AppState>,
    viewer: Viewer,
    session: Option<Session>,
) -> Result<impl IntoResponse, AppError> {
    let session = ensure_session(&state, session).await?;
    let cookie = session.set_cookie();
    let page = SignupPage {
        viewer,
        csrf: session.csrf,
        form: SignupForm::default(),
        error: None,
    };
    Ok((cookie, Page(page)))
}

/// `GET /login`
pub async fn show_login(
    State(state): State<AppState>,
    viewer: Viewer,
    session: Option<Session>,
) -> Result<impl IntoResponse, AppError> {
    let session = ensure_session(&state, session).await?;
    let cookie = session.set_cookie();
    let page = LoginPage {
        viewer,
        csrf: session.csrf,
        name: String::new(),
        error: None,
    };
    Ok((cookie, Page(page)))
}

/// A form needs a session that its CSRF token is bound to.
async fn ensure_session(state: &AppState, session: Option<Session>) -> Result<Session, AppError> {
    match session {
        Some(session) => Ok(session),
        None => Ok(state.sessions.create(None).await?),
    }
}

/// The form for a new account.
#[derive(Default, Deserialize)]
pub struct SignupForm {
    name: String,
    nickname: String,
    password: String,
}

/// `POST /signup`
pub async fn sign_up(
    State(state): State<AppState>,
    viewer: Viewer,
    session: Option<Session>,
    Form(form): Form<SignupForm>,
) -> Result<Response, AppError> {
    let session = session.ok_or(AppError::Csrf)?;
    match create_person(&state, &form).await {
        Ok(person_id) => start_session(&state, session, person_id).await,
        Err(error @ (AppError::InvalidField(_) | AppError::NameTaken)) => {
            let page = SignupPage {
                viewer,
                csrf: session.csrf,
                form,
                error: Some(error.to_string()),
            };
            Ok((error.status(), Page(page)).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn create_person(state: &AppState, form: &SignupForm) -> Result<i64, AppError> {
    let name = AccountName::parse(&tidy(&form.name))?;
    let nickname = Nickname::parse("nickname", &form.nickname)?;
    let password = Password::parse("password", &form.password)?;
    let salt = password::random_salt();
    let hash = state
        .hasher
        .hash(&salt, password.as_str())
        .await
        .map_err(AppError::Password)?;
    let now = Moment::now();
    let insert = state
        .db
        .insert(
            "INSERT INTO people (name, nickname, password_salt, password_hash, introduction,
                                 birthday, subscriptions, created_at, updated_at)
             VALUES (?, ?, ?, ?, '', '', ?, ?, ?)",
        )
        .bind(name.as_str().to_owned())
        .bind(nickname.as_str().to_owned())
        .bind(salt)
        .bind(hash)
        .bind(panel::FIRST_SUBSCRIPTIONS.to_owned())
        .bind(now.0)
        .bind(now.0);
    state.db.inserted_id(insert).await.map_err(|error| {
        if database::is_unique_violation(&error) {
            AppError::NameTaken
        } else {
            error.into()
        }
    })
}

/// The form for coming back.
#[derive(Deserialize)]
pub struct LoginForm {
    name: String,
    password: String,
}

/// `POST /login`
pub async fn log_in(
    State(state): State<AppState>,
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    session: Option<Session>,
    Form(form): Form<LoginForm>,
) -> Result<Response, AppError> {
    let session = session.ok_or(AppError::Csrf)?;
    let name = tidy(&form.name);
    let person = people::find_by_name(&state.db, &name).await?;
    let refusal = refusal(&state, person.as_ref(), address, &form.password).await?;
    let succeeded = refusal.is_none();
    log_attempt(&state.db, person.as_ref(), &name, address, succeeded).await?;
    match (person, refusal) {
        (Some(person), None) => start_session(&state, session, person.id).await,
        (_, refusal) => {
            let error = refusal.unwrap_or(AppError::WrongCredentials);
            let page = LoginPage {
                viewer,
                csrf: session.csrf,
                name,
                error: Some(error.to_string()),
            };
            Ok((error.status(), Page(page)).into_response())
        }
    }
}

/// Why somebody may not log in, if there is a reason.
async fn refusal(
    state: &AppState,
    person: Option<&Person>,
    address: Peer,
    password: &str,
) -> Result<Option<AppError>, AppError> {
    if failures_of_address(&state.db, address).await? >= FAILURES_OF_ADDRESS {
        return Ok(Some(AppError::Banned));
    }
    let Some(person) = person else {
        return Ok(Some(AppError::WrongCredentials));
    };
    if failures_of_person(&state.db, person.id).await? >= FAILURES_OF_PERSON {
        return Ok(Some(AppError::Locked));
    }
    let is_right = has_password(state, person, password).await?;
    Ok((!is_right).then_some(AppError::WrongCredentials))
}

/// How often a login failed since the person's last one that succeeded.
async fn failures_of_person(db: &Database, person_id: i64) -> Result<i64, sqlx::Error> {
    db.query_number(
        "SELECT COUNT(*) FROM login_log
         WHERE person_id = ? AND succeeded = 0
           AND id > (SELECT COALESCE(MAX(id), 0) FROM login_log
                     WHERE person_id = ? AND succeeded = 1)",
    )
    .bind(person_id)
    .bind(person_id)
    .fetch_one(&db.pool)
    .await
}

/// How often a login failed since the last one from this address that succeeded.
async fn failures_of_address(db: &Database, address: Peer) -> Result<i64, sqlx::Error> {
    db.query_number(
        "SELECT COUNT(*) FROM login_log
         WHERE address = ? AND succeeded = 0
           AND id > (SELECT COALESCE(MAX(id), 0) FROM login_log
                     WHERE address = ? AND succeeded = 1)",
    )
    .bind(address.to_string())
    .bind(address.to_string())
    .fetch_one(&db.pool)
    .await
}

async fn has_password(state: &AppState, person: &Person, typed: &str) -> Result<bool, AppError> {
    let hash = state
        .hasher
        .hash(&person.password_salt, &tidy(typed))
        .await
        .map_err(AppError::Password)?;
    Ok(hash == person.password_hash)
}

async fn log_attempt(
    db: &Database,
    person: Option<&Person>,
    name: &str,
    address: Peer,
    succeeded: bool,
) -> Result<(), sqlx::Error> {
    let name: String = name.chars().take(LOGGED_NAME_LENGTH).collect();
    db.query(
        "INSERT INTO login_log (person_id, name, address, succeeded, created_at)
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(person.map(|person| person.id))
    .bind(name)
    .bind(address.to_string())
    .bind(i16::from(succeeded))
    .bind(Moment::now().0)
    .execute(&db.pool)
    .await?;
    Ok(())
}

/// Replaces the session by one in which the person is logged in, and leads home.
async fn start_session(
    state: &AppState,
    old: Session,
    person_id: i64,
) -> Result<Response, AppError> {
    state.sessions.delete(&old).await?;
    let session = state.sessions.create(Some(person_id)).await?;
    Ok((session.set_cookie(), Redirect::to("/")).into_response())
}

/// A form that carries nothing but its CSRF token.
#[derive(Deserialize)]
pub struct EmptyForm {}

/// `POST /logout`
pub async fn log_out(
    State(state): State<AppState>,
    current: CurrentPerson,
    Form(EmptyForm {}): Form<EmptyForm>,
) -> Result<impl IntoResponse, AppError> {
    state.sessions.delete(&current.session).await?;
    Ok((Session::remove_cookie(), Redirect::to("/login")))
}
