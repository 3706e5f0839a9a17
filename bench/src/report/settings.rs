//! What the run was told, and what told it.

use isutori_protocol::RunResult;

use super::Fact;

pub(super) fn setting_facts(result: &RunResult) -> Vec<Fact> {
    // A result of before there were several hosts names one alone.
    let target = match &result.targets[..] {
        [] => result.target.clone(),
        targets => targets.join(", "),
    };
    let mut facts = vec![
        Fact::new("began", &result.started_at),
        Fact::new("target", target),
        Fact::new("seed", result.seed.to_string()),
        Fact::new("data", &result.data),
        Fact::new("language", &result.language),
        Fact::new("benchmark's build", &result.build),
        Fact::new("load", format!("{} s", result.load_seconds)),
        Fact::new("whole run", format!("{:.1} s", result.total_seconds)),
    ];
    if let Some(note) = &result.note {
        facts.push(Fact::new("note", note));
    }
    facts
}
