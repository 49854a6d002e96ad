-- Keys that may read alone, for sites that let nobody else read.
CREATE TABLE scoped_key (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('content', 'desk', 'read')),
  added TEXT NOT NULL,
  removed TEXT
) STRICT;
INSERT INTO scoped_key SELECT * FROM api_key;
DROP TABLE api_key;
ALTER TABLE scoped_key RENAME TO api_key;
