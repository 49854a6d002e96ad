#!/usr/bin/env bash
# opensearch-py 3.0.0: `timeout` is a parameter of many calls of OpenSearch itself (how long a cluster waits for what was
# asked, such as "30s" of cluster health), and the client's methods list it. Alone it never gets there: the client takes it
# for how long the connection waits. The text that OpenSearch documents is handed to the connection as it is, for which
# urllib3 raises ValueError, which comes out as a ConnectionError. Beside `request_timeout` it is sent.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check opensearch-py==3.0.0 urllib3==2.5.0 >/dev/null 2>&1
"$folder/env/bin/python" - <<'PY'
from opensearchpy import Connection, OpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection

sent = []


class Recorder(Connection):
    """Answers every request, and keeps what was to be sent."""

    def perform_request(self, method, url, params=None, body=None, timeout=None, ignore=(), headers=None):
        sent.append((dict(params or {}), timeout))
        return 200, {}, "{}"


client = OpenSearch(hosts=[{"host": "127.0.0.1", "port": 9}], connection_class=Recorder)
client.cluster.health(wait_for_status="green", timeout=30)
client.cluster.health(wait_for_status="green", timeout=30, request_timeout=45)
client.cluster.health(wait_for_status="green", timeout="30s")
assert sent[0] == ({"wait_for_status": b"green"}, 30), sent[0]
assert sent[1] == ({"wait_for_status": b"green", "timeout": 30}, 45), sent[1]
assert sent[2] == ({"wait_for_status": b"green"}, "30s"), sent[2]

plain = OpenSearch(hosts=[{"host": "127.0.0.1", "port": 9}], max_retries=0)
try:
    plain.cluster.health(timeout="30s")
except NoConnection as error:
    assert "must be an int, float or None" in str(error), error
else:
    raise AssertionError("it was taken")
print("sent:", sent)
PY
