//! What is refused of every form: without login, as no form, forged.

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};
use rand::RngExt;

use super::{
    addresses::{MISSING_ENTRY, NOBODY},
    cast::Cast,
    walk::Written,
};
use crate::{
    actions::form::{CSRF, Form},
    endpoints,
    guest::Guest,
    pictures::Gallery,
    texts,
};

/// What a browser can send instead of a form.
const NO_FORMS: [&str; 3] = [
    "text/plain",
    "application/json",
    "multipart/form-data; boundary=chair",
];

/// Forms of the author, which are right but for their token.
pub(super) fn members_forms(cast: &mut Cast, written: &Written, csrf: &str) -> Vec<Form> {
    let name = cast.author_name();
    let stranger = cast.author.world.model.look().name(cast.stranger_key);
    let gallery = cast.author.world.gallery.clone();
    let luck = &mut cast.author.person.luck;
    vec![
        Form::entry(&gallery, &texts::entry(luck), csrf),
        Form::comment(written.public, &texts::comment(luck), csrf),
        Form::friend(&stranger, csrf),
        Form::profile(&name, &texts::profile(luck, "forged"), csrf),
        Form::logout(csrf),
        Form::icon(&gallery, Gallery::icon(luck), csrf),
    ]
}

/// Forms of somebody without login, which are right but for their token.
pub(super) fn visitors_forms(cast: &mut Cast, csrf: &str) -> Vec<Form> {
    let (author, password) = {
        let look = cast.author.world.model.look();
        (look.name(cast.author_key), look.password(cast.author_key))
    };
    vec![
        Form::login(&author, &password, csrf),
        Form::signup(NOBODY, "new", "password", csrf),
    ]
}

/// Whoever is not logged in is sent to the login, whatever else is wrong.
pub(super) async fn send_to_login(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let missing = Form::comment(MISSING_ENTRY, "", "");
    let forms = members_forms(cast, written, "");
    let guest = &mut cast.newcomer;
    let own = guest.open_login().await?;
    for form in forms.iter().chain([&missing]) {
        for request in [
            form.with(CSRF, &own).request(),
            form.without(CSRF).request(),
            form.request_as("application/json"),
        ] {
            guest.be_sent_to_login(form.endpoint, &request).await?;
        }
    }
    Ok(())
}

/// What is no form is told so, before its token is missed.
pub(super) async fn refuse_what_is_no_form(
    cast: &mut Cast,
    written: &Written,
) -> Result<(), Failure> {
    let token = cast.author.csrf();
    let members = members_forms(cast, written, &token);
    let token = cast.newcomer.open_login().await?;
    let visitors = visitors_forms(cast, &token);
    // Whoever never came to a form has no session, which is not what is wrong first.
    let strays = visitors.clone();
    for (guest, forms) in [
        (&mut cast.author, members),
        (&mut cast.newcomer, visitors),
        (&mut cast.anonymous, strays),
    ] {
        for form in forms {
            for content_type in NO_FORMS {
                let request = form.without(CSRF).request_as(content_type);
                guest
                    .be_refused(form.endpoint, &request, StatusCode::UNSUPPORTED_MEDIA_TYPE)
                    .await?;
            }
        }
    }
    Ok(())
}

/// A form without the right token is refused before anything in it is looked at, and changes
/// nothing.
pub(super) async fn refuse_forged_forms(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    // Real tokens, but of other sessions: of somebody else's and of a browser's before its login.
    let foreign = [cast.friend.csrf(), cast.before_login.clone()];
    let random = format!("{:032x}", cast.author.person.luck.random::<u128>());
    let author = cast.author_name();
    cast.newcomer.open_login().await?;
    for token in foreign.into_iter().chain([random, String::new()]) {
        let mut members = members_forms(cast, written, &token);
        members.push(Form::comment(MISSING_ENTRY, "", &token));
        let mut visitors = visitors_forms(cast, &token);
        visitors.push(Form::login(&author, "wrong", &token));
        visitors.push(Form::signup(&author, "", "", &token));
        refuse_forgeries(&mut cast.author, &members).await?;
        refuse_forgeries(&mut cast.newcomer, &visitors).await?;
        // The field may be missing altogether, which is the same whatever the token would be.
        if token.is_empty() {
            refuse_forgeries(&mut cast.author, &without_token(&members)).await?;
            refuse_forgeries(&mut cast.newcomer, &without_token(&visitors)).await?;
        }
    }
    look_for_traces(cast, written).await
}

async fn refuse_forgeries(guest: &mut Guest, forms: &[Form]) -> Result<(), Failure> {
    for form in forms {
        guest
            .be_refused(form.endpoint, &form.request(), StatusCode::FORBIDDEN)
            .await?;
    }
    Ok(())
}

fn without_token(forms: &[Form]) -> Vec<Form> {
    forms.iter().map(|form| form.without(CSRF)).collect()
}

/// Nothing that was refused may be seen.
pub(super) async fn look_for_traces(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.author;
    guest.open_entry(written.public).await?;
    guest.open_profile(&author).await?;
    guest.open_home(cast.author_key).await?;
    guest.open_friends(cast.author_key).await?;
    let nobody = Request::get(format!("/people/{NOBODY}"));
    guest
        .be_refused(endpoints::PROFILE, &nobody, StatusCode::NOT_FOUND)
        .await
}
