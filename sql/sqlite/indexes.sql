-- Suwaru's indexes for SQLite: what the loader runs once the rows are in.
-- An SQLite index ends with the primary key, so these also give the order by (created_at, id).

CREATE INDEX entries_by_person     ON entries (person_id, created_at);
CREATE INDEX entries_by_visibility ON entries (visibility, created_at);
CREATE INDEX entries_by_time       ON entries (created_at);

CREATE INDEX comments_by_entry ON comments (entry_id);
CREATE INDEX comments_by_time  ON comments (created_at);
