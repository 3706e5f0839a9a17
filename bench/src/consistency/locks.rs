//! What must be refused.

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};
use rand::RngExt;

use super::{cast::Cast, walk::Written};
use crate::{
    actions::{
        session::{login_request, signup_request},
        write::{comment_request, entry_request, friend_request, profile_request},
    },
    checks::list_page::PAGE,
    endpoints,
    model::entries::EntryDraft,
    texts,
};

pub(super) async fn refuse_forged_forms(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let name = cast.author_name();
    // A token that is real, but of somebody else's session.
    cast.friend.open_home(cast.friend_key).await?;
    let foreign = cast.friend.logout_csrf.clone().unwrap_or_default();
    let guest = &mut cast.author;
    guest.open_home(cast.author_key).await?;
    let luck = &mut guest.person.luck;
    let (draft, comment) = (texts::entry(luck), texts::comment(luck));
    let profile = texts::profile(luck, "forged");
    let random = format!("{:032x}", luck.random::<u128>());
    for forged in [foreign.as_str(), random.as_str(), ""] {
        let requests = [
            (endpoints::POST_ENTRY, entry_request(&draft, forged)),
            (
                endpoints::POST_COMMENT,
                comment_request(written.public, &comment, forged),
            ),
            (endpoints::POST_FRIEND, friend_request(&name, forged)),
            (
                endpoints::POST_PROFILE,
                profile_request(&name, &profile, forged),
            ),
            (
                endpoints::POST_LOGOUT,
                Request::form("/logout", &[("csrf", forged)]),
            ),
        ];
        for (endpoint, request) in requests {
            guest
                .be_refused(endpoint, &request, StatusCode::FORBIDDEN)
                .await?;
        }
    }
    guest.open_home(cast.author_key).await?;
    let guest = &mut cast.anonymous;
    // With a session of its own, so that nothing but the token is wrong.
    guest.open_login().await?;
    let request = login_request(&name, "does not matter", &foreign);
    guest
        .be_refused(endpoints::POST_LOGIN, &request, StatusCode::FORBIDDEN)
        .await?;
    let request = signup_request("somebody_new", "new", "password", &foreign);
    guest
        .be_refused(endpoints::POST_SIGNUP, &request, StatusCode::FORBIDDEN)
        .await
}

pub(super) async fn refuse_bad_fields(cast: &mut Cast) -> Result<(), Failure> {
    refuse_bad_entries(cast).await?;
    refuse_bad_profiles(cast).await?;
    let name = cast.author_name();
    let csrf = cast.anonymous.open_signup().await?;
    let long = "x".repeat(200);
    let bad = [
        ("Ab", "new", "password1"),
        ("1abc", "new", "password1"),
        ("white space", "new", "password1"),
        (long.as_str(), "new", "password1"),
        ("fine_name", " ", "password1"),
        ("fine_name", &long, "password1"),
        ("fine_name", "new", "short"),
        ("fine_name", "new", &long),
    ];
    for (name, nickname, password) in bad {
        let request = signup_request(name, nickname, password, &csrf);
        cast.anonymous
            .be_refused(
                endpoints::POST_SIGNUP,
                &request,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await?;
    }
    let taken = signup_request(&name, "new", "password1", &csrf);
    cast.anonymous
        .be_refused(endpoints::POST_SIGNUP, &taken, StatusCode::CONFLICT)
        .await
}

async fn refuse_bad_entries(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.author;
    let csrf = guest.open_home(cast.author_key).await?.csrf;
    let good = texts::entry(&mut guest.person.luck);
    let draft = |title: &str, body: &str| EntryDraft {
        title: title.into(),
        body: body.into(),
        ..good.clone()
    };
    let bad = [
        draft(" ", "body"),
        draft(&"椅".repeat(101), "body"),
        draft("title", "\n "),
        draft("title", &"椅".repeat(20_001)),
    ];
    for draft in &bad {
        let request = entry_request(draft, &csrf);
        guest
            .be_refused(
                endpoints::POST_ENTRY,
                &request,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await?;
    }
    let odd = [
        ("title", "t"),
        ("body", "b"),
        ("visibility", "everybody"),
        ("csrf", &csrf),
    ];
    let request = Request::form("/entries", &odd);
    guest
        .be_refused(
            endpoints::POST_ENTRY,
            &request,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await?;
    let own = guest
        .world
        .model
        .look()
        .acknowledged_entries()
        .first()
        .copied()
        .unwrap_or(1);
    for body in ["", &"椅".repeat(1001)] {
        let request = comment_request(own, body, &csrf);
        guest
            .be_refused(
                endpoints::POST_COMMENT,
                &request,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await?;
    }
    guest.open_home(cast.author_key).await.map(drop)
}

async fn refuse_bad_profiles(cast: &mut Cast) -> Result<(), Failure> {
    let (author, stranger) = {
        let look = cast.author.world.model.look();
        (look.name(cast.author_key), look.name(cast.stranger_key))
    };
    let guest = &mut cast.author;
    let csrf = guest
        .open_profile(&author)
        .await?
        .edit_csrf
        .unwrap_or_default();
    let good = texts::profile(&mut guest.person.luck, "fine");
    let mut bad = vec![good.clone(), good.clone(), good.clone()];
    bad[0].nickname = String::new();
    bad[1].introduction = "椅".repeat(501);
    bad[2].birthday = "2001-02-29".into();
    for profile in &bad {
        let request = profile_request(&author, profile, &csrf);
        guest
            .be_refused(
                endpoints::POST_PROFILE,
                &request,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await?;
    }
    let request = profile_request(&stranger, &good, &csrf);
    guest
        .be_refused(endpoints::POST_PROFILE, &request, StatusCode::FORBIDDEN)
        .await?;
    let oneself = friend_request(&author, &csrf);
    guest
        .be_refused(
            endpoints::POST_FRIEND,
            &oneself,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await?;
    let nobody = friend_request("nobody_at_all", &csrf);
    guest
        .be_refused(endpoints::POST_FRIEND, &nobody, StatusCode::NOT_FOUND)
        .await
}

pub(super) async fn refuse_what_is_not_there(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.anonymous;
    let pages = guest.open_recent(1).await?.total.div_ceil(PAGE);
    let missing = [
        (endpoints::RECENT, format!("/recent/{}", pages + 10)),
        (endpoints::RECENT, "/recent/0".to_owned()),
        (endpoints::RECENT, "/recent/x".to_owned()),
        (endpoints::ENTRY, "/entries/999999999999".to_owned()),
        (endpoints::ENTRY, "/entries/x".to_owned()),
        (endpoints::PROFILE, "/people/nobody_at_all".to_owned()),
        (endpoints::DIARY, "/diary/nobody_at_all".to_owned()),
        (endpoints::STATIC_FILE, "/no/such/page".to_owned()),
    ];
    for (endpoint, path) in missing {
        guest
            .be_refused(endpoint, &Request::get(path), StatusCode::NOT_FOUND)
            .await?;
    }
    Ok(())
}

/// A session is worthless after logout, even for whoever kept the cookie.
pub(super) async fn end_sessions(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.stranger;
    guest.open_home(cast.stranger_key).await?;
    let kept = guest.session_cookie();
    guest.log_out().await?;
    match kept {
        Some(cookie) => guest.keep_session(&cookie).await,
        None => guest.be_sent_to_login("/").await,
    }
}
