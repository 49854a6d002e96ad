-- Which file this is: a copy has the same name, a new one another.
CREATE TABLE file (name TEXT NOT NULL) STRICT;
INSERT INTO file VALUES (lower(hex(randomblob(8))));

-- What was decided, in order. Ids and digests of documents, never their texts.
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  editor TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN (
    'duplicate', 'related', 'different', 'unsure', 'later', 'pin', 'exclude', 'undo')),
  a TEXT NOT NULL,
  b TEXT NOT NULL CHECK (a <> b),
  a_wording INTEGER,
  b_wording INTEGER,
  score REAL,
  band TEXT,
  note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
  undoes INTEGER REFERENCES event (id),
  batch INTEGER
) STRICT;

CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN
  SELECT RAISE(ABORT, 'events are never rewritten');
END;

CREATE TRIGGER event_is_kept BEFORE DELETE ON event BEGIN
  SELECT RAISE(ABORT, 'events are never deleted');
END;
