//! The site's forms, as a browser fills them in.

use std::sync::Arc;

use isutori_dataset::{Picture, Visibility};
use isutori_engine::{
    exchange::{Body, File, Request},
    recorder::EndpointId,
};

use crate::{
    endpoints,
    model::{entries::EntryDraft, people::Profile},
    pictures::Gallery,
};

/// The field that binds a form to its session.
pub(crate) const CSRF: &str = "csrf";

/// A form that is filled in, and may be spoilt before it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// What it is counted as.
    pub(crate) endpoint: EndpointId,
    path: String,
    fields: Vec<(&'static str, String)>,
    file: Option<Upload>,
}

/// A file that somebody chose.
#[derive(Clone, Debug)]
struct Upload {
    field: &'static str,
    /// Nothing where the field was left empty.
    media_type: Option<&'static str>,
    bytes: Arc<[u8]>,
}

/// The forms of the contract.
impl Form {
    pub(crate) fn signup(name: &str, nickname: &str, password: &str, csrf: &str) -> Self {
        let fields = [
            ("name", name),
            ("nickname", nickname),
            ("password", password),
        ];
        Form::new(endpoints::POST_SIGNUP, "/signup", &fields, csrf)
    }

    pub(crate) fn login(name: &str, password: &str, csrf: &str) -> Self {
        let fields = [("name", name), ("password", password)];
        Form::new(endpoints::POST_LOGIN, "/login", &fields, csrf)
    }

    pub(crate) fn logout(csrf: &str) -> Self {
        Form::new(endpoints::POST_LOGOUT, "/logout", &[], csrf)
    }

    pub(crate) fn entry(gallery: &Gallery, draft: &EntryDraft, csrf: &str) -> Self {
        let form = Form::bare_entry(draft, csrf);
        match draft.photo {
            Some(photo) => form.with_picture("photo", gallery, photo),
            None => form.without_file("photo"),
        }
    }

    /// A new entry as it may come without a photo: like any other form.
    pub(crate) fn bare_entry(draft: &EntryDraft, csrf: &str) -> Self {
        let fields = [
            ("title", draft.title.as_str()),
            ("body", &draft.body),
            ("visibility", visibility_value(draft.visibility)),
        ];
        Form::new(endpoints::POST_ENTRY, "/entries", &fields, csrf)
    }

    pub(crate) fn icon(gallery: &Gallery, icon: Picture, csrf: &str) -> Self {
        let form = Form::new(endpoints::POST_ICON, "/icon", &[], csrf);
        form.with_picture("icon", gallery, icon)
    }

    pub(crate) fn comment(entry: u64, body: &str, csrf: &str) -> Self {
        let path = format!("/entries/{entry}/comments");
        Form::new(endpoints::POST_COMMENT, path, &[("body", body)], csrf)
    }

    pub(crate) fn friend(name: &str, csrf: &str) -> Self {
        Form::new(endpoints::POST_FRIEND, "/friends", &[("name", name)], csrf)
    }

    pub(crate) fn profile(name: &str, profile: &Profile, csrf: &str) -> Self {
        let fields = [
            ("nickname", profile.nickname.as_str()),
            ("introduction", &profile.introduction),
            ("birthday", &profile.birthday),
        ];
        let path = format!("/people/{name}");
        Form::new(endpoints::POST_PROFILE, path, &fields, csrf)
    }
}

impl Form {
    fn new(
        endpoint: EndpointId,
        path: impl Into<String>,
        fields: &[(&'static str, &str)],
        csrf: &str,
    ) -> Self {
        let fields = fields.iter().copied().chain([(CSRF, csrf)]);
        Form {
            endpoint,
            path: path.into(),
            fields: fields
                .map(|(name, value)| (name, value.to_owned()))
                .collect(),
            file: None,
        }
    }

    fn with_picture(self, field: &'static str, gallery: &Gallery, picture: Picture) -> Self {
        let media_type = picture.format().media_type();
        self.with_file(field, media_type, gallery.file(picture))
    }

    /// The same form with a file, whatever is in it.
    pub(crate) fn with_file(
        mut self,
        field: &'static str,
        media_type: &'static str,
        bytes: Arc<[u8]>,
    ) -> Self {
        self.file = Some(Upload {
            field,
            media_type: Some(media_type),
            bytes,
        });
        self
    }

    /// The same form with a field for a file that was left empty.
    pub(crate) fn without_file(mut self, field: &'static str) -> Self {
        self.file = Some(Upload {
            field,
            media_type: None,
            bytes: Arc::new([]),
        });
        self
    }

    /// What a person fills in: the names of all fields but the token.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let names = self.fields.iter().map(|(name, _)| *name);
        names.filter(|name| *name != CSRF).collect()
    }

    /// What stands in a field.
    pub(crate) fn value(&self, field: &str) -> &str {
        let mut fields = self.fields.iter();
        let found = fields.find(|(name, _)| *name == field);
        found.map_or("", |(_, value)| value)
    }

    /// The same form with another value in one field.
    pub(crate) fn with(&self, field: &str, value: &str) -> Self {
        let mut form = self.clone();
        for (name, filled_in) in &mut form.fields {
            if *name == field {
                value.clone_into(filled_in);
            }
        }
        form
    }

    /// The same form with one field left out.
    pub(crate) fn without(&self, field: &str) -> Self {
        let mut form = self.clone();
        form.fields.retain(|(name, _)| *name != field);
        form
    }

    /// The same form with white space around all that a person filled in.
    pub(crate) fn padded(&self) -> Self {
        let mut form = self.clone();
        for (name, value) in &mut form.fields {
            if *name != CSRF {
                *value = format!(" \u{3000}{value}\t ");
            }
        }
        form
    }

    /// The same form with so much in one field that it has exactly so many bytes.
    pub(crate) fn filled_up(&self, field: &str, bytes: usize) -> Self {
        let body = self.with(field, "").request().body;
        let others = body.map_or(0, |body| body.bytes.len());
        self.with(field, &"x".repeat(bytes.saturating_sub(others)))
    }

    /// The same form for another address.
    pub(crate) fn to(&self, path: &str) -> Self {
        Form {
            path: path.to_owned(),
            ..self.clone()
        }
    }

    /// As a browser sends it.
    pub(crate) fn request(&self) -> Request {
        let fields: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let Some(file) = &self.file else {
            return Request::form(self.path.as_str(), &fields);
        };
        let file = File {
            field: file.field,
            name: file.media_type.map_or("", |_| "chair"),
            media_type: file.media_type.unwrap_or("application/octet-stream"),
            bytes: &file.bytes,
        };
        Request::multipart(self.path.as_str(), &fields, &file)
    }

    /// The same bytes, but said to be something else than a form.
    pub(crate) fn request_as(&self, content_type: &'static str) -> Request {
        let mut request = self.request();
        request.body = request.body.map(|body| Body {
            content_type,
            ..body
        });
        request
    }
}

/// A visibility as forms say it.
fn visibility_value(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Friends => "friends",
        Visibility::Private => "private",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(form: &Form) -> Vec<u8> {
        form.request().body.expect("a body").bytes.to_vec()
    }

    #[test]
    fn forms_are_spoilt_one_field_at_a_time() {
        let form = Form::login("aoi", "secret", "t0ken");
        assert_eq!(form.names(), ["name", "password"]);
        assert_eq!(body(&form), b"name=aoi&password=secret&csrf=t0ken");
        let other = form.with("password", "x").without("csrf");
        assert_eq!(body(&other), b"name=aoi&password=x");
        assert_eq!(body(&form.filled_up("name", 1000)).len(), 1000);
        assert_eq!(
            body(&form.padded().without("name")),
            b"password=+%E3%80%80secret%09+&csrf=t0ken"
        );
    }
}
