//! The table of points. The manual's table and the result's are made from it.

use isutori_engine::recorder::{Endpoint, EndpointId};

macro_rules! endpoints {
    ($($id:ident = $name:literal, $points:literal;)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "names of constants, used only for their order")]
        enum Order { $($id),* }

        $(
            #[doc = concat!("`", $name, "`, ", $points, " points.")]
            pub const $id: EndpointId = EndpointId(Order::$id as usize);
        )*

        /// Every endpoint that is judged, with its points for a right answer.
        pub const TABLE: &[Endpoint] = &[$(Endpoint { name: $name, points: $points }),*];
    };
}

endpoints! {
    HOME           = "GET /", 3;
    RECENT         = "GET /recent/:page", 2;
    DIARY          = "GET /diary/:name", 2;
    ENTRY          = "GET /entries/:id", 2;
    PROFILE        = "GET /people/:name", 2;
    FRIENDS        = "GET /friends", 1;
    FOOTPRINTS     = "GET /footprints", 1;
    SIGNUP_FORM    = "GET /signup", 1;
    LOGIN_FORM     = "GET /login", 1;
    POST_SIGNUP    = "POST /signup", 5;
    POST_LOGIN     = "POST /login", 3;
    REFUSED_LOGIN  = "POST /login, refused", 1;
    POST_LOGOUT    = "POST /logout", 1;
    POST_ENTRY     = "POST /entries", 10;
    POST_COMMENT   = "POST /entries/:id/comments", 5;
    POST_FRIEND    = "POST /friends", 5;
    POST_PROFILE   = "POST /people/:name", 3;
    POST_ICON      = "POST /icon", 3;
    IMAGE          = "GET /images/:id", 0;
    ICON           = "GET /icons/:name", 0;
    TIMELINE_AT_ONCE = "GET /api/timeline, at once", 3;
    TIMELINE       = "GET /api/timeline", 1;
    TIMELINE_EMPTY = "GET /api/timeline, nothing new", 0;
    PANEL          = "GET /api/panel", 3;
    REPORT         = "GET /report", 0;
    REMOVAL        = "POST /entries/:id/remove", 5;
    BAN            = "POST /people/:name/ban", 5;
    STATIC_FILE    = "static files", 0;
}
