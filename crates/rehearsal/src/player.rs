//! A made-up team: it enqueues, waits, changes its site, and enqueues again.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    time::Duration,
};

use isutori_protocol::{
    Verdict,
    contest::{Enqueue, Job},
};
use isutori_worker::{
    PortalError,
    client::{Enqueued, patiently},
};
use tokio::time::sleep;

use crate::{
    RehearsalError,
    contest::Schedule,
    record::Change,
    skill::Step,
    stage::{Stage, Team, now},
};

/// How often a job is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// People think for so long before they enqueue again, at most.
const THOUGHT: Duration = Duration::from_secs(3);

/// Somebody who plays a team.
pub(crate) struct Player<'a> {
    pub(crate) team: &'a Team,
    stage: &'a Stage<'a>,
    seed: u64,
    /// The numbers of the jobs that it has enqueued.
    pub(crate) jobs: RefCell<BTreeSet<i64>>,
    pub(crate) changes: RefCell<Vec<Change>>,
    is_changed: Cell<bool>,
}

impl<'a> Player<'a> {
    pub(crate) fn new(stage: &'a Stage<'a>, team: &'a Team, seed: u64) -> Player<'a> {
        Player {
            team,
            stage,
            seed,
            jobs: RefCell::default(),
            changes: RefCell::default(),
            is_changed: Cell::new(false),
        }
    }

    /// Plays until the contest is over, and the last run with it.
    pub(crate) async fn play(&self, schedule: &Schedule) -> Result<(), RehearsalError> {
        let mut draws = fastrand::Rng::with_seed(self.seed);
        while now() < schedule.ends_at {
            let job = match self.enqueue().await {
                Ok(job) => job,
                // It was over a moment earlier than here.
                Err(PortalError::Refused { .. }) if now() >= schedule.ends_at => break,
                Err(error) => return Err(error.into()),
            };
            let job = self.follow(job).await?;
            let is_judged = matches!(job.verdict, Some(Verdict::Pass | Verdict::Fail));
            if is_judged && !self.is_changed.get() && now() < schedule.ends_at {
                self.change_site().await?;
            }
            sleep(THOUGHT.mul_f64(draws.f64())).await;
        }
        Ok(())
    }

    async fn enqueue(&self) -> Result<Job, PortalError> {
        let wish = Enqueue {
            note: Some(format!("rehearsal: {}", self.team.skill.name())),
            ..Enqueue::default()
        };
        let enqueued = patiently(|| self.team.portal.enqueue(&wish)).await?;
        // A job that is under way was enqueued by this team in a rush.
        let (Enqueued::New(job) | Enqueued::UnderWay(job)) = enqueued;
        self.jobs.borrow_mut().insert(job.id);
        Ok(job)
    }

    async fn follow(&self, mut job: Job) -> Result<Job, RehearsalError> {
        while !job.state.is_over() {
            sleep(EVERY).await;
            job = patiently(|| self.team.portal.job(job.id)).await?;
        }
        let verdict = job.verdict.map_or("no verdict", Verdict::word);
        let score = job.score.unwrap_or_default();
        let (name, skill) = (&self.team.name, self.team.skill.name());
        let line = format!("{name} ({skill}): job {}: {verdict}, {score}", job.id);
        self.stage.say(&line);
        Ok(job)
    }

    /// Does to its hosts what is its skill.
    async fn change_site(&self) -> Result<(), RehearsalError> {
        let team = self.team;
        let change = async {
            for step in team.skill.steps(self.stage.engine()) {
                match step {
                    Step::Run { role, script } => {
                        for host in team.with_role(role) {
                            self.stage.run(host, team.skill.name(), script).await?;
                        }
                    }
                    Step::SwitchOff { role } => {
                        for host in team.with_role(role).take(1) {
                            self.stage.shut_down(host).await?;
                        }
                    }
                }
            }
            Ok(())
        };
        self.do_to_hosts(true, change).await?;
        self.is_changed.set(true);
        let (name, skill) = (&team.name, team.skill.name());
        self.stage
            .say(&format!("{name} has made its change: {skill}"));
        Ok(())
    }

    /// Keeps in mind that something is done to the team's hosts meanwhile.
    pub(crate) async fn do_to_hosts(
        &self,
        is_skill: bool,
        what: impl Future<Output = Result<(), RehearsalError>>,
    ) -> Result<(), RehearsalError> {
        let _alone = self.team.hands.lock().await;
        let began_at = now();
        what.await?;
        self.changes.borrow_mut().push(Change {
            is_skill,
            began_at,
            ended_at: now(),
        });
        Ok(())
    }
}
