# Indexes for what is looked up by a column that has none. Both engines understand it.
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
END
