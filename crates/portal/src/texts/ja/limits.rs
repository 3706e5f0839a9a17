//! What kept a host from doing more.

use crate::samples::limit::Limit;

pub(super) fn host_limit(host: &str, limit: &Limit) -> String {
    match limit {
        Limit::Cpu {
            busy,
            process,
            share,
        } => format!("{host}: プロセッサの使用率 {busy}%。そのうち {share}% は {process}"),
        Limit::Disk {
            busy,
            process,
            share,
        } => format!("{host}: ディスクの稼働率 {busy}%。転送量の {share}% は {process}"),
        Limit::Memory {
            used,
            process,
            share,
        } => format!("{host}: メモリの使用率 {used}%。そのうち {share}% は {process}"),
        Limit::OneProcessor {
            process,
            processors,
        } => format!(
            "{host}: {process} が {processors} 個中 1 個のプロセッサを使い切り、ほかには余裕がありました"
        ),
        Limit::None { busy, process } if process.is_empty() => {
            format!("{host}: 限界に達したものはありません。プロセッサの使用率 {busy}%")
        }
        Limit::None { busy, process } => {
            format!(
                "{host}: 限界に達したものはありません。プロセッサの使用率 {busy}%、最も使ったのは {process}"
            )
        }
    }
}
