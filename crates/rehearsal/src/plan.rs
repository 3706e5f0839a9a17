//! Who plays what, and what goes wrong when.

use std::time::Duration;

use serde::Serialize;

use crate::skill::Skill;

/// Besides its load, a run takes about so long: it resets the site, looks at it, and looks again.
const AROUND_A_RUN: u64 = 25;
/// So many runs each team shall be able to make, one before its change and some after it.
const RUNS_OF_A_TEAM: u64 = 5;
/// No contest is shorter, or incidents would follow too closely upon each other, seconds.
const SHORTEST: u64 = 240;
/// A leaderboard that is to freeze does so after this share of the contest.
const FREEZES_AFTER: f64 = 0.75;
/// So often each team asks at the same moment when the queue is to be saturated.
const REQUESTS: usize = 10;

/// What is known of the contest when it is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// How many teams play.
    pub teams: usize,
    /// How many hosts run the benchmark.
    pub workers: usize,
    /// How long the load of a run lasts.
    pub load: Duration,
    /// How long teams can enqueue; as long as is good for them when not given.
    pub length: Option<Duration>,
}

/// Something that goes wrong, or that people do all at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Incident {
    /// Every team asks for a run, so many times at once.
    Rush {
        /// How many times.
        requests: usize,
    },
    /// The power of a host that runs a benchmark is cut, and comes back later.
    WorkerDies {
        /// Which of the workers, if it is at work; another otherwise.
        worker: usize,
        /// After so many seconds it is switched on again.
        away_seconds: u64,
    },
    /// All hosts of a team are rebooted, whatever it is doing.
    TeamReboots {
        /// Which of the teams.
        team: usize,
    },
    /// The portal's host is rebooted.
    PortalReboots,
}

impl Incident {
    /// For people.
    pub fn name(&self) -> &'static str {
        match self {
            Incident::Rush { .. } => "all teams at once",
            Incident::WorkerDies { .. } => "the death of a worker",
            Incident::TeamReboots { .. } => "a reboot of a team's hosts",
            Incident::PortalReboots => "a reboot of the portal",
        }
    }
}

/// A rehearsal before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How long teams can enqueue.
    pub length: Duration,
    /// How long until the leaderboard freezes.
    pub freezes_after: Duration,
    /// What each team does.
    pub skills: Vec<Skill>,
    /// What happens how long after the beginning, in this order.
    pub incidents: Vec<(Duration, Incident)>,
}

impl Plan {
    /// The plan that a seed makes.
    pub fn new(scope: &Scope, seed: u64) -> Plan {
        let mut draws = fastrand::Rng::with_seed(seed);
        let length = scope.length.unwrap_or_else(|| usual_length(scope));
        let skills = Skill::ALL.iter().copied().cycle();
        let skills: Vec<Skill> = skills.take(scope.teams).collect();
        let lasting = skills.iter().enumerate();
        let lasting = lasting.filter(|(_, skill)| skill.survives_reboots());
        let lasting: Vec<usize> = lasting.map(|(team, _)| team).collect();
        let mut incidents = vec![
            (0.05, Incident::Rush { requests: REQUESTS }),
            (
                0.2,
                Incident::WorkerDies {
                    worker: draws.usize(0..scope.workers),
                    away_seconds: draws.u64(5..=20),
                },
            ),
            (0.5, Incident::Rush { requests: REQUESTS }),
            (0.65, Incident::PortalReboots),
        ];
        // Whoever does not get over it would only look as it is to look later.
        if !lasting.is_empty() {
            let team = lasting[draws.usize(0..lasting.len())];
            incidents.insert(2, (0.35, Incident::TeamReboots { team }));
        }
        let mut when = |share: f64| length.mul_f64(share + 0.1 * draws.f64());
        Plan {
            freezes_after: length.mul_f64(FREEZES_AFTER),
            incidents: (incidents.into_iter())
                .map(|(share, incident)| (when(share), incident))
                .collect(),
            skills,
            length,
        }
    }
}

/// Long enough for each team to make a few runs.
fn usual_length(scope: &Scope) -> Duration {
    let turns = scope.teams.div_ceil(scope.workers.max(1)) as u64;
    let run = scope.load.as_secs() + AROUND_A_RUN;
    Duration::from_secs((turns * run * RUNS_OF_A_TEAM).max(SHORTEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: Scope = Scope {
        teams: 5,
        workers: 2,
        load: Duration::from_secs(20),
        length: None,
    };

    #[test]
    fn a_seed_makes_one_plan_and_seeds_differ() {
        let plans: Vec<Plan> = (0..20).map(|seed| Plan::new(&SCOPE, seed)).collect();

        assert_eq!(plans[7], Plan::new(&SCOPE, 7));
        assert!(plans[1..].iter().any(|plan| *plan != plans[0]));
    }

    #[test]
    fn every_plan_has_all_that_can_go_wrong_while_teams_can_enqueue() {
        for seed in 0..100 {
            let plan = Plan::new(&SCOPE, seed);

            let times: Vec<Duration> = plan.incidents.iter().map(|(at, _)| *at).collect();
            assert!(times.is_sorted(), "{plan:?}");
            assert!(times.iter().all(|at| *at < plan.length), "{plan:?}");
            for (_, incident) in &plan.incidents {
                match incident {
                    Incident::WorkerDies { worker, .. } => assert!(*worker < 2),
                    Incident::TeamReboots { team } => {
                        assert!(plan.skills[*team].survives_reboots());
                    }
                    Incident::Rush { .. } | Incident::PortalReboots => {}
                }
            }
            assert_eq!(plan.incidents.len(), 5);
            assert!(plan.freezes_after < plan.length);
        }
    }

    #[test]
    fn five_teams_are_one_of_each_skill_and_more_repeat_them() {
        assert_eq!(Plan::new(&SCOPE, 1).skills, Skill::ALL);

        let scope = Scope { teams: 7, ..SCOPE };
        let skills = Plan::new(&scope, 1).skills;

        assert_eq!(skills[5..], Skill::ALL[..2]);
    }

    #[test]
    fn there_is_time_for_some_runs_of_each_team_unless_somebody_says_otherwise() {
        assert_eq!(Plan::new(&SCOPE, 1).length, Duration::from_secs(3 * 45 * 5));
        let few = Scope { teams: 1, ..SCOPE };
        assert_eq!(Plan::new(&few, 1).length, Duration::from_secs(SHORTEST));
        let said = Scope {
            length: Some(Duration::from_secs(60)),
            ..SCOPE
        };
        assert_eq!(Plan::new(&said, 1).length, Duration::from_secs(60));
    }
}
