CREATE TABLE editor (
  name TEXT PRIMARY KEY,
  password TEXT NOT NULL,
  added TEXT NOT NULL,
  removed TEXT
) STRICT;

-- A session is known by the digest of what its cookie holds.
CREATE TABLE session (
  digest TEXT PRIMARY KEY,
  editor TEXT NOT NULL REFERENCES editor (name),
  token TEXT NOT NULL,
  begun TEXT NOT NULL,
  until TEXT NOT NULL
) STRICT;

-- Failed attempts to sign in, by name and by a digest of the address.
CREATE TABLE attempt (of TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE INDEX attempt_of ON attempt (of, at);

-- Keys of the API, known by their digest.
CREATE TABLE api_key (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('desk')),
  added TEXT NOT NULL,
  removed TEXT
) STRICT;
