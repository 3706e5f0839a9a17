-- Back to the initial data: what POST /initialize runs.
DELETE FROM sessions;
DELETE FROM settings;
DELETE FROM removed_entries;
DELETE FROM banned_people;
DELETE FROM people      WHERE id > (SELECT last_person     FROM dataset);
DELETE FROM entries     WHERE id > (SELECT last_entry      FROM dataset);
DELETE FROM comments    WHERE id > (SELECT last_comment    FROM dataset);
DELETE FROM friendships WHERE id > (SELECT last_friendship FROM dataset);
DELETE FROM footprints  WHERE id > (SELECT last_footprint  FROM dataset);
DELETE FROM login_log   WHERE id > (SELECT last_login      FROM dataset);

UPDATE people
   SET nickname     = (SELECT i.nickname     FROM people_initial i WHERE i.id = people.id),
       introduction = (SELECT i.introduction FROM people_initial i WHERE i.id = people.id),
       birthday     = (SELECT i.birthday     FROM people_initial i WHERE i.id = people.id),
       icon         = (SELECT i.icon         FROM people_initial i WHERE i.id = people.id),
       updated_at   = created_at
 WHERE updated_at > created_at;

UPDATE sqlite_sequence SET seq = (SELECT last_person     FROM dataset) WHERE name = 'people';
UPDATE sqlite_sequence SET seq = (SELECT last_entry      FROM dataset) WHERE name = 'entries';
UPDATE sqlite_sequence SET seq = (SELECT last_comment    FROM dataset) WHERE name = 'comments';
UPDATE sqlite_sequence SET seq = (SELECT last_friendship FROM dataset) WHERE name = 'friendships';
UPDATE sqlite_sequence SET seq = (SELECT last_footprint  FROM dataset) WHERE name = 'footprints';
UPDATE sqlite_sequence SET seq = (SELECT last_login      FROM dataset) WHERE name = 'login_log';
