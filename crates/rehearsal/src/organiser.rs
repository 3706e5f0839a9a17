//! One of the staff, who uses the portal's pages, and the portal's host by ssh.

use std::time::Duration;

use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    document::Document,
    exchange::{Request, Response},
    trust::Trust,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::{Instant, sleep};

use crate::{
    Millis, RehearsalError,
    contest::{Schedule, squeeze},
    plan::Plan,
    record::{Attempt, Board},
    stage::Stage,
};

const PORTAL: &str = "portal";
const CONTEST: &str = "/etc/isutori/contest.toml";
/// Exports may be long, and the portal busy.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(60),
    body: 64 << 20,
    line: None,
};
/// For so long the portal may be away.
const PATIENCE: Duration = Duration::from_secs(300);
const EVERY: Duration = Duration::from_secs(2);
/// So long a host may take for a step of the final measurement, minutes. The whole lab reboots at
/// once.
const DEADLINE_MINUTES: &str = "3";

/// One of the staff.
pub(crate) struct Organiser<'a> {
    stage: &'a Stage<'a>,
    browser: Browser,
    form_token: String,
}

/// A line of the staff's list of runs.
#[derive(Deserialize)]
struct Row {
    job: i64,
    attempt: u32,
    team: String,
    worker: String,
    outcome: String,
    began: String,
    ended: String,
    reason: String,
}

impl<'a> Organiser<'a> {
    /// Somebody new of the staff, whom the portal's host has let in.
    pub(crate) async fn come_in(stage: &'a Stage<'a>) -> Result<Organiser<'a>, RehearsalError> {
        let script = ". /etc/isutori/host.env\n\
            cd /var/lib/isutori-portal\n\
            runuser --user isutori-portal -- isutori portal invite --staff --data data \
            --public-url \"$ISUTORI_PORTAL\"\n";
        let link = stage.run(PORTAL, "to invite the staff", script).await?;
        let mut organiser = Organiser {
            browser: browser(stage)?,
            form_token: String::new(),
            stage,
        };
        let path = link.trim().find("/invite/").map(|at| &link.trim()[at..]);
        let path = path.ok_or_else(|| page_error("the link for the staff", &link))?;
        let name = format!("rehearsal {}", Timestamp::now().as_second());
        // The link is a secret that was used up.
        let password = path.trim_start_matches("/invite/").to_owned();
        organiser.read_form_token(path).await?;
        organiser
            .post(path, &[("name", &name), ("password", &password)])
            .await?;
        organiser.read_form_token("/staff/final").await?;
        Ok(organiser)
    }

    /// Lets the contest be on from now, for as long as planned.
    pub(crate) async fn begin_contest(&self, plan: &Plan) -> Result<Schedule, RehearsalError> {
        let script = format!("cat {CONTEST}");
        let contest = self
            .stage
            .run(PORTAL, "to read the contest", &script)
            .await?;
        let (contest, schedule) = squeeze(&contest, plan, Timestamp::now())?;
        let script =
            format!("cat >{CONTEST} <<'THE_CONTEST'\n{contest}\nTHE_CONTEST\nset-up-portal");
        let what = "to import the contest";
        self.stage.run(PORTAL, what, &script).await?;
        Ok(schedule)
    }

    /// All attempts at all jobs, each with the team's name.
    pub(crate) async fn attempts(&mut self) -> Result<Vec<(String, Attempt)>, RehearsalError> {
        let path = "/staff/export/runs.csv";
        let answer = get(&mut self.browser, path).await?;
        let mut rows = csv::Reader::from_reader(&*answer.body);
        let attempts = rows.deserialize().map(|row| {
            let row: Row = row.map_err(|error| page_error(path, error))?;
            let attempt = Attempt {
                job: row.job,
                attempt: row.attempt,
                worker: row.worker,
                began_at: moment(&row.began).ok_or_else(|| page_error(path, &row.began))?,
                ended_at: moment(&row.ended),
                outcome: row.outcome,
                reason: row.reason,
            };
            Ok((row.team, attempt))
        });
        attempts.collect()
    }

    /// Begins the final measurement of all teams that play.
    pub(crate) async fn begin_final(&mut self) -> Result<(), RehearsalError> {
        let path = "/staff/export/standings.json";
        let board: Board = get_json(&mut self.browser, path).await?;
        let plays = |name: &str| self.stage.teams.iter().any(|team| team.name == name);
        let teams = board.teams.iter().filter(|team| plays(&team.name));
        let numbers: Vec<String> = teams.map(|team| team.team.to_string()).collect();
        let mut fields: Vec<(&str, &str)> = vec![
            ("checks", "1"),
            ("reboots", "1"),
            ("reboots_again", "1"),
            ("counts", "1"),
            ("deadline", DEADLINE_MINUTES),
        ];
        fields.extend(numbers.iter().map(|number| ("team", number.as_str())));
        self.post("/staff/final", &fields).await
    }

    /// Shows the results to everybody.
    pub(crate) async fn release(&mut self) -> Result<(), RehearsalError> {
        self.post("/staff/release", &[("release", "1")]).await
    }

    async fn read_form_token(&mut self, path: &str) -> Result<(), RehearsalError> {
        let page = get(&mut self.browser, path).await?;
        let document = Document::parse(&page.body).map_err(|why| page_error(path, why))?;
        let field = document.root().first("input[name=form_token]");
        let token = field.and_then(|field| field.attribute("value"));
        let token = token.ok_or_else(|| page_error(path, "there is no form on the page"))?;
        self.form_token = token.to_owned();
        Ok(())
    }

    /// Sends a form. Nothing is sent twice, or a thing might be done twice.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<(), RehearsalError> {
        let token = self.form_token.clone();
        let fields = [&[("form_token", &*token)], fields].concat();
        let answer = self.browser.send(&Request::form(path, &fields)).await;
        let answer = answer.map_err(|why| page_error(path, why))?;
        accepted(path, answer).map(drop)
    }
}

/// The leaderboard as the audience sees it.
pub(crate) async fn audience_board(stage: &Stage<'_>) -> Result<Board, RehearsalError> {
    get_json(&mut browser(stage)?, "/board.json").await
}

fn browser(stage: &Stage<'_>) -> Result<Browser, RehearsalError> {
    let url = stage.lab.inventory().portal_url();
    let target = url.parse().map_err(|error| page_error(&url, error))?;
    let site = Site::new(target, &Trust::public(), LIMITS);
    Ok(Browser::new(site))
}

/// Asks for a page, again and again while the portal is away.
async fn get(browser: &mut Browser, path: &str) -> Result<Response, RehearsalError> {
    let begun = Instant::now();
    loop {
        let is_patient = begun.elapsed() < PATIENCE;
        match browser.send(&Request::get(path)).await {
            Ok(answer) if answer.status.is_server_error() && is_patient => {}
            Ok(answer) => return accepted(path, answer),
            Err(_) if is_patient => {}
            Err(why) => return Err(page_error(path, why)),
        }
        sleep(EVERY).await;
    }
}

async fn get_json<T: DeserializeOwned>(
    browser: &mut Browser,
    path: &str,
) -> Result<T, RehearsalError> {
    let answer = get(browser, path).await?;
    serde_json::from_slice(&answer.body).map_err(|error| page_error(path, error))
}

/// A page, or the way to another one that is a page of the portal's all the same.
fn accepted(path: &str, answer: Response) -> Result<Response, RehearsalError> {
    let status = answer.status;
    match status.is_success() || status.is_redirection() {
        true => Ok(answer),
        false => Err(page_error(path, format!("it is answered by {status}"))),
    }
}

fn page_error(what: &str, why: impl ToString) -> RehearsalError {
    RehearsalError::Page {
        what: what.to_owned(),
        why: why.to_string(),
    }
}

/// A moment as the portal's lists write it, in UTC.
fn moment(text: &str) -> Option<Millis> {
    let at = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_lists_are_read() {
        assert_eq!(moment("1970-01-01 00:01:02"), Some(62_000));
        assert_eq!(moment(""), None);
    }
}
