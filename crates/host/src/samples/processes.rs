//! Which processes did it, by name and unit.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use isutori_protocol::contest::{HostSamples, ProcessUse};

/// One process.
#[derive(Clone, Debug, Default)]
pub(super) struct Process {
    pub(super) name: String,
    pub(super) unit: Arc<str>,
    pub(super) parent: i32,
    /// Ticks since the host booted; tells it from others that had its number.
    pub(super) started: u64,
    /// Ticks that it has computed.
    pub(super) own: u64,
    /// Ticks of its children that have ended, and theirs.
    pub(super) children: u64,
    /// Bytes.
    pub(super) memory: u64,
    /// Bytes so far.
    pub(super) read: u64,
    /// Bytes so far.
    pub(super) written: u64,
}

impl Process {
    fn total(&self) -> u64 {
        self.own + self.children
    }
}

/// What each group of processes did between two looks: those that took most of the processors, and
/// the sum of all others. `rate` makes an amount a second of what was counted before and after.
pub(super) fn difference(
    before: &HashMap<i32, Process>,
    after: &HashMap<i32, Process>,
    rate: impl Fn(u64, u64) -> u64,
) -> Vec<ProcessUse> {
    let known = |id: &i32, process: &Process| {
        let known = before.get(id);
        known.filter(|known| known.started == process.started)
    };
    // A parent inherits the time of a child that has ended; what was told of it already is not
    // told again.
    let mut told: HashMap<i32, u64> = HashMap::new();
    for (id, process) in before {
        let is_there = after
            .get(id)
            .is_some_and(|it| it.started == process.started);
        if !is_there {
            *told.entry(process.parent).or_default() += process.total();
        }
    }
    let nothing = Process::default();
    let mut groups: BTreeMap<(&str, &str), ProcessUse> = BTreeMap::new();
    for (id, process) in after {
        let was = known(id, process).unwrap_or(&nothing);
        let inherited = process.children.saturating_sub(was.children);
        let inherited = inherited.saturating_sub(told.get(id).copied().unwrap_or(0));
        let ticks = process.own.saturating_sub(was.own) + inherited;
        let key = (&*process.name, &*process.unit);
        let group = groups.entry(key).or_default();
        // A hundredth of a second is ten thousandths.
        group.cpu += rate(0, ticks * 10);
        group.memory += process.memory;
        group.read += rate(was.read, process.read);
        group.written += rate(was.written, process.written);
    }
    let groups = groups.into_iter().map(|((name, unit), group)| ProcessUse {
        name: shortened(name),
        unit: shortened(unit),
        ..group
    });
    ranked(groups.collect())
}

fn shortened(text: &str) -> String {
    let letters = text.chars().take(HostSamples::LONGEST_NAME);
    letters
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

fn ranked(mut groups: Vec<ProcessUse>) -> Vec<ProcessUse> {
    groups.sort_by_key(|group| std::cmp::Reverse((group.cpu, group.memory)));
    let listed = HostSamples::MOST_PROCESSES - 1;
    let mut rest = ProcessUse::default();
    for group in groups.iter().skip(listed) {
        rest.cpu += group.cpu;
        rest.memory += group.memory;
        rest.read += group.read;
        rest.written += group.written;
    }
    groups.truncate(listed);
    if rest != ProcessUse::default() {
        groups.push(rest);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(name: &str, parent: i32, own: u64, children: u64) -> Process {
        Process {
            name: name.to_owned(),
            unit: "a.service".into(),
            parent,
            started: 1,
            own,
            children,
            memory: 1 << 20,
            ..Process::default()
        }
    }

    fn cpu_of(groups: &[ProcessUse], name: &str) -> u64 {
        let group = groups.iter().find(|group| group.name == name);
        group.map_or(0, |group| group.cpu)
    }

    #[test]
    fn a_child_that_has_ended_counts_once() {
        let before = HashMap::from([
            (1, process("app", 0, 100, 0)),
            (2, process("hash", 1, 30, 0)),
        ]);
        // The child took ten ticks more before it ended, and another one came and went unseen with
        // five.
        let after = HashMap::from([(1, process("app", 0, 120, 45))]);
        let groups = difference(&before, &after, |from, to| to - from);
        assert_eq!(cpu_of(&groups, "app"), (20 + 15) * 10);
        assert_eq!(groups.len(), 1);
    }

    #[test]
    fn a_parent_that_inherits_nothing_keeps_its_own() {
        let before = HashMap::from([
            (1, process("app", 0, 100, 0)),
            (2, process("hash", 1, 30, 0)),
        ]);
        let after = HashMap::from([(1, process("app", 0, 120, 0))]);
        let groups = difference(&before, &after, |from, to| to - from);
        assert_eq!(cpu_of(&groups, "app"), 200);
    }

    #[test]
    fn a_number_that_is_used_again_is_another_process() {
        let before = HashMap::from([(7, process("old", 1, 500, 0))]);
        let another = Process {
            started: 9,
            ..process("new", 1, 3, 0)
        };
        let groups = difference(&before, &HashMap::from([(7, another)]), |from, to| {
            to - from
        });
        assert_eq!(cpu_of(&groups, "new"), 30);
    }

    #[test]
    fn those_that_took_most_are_listed_and_the_others_summed() {
        let many = |ticks: u64| -> HashMap<i32, Process> {
            let one = |id: i32| {
                let own = ticks * u64::from(id.unsigned_abs());
                (id, process(&format!("p{id}"), 0, own, 0))
            };
            (1..=20).map(one).collect()
        };
        let groups = difference(&many(0), &many(1), |from, to| to - from);
        assert_eq!(groups.len(), HostSamples::MOST_PROCESSES);
        assert_eq!((&*groups[0].name, groups[0].cpu), ("p20", 200));
        let rest = groups.last().expect("the others");
        assert_eq!((&*rest.name, rest.memory), ("", 12 << 20));
        assert_eq!(rest.cpu, (1..=12).sum::<u64>() * 10);
    }
}
