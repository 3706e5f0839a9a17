//! Why a contest or a list is refused, and what to do.

use super::TEXTS;
use crate::{
    contest::{Nonsense, PracticeFault},
    lists::Reason,
};

pub(super) fn contest_syntax(line: Option<usize>, message: &str) -> String {
    match line {
        Some(line) => format!("Line {line} of the contest.toml cannot be read: {message}"),
        None => format!("The contest.toml cannot be read: {message}"),
    }
}

pub(super) fn contest_nonsense(nonsense: Nonsense) -> String {
    let sentence = match nonsense {
        Nonsense::Name => "The contest's name is empty.",
        Nonsense::Schedule => "The contest ends before it starts.",
        Nonsense::Freeze => "The leaderboard freezes before the start or after the end.",
        Nonsense::TeamSize => "team_size: a team has 1 to 100 people.",
        Nonsense::Hosts => "hosts: a team has 1 to 20 hosts.",
        Nonsense::DataSize => "run.size is \"small\", \"standard\" or \"large\".",
        Nonsense::LoadSeconds => "run.load_seconds is from 1 to 3600.",
        Nonsense::TimeLimit => "run.time_limit_seconds must be longer than the load.",
        Nonsense::MemoryLimit => "run.memory_limit_mib is at least 256.",
        Nonsense::Reboot => "final.reboot begins with the program.",
        Nonsense::Prize => "A prize has either first_to or best_at.",
        Nonsense::Practice(fault) => return practice_fault(fault),
    };
    sentence.to_owned()
}

fn practice_fault(fault: PracticeFault) -> String {
    match fault {
        PracticeFault::Freeze => {
            "freezes_at: a class has no freeze. Remove freezes_at, or remove [practice].".to_owned()
        }
        PracticeFault::Untouched => {
            "practice.untouched: a score is at least 1. Write what the untouched app came to, or leave it out.".to_owned()
        }
        PracticeFault::NoRung { rung, last } => format!(
            "practice.hint: there is no rung {rung}: the course has rungs 1 to {last} (isutori course list)."
        ),
        PracticeFault::Twice { rung } => format!(
            "practice.hint: rung {rung} has two of them. Write all its times into one."
        ),
        PracticeFault::Steps { rung, most } => format!(
            "practice.hint of rung {rung}: after gives 1 to {most} times, one for each step. To open all steps yourself, leave the hint out."
        ),
        PracticeFault::Order { rung } => format!(
            "practice.hint of rung {rung}: a step opens no earlier than the one before it, and none before the start. Put the times in order."
        ),
    }
}

pub(super) fn list_reason(line: u64, reason: &Reason) -> String {
    let reason = match reason {
        Reason::Unreadable(message) => format!("This is no CSV: {message}"),
        Reason::TeamName => format!("{} Write it in the first column.", TEXTS.team_name),
        Reason::Host(refused) => TEXTS.host_refused(refused).to_owned(),
        Reason::PersonName => format!("{} Write it in the first column.", TEXTS.refused_name),
        Reason::NoTeam => "Write the person's team in the second column.".to_owned(),
        Reason::UnknownTeam(team) => {
            format!("There is no team {team}: import the teams first, or mend the name.")
        }
        Reason::Twice(before) => {
            format!("This name is in line {before} already: a person has one line.")
        }
        Reason::CameIn => {
            "Somebody of this name has come in already: leave the line out.".to_owned()
        }
        Reason::Full { team, most } => format!(
            "{team} would have more than {most} people: leave lines out, or raise team_size."
        ),
    };
    format!("Line {line}: {reason}")
}
