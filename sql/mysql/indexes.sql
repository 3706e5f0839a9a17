-- Suwaru's indexes for MySQL and MariaDB: what the loader runs once the rows are in.
-- An InnoDB index ends with the primary key, so these also give the order by (created_at, id).
-- One statement for a table builds all its indexes in one pass over the rows.

ALTER TABLE entries
    ADD INDEX entries_by_person     (person_id, created_at),
    ADD INDEX entries_by_visibility (visibility, created_at),
    ADD INDEX entries_by_time       (created_at);

ALTER TABLE comments
    ADD INDEX comments_by_entry (entry_id),
    ADD INDEX comments_by_time  (created_at);
