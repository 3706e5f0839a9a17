//! Why a contest or a list is refused, and what to do.

use super::TEXTS;
use crate::{
    contest::{Nonsense, PracticeFault},
    lists::Reason,
};

pub(super) fn contest_syntax(line: Option<usize>, message: &str) -> String {
    match line {
        Some(line) => format!("contest.tomlの{line}行目を読み取れません: {message}"),
        None => format!("contest.tomlを読み取れません: {message}"),
    }
}

pub(super) fn contest_nonsense(nonsense: Nonsense) -> String {
    let sentence = match nonsense {
        Nonsense::Name => "コンテストの名前が空です。",
        Nonsense::Schedule => "終了が開始より前になっています。",
        Nonsense::Freeze => "順位表の凍結が開始より前か終了より後になっています。",
        Nonsense::TeamSize => "team_size: チームの人数は1人以上100人以下です。",
        Nonsense::Hosts => "hosts: チームのホストは1台以上20台以下です。",
        Nonsense::DataSize => {
            "run.sizeは\"small\"、\"standard\"、\"large\"のいずれかにしてください。"
        }
        Nonsense::LoadSeconds => "run.load_secondsは1以上3600以下にしてください。",
        Nonsense::TimeLimit => "run.time_limit_secondsは負荷走行より長くしてください。",
        Nonsense::MemoryLimit => "run.memory_limit_mibは256以上にしてください。",
        Nonsense::Reboot => "final.rebootの最初の要素はプログラムにしてください。",
        Nonsense::Prize => "特別賞にはfirst_toかbest_atのどちらか一方を書いてください。",
        Nonsense::Practice(fault) => return practice_fault(fault),
    };
    sentence.to_owned()
}

fn practice_fault(fault: PracticeFault) -> String {
    match fault {
        PracticeFault::Freeze => {
            "freezes_at: 授業に凍結はありません。freezes_atか[practice]のどちらかを削除してください。".to_owned()
        }
        PracticeFault::Untouched => {
            "practice.untouched: スコアは1以上です。初期状態のアプリのスコアを書くか、省略してください。".to_owned()
        }
        PracticeFault::NoRung { rung, last } => format!(
            "practice.hint: 段{rung}はありません。コースの段は1から{last}までです (isutori course list)。"
        ),
        PracticeFault::Twice { rung } => {
            format!("practice.hint: 段{rung}が2つあります。時刻は1つにまとめて書いてください。")
        }
        PracticeFault::Steps { rung, most } => format!(
            "practice.hint (段{rung}): afterには1個以上{most}個以下の時間を、ステップごとに1つ書きます。すべて講師が開く場合はhintごと省略してください。"
        ),
        PracticeFault::Order { rung } => format!(
            "practice.hint (段{rung}): 各ステップは開始以降、前のステップ以降に開きます。時間を順に並べてください。"
        ),
    }
}

pub(super) fn list_reason(line: u64, reason: &Reason) -> String {
    let reason = match reason {
        Reason::Unreadable(message) => format!("CSVとして読み取れません: {message}"),
        Reason::TeamName => format!("{}1列目に書いてください。", TEXTS.team_name),
        Reason::Host(refused) => TEXTS.host_refused(refused).to_owned(),
        Reason::PersonName => format!("{}1列目に書いてください。", TEXTS.refused_name),
        Reason::NoTeam => "2列目にチームを書いてください。".to_owned(),
        Reason::UnknownTeam(team) => format!(
            "{team}というチームはありません。先にチームを取り込むか、名前を直してください。"
        ),
        Reason::Twice(before) => {
            format!("この名前は{before}行目にもあります。1人につき1行にしてください。")
        }
        Reason::CameIn => "この名前の人はすでに参加しています。行を除いてください。".to_owned(),
        Reason::Full { team, most } => {
            format!("{team}が{most}人を超えます。行を減らすか、team_sizeを増やしてください。")
        }
    };
    format!("{line}行目: {reason}")
}
