//! What is refused because of a field, or of the thing that a form is about.

use http::StatusCode;
use isutori_engine::failure::Failure;

use super::{
    addresses::{MISSING_ENTRY, NOBODY},
    cast::Cast,
    forms::{members_forms, visitors_forms},
    walk::Written,
};
use crate::{actions::form::Form, guest::Guest, texts};

/// Forms of which a field is left out, or holds U+0000.
pub(super) async fn refuse_spoilt_forms(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let token = cast.author.csrf();
    let members = members_forms(cast, written, &token);
    let token = cast.newcomer.open_login().await?;
    let visitors = visitors_forms(cast, &token);
    for (guest, forms) in [(&mut cast.author, members), (&mut cast.newcomer, visitors)] {
        for form in forms {
            for field in form.names() {
                for spoilt in [form.without(field), form.with(field, "chair\0chair")] {
                    guest
                        .be_refused(
                            form.endpoint,
                            &spoilt.request(),
                            StatusCode::UNPROCESSABLE_ENTITY,
                        )
                        .await?;
                }
            }
        }
    }
    Ok(())
}

/// Fields that break their limits, by as little as can be.
pub(super) async fn refuse_bad_fields(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let token = cast.author.csrf();
    let members = members_forms(cast, written, &token);
    let [entry, comment, _, profile, ..] = members.as_slice() else {
        unreachable!("these are the members' forms");
    };
    let long = |characters| texts::filled("", characters);
    let of_members = [
        (entry, "title", " \t".to_owned()),
        (entry, "title", long(101)),
        (entry, "body", "\n \n".to_owned()),
        (entry, "body", long(20_001)),
        (entry, "visibility", String::new()),
        (entry, "visibility", "everybody".to_owned()),
        (comment, "body", "\n".to_owned()),
        (comment, "body", long(1_001)),
        (profile, "nickname", "\u{3000}".to_owned()),
        (profile, "nickname", long(31)),
        (profile, "introduction", long(501)),
        (profile, "birthday", "2001-02-29".to_owned()),
        (profile, "birthday", "2001-2-9".to_owned()),
    ];
    for (form, field, value) in of_members {
        let request = form.with(field, &value).request();
        cast.author
            .be_refused(form.endpoint, &request, StatusCode::UNPROCESSABLE_ENTITY)
            .await?;
    }
    refuse_bad_signups(cast).await
}

async fn refuse_bad_signups(cast: &mut Cast) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.newcomer;
    let token = guest.open_signup().await?;
    let good = Form::signup(NOBODY, "new", "password", &token);
    let bad = [
        ("name", "ab".to_owned()),
        ("name", "a".repeat(21)),
        ("name", "1abc".to_owned()),
        ("name", "Abcd".to_owned()),
        ("name", "white space".to_owned()),
        ("nickname", " ".to_owned()),
        ("nickname", texts::filled("", 31)),
        ("password", "seven77".to_owned()),
        ("password", " seven77 ".to_owned()),
        ("password", texts::filled("", 101)),
    ];
    let bad = bad.map(|(field, value)| good.with(field, &value));
    let taken = good.with("name", &author);
    // Its password is looked at before its name is looked for.
    let taken_and_bad = taken.with("password", "seven77");
    for form in bad.iter().chain([&taken_and_bad]) {
        guest
            .be_refused(
                form.endpoint,
                &form.request(),
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await?;
    }
    for form in [&taken, &taken.padded()] {
        guest
            .be_refused(form.endpoint, &form.request(), StatusCode::CONFLICT)
            .await?;
    }
    guest.try_name(NOBODY, &token).await
}

/// What is not the author's, or not there, is told before any field is looked at.
pub(super) async fn refuse_other_things(cast: &mut Cast) -> Result<(), Failure> {
    let (author, stranger) = {
        let look = cast.author.world.model.look();
        (look.name(cast.author_key), look.name(cast.stranger_key))
    };
    let guest = &mut cast.author;
    let token = guest.csrf();
    let profile = texts::profile(&mut guest.person.luck, "fine");
    let theirs = Form::profile(&stranger, &profile, &token);
    let nobodys = Form::profile(NOBODY, &profile, &token);
    let comment = Form::comment(MISSING_ENTRY, "fine", &token);
    let refused = [
        (&theirs, StatusCode::FORBIDDEN),
        (&theirs.with("nickname", ""), StatusCode::FORBIDDEN),
        (&nobodys, StatusCode::NOT_FOUND),
        (&nobodys.with("nickname", ""), StatusCode::NOT_FOUND),
        (&comment, StatusCode::NOT_FOUND),
        (&comment.with("body", ""), StatusCode::NOT_FOUND),
        (&Form::friend(NOBODY, &token), StatusCode::NOT_FOUND),
        (
            &Form::friend(&author, &token),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ];
    for (form, status) in refused {
        guest
            .be_refused(form.endpoint, &form.request(), status)
            .await?;
    }
    befriend_nobody(guest, &stranger, &token).await
}

/// What breaks the limits of a name is nobody's name; a name is not read in other ways either.
async fn befriend_nobody(guest: &mut Guest, name: &str, token: &str) -> Result<(), Failure> {
    let impossible = [
        String::new(),
        "ab".to_owned(),
        "a".repeat(21),
        "1abc".to_owned(),
        "white space".to_owned(),
        name.to_uppercase(),
    ];
    for name in impossible {
        let form = Form::friend(&name, token);
        guest
            .be_refused(form.endpoint, &form.request(), StatusCode::NOT_FOUND)
            .await?;
    }
    Ok(())
}
