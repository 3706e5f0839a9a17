//! Which requests are of one kind.

/// Patterns of paths, in which `:name` or `{name}` stands for any one part.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    patterns: Vec<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Fixed(String),
    Any(String),
}

impl Part {
    fn of(text: &str) -> Part {
        let braced = text.strip_prefix('{');
        let name = braced.and_then(|name| name.strip_suffix('}'));
        match name.or(text.strip_prefix(':')) {
            Some(name) => Part::Any(name.to_owned()),
            None => Part::Fixed(text.to_owned()),
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Part::Fixed(fixed) => fixed == text,
            Part::Any(_) => !text.is_empty(),
        }
    }

    fn text(&self) -> String {
        match self {
            Part::Fixed(fixed) => fixed.clone(),
            Part::Any(name) => format!(":{name}"),
        }
    }
}

impl Routes {
    /// Of patterns such as `/entries/:id/comments`; earlier ones come first.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Routes {
        let parts = |pattern: &str| pattern.split('/').map(Part::of).collect();
        Routes {
            patterns: patterns.into_iter().map(parts).collect(),
        }
    }

    /// The pattern of an address: the one it fits with the fewest parts that may be anything, or
    /// else the address itself, in which numbers and long hexadecimal names are `:id`.
    pub fn of(&self, uri: &str) -> String {
        let path = uri.split(['?', '#']).next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &&Vec<Part>| {
            let mut both = pattern.iter().zip(&parts);
            pattern.len() == parts.len() && both.all(|(part, text)| part.fits(text))
        };
        let open = |pattern: &&Vec<Part>| {
            let parts = pattern.iter();
            parts.filter(|part| matches!(part, Part::Any(_))).count()
        };
        let best = self.patterns.iter().filter(fits).min_by_key(open);
        let text: Vec<String> = match best {
            Some(pattern) => pattern.iter().map(Part::text).collect(),
            None => parts.into_iter().map(generalized).collect(),
        };
        text.join("/")
    }
}

fn generalized(part: &str) -> String {
    let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_hexadecimal = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let is_name = part.len() >= 16
        && part.bytes().all(is_hexadecimal)
        && part.bytes().any(|byte| byte.is_ascii_digit());
    match is_number || is_name {
        true => ":id".to_owned(),
        false => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_definite_pattern_counts() {
        let routes = Routes::new(["/people/:name", "/people/me", "/entries/{id}/comments"]);
        for (uri, route) in [
            ("/people/aki?tab=1", "/people/:name"),
            ("/people/me", "/people/me"),
            ("/people/", "/people/"),
            ("/entries/7/comments", "/entries/:id/comments"),
            ("/entries/7", "/entries/:id"),
            ("/", "/"),
        ] {
            assert_eq!(routes.of(uri), route, "{uri}");
        }
    }

    #[test]
    fn without_patterns_numbers_and_long_names_are_alike() {
        let routes = Routes::default();
        for (uri, route) in [
            ("/images/12", "/images/:id"),
            ("/files/3f0a4c1e9b7d2f60-a1/thumb", "/files/:id/thumb"),
            ("/static/style.css", "/static/style.css"),
            ("/decade", "/decade"),
        ] {
            assert_eq!(routes.of(uri), route);
        }
    }
}
