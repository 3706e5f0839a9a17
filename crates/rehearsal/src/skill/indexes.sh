# Indexes for what is looked up by a column that has none, and views that look for each row in what
# was taken away, instead of collecting that for every statement. Both engines understand it.
sql() {
    if systemctl --quiet is-active mariadb; then
        mariadb suwaru
    else
        runuser --user postgres -- psql --quiet --set ON_ERROR_STOP=1 suwaru
    fi
}
sql <<'END'
CREATE INDEX friendships_by_another ON friendships (another);
CREATE INDEX footprints_by_owner ON footprints (owner_id, created_at);
CREATE INDEX login_log_by_person ON login_log (person_id, created_at);
CREATE INDEX login_log_by_address ON login_log (address, created_at);

CREATE OR REPLACE VIEW current_comments AS
    SELECT comments.* FROM comments
      LEFT JOIN banned_people ON banned_people.id = comments.person_id
      LEFT JOIN removed_entries ON removed_entries.id = comments.entry_id
     WHERE banned_people.id IS NULL AND removed_entries.id IS NULL;

CREATE OR REPLACE VIEW current_entries AS
    SELECT entries.* FROM entries
      LEFT JOIN removed_entries ON removed_entries.id = entries.id
     WHERE removed_entries.id IS NULL;
END
