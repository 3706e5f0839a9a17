//! What the processors do.

use isutori_protocol::contest::HostSecond;
use procfs_core::{FromRead, LoadAverage};

use super::{Level, Look, Section};

/// So many of the busiest processes are told.
const TOLD: usize = 5;

/// So much taken by other machines, in thousandths, is worth a word.
const STOLEN: u64 = 100;

pub(super) fn section(look: &Look) -> Section {
    let mut section = Section::new("load");
    let average = section.read("/proc/loadavg");
    match look {
        Ok((second, processors)) => {
            tell_average(&mut section, &average.unwrap_or_default(), *processors);
            tell_second(&mut section, second);
        }
        Err(error) => section.unknown.push(error.clone()),
    }
    section
}

fn tell_average(section: &mut Section, text: &str, processors: u64) {
    let Ok(load) = LoadAverage::from_read(text.as_bytes()) else {
        return;
    };
    let (one, five, fifteen) = (load.one, load.five, load.fifteen);
    section.fact(
        "average",
        format!("{one} {five} {fifteen} over 1, 5 and 15 minutes; {processors} processors"),
    );
    if f64::from(one) > 2.0 * processors as f64 {
        section.find(
            Level::Note,
            format!(
                "{one} processes want a processor or a disk, and there are {processors} processors"
            ),
            "all of them wait for each other",
            "top",
        );
    }
}

fn tell_second(section: &mut Section, second: &HostSecond) {
    let cpu = &second.cpu;
    let percent = |share: u64| share / 10;
    section.fact(
        "processors",
        format!(
            "{} % programs, {} % kernel, {} % waiting for disks, {} % taken by other machines",
            percent(cpu.user),
            percent(cpu.system),
            percent(cpu.iowait),
            percent(cpu.steal)
        ),
    );
    let named = second.processes.iter().filter(|one| !one.name.is_empty());
    for process in named.filter(|one| one.cpu > 0).take(TOLD) {
        let unit = match &*process.unit {
            "" => String::new(),
            unit => format!(" of {unit}"),
        };
        section.fact(
            &process.name,
            format!(
                "{} % of one processor, {}{unit}",
                percent(process.cpu),
                super::bytes(process.memory)
            ),
        );
    }
    if cpu.steal >= STOLEN {
        section.find(
            Level::Note,
            format!(
                "other machines take {} % of the processors",
                percent(cpu.steal)
            ),
            "nothing on this host can win them back; ask who hosts it",
            "vmstat 1 5",
        );
    }
}

#[cfg(test)]
mod tests {
    use isutori_protocol::contest::{CpuUse, ProcessUse};

    use super::*;

    #[test]
    fn a_load_above_the_processors_is_worth_a_look() {
        let findings = |text: &str| {
            let mut section = Section::new("load");
            tell_average(&mut section, text, 2);
            (section.facts.len(), section.findings.len())
        };
        assert_eq!(findings("3.90 1.00 0.50 1/200 999\n"), (1, 0));
        assert_eq!(findings("4.10 1.00 0.50 1/200 999\n"), (1, 1));
        assert_eq!(findings("nonsense"), (0, 0));
    }

    #[test]
    fn the_busiest_are_told_by_name_and_unit() {
        let process = |name: &str, cpu| ProcessUse {
            name: name.to_owned(),
            unit: "mariadb.service".to_owned(),
            cpu,
            memory: 20 << 20,
            ..ProcessUse::default()
        };
        let second = HostSecond {
            cpu: CpuUse {
                steal: 150,
                ..CpuUse::default()
            },
            processes: vec![
                process("mariadbd", 730),
                process("idle", 0),
                process("", 99),
            ],
            ..HostSecond::default()
        };
        let mut section = Section::new("load");
        tell_second(&mut section, &second);
        assert_eq!(section.facts.len(), 2, "{section:?}");
        let told = &section.facts[1];
        assert_eq!(told.name, "mariadbd");
        assert_eq!(
            told.value,
            "73 % of one processor, 20 MiB of mariadb.service"
        );
        assert!(section.findings[0].what.contains("15 %"));
    }
}
