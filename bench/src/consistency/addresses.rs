//! What an address itself refuses, whoever asks and whatever is sent there.

use http::{Method, StatusCode};
use isutori_engine::{exchange::Request, failure::Failure, recorder::EndpointId};

use super::{cast::Cast, walk::Written};
use crate::{actions::form::Form, checks::list_page::PAGE, endpoints, guest::Guest, texts};

/// An entry that does not exist.
pub(super) const MISSING_ENTRY: u64 = 999_999_999_999;
/// A name that nobody has.
pub(super) const NOBODY: &str = "nobody_at_all";

/// The longest body of a request, in bytes.
const LONGEST: usize = 1 << 20;

/// The longest body of a form that may have a file, in bytes.
pub(super) const LONGEST_UPLOAD: usize = 11 << 20;

/// What is no page and no form has no line of its own in the table of points.
const NO_ENDPOINT: EndpointId = endpoints::STATIC_FILE;

/// What is not there, for whoever is not logged in.
pub(super) async fn refuse_what_is_not_there(cast: &mut Cast) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.anonymous;
    let pages = guest.world.model.dataset().public_entries() / PAGE;
    let missing = [
        (endpoints::RECENT, format!("/recent/{}", pages + 10)),
        (endpoints::RECENT, "/recent/0".to_owned()),
        (endpoints::RECENT, "/recent/x".to_owned()),
        (endpoints::ENTRY, format!("/entries/{MISSING_ENTRY}")),
        (endpoints::ENTRY, "/entries/x".to_owned()),
        (endpoints::PROFILE, format!("/people/{NOBODY}")),
        (endpoints::DIARY, format!("/diary/{NOBODY}")),
        (endpoints::DIARY, format!("/diary/{author}?page=1000")),
        (endpoints::DIARY, format!("/diary/{author}?page=0")),
        (endpoints::DIARY, format!("/diary/{author}?page=x")),
        (endpoints::IMAGE, format!("/images/{MISSING_ENTRY}")),
        (endpoints::IMAGE, "/images/x".to_owned()),
        (endpoints::ICON, format!("/icons/{NOBODY}?size=64")),
        (endpoints::ICON, format!("/icons/{author}?size=65")),
        (endpoints::ICON, format!("/icons/{author}?size=x")),
        (endpoints::ICON, format!("/icons/{author}")),
        (NO_ENDPOINT, "/css/missing.css".to_owned()),
        (NO_ENDPOINT, "/no/such/page".to_owned()),
    ];
    for (endpoint, path) in missing {
        guest
            .be_refused(endpoint, &Request::get(path), StatusCode::NOT_FOUND)
            .await?;
    }
    // Where nothing is, nobody need log in or send a form.
    for request in [
        Form::logout("").to("/no/such/page").request(),
        Request::json("/no/such/page", "{}"),
    ] {
        guest
            .be_refused(NO_ENDPOINT, &request, StatusCode::NOT_FOUND)
            .await?;
    }
    Ok(())
}

/// A method that an address does not know, with login and without.
pub(super) async fn refuse_wrong_methods(
    cast: &mut Cast,
    written: &Written,
) -> Result<(), Failure> {
    let author = cast.author_name();
    let entry = written.public;
    for guest in [&mut cast.author, &mut cast.anonymous] {
        for path in [
            "/",
            "/recent/1",
            "/footprints",
            "/api/timeline?since=1",
            "/api/panel",
            "/css/suwaru.css",
            &format!("/diary/{author}"),
            &format!("/entries/{entry}"),
            &format!("/images/{entry}"),
            &format!("/icons/{author}"),
        ] {
            refuse_method(guest, &Form::logout(&guest.csrf()).to(path).request()).await?;
        }
        for path in [
            "/logout",
            "/entries",
            "/icon",
            "/initialize",
            &format!("/entries/{entry}/comments"),
            &format!("/entries/{entry}/remove"),
            &format!("/people/{author}/ban"),
        ] {
            refuse_method(guest, &Request::get(path)).await?;
        }
        for (method, path) in [
            (Method::PUT, format!("/people/{author}")),
            (Method::DELETE, format!("/entries/{entry}")),
        ] {
            let request = Request {
                method,
                ..Request::get(path)
            };
            refuse_method(guest, &request).await?;
        }
        refuse_method(guest, &Request::json("/recent/1", "{}")).await?;
    }
    Ok(())
}

async fn refuse_method(guest: &mut Guest, request: &Request) -> Result<(), Failure> {
    guest
        .be_refused(NO_ENDPOINT, request, StatusCode::METHOD_NOT_ALLOWED)
        .await
}

/// A body of more than 1 MiB, before anything else is looked at.
pub(super) async fn refuse_long_bodies(cast: &mut Cast) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.author;
    let profile = texts::profile(&mut guest.person.luck, "fine");
    let profile = Form::profile(&author, &profile, &guest.csrf());
    // The longest one is read, and then refused for the field's own limit.
    let longest = profile.filled_up("introduction", LONGEST).request();
    guest
        .be_refused(profile.endpoint, &longest, StatusCode::UNPROCESSABLE_ENTITY)
        .await?;
    let long = profile.filled_up("introduction", LONGEST + 1);
    refuse_body(guest, &long.request()).await?;
    let guest = &mut cast.anonymous;
    for request in [
        long.request(),
        long.to("/no/such/page").request(),
        long.to("/recent/1").request(),
        long.to("/login").request_as("text/plain"),
    ] {
        refuse_body(guest, &request).await?;
    }
    Ok(())
}

async fn refuse_body(guest: &mut Guest, request: &Request) -> Result<(), Failure> {
    guest
        .be_refused(NO_ENDPOINT, request, StatusCode::PAYLOAD_TOO_LARGE)
        .await
}
