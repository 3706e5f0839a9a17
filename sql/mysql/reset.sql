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

-- InnoDB takes 1 to mean one more than the largest id.
ALTER TABLE people AUTO_INCREMENT = 1;
ALTER TABLE entries AUTO_INCREMENT = 1;
ALTER TABLE comments AUTO_INCREMENT = 1;
ALTER TABLE friendships AUTO_INCREMENT = 1;
ALTER TABLE footprints AUTO_INCREMENT = 1;
ALTER TABLE login_log AUTO_INCREMENT = 1;
