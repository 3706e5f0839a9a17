//! What must work.

use isutori_dataset::Visibility;
use isutori_engine::{exchange::Request, failure::Failure};

use super::cast::Cast;
use crate::{
    checks::list_page::PAGE,
    endpoints,
    guest::Guest,
    model::{PersonKey, entries::EntryDraft},
    pages::EntryPage,
    texts,
};

/// The entries that the author wrote: public, friends-only, private.
pub(super) struct Written {
    pub(super) public: u64,
    pub(super) friends: u64,
    pub(super) private: u64,
}

pub(super) async fn read_without_login(cast: &mut Cast) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.anonymous;
    let newest = guest.open_recent(1).await?;
    guest.open_recent(2).await?;
    guest.open_recent(newest.total.div_ceil(PAGE)).await?;
    guest.open_profile(&author).await?;
    guest.open_diary(&author, 1).await?;
    let entry = newest.entries.first().map(|entry| entry.id);
    guest.open_entry(entry.unwrap_or(1)).await?;
    for (endpoint, path) in [
        (endpoints::HOME, "/"),
        (endpoints::FRIENDS, "/friends"),
        (endpoints::FOOTPRINTS, "/footprints"),
    ] {
        guest
            .be_sent_to_login(endpoint, &Request::get(path))
            .await?;
    }
    let hidden = [Visibility::Friends, Visibility::Private]
        .map(|kind| initial_entry(guest, cast.friend_key, kind));
    for id in hidden.into_iter().flatten() {
        guest.be_denied_entry(id).await?;
    }
    Ok(())
}

pub(super) async fn read_with_login(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.author;
    guest.open_friends(cast.author_key).await?;
    guest.open_footprints(cast.author_key).await?;
    let (friend, stranger) = {
        let look = guest.world.model.look();
        (look.name(cast.friend_key), look.name(cast.stranger_key))
    };
    guest.open_profile(&friend).await?;
    guest.open_diary(&friend, 1).await?;
    // Here and below somebody looks at one kind of page alone, which must leave a footprint.
    guest.open_profile(&stranger).await?;
    if let Some(id) = initial_entry(guest, cast.friend_key, Visibility::Friends) {
        guest.open_entry(id).await?;
        cast.stranger.be_denied_entry(id).await?;
    }
    if let Some(id) = initial_entry(guest, cast.friend_key, Visibility::Private) {
        guest.be_denied_entry(id).await?;
    }
    cast.stranger.open_diary(&friend, 1).await?;
    if let Some(id) = initial_entry(&cast.friend, cast.stranger_key, Visibility::Public) {
        cast.friend.open_entry(id).await?;
    }
    // The first visit of many: it is the last one that the author must see in the end.
    let author = cast.author_name();
    cast.friend.open_diary(&author, 1).await?;
    open_panels(cast).await
}

pub(super) async fn write_entries(cast: &mut Cast) -> Result<Written, Failure> {
    let guest = &mut cast.author;
    let csrf = guest.open_home(cast.author_key).await?.csrf;
    let mut ids = [0; 3];
    for (id, visibility) in
        ids.iter_mut()
            .zip([Visibility::Public, Visibility::Friends, Visibility::Private])
    {
        let draft = odd_entry(guest, visibility);
        *id = guest.write_entry(cast.author_key, draft, &csrf).await?;
        guest.open_entry(*id).await?;
    }
    cast.begin_to_spread();
    cast.author.open_home(cast.author_key).await?;
    let [public, friends, private] = ids;
    Ok(Written {
        public,
        friends,
        private,
    })
}

/// All that Markdown can do, and some that it must not.
const ODD_TEXT: &str = "\
<b>椅子</b> & \"stool\" 🪑

# A *chair* for `one`

1. first  
   *and* **foremost** \\*
2. [second](/recent/1 \"t\"), [third](https://chairs.example/?a=1&b=2)
   - <http://chairs.example/>

> [not](javascript:alert('sit')) [here](//chairs.example) ![a **chair**](/img/logo.svg)

```html
<p>&amp;</p>
```

<div onclick=\"alert('sit')\">
*not* a chair
</div>

***

Underlined
----------

    indented <i>";

/// An entry full of what must not be taken for HTML. The one for friends is as long as can be, the
/// private one as short.
fn odd_entry(guest: &mut Guest, visibility: Visibility) -> EntryDraft {
    let drawn = texts::entry(&mut guest.person.luck);
    let title = format!("<{visibility:?}> & more");
    let body = format!(
        "{ODD_TEXT}\n\n{}\n<script>alert('sit')</script>",
        drawn.body
    );
    match visibility {
        Visibility::Friends => EntryDraft {
            title: texts::filled(&title, 100),
            body: texts::filled(&body, 20_000),
            visibility,
            photo: None,
        },
        Visibility::Private => EntryDraft {
            title: "<".to_owned(),
            body: "&".to_owned(),
            visibility,
            photo: None,
        },
        Visibility::Public => EntryDraft {
            title,
            body,
            visibility,
            photo: None,
        },
    }
}

pub(super) async fn look_at_entries(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    cast.until_spread().await;
    let author = cast.author_name();
    cast.friend.open_entry(written.public).await?;
    cast.friend.open_entry(written.friends).await?;
    cast.friend.be_denied_entry(written.private).await?;
    for guest in [&mut cast.stranger, &mut cast.anonymous] {
        guest.open_entry(written.public).await?;
        guest.be_denied_entry(written.friends).await?;
        guest.be_denied_entry(written.private).await?;
    }
    for guest in [&mut cast.friend, &mut cast.stranger, &mut cast.anonymous] {
        guest.open_diary(&author, 1).await?;
        guest.open_profile(&author).await?;
        guest.open_recent(1).await?;
    }
    cast.friend.open_home(cast.friend_key).await.map(drop)
}

/// One comment is as long as can be, the other as short; gives the id of the last one.
pub(super) async fn talk(cast: &mut Cast, written: &Written) -> Result<u64, Failure> {
    let said = texts::comment(&mut cast.friend.person.luck);
    let said = texts::filled(&format!("{said}\n<i>&amp;</i>"), 1000);
    let mut last = 0;
    for (guest, key, body) in [
        (&mut cast.friend, cast.friend_key, said.as_str()),
        (&mut cast.stranger, cast.stranger_key, "&"),
    ] {
        let csrf = guest
            .open_entry(written.public)
            .await?
            .csrf
            .unwrap_or_default();
        guest
            .write_comment(key, written.public, body, &csrf)
            .await?;
        last = newest_comment(&guest.open_entry(written.public).await?);
    }
    cast.begin_to_spread();
    Ok(last)
}

/// The id of the last comment on an entry.
pub(super) fn newest_comment(page: &EntryPage) -> u64 {
    page.comments.last().map_or(0, |comment| comment.id)
}

pub(super) async fn listen(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    cast.until_spread().await;
    cast.author.open_entry(written.public).await?;
    cast.author.open_home(cast.author_key).await?;
    cast.author.open_footprints(cast.author_key).await?;
    cast.friend.open_home(cast.friend_key).await?;
    cast.anonymous.open_recent(1).await.map(drop)
}

pub(super) async fn make_friends(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.stranger;
    for _ in 0..2 {
        let csrf = befriend_token(guest, &author).await?;
        guest.befriend(cast.stranger_key, &author, &csrf).await?;
    }
    guest.open_profile(&author).await?;
    guest.open_entry(written.friends).await?;
    guest.be_denied_entry(written.private).await?;
    guest.open_diary(&author, 1).await?;
    guest.open_home(cast.stranger_key).await?;
    guest.open_friends(cast.stranger_key).await?;
    cast.begin_to_spread();
    Ok(())
}

pub(super) async fn find_friends(cast: &mut Cast) -> Result<(), Failure> {
    cast.until_spread().await;
    cast.author.open_friends(cast.author_key).await?;
    cast.author.open_home(cast.author_key).await.map(drop)
}

/// The token for `POST /friends`: of the profile's form, or of another form of
/// the same session when the two are friends already.
async fn befriend_token(guest: &mut Guest, name: &str) -> Result<String, Failure> {
    let page = guest.open_profile(name).await?;
    Ok(page.befriend_csrf.unwrap_or_else(|| guest.csrf()))
}

pub(super) async fn edit_profile(cast: &mut Cast) -> Result<(), Failure> {
    let author = cast.author_name();
    let guest = &mut cast.author;
    let csrf = guest
        .open_profile(&author)
        .await?
        .edit_csrf
        .unwrap_or_default();
    let nickname = texts::filled("<座る> & 立つ", 30);
    let mut profile = texts::profile(&mut guest.person.luck, &nickname);
    profile.introduction = texts::filled("<i>座り心地</i>\n&amp;", 500);
    guest.edit_profile(cast.author_key, &profile, &csrf).await?;
    guest.open_profile(&author).await?;
    guest.open_home(cast.author_key).await?;
    cast.begin_to_spread();
    Ok(())
}

pub(super) async fn look_at_profile(cast: &mut Cast) -> Result<(), Failure> {
    cast.until_spread().await;
    let author = cast.author_name();
    for guest in [&mut cast.friend, &mut cast.anonymous] {
        guest.open_profile(&author).await?;
        guest.open_diary(&author, 1).await?;
    }
    Ok(())
}

/// Signs up with a name, a nickname and a password as short as can be, and with others as long as
/// can be; gives the account name of the latter.
pub(super) async fn sign_up(cast: &mut Cast) -> Result<String, Failure> {
    let guest = &mut cast.newcomer;
    let is_taken = |name: &str| guest.world.model.look().person(name).is_some();
    let luck = &mut guest.person.luck;
    let short = texts::short_name(luck, is_taken);
    let drawn = texts::account_name(luck, is_taken);
    let password: String = texts::password(luck).chars().take(8).collect();
    let key = guest.sign_up(&short, "&", &password).await?;
    guest.open_home(key).await?;
    guest.log_out().await?;
    let luck = &mut guest.person.luck;
    let name = format!("{drawn:_<20}");
    let nickname = texts::filled(&texts::nickname(luck), 30);
    let password = texts::filled(&texts::password(luck), 100);
    guest.open_signup().await?;
    let before = guest.session_cookie();
    let key: PersonKey = guest.sign_up(&name, &nickname, &password).await?;
    if let Some(before) = before {
        cast.thief.keep_session(&before).await?;
    }
    guest.open_home(key).await?;
    guest.open_profile(&name).await?;
    guest.open_diary(&name, 1).await?;
    guest.open_friends(key).await?;
    guest.open_footprints(key).await?;
    guest.log_out().await?;
    guest.log_in(key).await?;
    guest.open_home(key).await?;
    cast.begin_to_spread();
    Ok(name)
}

pub(super) async fn welcome(cast: &mut Cast, newcomer: &str) -> Result<(), Failure> {
    cast.until_spread().await;
    cast.anonymous.open_profile(newcomer).await?;
    // Whoever was refused has left no footprint.
    cast.author.open_footprints(cast.author_key).await.map(drop)
}

/// The panels of three people, which together show all services.
pub(super) async fn open_panels(cast: &mut Cast) -> Result<(), Failure> {
    for (guest, key) in [
        (&mut cast.author, cast.author_key),
        (&mut cast.friend, cast.friend_key),
        (&mut cast.stranger, cast.stranger_key),
    ] {
        guest.open_panel(key).await?;
    }
    Ok(())
}

/// The newest initial entry of a person with that visibility.
pub(super) fn initial_entry(
    guest: &Guest,
    person: PersonKey,
    visibility: Visibility,
) -> Option<u64> {
    let dataset = guest.world.model.dataset();
    let mut ids = dataset.entries_of(person.0).into_iter().rev();
    ids.find(|id| {
        dataset
            .entry_header(*id)
            .is_some_and(|header| header.visibility == visibility)
    })
}
