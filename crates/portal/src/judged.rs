//! Teams and their judged runs, kept in memory: of the database only what is new is read.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock},
};

use sqlx::{AnyConnection, FromRow, Row, any::AnyRow};

use crate::{clock::Millis, standings::Point};

/// What was written by clocks that differ by so much, or took so long to be written, is not missed.
const MARGIN: Millis = 60_000;

/// So often everything is read again, whatever the clocks of other portals say.
const WHOLE_EVERY: Millis = 60_000;

/// A team as far as the leaderboard is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRow {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: Arc<str>,
    hidden: i64,
    excluded: i64,
    pinned: i64,
}

impl TeamRow {
    /// Whether only the staff and itself see it.
    pub fn is_hidden(&self) -> bool {
        self.hidden != 0
    }

    /// Whether it is out of the contest.
    pub fn is_excluded(&self) -> bool {
        self.excluded != 0
    }

    /// Whether the big screen always shows it.
    pub fn is_pinned(&self) -> bool {
        self.pinned != 0
    }
}

impl FromRow<'_, AnyRow> for TeamRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(TeamRow {
            id: row.try_get("id")?,
            name: row.try_get::<String, _>("name")?.into(),
            hidden: row.try_get("hidden")?,
            excluded: row.try_get("excluded")?,
            pinned: row.try_get("pinned")?,
        })
    }
}

#[derive(FromRow)]
struct RunRow {
    id: i64,
    team_id: i64,
    finished_at: i64,
    score: i64,
}

/// What a team came to in a final measurement, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Final {
    at: Millis,
    score: u64,
}

/// All teams and all judged runs.
#[derive(Debug, Default)]
pub struct Judged {
    teams: Vec<TeamRow>,
    points: HashMap<i64, Arc<[Point]>>,
    finals: HashMap<i64, Vec<Final>>,
    latest: Millis,
    whole_at: Millis,
    changes: u64,
    changes_of_teams: u64,
    changes_of_points: HashMap<i64, u64>,
}

impl Judged {
    /// All there is now.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(connection: &mut AnyConnection, now: Millis) -> Result<Judged, sqlx::Error> {
        let mut judged = Judged::default();
        judged.read_on(connection, now).await?;
        Ok(judged)
    }

    /// Reads what has come since.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_on(
        &mut self,
        connection: &mut AnyConnection,
        now: Millis,
    ) -> Result<(), sqlx::Error> {
        let teams: Vec<TeamRow> =
            sqlx::query_as("SELECT id, name, hidden, excluded, pinned FROM teams ORDER BY name")
                .fetch_all(&mut *connection)
                .await?;
        if teams != self.teams {
            self.teams = teams;
            self.changes += 1;
            self.changes_of_teams += 1;
        }
        let is_whole = now - self.whole_at >= WHOLE_EVERY;
        let since = if is_whole { 0 } else { self.latest - MARGIN };
        let sql = "SELECT id, team_id, finished_at, score FROM jobs
            WHERE kind = 'run' AND state = 'finished' AND verdict IN ('pass', 'fail') AND finished_at >= $1";
        let runs: Vec<RunRow> = sqlx::query_as(sql)
            .bind(since)
            .fetch_all(&mut *connection)
            .await?;
        self.read_finals(connection).await?;
        let mut by_team: HashMap<i64, Vec<Point>> = HashMap::new();
        for run in runs {
            self.latest = self.latest.max(run.finished_at);
            by_team.entry(run.team_id).or_default().push(Point {
                job: run.id,
                at: run.finished_at,
                score: run.score.cast_unsigned(),
            });
        }
        for (team, points) in by_team {
            self.add(team, points);
        }
        if is_whole {
            self.whole_at = now;
        }
        Ok(())
    }

    /// They are few, and may be taken back; so all are read.
    async fn read_finals(&mut self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let sql = "SELECT team_id, since, score FROM measured_teams
            JOIN measurements ON measurements.id = measurement_id
            WHERE counts = 1 AND step = 'over' AND verdict IS NOT NULL
            ORDER BY since, measurement_id";
        let rows: Vec<(i64, Millis, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
        let mut finals: HashMap<i64, Vec<Final>> = HashMap::new();
        for (team, at, score) in rows {
            let score = score.cast_unsigned();
            finals.entry(team).or_default().push(Final { at, score });
        }
        let teams: BTreeSet<i64> = finals.keys().chain(self.finals.keys()).copied().collect();
        for team in teams {
            if finals.get(&team) != self.finals.get(&team) {
                self.changes += 1;
                *self.changes_of_points.entry(team).or_default() += 1;
            }
        }
        self.finals = finals;
        Ok(())
    }

    fn add(&mut self, team: i64, found: Vec<Point>) {
        let known = self.points(team);
        let is_new = |point: &Point| !known.contains(point);
        let new: Vec<Point> = found.into_iter().filter(is_new).collect();
        if new.is_empty() {
            return;
        }
        let is_old = |point: &&Point| new.iter().all(|new| new.job != point.job);
        let mut points: Vec<Point> = known.iter().filter(is_old).copied().collect();
        points.extend(new);
        points.sort_by_key(|point| (point.at, point.job));
        self.points.insert(team, points.into());
        self.changes += 1;
        *self.changes_of_points.entry(team).or_default() += 1;
    }

    /// All teams by name.
    pub fn teams(&self) -> &[TeamRow] {
        &self.teams
    }

    /// A team's judged runs in the order in which they ended.
    pub fn points(&self, team: i64) -> &Arc<[Point]> {
        static NONE: LazyLock<Arc<[Point]>> = LazyLock::new(|| [].into());
        self.points.get(&team).unwrap_or(&NONE)
    }

    /// What a team came to in the last final measurement that was over by then; 0 when it failed.
    pub fn final_score(&self, team: i64, until: Millis) -> Option<u64> {
        let finals = self.finals.get(&team)?.iter();
        finals
            .take_while(|one| one.at <= until)
            .last()
            .map(|one| one.score)
    }

    /// Grows with everything that is new.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Grows with what is new for somebody who sees of runs only those of this team.
    pub fn changes_for(&self, team: i64) -> u64 {
        self.changes_of_teams + self.changes_of_points.get(&team).unwrap_or(&0)
    }
}
