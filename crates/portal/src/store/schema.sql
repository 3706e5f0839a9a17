-- All that the portal knows, for SQLite and PostgreSQL alike. {id} and {bytes} stand for what the
-- two do not share. Times are milliseconds since 1970 UTC; yes is 1 and no is 0.

CREATE TABLE contest (
    id            BIGINT PRIMARY KEY CHECK (id = 1),
    name          TEXT NOT NULL,
    language      TEXT NOT NULL,
    starts_at     BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    freezes_at    BIGINT,
    released_at   BIGINT,
    team_size     BIGINT NOT NULL,
    hosts         BIGINT NOT NULL,
    rule          TEXT NOT NULL,
    size          TEXT NOT NULL,
    data_seed     BIGINT NOT NULL,
    load_seconds  BIGINT NOT NULL,
    time_limit    BIGINT NOT NULL,
    memory_limit  BIGINT NOT NULL,
    build         TEXT,
    ai_policy     TEXT NOT NULL,
    prizes        TEXT NOT NULL,
    final_settings  TEXT NOT NULL,
    -- JSON: how a class is held; NULL in a contest.
    practice      TEXT
);

CREATE TABLE teams (
    id             {id},
    name           TEXT NOT NULL UNIQUE,
    zone           TEXT,
    hidden         BIGINT NOT NULL DEFAULT 0,
    excluded       BIGINT NOT NULL DEFAULT 0,
    pinned         BIGINT NOT NULL DEFAULT 0,
    extra_seconds  BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL
);

CREATE TABLE hosts (
    id       {id},
    team_id  BIGINT NOT NULL REFERENCES teams (id),
    name     TEXT NOT NULL,
    -- Where the benchmark finds it; NULL when it keeps a database alone.
    url      TEXT,
    -- What it has told of itself last, and since when of its boot id.
    report       TEXT,
    reported_at  BIGINT,
    said_url     TEXT,
    boot_id      TEXT,
    booted_at    BIGINT,
    UNIQUE (team_id, name)
);

CREATE TABLE people (
    id          {id},
    name        TEXT NOT NULL UNIQUE,
    password    TEXT NOT NULL,
    role        TEXT NOT NULL,
    team_id     BIGINT REFERENCES teams (id),
    created_at  BIGINT NOT NULL
);

-- Of everything that lets somebody in, only a hash is kept.
CREATE TABLE invites (
    token       TEXT PRIMARY KEY,
    role        TEXT NOT NULL,
    team_id     BIGINT REFERENCES teams (id),
    name        TEXT,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);

CREATE TABLE sessions (
    token       TEXT PRIMARY KEY,
    person_id   BIGINT NOT NULL REFERENCES people (id),
    form_token  TEXT NOT NULL,
    acts_for    BIGINT REFERENCES teams (id),
    expires_at  BIGINT NOT NULL
);

CREATE TABLE api_tokens (
    token       TEXT PRIMARY KEY,
    scope       TEXT NOT NULL,
    team_id     BIGINT REFERENCES teams (id),
    note        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    revoked_at  BIGINT
);

CREATE TABLE workers (
    id           {id},
    name         TEXT NOT NULL UNIQUE,
    zone         TEXT,
    concurrency  BIGINT NOT NULL,
    build        TEXT NOT NULL,
    draining     BIGINT NOT NULL DEFAULT 0,
    seen_at      BIGINT NOT NULL
);

CREATE TABLE jobs (
    id           {id},
    team_id      BIGINT NOT NULL REFERENCES teams (id),
    kind         TEXT NOT NULL,
    verifies     BIGINT REFERENCES jobs (id),
    ready_by     BIGINT,
    state        TEXT NOT NULL,
    attempt      BIGINT NOT NULL DEFAULT 0,
    faults       BIGINT NOT NULL DEFAULT 0,
    voids        BIGINT NOT NULL DEFAULT 0,
    cancelled    BIGINT NOT NULL DEFAULT 0,
    worker_id    BIGINT REFERENCES workers (id),
    lease_until  BIGINT,
    targets      TEXT NOT NULL,
    note         TEXT,
    commit_name  TEXT,
    enqueued_at  BIGINT NOT NULL,
    not_before   BIGINT NOT NULL DEFAULT 0,
    started_at   BIGINT,
    finished_at  BIGINT,
    verdict      TEXT,
    score        BIGINT,
    seed         BIGINT,
    reason       TEXT
);

-- The rule of the queue: a team has at most one job under way.
CREATE UNIQUE INDEX one_job_under_way ON jobs (team_id) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_waiting ON jobs (enqueued_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_of_team ON jobs (team_id, id);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state = 'finished';

-- Every attempt at a job, also those that came to nothing.
CREATE TABLE runs (
    job_id      BIGINT NOT NULL REFERENCES jobs (id),
    attempt     BIGINT NOT NULL,
    worker_id   BIGINT NOT NULL REFERENCES workers (id),
    seed        BIGINT NOT NULL,
    began_at    BIGINT NOT NULL,
    -- When people began to come, as far as its progress tells.
    load_began_at  BIGINT,
    ended_at    BIGINT,
    outcome     TEXT,
    reason      TEXT,
    sequence    BIGINT NOT NULL DEFAULT -1,
    progress    TEXT,
    result      TEXT,
    PRIMARY KEY (job_id, attempt)
);

CREATE TABLE log_lines (
    job_id    BIGINT NOT NULL,
    attempt   BIGINT NOT NULL,
    language  TEXT NOT NULL,
    sequence  BIGINT NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (job_id, attempt, language, sequence)
);

-- The files of a run, compressed by gzip.
CREATE TABLE run_files (
    job_id   BIGINT NOT NULL,
    attempt  BIGINT NOT NULL,
    name     TEXT NOT NULL,
    body     {bytes} NOT NULL,
    PRIMARY KEY (job_id, attempt, name)
);

-- What hosts sampled of themselves during a run, in pieces from a moment of it on, compressed by gzip.
CREATE TABLE host_samples (
    job_id   BIGINT NOT NULL,
    attempt  BIGINT NOT NULL,
    host     TEXT NOT NULL,
    from_ms  BIGINT NOT NULL,
    seconds  BIGINT NOT NULL,
    body     {bytes} NOT NULL,
    PRIMARY KEY (job_id, attempt, host, from_ms)
);

-- A measurement by the staff, which counts in the end, or a rehearsal of one.
CREATE TABLE measurements (
    id                {id},
    counts            BIGINT NOT NULL,
    checks            BIGINT NOT NULL,
    reboots           BIGINT NOT NULL,
    reboots_again     BIGINT NOT NULL,
    deadline_seconds  BIGINT NOT NULL,
    began_by          TEXT NOT NULL,
    began_at          BIGINT NOT NULL,
    ended_at          BIGINT,
    aborted           BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE measured_teams (
    measurement_id  BIGINT NOT NULL REFERENCES measurements (id),
    team_id         BIGINT NOT NULL REFERENCES teams (id),
    step            TEXT NOT NULL,
    since           BIGINT NOT NULL,
    run_job         BIGINT REFERENCES jobs (id),
    verify_job      BIGINT REFERENCES jobs (id),
    verdict         TEXT,
    score           BIGINT,
    reason          TEXT,
    PRIMARY KEY (measurement_id, team_id)
);

-- A team is measured once at a time.
CREATE UNIQUE INDEX one_measurement_under_way ON measured_teams (team_id) WHERE step <> 'over';

-- A host on its way through a round: the first before the run, the second before its data is
-- looked for.
CREATE TABLE measured_hosts (
    id              {id},
    measurement_id  BIGINT NOT NULL REFERENCES measurements (id),
    team_id         BIGINT NOT NULL REFERENCES teams (id),
    round           BIGINT NOT NULL,
    name            TEXT NOT NULL,
    url             TEXT,
    step            TEXT NOT NULL,
    since           BIGINT NOT NULL,
    boot_id         TEXT,
    checked_at      BIGINT,
    rebooted_at     BIGINT,
    up_at           BIGINT,
    lease_until     BIGINT NOT NULL DEFAULT 0,
    attempt         BIGINT NOT NULL DEFAULT 0,
    output          TEXT,
    failure         TEXT,
    UNIQUE (measurement_id, team_id, round, name)
);

CREATE TABLE pastes (
    id        {id},
    team_id   BIGINT NOT NULL REFERENCES teams (id),
    text      TEXT NOT NULL,
    made_at   BIGINT NOT NULL
);

-- What the staff tells: a team alone, or everybody where there is none.
CREATE TABLE announcements (
    id            {id},
    team_id       BIGINT REFERENCES teams (id),
    title         TEXT NOT NULL,
    text          TEXT NOT NULL,
    version       BIGINT NOT NULL DEFAULT 1,
    told_at       BIGINT NOT NULL,
    amended_at    BIGINT,
    withdrawn_at  BIGINT
);

-- The latest version of an announcement that somebody has read.
CREATE TABLE announcements_read (
    person_id        BIGINT NOT NULL REFERENCES people (id),
    announcement_id  BIGINT NOT NULL REFERENCES announcements (id),
    version          BIGINT NOT NULL,
    PRIMARY KEY (person_id, announcement_id)
);

CREATE TABLE questions (
    id         {id},
    team_id    BIGINT NOT NULL REFERENCES teams (id),
    text       TEXT NOT NULL,
    asked_at   BIGINT NOT NULL,
    answer_id  BIGINT UNIQUE REFERENCES announcements (id)
);
CREATE INDEX questions_of_team ON questions (team_id);

-- What the teacher of a class has said of a step of a rung's hint: to a team alone, or to all where
-- there is none. The last word counts; rows are only ever added.
CREATE TABLE hint_words (
    id       {id},
    rung     BIGINT NOT NULL,
    step     BIGINT NOT NULL,
    team_id  BIGINT REFERENCES teams (id),
    opens    BIGINT NOT NULL,
    said_at  BIGINT NOT NULL
);

-- The steps of hints that teams have read.
CREATE TABLE hints_read (
    team_id  BIGINT NOT NULL REFERENCES teams (id),
    rung     BIGINT NOT NULL,
    step     BIGINT NOT NULL,
    read_at  BIGINT NOT NULL,
    PRIMARY KEY (team_id, rung, step)
);

-- Runs that every team of a class may look at.
CREATE TABLE shown_runs (
    job_id    BIGINT PRIMARY KEY REFERENCES jobs (id),
    shown_at  BIGINT NOT NULL
);

-- Who did what on the staff's side: rows are only ever added.
CREATE TABLE audit (
    id      {id},
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    detail  TEXT NOT NULL
);
