-- Suwaru's tables for MySQL and MariaDB. utf8mb4 is said for every table, whatever the server's default.
-- Times are milliseconds since 1970-01-01 UTC.
-- The indexes stand in indexes.sql: rows go in faster while there are none to keep up.

CREATE TABLE people (
    id            BIGINT AUTO_INCREMENT PRIMARY KEY,
    name          VARCHAR(20)  NOT NULL UNIQUE,
    nickname      VARCHAR(30)  NOT NULL,
    password_salt VARCHAR(32)  NOT NULL,
    password_hash VARCHAR(128) NOT NULL, -- hex of sha512(salt + ":" + password)
    introduction  TEXT         NOT NULL,
    birthday      VARCHAR(10)  NOT NULL, -- 'YYYY-MM-DD' or ''
    subscriptions TEXT         NOT NULL, -- JSON: [{"service":"weather","key":"kyoto"},…]
    icon          MEDIUMBLOB, -- as uploaded; NULL without one
    created_at    BIGINT       NOT NULL,
    updated_at    BIGINT       NOT NULL  -- = created_at until the profile is edited
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE entries (
    id         BIGINT AUTO_INCREMENT PRIMARY KEY,
    person_id  BIGINT       NOT NULL,
    title      VARCHAR(100) NOT NULL,
    body       MEDIUMTEXT   NOT NULL, -- 20,000 characters of up to 4 bytes are more than a TEXT holds
    visibility SMALLINT     NOT NULL, -- 0 public, 1 friends, 2 private
    photo      MEDIUMBLOB, -- as uploaded; NULL without one
    created_at BIGINT       NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE comments (
    id         BIGINT AUTO_INCREMENT PRIMARY KEY,
    entry_id   BIGINT NOT NULL,
    person_id  BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row for a pair of friends; `one` is the smaller id.
CREATE TABLE friendships (
    id         BIGINT AUTO_INCREMENT PRIMARY KEY,
    one        BIGINT NOT NULL,
    another    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (one, another)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE footprints (
    id         BIGINT AUTO_INCREMENT PRIMARY KEY,
    owner_id   BIGINT NOT NULL, -- who was looked at
    visitor_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE login_log (
    id         BIGINT AUTO_INCREMENT PRIMARY KEY,
    person_id  BIGINT,                -- NULL when no person has that name
    name       VARCHAR(100) NOT NULL, -- as typed
    address    VARCHAR(64)  NOT NULL,
    succeeded  SMALLINT     NOT NULL,
    created_at BIGINT       NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What the organiser has removed: entries one by one, and all of whoever is banned.
CREATE TABLE removed_entries (
    id BIGINT PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whom the organiser has banned.
CREATE TABLE banned_people (
    id BIGINT PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Used when SESSION_URL names no other store.
CREATE TABLE sessions (
    token      VARCHAR(64) PRIMARY KEY,
    data       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What POST /initialize was told last.
CREATE TABLE settings (
    name  VARCHAR(50) PRIMARY KEY,
    value TEXT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What POST /initialize goes back to: one row, written last by the loader.
CREATE TABLE dataset (
    fingerprint     VARCHAR(100) NOT NULL,
    last_person     BIGINT NOT NULL,
    last_entry      BIGINT NOT NULL,
    last_comment    BIGINT NOT NULL,
    last_friendship BIGINT NOT NULL,
    last_footprint  BIGINT NOT NULL,
    last_login      BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The editable fields of the initial people.
CREATE TABLE people_initial (
    id           BIGINT PRIMARY KEY,
    nickname     VARCHAR(30) NOT NULL,
    introduction TEXT        NOT NULL,
    birthday     VARCHAR(10) NOT NULL,
    icon         MEDIUMBLOB
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What is there for anybody to see: all but what the organiser has removed, and whom the organiser has banned.

CREATE VIEW current_people AS
    SELECT * FROM people
     WHERE id NOT IN (SELECT id FROM banned_people);

CREATE VIEW current_entries AS
    SELECT * FROM entries
     WHERE id NOT IN (SELECT id FROM removed_entries);

CREATE VIEW current_comments AS
    SELECT * FROM comments
     WHERE person_id NOT IN (SELECT id FROM banned_people)
       AND entry_id  NOT IN (SELECT id FROM removed_entries);

CREATE VIEW current_friendships AS
    SELECT * FROM friendships
     WHERE one     NOT IN (SELECT id FROM banned_people)
       AND another NOT IN (SELECT id FROM banned_people);

CREATE VIEW current_footprints AS
    SELECT * FROM footprints
     WHERE visitor_id NOT IN (SELECT id FROM banned_people);
