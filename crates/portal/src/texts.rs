//! All texts of pages, each language in a file of its own. A text that one language lacks does not
//! compile.

mod en;
mod ja;

use isutori_protocol::{Judgement, Phase, Verdict, contest::JobState};

use crate::{contest::Language, people, queue, runs::Run, teams::HostRefused};

/// The texts of a language.
pub(crate) fn texts(language: Language) -> &'static Texts {
    match language {
        Language::En => &en::TEXTS,
        Language::Ja => &ja::TEXTS,
    }
}

/// All that pages say.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) about_run: &'static str,
    pub(crate) add: &'static str,
    pub(crate) address: &'static str,
    pub(crate) ai_policy: &'static str,
    pub(crate) all_prepared: &'static str,
    pub(crate) all_teams: &'static str,
    pub(crate) api_token: &'static str,
    pub(crate) api_token_note: &'static str,
    pub(crate) attempt: &'static str,
    pub(crate) attempts: &'static str,
    pub(crate) audit: &'static str,
    pub(crate) away: &'static str,
    pub(crate) back: &'static str,
    pub(crate) began: &'static str,
    pub(crate) best: &'static str,
    pub(crate) big_screen: &'static str,
    pub(crate) build: &'static str,
    pub(crate) by_endpoint: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) cancelling: &'static str,
    pub(crate) class: &'static str,
    pub(crate) close: &'static str,
    pub(crate) close_title: &'static str,
    pub(crate) code: &'static str,
    pub(crate) come_in: &'static str,
    pub(crate) commit: &'static str,
    pub(crate) compared: &'static str,
    pub(crate) concurrency: &'static str,
    pub(crate) contest: &'static str,
    pub(crate) contest_note: &'static str,
    pub(crate) count: &'static str,
    pub(crate) create: &'static str,
    pub(crate) detail: &'static str,
    pub(crate) drain: &'static str,
    pub(crate) draining: &'static str,
    pub(crate) drove_away: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) endpoint: &'static str,
    pub(crate) enqueue: &'static str,
    pub(crate) enqueue_for: &'static str,
    pub(crate) enqueued: &'static str,
    pub(crate) errored_jobs: &'static str,
    pub(crate) errored_note: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) examples: &'static str,
    pub(crate) excluded: &'static str,
    pub(crate) excluded_note: &'static str,
    pub(crate) expected_wait: fn(&u64) -> String,
    pub(crate) export: &'static str,
    pub(crate) exports: &'static str,
    pub(crate) extra_minutes: &'static str,
    pub(crate) extra_minutes_invalid: &'static str,
    pub(crate) factor: &'static str,
    pub(crate) failures: &'static str,
    pub(crate) faster: &'static str,
    pub(crate) files: &'static str,
    pub(crate) forbidden: &'static str,
    pub(crate) form_expired: &'static str,
    pub(crate) form_too_large: &'static str,
    pub(crate) frozen: &'static str,
    pub(crate) frozen_for_others: &'static str,
    pub(crate) graph_label: &'static str,
    pub(crate) graph_note: &'static str,
    pub(crate) hidden: &'static str,
    pub(crate) hidden_note: &'static str,
    pub(crate) host_name: &'static str,
    pub(crate) host_taken: &'static str,
    pub(crate) host_too_many: &'static str,
    pub(crate) host_url: &'static str,
    pub(crate) hosts: &'static str,
    pub(crate) hosts_locked: &'static str,
    pub(crate) hosts_to_visit: &'static str,
    pub(crate) import: &'static str,
    pub(crate) import_empty: &'static str,
    pub(crate) import_note: &'static str,
    pub(crate) import_teams: &'static str,
    pub(crate) invite_link: &'static str,
    pub(crate) invite_link_note: &'static str,
    pub(crate) invite_staff: &'static str,
    pub(crate) invite_used: &'static str,
    pub(crate) invited_staff: &'static str,
    pub(crate) invited_to: &'static str,
    pub(crate) is_over: &'static str,
    pub(crate) judged_runs: &'static str,
    pub(crate) last_run: &'static str,
    pub(crate) last_seen: &'static str,
    pub(crate) leaderboard: &'static str,
    pub(crate) log: &'static str,
    pub(crate) log_in: &'static str,
    pub(crate) log_out: &'static str,
    pub(crate) login_note: &'static str,
    pub(crate) make_invite_link: &'static str,
    pub(crate) make_token: &'static str,
    pub(crate) members: &'static str,
    pub(crate) name: &'static str,
    pub(crate) new_run: &'static str,
    pub(crate) new_team: &'static str,
    pub(crate) no_contest: &'static str,
    pub(crate) no_contest_staff: &'static str,
    pub(crate) no_host: &'static str,
    pub(crate) no_host_chosen: &'static str,
    pub(crate) no_member: &'static str,
    pub(crate) no_pastes: &'static str,
    pub(crate) no_run: &'static str,
    pub(crate) no_runs: &'static str,
    pub(crate) no_teams: &'static str,
    pub(crate) no_worker: &'static str,
    pub(crate) no_workers: &'static str,
    pub(crate) nobody_yet: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_released: &'static str,
    pub(crate) note: &'static str,
    pub(crate) note_example: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) other_build: &'static str,
    pub(crate) our_runs: &'static str,
    pub(crate) our_scores: &'static str,
    pub(crate) our_team: &'static str,
    pub(crate) out_of_contest: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) outcome_broken: &'static str,
    pub(crate) outcome_cancelled: &'static str,
    pub(crate) outcome_judged: &'static str,
    pub(crate) outcome_lost: &'static str,
    pub(crate) outcome_running: &'static str,
    pub(crate) outcome_void: &'static str,
    pub(crate) overview: &'static str,
    pub(crate) own_graph_label: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) password: &'static str,
    pub(crate) password_note: &'static str,
    pub(crate) paste: &'static str,
    pub(crate) pastes: &'static str,
    pub(crate) pastes_note: &'static str,
    pub(crate) peak: &'static str,
    pub(crate) people: &'static str,
    pub(crate) phase: &'static str,
    pub(crate) phase_again: &'static str,
    pub(crate) phase_await: &'static str,
    pub(crate) phase_check: &'static str,
    pub(crate) phase_done: &'static str,
    pub(crate) phase_final: &'static str,
    pub(crate) phase_initialize: &'static str,
    pub(crate) phase_load: &'static str,
    pub(crate) phase_settle: &'static str,
    pub(crate) place: &'static str,
    pub(crate) points: &'static str,
    pub(crate) prizes: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) refused_early: &'static str,
    pub(crate) refused_excluded: &'static str,
    pub(crate) refused_late: &'static str,
    pub(crate) refused_name: &'static str,
    pub(crate) refused_no_host: &'static str,
    pub(crate) refused_password: &'static str,
    pub(crate) refused_too_long: &'static str,
    pub(crate) refused_under_way: &'static str,
    pub(crate) refused_unknown_host: &'static str,
    pub(crate) release: &'static str,
    pub(crate) released: &'static str,
    pub(crate) remaining: &'static str,
    pub(crate) remove: &'static str,
    pub(crate) requests: &'static str,
    pub(crate) results: &'static str,
    pub(crate) revoke_before: &'static str,
    pub(crate) rule_best: &'static str,
    pub(crate) rule_last: &'static str,
    pub(crate) rule_mean: fn(usize) -> String,
    pub(crate) run: &'static str,
    pub(crate) running: &'static str,
    pub(crate) runs: &'static str,
    pub(crate) save: &'static str,
    pub(crate) score: &'static str,
    pub(crate) score_so_far: &'static str,
    pub(crate) seconds_left: &'static str,
    pub(crate) seed: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) shown_once: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) slower: &'static str,
    pub(crate) staff_sees_all: &'static str,
    pub(crate) starts_in: &'static str,
    pub(crate) state_cancelled: &'static str,
    pub(crate) state_errored: &'static str,
    pub(crate) state_finished: &'static str,
    pub(crate) state_running: &'static str,
    pub(crate) state_title: &'static str,
    pub(crate) state_waiting: &'static str,
    pub(crate) take_back: &'static str,
    pub(crate) taken: &'static str,
    pub(crate) team: &'static str,
    pub(crate) team_full: &'static str,
    pub(crate) team_name: &'static str,
    pub(crate) teams: &'static str,
    pub(crate) timeout_rate: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) trouble: &'static str,
    pub(crate) undrain: &'static str,
    pub(crate) unprepared: &'static str,
    pub(crate) verdict_fail: &'static str,
    pub(crate) verdict_pass: &'static str,
    pub(crate) verdict_void: &'static str,
    pub(crate) void_note: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) waiting_behind: fn(&u64) -> String,
    pub(crate) welcome: &'static str,
    pub(crate) what: &'static str,
    pub(crate) when: &'static str,
    pub(crate) who: &'static str,
    pub(crate) within_noise: &'static str,
    pub(crate) worker: &'static str,
    pub(crate) worker_token: &'static str,
    pub(crate) worker_token_note: &'static str,
    pub(crate) workers: &'static str,
    pub(crate) wrong_password: &'static str,
    pub(crate) wrong_rate: &'static str,
    pub(crate) you: &'static str,
    pub(crate) your_name: &'static str,
    pub(crate) zone: &'static str,
}

impl Texts {
    /// Where a job stands.
    pub(crate) fn state(&self, state: &JobState) -> &'static str {
        match state {
            JobState::Waiting => self.state_waiting,
            JobState::Running => self.state_running,
            JobState::Finished => self.state_finished,
            JobState::Cancelled => self.state_cancelled,
            JobState::Errored => self.state_errored,
        }
    }

    /// How a run was judged.
    pub(crate) fn verdict(&self, verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Pass => self.verdict_pass,
            Verdict::Fail => self.verdict_fail,
            Verdict::Void => self.verdict_void,
        }
    }

    /// What a running benchmark does.
    pub(crate) fn phase_name(&self, phase: &Phase) -> &'static str {
        match phase {
            Phase::Await => self.phase_await,
            Phase::Initialize => self.phase_initialize,
            Phase::ConsistencyCheck => self.phase_check,
            Phase::InitializeAgain => self.phase_again,
            Phase::Load => self.phase_load,
            Phase::Settle => self.phase_settle,
            Phase::FinalCheck => self.phase_final,
            Phase::Done => self.phase_done,
        }
    }

    /// What a change amounts to.
    pub(crate) fn judgement(&self, judgement: &Judgement) -> &'static str {
        match judgement {
            Judgement::Faster => self.faster,
            Judgement::Slower => self.slower,
            Judgement::WithinNoise => self.within_noise,
        }
    }

    /// What came of an attempt.
    pub(crate) fn run_outcome(&self, run: &Run) -> &'static str {
        // A void run was judged too, and says so in its reason.
        let is_void = run
            .reason
            .as_deref()
            .is_some_and(|r| r.starts_with("void: "));
        match run.outcome.as_deref() {
            None => self.outcome_running,
            Some("judged") if is_void => self.outcome_void,
            Some("judged") => self.outcome_judged,
            Some("cancelled") => self.outcome_cancelled,
            Some("lost") => self.outcome_lost,
            Some(_) => self.outcome_broken,
        }
    }

    /// Why a team may not enqueue.
    pub(crate) fn enqueue_refused(&self, refused: &queue::Refused) -> String {
        use queue::Refused;
        match refused {
            Refused::Early => self.refused_early.to_owned(),
            Refused::Late => self.refused_late.to_owned(),
            Refused::Excluded => self.refused_excluded.to_owned(),
            Refused::NoHost => self.refused_no_host.to_owned(),
            Refused::UnknownHost(name) => format!("{} ({name})", self.refused_unknown_host),
            Refused::TooLong => self.refused_too_long.to_owned(),
            Refused::UnderWay(job) => format!("{} ({job})", self.refused_under_way),
            Refused::Database(_) => self.trouble.to_owned(),
        }
    }

    /// Why somebody who was invited does not come in.
    pub(crate) fn join_refused(&self, refused: &people::Refused) -> &'static str {
        use people::Refused;
        match refused {
            Refused::Invite => self.invite_used,
            Refused::Full => self.team_full,
            Refused::Taken => self.taken,
            Refused::Name => self.refused_name,
            Refused::Password => self.refused_password,
            Refused::Database(_) => self.trouble,
        }
    }

    /// Why a host is not registered.
    pub(crate) fn host_refused(&self, refused: &HostRefused) -> &'static str {
        match refused {
            HostRefused::Name => self.host_name,
            HostRefused::Url => self.host_url,
            HostRefused::TooMany => self.host_too_many,
            HostRefused::Taken => self.host_taken,
            HostRefused::Database(_) => self.trouble,
        }
    }
}
