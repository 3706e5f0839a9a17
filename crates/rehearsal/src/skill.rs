//! What a made-up team does to its hosts, and what must come of it.

use isutori_inventory::{Engine, Role};
use isutori_protocol::Verdict;
use serde::Serialize;

/// What a team makes of its site, after a first run of the site as it was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skill {
    /// Nothing.
    Untouched,
    /// It gets faster.
    Tuned,
    /// It shows people what is not for them.
    Broken,
    /// A host is switched off.
    DeadHost,
    /// It works until somebody reboots its hosts.
    FailsAfterReboot,
}

/// What a team does to its hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Runs lines of shell on all that have a role, as root.
    Run {
        /// The role.
        role: Role,
        /// The lines.
        script: &'static str,
    },
    /// Switches the first one off that has a role.
    SwitchOff {
        /// The role.
        role: Role,
    },
}

impl Skill {
    /// All of them.
    pub const ALL: [Skill; 5] = [
        Skill::Untouched,
        Skill::Tuned,
        Skill::Broken,
        Skill::DeadHost,
        Skill::FailsAfterReboot,
    ];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Skill::Untouched => "untouched",
            Skill::Tuned => "tuned",
            Skill::Broken => "broken",
            Skill::DeadHost => "dead host",
            Skill::FailsAfterReboot => "fails after reboot",
        }
    }

    /// Whether its site is the same after a reboot.
    pub fn survives_reboots(self) -> bool {
        matches!(self, Skill::Untouched | Skill::Tuned)
    }

    /// What a run must come to once the team has made its change.
    pub fn expected(self) -> Verdict {
        match self {
            Skill::Untouched | Skill::Tuned | Skill::FailsAfterReboot => Verdict::Pass,
            Skill::Broken | Skill::DeadHost => Verdict::Fail,
        }
    }

    /// What the final measurement must come to.
    pub fn expected_in_the_end(self) -> Verdict {
        match self.survives_reboots() {
            true => Verdict::Pass,
            false => Verdict::Fail,
        }
    }

    /// What it does to the team's hosts, in this order.
    pub fn steps(self, engine: Engine) -> Vec<Step> {
        let on = |role, script| Step::Run { role, script };
        match self {
            Skill::Untouched => Vec::new(),
            Skill::Tuned => vec![
                on(Role::Database, include_str!("skill/indexes.sh")),
                match engine {
                    Engine::Mysql => on(Role::Database, include_str!("skill/tune-mariadb.sh")),
                    Engine::Postgres => on(Role::Database, include_str!("skill/tune-postgres.sh")),
                },
                on(Role::App, include_str!("skill/tune-nginx.sh")),
            ],
            Skill::Broken => vec![on(Role::App, include_str!("skill/break.sh"))],
            Skill::DeadHost => vec![Step::SwitchOff { role: Role::App }],
            Skill::FailsAfterReboot => vec![on(Role::App, "systemctl disable suwaru")],
        }
    }
}
