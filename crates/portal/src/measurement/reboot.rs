//! Reboots hosts by the staff's command.

use std::{
    fs::File,
    io::{self, Read},
    time::Duration,
};

use isutori_services::{Process, ProcessSpec};
use sqlx::{AssertSqlSafe, FromRow};
use tokio::time::{Instant, sleep};

use crate::{clock::Millis, state::AppState};

/// So long the command may take.
const LIMIT: Duration = Duration::from_secs(120);

/// A portal that commands a reboot says so again so many times within the length of a lease.
const BEATS_A_LEASE: u32 = 4;

/// So many bytes of what the command says are kept.
const MOST_OUTPUT: u64 = 8 << 10;

/// A host that is to be rebooted, held for a while.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Order {
    id: i64,
    attempt: i64,
    team_id: i64,
    name: String,
    url: Option<String>,
    #[sqlx(default)]
    team: String,
}

/// Takes the next host that is to be rebooted, if there is one that nobody has.
pub(super) async fn take(state: &AppState, now: Millis) -> Result<Option<Order>, sqlx::Error> {
    let sql = format!(
        "UPDATE measured_hosts SET lease_until = $2, attempt = attempt + 1 WHERE step = 'reboot' AND lease_until < $1
            AND id = (SELECT id FROM measured_hosts host
                WHERE step = 'reboot' AND failure IS NULL AND lease_until < $1
                    AND EXISTS (SELECT 1 FROM measured_teams team WHERE step <> 'over'
                        AND team.measurement_id = host.measurement_id
                        AND team.team_id = host.team_id)
                ORDER BY id LIMIT 1 {})
        RETURNING id, attempt, team_id, name, url,
            (SELECT name FROM teams WHERE teams.id = team_id) AS team",
        state.store.skipping_locked()
    );
    let mut transaction = state.store.begin_write().await?;
    let order = sqlx::query_as(AssertSqlSafe(sql))
        .bind(now)
        .bind(lease_from(state, now))
        .fetch_optional(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(order)
}

fn lease_from(state: &AppState, now: Millis) -> Millis {
    now + i64::try_from(state.settings.lease.as_millis()).unwrap_or(i64::MAX / 2)
}

/// Holds an order until it is lost to another portal, or is no order any more.
async fn hold(state: &AppState, order: &Order) {
    loop {
        sleep(state.settings.lease / BEATS_A_LEASE).await;
        let sql = "UPDATE measured_hosts SET lease_until = $3
            WHERE id = $1 AND attempt = $2 AND step = 'reboot'";
        let held = sqlx::query(sql)
            .bind(order.id)
            .bind(order.attempt)
            .bind(lease_from(state, state.clock.now()))
            .execute(&state.store.pool)
            .await;
        match held {
            Ok(held) if held.rows_affected() == 0 => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(host = order.name, %error, "an order cannot be held"),
        }
    }
}

/// Carries an order out, and writes down how that went.
pub(super) async fn carry_out(state: AppState, command: Vec<String>, order: Order) {
    let host = &order.name;
    tracing::info!(host, team = order.team, "reboots");
    let done = tokio::select! {
        done = run(&command, &order, LIMIT) => done,
        () = hold(&state, &order) => return,
    };
    if let Some(why) = &done.failure {
        tracing::warn!(host, team = order.team, why, "could not be rebooted");
    }
    // Who comes too late, because the host was ordered again, changes nothing.
    let sql = "UPDATE measured_hosts SET output = $3, failure = $4,
            step = CASE WHEN $5 = 1 THEN 'boot' ELSE step END,
            rebooted_at = CASE WHEN $5 = 1 THEN $6 ELSE rebooted_at END,
            since = CASE WHEN $5 = 1 THEN $6 ELSE since END
        WHERE id = $1 AND attempt = $2 AND step = 'reboot'";
    let written = sqlx::query(sql)
        .bind(order.id)
        .bind(order.attempt)
        .bind(&done.output)
        .bind(done.failure.as_deref())
        .bind(i64::from(done.failure.is_none()))
        .bind(state.clock.now())
        .execute(&state.store.pool)
        .await;
    if let Err(error) = written {
        tracing::warn!(host, %error, "that a host was rebooted could not be written down");
    }
    state.events.tell_team(order.team_id);
}

/// What came of a command.
#[derive(Debug, PartialEq, Eq)]
struct Done {
    output: String,
    failure: Option<String>,
}

async fn run(command: &[String], order: &Order, limit: Duration) -> Done {
    let failed = |why: String| Done {
        output: String::new(),
        failure: Some(why),
    };
    let arguments = match fill_in(command, order) {
        Ok(arguments) => arguments,
        Err(why) => return failed(why),
    };
    let Some((program, arguments)) = arguments.split_first() else {
        return failed("there is no command".to_owned());
    };
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return failed(format!("no temporary folder: {error}")),
    };
    let log = folder.path().join("output");
    let spec = ProcessSpec::new(program, &log)
        .args(arguments)
        .env("PORTAL_DATABASE_URL", "");
    let mut process = match Process::spawn(spec) {
        Ok(process) => process,
        Err(error) => return failed(error.to_string()),
    };
    let began = Instant::now();
    let status = process.wait(limit).await;
    process.stop().await;
    let seconds = limit.as_secs();
    Done {
        output: read_beginning(&log).unwrap_or_else(|error| error.to_string()),
        failure: match status {
            Some(status) if status.success() => None,
            Some(status) => Some(format!("the command ended with {status}")),
            None if began.elapsed() >= limit => {
                Some(format!("the command took longer than {seconds} s"))
            }
            None => Some("the command could not be waited for".to_owned()),
        },
    }
}

/// The beginning of what a command has said, as text without what moves a cursor.
fn read_beginning(path: &std::path::Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MOST_OUTPUT)
        .read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let is_shown = |letter: &char| *letter == '\n' || !letter.is_control();
    Ok(text.chars().filter(is_shown).collect())
}

/// The arguments, in which `{host}`, `{team}` and `{url}` are what they stand for: no argument is
/// ever cut into several, and none becomes an option.
fn fill_in(command: &[String], order: &Order) -> Result<Vec<String>, String> {
    let fill_in = |argument: &String| {
        let filled = replace(argument, order);
        match filled.starts_with('-') && !argument.starts_with('-') {
            true => Err(format!("{filled:?} would be an option")),
            false => Ok(filled),
        }
    };
    command.iter().map(fill_in).collect()
}

/// In one go: what is put in is not looked at again.
fn replace(argument: &str, order: &Order) -> String {
    let names = [
        ("{host}", &*order.name),
        ("{team}", &*order.team),
        ("{url}", order.url.as_deref().unwrap_or_default()),
    ];
    let mut filled = String::new();
    let mut rest = argument;
    while let Some(letter) = rest.chars().next() {
        match names.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                filled.push_str(value);
                rest = &rest[name.len()..];
            }
            None => {
                filled.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(team: &str) -> Order {
        Order {
            id: 1,
            attempt: 1,
            team_id: 1,
            name: "web1".to_owned(),
            url: Some("http://192.0.2.1".to_owned()),
            team: team.to_owned(),
        }
    }

    fn words(command: &[&str]) -> Vec<String> {
        command.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_name_stays_one_argument_and_no_option() {
        let command = words(&["reboot", "--team={team}", "{host}", "{url}x{other}"]);
        let filled = fill_in(&command, &order("; rm -rf / {host}"));
        let expected = words(&[
            "reboot",
            "--team=; rm -rf / {host}",
            "web1",
            "http://192.0.2.1x{other}",
        ]);
        assert_eq!(filled, Ok(expected));
        let refused = fill_in(&words(&["reboot", "{team}"]), &order("--help"));
        assert_eq!(refused, Err("\"--help\" would be an option".to_owned()));
    }

    #[tokio::test]
    async fn what_a_command_says_and_how_it_ends_is_known() {
        let shell = |script: &str| words(&["sh", "-c", script, "x", "{team}"]);
        let limit = Duration::from_secs(60);
        let done = run(
            &shell("echo \"reboots $1\"; echo oh >&2"),
            &order("a  b"),
            limit,
        )
        .await;
        assert_eq!(done.output, "reboots a  b\noh\n");
        assert_eq!(done.failure, None);
        let done = run(&shell("exit 3"), &order("a"), limit).await;
        assert_eq!(
            done.failure.as_deref(),
            Some("the command ended with exit status: 3")
        );
        let done = run(&words(&["/no/such/program"]), &order("a"), limit).await;
        assert!(
            done.failure
                .is_some_and(|why| why.contains("/no/such/program"))
        );
        let limit = Duration::from_millis(1);
        let done = run(&shell("exec sleep 600"), &order("a"), limit).await;
        assert_eq!(
            done.failure.as_deref(),
            Some("the command took longer than 0 s")
        );
    }
}
