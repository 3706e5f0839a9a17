//! How much memory a process has.

/// The resident memory of a process, in mebibytes; `None` when it is gone, and where the system
/// does not tell as Linux does: there no limit is held.
pub(crate) fn resident_mib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kib / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_some() {
        let block = std::hint::black_box(vec![1_u8; 64 << 20]);
        let resident = resident_mib(std::process::id()).expect("a process that runs");
        assert!(resident >= 64, "{resident}");
        assert_eq!(block[block.len() - 1], 1);
    }

    #[test]
    fn a_process_that_is_gone_has_none() {
        assert_eq!(resident_mib(u32::MAX), None);
    }
}
