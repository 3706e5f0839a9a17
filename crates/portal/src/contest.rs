//! The contest: its name, schedule, rule and settings of runs.
//!
//! A `contest.toml` can be imported and exported; in between, the database is what counts, and the
//! schedule can be changed at any moment.

mod check;
mod practice;

pub use check::{ContestError, Nonsense};
pub use practice::{HintPlan, Practice, PracticeFault, SinceStart};

use isutori_protocol::RunResult;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use sqlx::{AnyConnection, Row, any::AnyRow};

use crate::clock::Millis;

/// How the score of a team comes from its runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Rule {
    /// The last run that was judged.
    Last,
    /// The best one.
    Best,
    /// The mean of so many last ones.
    MeanOfLast(usize),
}

impl TryFrom<String> for Rule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mean = text.strip_prefix("mean-of-").map(str::parse);
        match (text.as_str(), mean) {
            ("last", _) => Ok(Rule::Last),
            ("best", _) => Ok(Rule::Best),
            (_, Some(Ok(runs @ 2..=100))) => Ok(Rule::MeanOfLast(runs)),
            _ => Err(format!(
                "{text:?} is no rule: it is \"last\", \"best\" or \"mean-of-N\", N from 2 to 100"
            )),
        }
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> String {
        match rule {
            Rule::Last => "last".to_owned(),
            Rule::Best => "best".to_owned(),
            Rule::MeanOfLast(runs) => format!("mean-of-{runs}"),
        }
    }
}

impl Rule {
    /// What counts of a team's scores, given in the order in which its runs ended.
    pub fn score(self, scores: &[u64]) -> Option<u64> {
        match self {
            Rule::Last => scores.last().copied(),
            Rule::Best => scores.iter().max().copied(),
            Rule::MeanOfLast(runs) => {
                let last = &scores[scores.len().saturating_sub(runs)..];
                let count = last.len() as u64;
                (count > 0).then(|| last.iter().sum::<u64>() / count)
            }
        }
    }
}

/// The language of pages, unless a visitor prefers another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Language {
    /// Its code, as in a page's `lang`.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ja => "ja",
        }
    }

    /// The same of the course.
    pub(crate) fn of_course(self) -> isutori_course::Language {
        match self {
            Language::En => isutori_course::Language::English,
            Language::Ja => isutori_course::Language::Japanese,
        }
    }
}

/// How runs are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSettings {
    /// `small`, `standard` or `large`.
    pub size: String,
    /// What the data is made from.
    pub data_seed: u64,
    /// How long the load lasts, seconds.
    pub load_seconds: u64,
    /// After so many seconds a benchmark is killed.
    pub time_limit_seconds: u64,
    /// With more mebibytes of memory a benchmark is killed.
    pub memory_limit_mib: u64,
    /// The only build of the benchmark that may run; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
}

impl Default for RunSettings {
    fn default() -> Self {
        RunSettings {
            size: "standard".to_owned(),
            data_seed: 1,
            load_seconds: 60,
            time_limit_seconds: 300,
            memory_limit_mib: 4096,
            build: None,
        }
    }
}

/// How the final measurement is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalSettings {
    /// The program that reboots a host, and its arguments, in which `{host}`, `{team}` and `{url}`
    /// stand for those of the host. It runs on the portal's machine; so it can be changed there
    /// alone, by `isutori portal import`. When there is none, hosts are rebooted by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reboot: Vec<String>,
}

impl FinalSettings {
    fn is_empty(&self) -> bool {
        self.reboot.is_empty()
    }
}

/// Something to be won besides the first place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prize {
    /// What it is called.
    pub title: String,
    /// For whoever is the first to reach this score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_to: Option<u64>,
    /// For whoever is ahead at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_at: Option<Timestamp>,
}

/// The contest, as `contest.toml` says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contest {
    /// Shown on every page.
    pub name: String,
    /// The language of pages.
    #[serde(default)]
    pub language: Language,
    /// Teams may enqueue from then on.
    pub starts_at: Timestamp,
    /// And until then.
    pub ends_at: Timestamp,
    /// From then on the audience sees the leaderboard as it was, until results are released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freezes_at: Option<Timestamp>,
    /// How many people a team has at most.
    #[serde(default = "default_team_size")]
    pub team_size: u64,
    /// How many hosts a team has at most.
    #[serde(default = "default_hosts")]
    pub hosts: u64,
    /// How the score of a team comes from its runs.
    #[serde(default = "default_rule")]
    pub rule: Rule,
    /// What contestants may use of artificial intelligence; shown to them.
    #[serde(default)]
    pub ai_policy: String,
    /// How runs are made.
    #[serde(default)]
    pub run: RunSettings,
    /// How the final measurement is made.
    #[serde(
        default,
        rename = "final",
        skip_serializing_if = "FinalSettings::is_empty"
    )]
    pub final_measurement: FinalSettings,
    /// How a class is held; a contest has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<Practice>,
    /// What else is to be won.
    #[serde(default, rename = "prize")]
    pub prizes: Vec<Prize>,
    /// What hosts there are, which is not the portal's to read.
    #[serde(default, skip_serializing)]
    pub environment: IgnoredAny,
}

fn default_team_size() -> u64 {
    3
}

fn default_hosts() -> u64 {
    3
}

fn default_rule() -> Rule {
    Rule::Last
}

impl Contest {
    /// Reads a `contest.toml`.
    ///
    /// # Errors
    /// When it is none, or makes no sense.
    pub fn parse(text: &str) -> Result<Contest, ContestError> {
        let contest: Contest =
            toml::from_str(text).map_err(|error| ContestError::of(text, &error))?;
        contest.check()?;
        Ok(contest)
    }

    /// As a `contest.toml`.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("a contest can be written")
    }

    /// Whether a run counts by its build.
    pub fn allows_build(&self, build: &str) -> bool {
        let pinned = self.run.build.as_deref();
        pinned.is_none_or(|pinned| pinned == build)
    }

    /// Whether this result was made as the contest wants its runs.
    pub fn allows(&self, result: &RunResult) -> bool {
        self.allows_build(&result.build)
    }
}

/// The contest and what the staff has done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Current {
    /// What was imported or edited.
    pub contest: Contest,
    /// When the results were released to everybody.
    pub released_at: Option<Millis>,
}

impl Current {
    /// Whether the audience sees an old leaderboard at that moment.
    pub fn is_frozen(&self, now: Millis) -> bool {
        let freezes = self.contest.freezes_at.map(Timestamp::as_millisecond);
        self.released_at.is_none() && freezes.is_some_and(|freezes| freezes <= now)
    }
}

/// Reads the contest, if one was set up.
///
/// # Errors
/// The database's.
pub async fn read(connection: &mut AnyConnection) -> Result<Option<Current>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM contest WHERE id = 1")
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Sets the contest up, or changes it; what was released stays so.
///
/// # Errors
/// The database's.
pub async fn write(connection: &mut AnyConnection, contest: &Contest) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO contest (id, name, language, starts_at, ends_at, freezes_at, team_size,
            hosts, rule, size, data_seed, load_seconds, time_limit, memory_limit, build, ai_policy,
            prizes, final_settings, practice)
        VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (id) DO UPDATE SET name = $1, language = $2, starts_at = $3, ends_at = $4,
            freezes_at = $5, team_size = $6, hosts = $7, rule = $8, size = $9, data_seed = $10,
            load_seconds = $11, time_limit = $12, memory_limit = $13, build = $14, ai_policy = $15,
            prizes = $16, final_settings = $17, practice = $18";
    let run = &contest.run;
    let practice = contest.practice.as_ref().map(serde_json::to_string);
    let prizes = serde_json::to_string(&contest.prizes).map_err(encode)?;
    sqlx::query(sql)
        .bind(&contest.name)
        .bind(contest.language.code())
        .bind(contest.starts_at.as_millisecond())
        .bind(contest.ends_at.as_millisecond())
        .bind(contest.freezes_at.map(Timestamp::as_millisecond))
        .bind(contest.team_size as i64)
        .bind(contest.hosts as i64)
        .bind(String::from(contest.rule))
        .bind(&run.size)
        .bind(run.data_seed.cast_signed())
        .bind(run.load_seconds as i64)
        .bind(run.time_limit_seconds as i64)
        .bind(run.memory_limit_mib as i64)
        .bind(run.build.as_deref())
        .bind(&contest.ai_policy)
        .bind(prizes)
        .bind(serde_json::to_string(&contest.final_measurement).map_err(encode)?)
        .bind(practice.transpose().map_err(encode)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// Shows the results to everybody, or hides them again.
///
/// # Errors
/// The database's.
pub async fn release(
    connection: &mut AnyConnection,
    at: Option<Millis>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE contest SET released_at = $1")
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

fn from_row(row: &AnyRow) -> Result<Current, sqlx::Error> {
    let moment = |millis| Timestamp::from_millisecond(millis).map_err(decode);
    let language = match row.try_get::<String, _>("language")?.as_str() {
        "ja" => Language::Ja,
        _ => Language::En,
    };
    let freezes_at: Option<i64> = row.try_get("freezes_at")?;
    let practice: Option<String> = row.try_get("practice")?;
    let practice = practice.map(|practice| serde_json::from_str(&practice));
    let unsigned = |column| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
    let contest = Contest {
        name: row.try_get("name")?,
        language,
        starts_at: moment(row.try_get("starts_at")?)?,
        ends_at: moment(row.try_get("ends_at")?)?,
        freezes_at: freezes_at.map(moment).transpose()?,
        team_size: unsigned("team_size")?,
        hosts: unsigned("hosts")?,
        rule: Rule::try_from(row.try_get::<String, _>("rule")?).map_err(decode)?,
        ai_policy: row.try_get("ai_policy")?,
        run: RunSettings {
            size: row.try_get("size")?,
            data_seed: unsigned("data_seed")?,
            load_seconds: unsigned("load_seconds")?,
            time_limit_seconds: unsigned("time_limit")?,
            memory_limit_mib: unsigned("memory_limit")?,
            build: row.try_get("build")?,
        },
        final_measurement: serde_json::from_str(&row.try_get::<String, _>("final_settings")?)
            .map_err(decode)?,
        practice: practice.transpose().map_err(decode)?,
        prizes: serde_json::from_str(&row.try_get::<String, _>("prizes")?).map_err(decode)?,
        environment: IgnoredAny,
    };
    Ok(Current {
        contest,
        released_at: row.try_get("released_at")?,
    })
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

fn encode(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Encode(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
name = "Summer"
language = "ja"
starts_at = "2026-08-01T10:00:00+09:00"
ends_at = "2026-08-01T18:00:00+09:00"
freezes_at = "2026-08-01T17:00:00+09:00"
team_size = 3
hosts = 3
rule = "mean-of-3"
ai_policy = "Anything goes."

[run]
size = "standard"
data_seed = 1
load_seconds = 60
time_limit_seconds = 300
memory_limit_mib = 4096

[final]
reboot = ["/usr/local/bin/reboot-host", "--", "{host}"]

[[prize]]
title = "First to 10,000"
first_to = 10000
"#;

    #[test]
    fn a_contest_is_the_same_after_export_and_import() {
        let contest = Contest::parse(WHOLE).expect("a contest");
        assert_eq!(contest.rule, Rule::MeanOfLast(3));
        let again = Contest::parse(&contest.to_toml()).expect("a contest");
        assert_eq!(again, contest);
    }

    #[test]
    fn hosts_are_for_others_to_read() {
        let environment = "[environment]\nteams = 2\n[[environment.host]]\nroles = [\"app\"]\n";

        let contest = Contest::parse(&format!("{WHOLE}{environment}")).expect("a contest");

        assert_eq!(contest, Contest::parse(WHOLE).expect("a contest"));
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_reason() {
        let refused = |from: &str, to: &str| {
            let text = WHOLE.replace(from, to);
            assert_ne!(text, WHOLE);
            Contest::parse(&text).expect_err("a refusal").to_string()
        };
        let early = refused("2026-08-01T18", "2026-08-01T09");
        assert_eq!(early, "The contest ends before it starts.");
        let rule = refused("mean-of-3", "median");
        assert!(
            rule.contains("Line 9 ") && rule.contains("\"median\" is no rule"),
            "{rule}"
        );
        assert!(refused("first_to = 10000", "").contains("either first_to or best_at"));
        assert!(refused("\"standard\"", "\"huge\"").contains("run.size"));
        assert!(refused("hosts = 3", "host = 3").contains("unknown field"));
    }

    #[test]
    fn each_rule_makes_a_score_of_runs() {
        let scores = [10, 40, 0, 30];
        assert_eq!(Rule::Last.score(&scores), Some(30));
        assert_eq!(Rule::Best.score(&scores), Some(40));
        assert_eq!(Rule::MeanOfLast(3).score(&scores), Some(23));
        assert_eq!(Rule::MeanOfLast(9).score(&scores), Some(20));
        assert_eq!(Rule::Last.score(&[]), None);
        assert_eq!(Rule::MeanOfLast(3).score(&[]), None);
    }
}
