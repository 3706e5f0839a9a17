//! Every rule of the contract that a twin can break.

use std::time::Duration;

/// A broken site, and the failure that the benchmark must find in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mutant {
    /// What it does wrong.
    pub breaks: Break,
    /// The same as a sentence.
    pub sentence: &'static str,
    /// The class of the failure: `critical`, `wrong` or `timeout`.
    pub class: &'static str,
    /// The failure's code.
    pub code: &'static str,
}

impl Mutant {
    /// The name of the twin's switch.
    pub fn name(&self) -> String {
        let shown = format!("{:?}", self.breaks);
        let name = shown.split(['(', ' ']).next();
        name.unwrap_or_default().to_owned()
    }
}

macro_rules! breaks {
    ($($(#[doc = $sentence:literal])+
       $name:ident $(($($kind:ty = $example:expr),+))? => $class:ident $code:literal,)*) => {
        /// One rule of the contract, broken.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Break {
            $($(#[doc = $sentence])+ $name $(($($kind),+))?,)*
        }

        impl Break {
            /// Every break, with what the benchmark must come to.
            pub fn catalogue() -> Vec<Mutant> {
                vec![$(Mutant {
                    breaks: Break::$name $(($($example),+))?,
                    sentence: concat!($($sentence),+).trim_ascii(),
                    class: stringify!($class),
                    code: $code,
                },)*]
            }
        }
    };
}

breaks! {
    // Who sees what.
    /// Private entries are shown to everybody.
    ShowPrivateEntries => critical "entry.leaked",
    /// Entries for friends are shown to every member.
    ShowFriendsEntriesToMembers => critical "entry.leaked",
    /// Entries for friends are shown to those without login.
    ShowFriendsEntriesToAnonymous => critical "entry.leaked",
    /// Diaries list what the viewer may not see.
    ListHiddenInDiaries => critical "entry.leaked",
    /// Profiles list what the viewer may not see.
    ListHiddenOnProfiles => critical "entry.leaked",
    /// The recent entries are not only public ones.
    ListHiddenAmongRecent => critical "entry.leaked",
    /// Home lists private entries of friends.
    ListPrivateOnHome => critical "entry.leaked",
    /// Home lists what friends say about entries that the viewer may not see.
    ListHiddenComments => critical "entry.leaked",
    /// Birthdays are shown to everybody.
    ShowBirthdays => critical "profile.leaked",
    /// Birthdays are hidden from friends.
    HideBirthdays => wrong "profile.birthday",
    /// Friends do not see what is for friends.
    HideFromFriends => wrong "list.missing",
    /// What may not be seen is told from what does not exist.
    ForbidHiddenEntries => wrong "http.status",
    /// What may not be seen is refused in words of its own.
    RevealHiddenEntries => wrong "error.revealing",
    /// What may not be seen can be commented on.
    CommentOnHiddenEntries => wrong "http.status",

    // Sessions and forms.
    /// The token of a form is not looked at.
    NoCsrf => wrong "http.status",
    /// A form may carry the token of any session.
    CsrfOfAnySession => wrong "http.status",
    /// Any password is right.
    AnyPassword => critical "login.password",
    /// Login and sign-up keep the session that was there before.
    KeepTokenAtLogin => wrong "session.kept",
    /// A session goes on after logout.
    KeepSessionAfterLogout => critical "session.alive",
    /// All members are whoever logged in last.
    ShareLastLogin => critical "session.other",
    /// Pages for members are shown to everybody.
    NoLoginNeeded => wrong "http.status",
    /// Scripts may read the session's cookie.
    OpenCookie => wrong "session.cookie",
    /// A form is shown without a session that it belongs to.
    FormWithoutSession => wrong "session.missing",
    /// Nobody can log out.
    NoLogoutForm => wrong "page.logout",

    // Who may log in.
    /// Nobody is ever locked.
    NeverLock => critical "login.locked",
    /// No address is ever banned.
    NeverBan => critical "login.banned",
    /// Who is locked is told that the password is wrong.
    HideLocks => wrong "http.status",
    /// A success leaves the failures before it.
    NeverForgive => wrong "login.address",
    /// Logins by names that nobody has do not count.
    ForgetUnknownNames => critical "login.banned",
    /// All requests come from one address, that of the proxy.
    OneAddressForAll => wrong "login.address",
    /// Anybody can pretend to come from elsewhere.
    BelieveInPretence => wrong "report.foreign",
    /// Everybody may read the report.
    ReportToEverybody => critical "report.open",
    /// Any token opens the report.
    AcceptAnyToken => critical "report.open",
    /// The report says twice who is locked.
    ReportTwice => wrong "report.twice",
    /// The report says of nobody that they are locked.
    ReportNobodyLocked => wrong "report.missing",
    /// The report says of no address that it is banned.
    ReportNoAddress => wrong "report.missing",
    /// The report says of everybody that they are locked.
    ReportStrangers => wrong "report.foreign",

    // What is written.
    /// Entries are acknowledged and forgotten.
    ForgetEntries => wrong "http.status",
    /// Comments are acknowledged and forgotten.
    ForgetComments => wrong "comment.missing",
    /// Friendships are acknowledged and forgotten.
    ForgetFriendships => wrong "profile.birthday",
    /// Edited profiles are acknowledged and forgotten.
    ForgetProfiles => wrong "person.nickname",
    /// Sign-ups are acknowledged and forgotten.
    ForgetSignups => wrong "http.status",
    /// Nobody leaves a footprint.
    ForgetFootprints => wrong "footprint.missing",
    /// A new entry is acknowledged under the id of somebody else's.
    IdsFromOtherPeople => critical "entry.id",
    /// Only the first 10,000 characters of an entry are kept.
    CutLongEntries => critical "entry.altered",
    /// Line ends become spaces.
    ForgetLineEnds => critical "entry.altered",
    /// Every new entry is public.
    PublishEverything => critical "entry.altered",
    /// Only the one who asks for a friendship has a new friend.
    OneWayFriendships => wrong "friends.count",
    /// Becoming friends again makes a second friendship.
    RepeatFriendships => wrong "friends.count",
    /// One's own profile leaves footprints too.
    OwnFootprints => critical "footprint.unknown",
    /// Nobody leaves a footprint at whose diary was read.
    ForgetVisitsOfDiaries => wrong "footprint.missing",
    /// Nobody leaves a footprint at whose entry was read.
    ForgetVisitsOfEntries => wrong "footprint.missing",
    /// Nobody leaves a footprint at whose profile was read.
    ForgetVisitsOfProfiles => wrong "footprint.missing",
    /// What people say about an entry is shown there to others some time later.
    LateComments(Duration = Duration::from_secs(5)) => wrong "comment.missing",
    /// What people say about an entry is shown there to themselves some time later.
    LateOwnComments(Duration = Duration::from_millis(500)) => wrong "comment.missing",
    /// What people write is listed on their profiles and in their diaries some time later.
    LateEntries(Duration = Duration::from_secs(5)) => wrong "list.missing",
    /// A footprint shows the first visit of its day.
    FirstVisits => wrong "footprint.time",
    /// Footprints are dated an hour ago.
    FootprintsAnHourAgo => wrong "footprint.time",
    /// New entries are dated an hour ago.
    EntriesAnHourAgo => wrong "entry.time",
    /// New comments are dated an hour ago.
    CommentsAnHourAgo => wrong "comment.time",
    /// New friendships are dated an hour ago.
    FriendshipsAnHourAgo => wrong "friends.time",
    /// Those who are refused leave footprints too.
    FootprintsOfRefused => critical "footprint.unknown",
    /// Every visit is a footprint of its own.
    EveryFootprint => wrong "footprint.twice",

    // Photos and icons.
    /// Photos are shown to whoever asks.
    ShowPhotosToAll => critical "photo.leaked",
    /// Photos are acknowledged and forgotten.
    ForgetPhotos => wrong "entry.photo",
    /// The photo of an entry is that of the one before it, if that has one.
    MixUpPhotos => wrong "picture.altered",
    /// Small photos are made larger.
    EnlargePhotos => wrong "picture.altered",
    /// Pictures are compressed too far.
    CompressTooFar => wrong "picture.altered",
    /// Icons are acknowledged and forgotten.
    ForgetIcons => wrong "picture.stale",
    /// Icons are those of somebody else.
    IconsOfOthers => wrong "picture.altered",
    /// Icons are all of one size.
    IconsOfOneSize => wrong "picture.altered",
    /// Icons may be of any size.
    IconsOfAnySize => wrong "http.status",
    /// Icons are squeezed into a square.
    SqueezeIcons => wrong "picture.altered",
    /// Browsers are told to keep icons for a day.
    KeepIcons => wrong "picture.stale",
    /// Browsers that have an icon are told that it is still the same.
    NothingChanges => wrong "picture.stale",
    /// New icons are shown to others some time later.
    LateIcons(Duration = Duration::from_secs(5)) => wrong "picture.stale",
    /// Any file is taken for a picture.
    AcceptAnyFile => wrong "http.status",
    /// Pictures may have any number of pixels.
    AcceptLargePictures => wrong "http.status",
    /// Files of pictures may be as large as they like.
    AcceptLargeFiles => wrong "http.status",
    /// WebP is no picture.
    RefuseWebP => wrong "http.status",
    /// An icon can be changed to none at all.
    AcceptNoIcon => wrong "http.status",

    // News of friends.
    /// Whoever waits for news is told at once that there is none.
    HurryNews => wrong "timeline.early",
    /// Nobody is ever told of news.
    TellNoNews => wrong "timeline.missing",
    /// News are told some time later.
    LateNews(Duration = Duration::from_secs(8)) => wrong "timeline.missing",
    /// News are told of what everybody publishes.
    TellNewsOfAll => wrong "timeline.foreign",
    /// News are told of private entries as well.
    TellPrivateNews => critical "entry.leaked",
    /// News are told that the viewer knows.
    TellOldNews => wrong "timeline.old",

    // The panel of external services.
    /// The panel shows what somebody else has subscribed to.
    PanelOfOthers => wrong "panel.subscriptions",
    /// The panel shows for ever what was fresh once.
    PanelForEver => wrong "panel.stale",
    /// The panel shows the first of several pages.
    PanelOfOnePage => wrong "panel.altered",
    /// The panel says that all services are unavailable.
    PanelOfNothing => wrong "panel.unavailable",

    // What the organiser takes away.
    /// Removals are acknowledged and forgotten.
    RemoveNothing => critical "entry.removed",
    /// What is removed is gone some time later.
    LateRemovals(Duration = Duration::from_millis(500)) => critical "entry.removed",
    /// Photos of removed entries are still there.
    KeepPhotosOfRemoved => critical "entry.removed",
    /// The recent entries count what was removed.
    CountRemoved => wrong "list.total",
    /// Removed entries can be commented on.
    CommentOnRemoved => wrong "http.status",
    /// What was removed can be removed again.
    ModerateTwice => wrong "http.status",
    /// Everybody may remove and ban.
    ModerateByAnybody => critical "moderation.open",
    /// Bans are acknowledged and forgotten.
    BanNobody => critical "person.banned",
    /// Whoever is banned still has a profile.
    ShowProfilesOfBanned => critical "person.banned",
    /// Whoever is banned still has an icon.
    ShowIconsOfBanned => critical "person.banned",
    /// Entries of whoever is banned are still there.
    KeepEntriesOfBanned => critical "entry.removed",
    /// Comments of whoever is banned are still there.
    KeepCommentsOfBanned => critical "person.banned",
    /// Comments of whoever is banned are still counted.
    CountCommentsOfBanned => wrong "comments.count",
    /// Whoever is banned is still a friend.
    KeepFriendsOfBanned => wrong "friends.count",
    /// Whoever is banned is still counted among the friends.
    CountFriendsBanned => wrong "friends.count",
    /// Footprints of whoever is banned are still there.
    KeepFootprintsOfBanned => critical "person.banned",
    /// Whoever is banned stays logged in.
    KeepSessionsOfBanned => critical "session.alive",
    /// Whoever is banned can log in.
    LetBannedIn => critical "person.banned",
    /// The name of whoever is banned can be taken.
    FreeNamesOfBanned => wrong "http.status",

    // What is refused.
    /// Bodies may be as long as they like.
    AcceptLongBodies => wrong "http.status",
    /// A wrong method is a page that does not exist.
    ForgetMethods => wrong "http.status",
    /// A form may be of any type.
    AcceptAnyType => wrong "http.status",
    /// Whoever has no session is forbidden what is no form.
    SessionBeforeType => wrong "http.status",
    /// A form's token is looked at before its sender's login.
    CsrfBeforeLogin => wrong "http.status",
    /// A comment is looked at before its entry.
    FieldsBeforeEntry => wrong "http.status",
    /// A name is looked for before a password is looked at.
    NamesBeforePasswords => wrong "http.status",
    /// Fields are kept as they were typed.
    KeepWhiteSpace => wrong "http.status",
    /// Fields may hold U+0000.
    AcceptNul => wrong "http.status",
    /// Limits count bytes instead of characters.
    CountBytes => wrong "http.status",
    /// Fields may be as long as they like.
    AcceptLongFields => wrong "http.status",
    /// Fields may be empty.
    AcceptEmptyFields => wrong "http.status",
    /// Any name will do for an account.
    AcceptAnyName => wrong "http.status",
    /// Names of three characters are refused.
    RefuseShortNames => wrong "http.status",
    /// Passwords of eight characters are refused.
    RefuseShortPasswords => wrong "http.status",
    /// A friend's name that nobody can have is a bad field.
    MeasureNamesOfFriends => wrong "http.status",
    /// A name may be taken twice.
    AcceptTakenNames => wrong "http.status",
    /// Any birthday will do.
    AcceptAnyBirthday => wrong "http.status",
    /// An unknown visibility is taken for public.
    AcceptAnyVisibility => wrong "http.status",
    /// One can be a friend of oneself.
    BefriendOneself => wrong "http.status",
    /// Everybody's profile can be edited.
    EditOthers => wrong "http.status",
    /// Pages of recent entries that do not exist are empty.
    AcceptAnyPage => wrong "http.status",

    // What is shown.
    /// Entries in lists are ascribed to somebody else.
    WrongAuthor => critical "entry.author",
    /// Comments are ascribed to somebody else.
    WrongCommentAuthor => critical "comment.author",
    /// What people wrote is escaped twice.
    EscapeTwice => critical "entry.altered",
    /// What people wrote is not escaped.
    EscapeNothing => critical "entry.altered",
    /// Entries are shown as they were typed, and not formatted.
    ShowMarkdown => critical "entry.altered",
    /// Links of an entry may be scripts.
    FollowAnyLink => critical "entry.altered",
    /// Entries show pictures from anywhere.
    ShowPictures => critical "entry.altered",
    /// Line breaks within a paragraph are lost.
    ForgetBreaks => critical "entry.altered",
    /// Excerpts do not say that there is more.
    NoEllipsis => critical "entry.altered",
    /// Times have no milliseconds.
    WholeSeconds => wrong "entry.time",
    /// The days of footprints are those of Tokyo.
    DaysOfTokyo => wrong "footprint.day",
    /// There is no form for a comment.
    NoCommentForm => wrong "entry.form",
    /// Friends are shown as strangers.
    FriendsAreStrangers => wrong "profile.standing",

    // Lists.
    /// Recent entries are as they were some time ago.
    StaleLists(Duration = Duration::from_secs(5)) => wrong "list.total",
    /// Recent entries stand oldest first.
    OldestFirst => wrong "list.order",
    /// Every page but the first begins one entry too late.
    SkipEntries => wrong "list.missing",
    /// Pages hold 19 entries.
    ShortPages => wrong "list.length",
    /// The total leaves one entry out.
    MiscountEntries => wrong "list.total",
    /// There is no link to older entries.
    NoOlderLink => wrong "list.links",
    /// There is no link to newer entries.
    NoNewerLink => wrong "list.links",
    /// Lists count only the initial comments.
    MiscountComments => wrong "comments.count",
    /// Comments stand newest first.
    CommentsNewestFirst => wrong "list.order",
    /// Friends stand oldest friendship first.
    FriendsOldestFirst => wrong "list.order",
    /// Home looks for friends' entries among the newest 20 only.
    NarrowWindow => wrong "list.missing",
    /// Home lists everybody's entries.
    ListStrangersOnHome => wrong "list.foreign",
    /// Home lists own comments among those to oneself.
    ListOwnComments => wrong "list.foreign",
    /// Home leaves the newest comment of a friend out.
    SkipFriendsComment => wrong "list.missing",

    // `POST /initialize`.
    /// Sessions outlive the initial data.
    KeepSessions => critical "session.alive",
    /// New entries outlive the initial data.
    KeepEntries => critical "entry.unknown",
    /// New people and edited profiles outlive the initial data.
    KeepPeople => critical "profile.altered",
    /// New friendships outlive the initial data.
    KeepFriendships => wrong "friends.count",
    /// New footprints outlive the initial data.
    KeepFootprints => critical "footprint.unknown",
    /// Locks and bans outlive the initial data.
    KeepLogins => wrong "login.address",
    /// What was removed stays away.
    KeepRemovals => wrong "list.total",
    /// Who was banned stays away.
    KeepBans => wrong "http.status",
    /// Ids of entries go on counting.
    KeepCountingEntries => wrong "initialize.ids",
    /// Ids of comments go on counting.
    KeepCountingComments => wrong "initialize.ids",
    /// The answer does not say which data it is.
    ForgetFingerprint => wrong "initialize.answer",
    /// The rows are not the initial ones.
    OtherData => critical "initialize.data",

    // Caches.
    /// Browsers are told to keep pages for a minute.
    KeepPages => wrong "list.missing",
    /// Browsers that have a page are told that it is still the same.
    PagesNeverChange => wrong "list.missing",
    /// Home is shown as it was for whoever came before.
    KeepHomeForAll => critical "session.other",

    // Answers as such.
    /// A page that begins so comes after so long.
    Slow(&'static str = "/friends", Duration = Duration::from_secs(11)) => timeout "http.timeout",
    /// Of pages that begin so, one in so many is an error of the site's own.
    Fail(&'static str = "/", u64 = 20) => wrong "http.status",
    /// Error pages say nothing.
    SilentErrors => wrong "error.silent",
    /// Error pages say more than a sentence.
    LongErrors => wrong "error.long",
    /// Error pages say what the program says to its makers.
    TechnicalErrors => wrong "error.technical",
    /// Error pages are not marked as such.
    UnmarkedErrors => wrong "html.missing",
    /// Error pages show nobody as logged in.
    AnonymousErrors => wrong "session.lost",
    /// Errors have the status of a page.
    ErrorsAreFine => critical "entry.leaked",
    /// Forms lead to another host.
    RedirectElsewhere => wrong "http.location",
    /// Pages have no style.
    NoStylesheet => wrong "page.assets",
    /// Redirects may keep the method.
    RedirectAnyhow => wrong "http.status",
    /// Pages are sent as plain text.
    PlainText => wrong "html.type",
    /// Static files end with one byte more.
    AlterFiles => wrong "static.altered",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_reads_well() {
        let catalogue = Break::catalogue();

        assert!(catalogue.len() >= 30);
        for mutant in catalogue {
            assert!(mutant.sentence.ends_with('.'), "{mutant:?}");
            assert!(["critical", "wrong", "timeout"].contains(&mutant.class));
        }
    }
}
