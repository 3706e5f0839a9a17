-- Suwaru's indexes for PostgreSQL: what the loader runs once the rows are in.

CREATE INDEX entries_by_person     ON entries (person_id, created_at);
CREATE INDEX entries_by_visibility ON entries (visibility, created_at);
CREATE INDEX entries_by_time       ON entries (created_at);

CREATE INDEX comments_by_entry ON comments (entry_id);
CREATE INDEX comments_by_time  ON comments (created_at);
