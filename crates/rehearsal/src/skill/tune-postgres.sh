# Fewer waits for the disk, and room for all rows.
runuser --user postgres -- psql --quiet --set ON_ERROR_STOP=1 <<'END'
ALTER SYSTEM SET synchronous_commit = off;
ALTER SYSTEM SET shared_buffers = '512MB';
END
systemctl restart postgresql
