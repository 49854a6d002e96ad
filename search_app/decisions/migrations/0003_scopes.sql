-- Keys open what they are for: content that is pushed, or the desk.
CREATE TABLE scoped_key (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('content', 'desk')),
  added TEXT NOT NULL,
  removed TEXT
) STRICT;
INSERT INTO scoped_key SELECT * FROM api_key;
DROP TABLE api_key;
ALTER TABLE scoped_key RENAME TO api_key;
