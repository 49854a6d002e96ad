#!/usr/bin/env bash
# opensearch-py 3.0.0: a node that refuses connections is put aside for a minute after the first request that it did not
# take, and that request goes to another node. A node that lets requests time out is not put aside, and the request
# fails: of two nodes every second request meets it, for as long as it hangs. Only with `retry_on_timeout`, which is off by
# default, is it treated as the refusing one.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check opensearch-py==3.0.0 urllib3==2.5.0 >/dev/null 2>&1
"$folder/env/bin/python" - 2>/dev/null <<'PY'
from opensearchpy import Connection, OpenSearch, __versionstr__
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ConnectionTimeout


def twenty(problem, **options):
    """How often the first of two nodes is asked, and how many of twenty requests fail, where it has a problem."""
    asked = []

    class Node(Connection):
        def perform_request(self, method, url, params=None, body=None, timeout=None, ignore=(), headers=None):
            asked.append(self.port)
            if self.port == 1:
                raise problem("TIMEOUT" if problem is ConnectionTimeout else "N/A", "no answer", Exception("no answer"))
            return 200, {}, "{}"

    hosts = [{"host": "127.0.0.1", "port": port} for port in (1, 2)]
    client = OpenSearch(hosts=hosts, connection_class=Node, **options)
    failed = 0
    for _ in range(20):
        try:
            client.info()
        except NoConnection:
            failed += 1
    return asked.count(1), failed


found = {
    "refuses": twenty(NoConnection),
    "lets time out": twenty(ConnectionTimeout),
    "lets time out, retry_on_timeout": twenty(ConnectionTimeout, retry_on_timeout=True),
}
print(f"opensearch-py {__versionstr__}, twenty requests, two nodes; asked, failed:", found)
assert found["refuses"] == (1, 0), found
assert found["lets time out"] == (10, 10), found
assert found["lets time out, retry_on_timeout"] == (1, 0), found
PY
