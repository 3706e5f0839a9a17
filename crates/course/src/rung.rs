//! One rung of the ladder.

use serde::Deserialize;

use crate::{CourseError, Language, Text};

/// What the steps of a hint tell.
const HINT_STEPS: [[&str; 2]; 3] = [
    ["where to look", "どこを見るか"],
    ["what is wrong", "何が問題か"],
    ["how to cure it", "どう直すか"],
];

/// One idea that makes the app faster.
#[derive(Clone, Debug)]
pub struct Rung {
    /// Counts from 1.
    pub number: usize,
    /// The folder's name, such as `03-friends-at-once`.
    pub name: String,
    /// What it is about.
    pub title: Text,
    /// Where to look, what is wrong, how to cure it.
    pub hints: Vec<Text>,
    /// What it reaches.
    pub band: Band,
    /// The patch against the hand-out as the rung before left it.
    pub cure: &'static str,
    lesson: Text,
}

/// Between which ratios to the untouched app's score a run may come out.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// From here on the rung counts as reached.
    pub from: f64,
    /// More than this says that the figures of the course are old.
    pub to: f64,
}

impl Band {
    /// Whether a ratio lies within.
    pub fn contains(&self, ratio: f64) -> bool {
        (self.from..=self.to).contains(&ratio)
    }
}

/// What a patch changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The app.
    App,
    /// The schema, or the script that puts the initial data back.
    Sql,
    /// The settings of the database.
    Database,
    /// The settings of nginx.
    Nginx,
    /// The app's environment or unit.
    Environment,
}

/// The beginnings of paths, and what lies there.
const PARTS: [(&str, Part); 6] = [
    ("webapp/", Part::App),
    ("sql/", Part::Sql),
    ("etc/mysql/", Part::Database),
    ("etc/nginx/", Part::Nginx),
    ("etc/systemd/", Part::Environment),
    ("env.sh", Part::Environment),
];

impl Part {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Part::App => "app",
            Part::Sql => "sql",
            Part::Database => "database",
            Part::Nginx => "nginx",
            Part::Environment => "environment",
        }
    }

    fn of_path(path: &str) -> Option<Self> {
        let found = PARTS.iter().find(|(start, _)| path.starts_with(start));
        found.map(|(_, part)| *part)
    }
}

/// `rung.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    title: Text,
    band: Band,
    #[serde(rename = "hint")]
    hints: Vec<Text>,
}

impl Rung {
    /// Reads a rung from the files of its folder.
    pub(crate) fn read(
        number: usize,
        name: &str,
        files: &[(&str, &'static str)],
    ) -> Result<Self, CourseError> {
        let fault = |fault: String| CourseError::Rung {
            rung: name.to_owned(),
            fault,
        };
        let file = |wanted: &str| {
            let found = files.iter().find(|(file, _)| *file == wanted);
            found.map_or(Err(fault(format!("there is no {wanted}"))), |(_, text)| {
                Ok(*text)
            })
        };
        let card: Card = toml::from_str(file("rung.toml")?)
            .map_err(|error| fault(format!("rung.toml: {error}")))?;
        let steps = HINT_STEPS.len();
        if card.hints.len() != steps {
            return Err(fault(format!("rung.toml: a hint has {steps} steps")));
        }
        let rung = Rung {
            number,
            name: name.to_owned(),
            title: card.title,
            hints: card.hints,
            band: card.band,
            cure: file("cure.patch")?,
            lesson: Text::new(file("lesson.en.md")?, file("lesson.ja.md")?),
        };
        if !name.starts_with(&format!("{number:02}-")) {
            return Err(fault(format!(
                "the folder of rung {number} has another number"
            )));
        }
        if let Some(path) = rung.paths().find(|path| Part::of_path(path).is_none()) {
            return Err(fault(format!(
                "the patch changes {path}, which is no part of the hand-out"
            )));
        }
        Ok(rung)
    }

    /// The first `open` steps of the hint, each with its number and what it tells, such as
    /// `1 of 3, where to look: …`.
    pub fn hint_steps(&self, open: usize, language: Language) -> Vec<String> {
        let steps = self.hints.iter().zip(HINT_STEPS).zip(1..).take(open);
        let describe = |((hint, [en, ja]), number): ((&Text, [&str; 2]), usize)| {
            let (hint, all) = (hint.in_language(language), HINT_STEPS.len());
            match language {
                Language::English => format!("{number} of {all}, {en}: {hint}"),
                Language::Japanese => format!("{number}/{all} {ja}: {hint}"),
            }
        };
        steps.map(describe).collect()
    }

    /// The lesson, in Markdown.
    pub fn lesson(&self, language: Language) -> &str {
        self.lesson.in_language(language)
    }

    /// What the patch changes, each part once.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.paths().filter_map(Part::of_path).collect();
        parts.sort();
        parts.dedup();
        parts
    }

    /// The files that the patch changes.
    fn paths(&self) -> impl Iterator<Item = &str> {
        let lines = self.cure.lines();
        let heads = lines.filter_map(|line| line.strip_prefix("diff --git a/"));
        heads.filter_map(|head| head.split(' ').next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = r#"
        title = { en = "Chairs", ja = "椅子" }
        band = { from = 1.5, to = 3.0 }
        [[hint]]
        en = "where"
        ja = "どこ"
        [[hint]]
        en = "what"
        ja = "何"
        [[hint]]
        en = "how"
        ja = "どう"
    "#;
    const CURE: &str = "diff --git a/sql/mysql/reset.sql b/sql/mysql/reset.sql\n+ALTER\n\
                        diff --git a/webapp/rust/src/home.rs b/webapp/rust/src/home.rs\n\
                        diff --git a/webapp/rust/src/main.rs b/webapp/rust/src/main.rs\n";

    fn read(changed: (&'static str, &'static str)) -> Result<Rung, String> {
        let files = [
            ("cure.patch", CURE),
            ("lesson.en.md", "# Chairs"),
            ("lesson.ja.md", "# 椅子"),
            ("rung.toml", CARD),
        ];
        let files = files.map(|file| if file.0 == changed.0 { changed } else { file });
        Rung::read(3, "03-chairs", &files).map_err(|error| error.to_string())
    }

    #[test]
    fn a_rung_is_read_from_its_folder() {
        let rung = read(("", "")).expect("a rung");

        assert_eq!(rung.parts(), [Part::App, Part::Sql]);
        assert_eq!(rung.lesson(Language::Japanese), "# 椅子");
        assert_eq!(
            rung.hint_steps(2, Language::English),
            [
                "1 of 3, where to look: where",
                "2 of 3, what is wrong: what"
            ]
        );
        assert_eq!(
            rung.hint_steps(3, Language::Japanese)[2],
            "3/3 どう直すか: どう"
        );
        assert!(rung.band.contains(1.5) && !rung.band.contains(1.4));
    }

    #[test]
    fn faults_are_named() {
        let missing = Rung::read(3, "03-chairs", &[])
            .expect_err("no files")
            .to_string();
        assert_eq!(missing, "course/03-chairs: there is no rung.toml");
        let two = CARD.rsplit_once("[[hint]]").expect("three hints").0;
        let two = read(("rung.toml", two)).expect_err("two hints");
        assert!(two.ends_with("a hint has 3 steps"), "{two}");
        let elsewhere = read(("cure.patch", "diff --git a/README.md b/README.md\n"));
        let elsewhere = elsewhere.expect_err("another file");
        assert!(
            elsewhere.contains("the patch changes README.md"),
            "{elsewhere}"
        );
    }
}
