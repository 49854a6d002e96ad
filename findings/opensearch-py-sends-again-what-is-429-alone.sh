#!/usr/bin/env bash
# opensearch-py 3.0.0: with `max_retries`, `helpers.streaming_bulk` sends documents again that a cluster refused for now with
# 429 (too many requests), and those alone. What it refuses with 503 in the same kind of answer, as a node does for a shard
# whose primary is away (`unavailable_shards_exception`), is told as failed at once, however many retries are left: who wants
# it sent again must do that. The documentation of `max_retries` says 429.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check opensearch-py==3.0.0 >/dev/null 2>&1
"$folder/env/bin/python" - <<'PY'
import json

from opensearchpy import Connection, OpenSearch
from opensearchpy.helpers import streaming_bulk

REFUSED = {"429": ("busy", 429), "503": ("away", 503)}
sent = []


class Cluster(Connection):
    """Refuses two documents the first time, each with another status, and takes them afterwards."""

    def perform_request(self, method, url, params=None, body=None, timeout=None, ignore=(), headers=None):
        ids = [json.loads(line)["index"]["_id"] for line in body.decode().splitlines()[::2]]
        again = bool(sent)
        sent.append(ids)
        items = []
        for id_ in ids:
            item = {"_id": id_, "status": 201}
            if not again and id_ in REFUSED:
                kind, status = REFUSED[id_]
                item = {"_id": id_, "status": status, "error": {"type": kind}}
            items.append({"index": item})
        return 200, {}, json.dumps({"errors": not again, "items": items})


client = OpenSearch(hosts=[{"host": "127.0.0.1", "port": 9}], connection_class=Cluster)
actions = [{"_index": "wards", "_id": id_, "beds": 3} for id_ in ("201", "429", "503")]
options = {"max_retries": 5, "initial_backoff": 0, "raise_on_error": False}
told = {list(item.values())[0]["_id"]: taken for taken, item in streaming_bulk(client, actions, **options)}
assert sent == [["201", "429", "503"], ["429"]], sent
assert told == {"201": True, "429": True, "503": False}, told
print("requests:", sent, "told:", told)
PY
