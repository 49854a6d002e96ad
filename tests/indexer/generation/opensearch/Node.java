import java.nio.file.Path;
import java.util.List;

import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * A node of a cluster in a process of its own: NAME FOLDER HTTP_PORT TRANSPORT_PORT SEEDS MANAGERS [CERTIFICATES], lists by
 * commas. With a folder of certificates it has the security plugin, which must be among its classes.
 */
public class Node {
    static final String SECURITY = "plugins.security.";

    public static void main(String[] given) throws Exception {
        String name = given[0], folder = given[1], http = given[2], transport = given[3];
        List<String> seeds = List.of(given[4].split(",")), managers = List.of(given[5].split(","));
        var node = new OpenSearchRunner();
        node.onBuild((number, settings) -> {
            settings.put("node.name", name);
            settings.put("http.port", http);
            settings.put("transport.port", transport);
            // The runner makes nodes that stay alone, else.
            settings.put("discovery.type", "zen");
            settings.putList("discovery.seed_hosts", seeds);
            settings.putList("cluster.initial_cluster_manager_nodes", managers);
            settings.putList("node.roles", "cluster_manager", "data");
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            settings.put("path.repo", Path.of(folder).resolveSibling("snapshots").toString());
            // A node that hangs is left out after six seconds; after thirty, else.
            settings.put("cluster.fault_detection.follower_check.timeout", "3s");
            settings.put("cluster.fault_detection.follower_check.retry_count", 2);
            if (given.length > 6) {
                for (String layer : List.of("transport", "http")) {
                    settings.put(SECURITY + "ssl." + layer + ".pemcert_filepath", given[6] + "/node.pem");
                    settings.put(SECURITY + "ssl." + layer + ".pemkey_filepath", given[6] + "/node-key.pem");
                    settings.put(SECURITY + "ssl." + layer + ".pemtrustedcas_filepath", given[6] + "/authority.pem");
                }
                settings.put(SECURITY + "ssl.http.enabled", true);
                settings.put(SECURITY + "ssl.transport.enforce_hostname_verification", false);
                settings.put(SECURITY + "allow_default_init_securityindex", true);
                settings.putList(SECURITY + "nodes_dn", "CN=node");
                settings.putList(SECURITY + "restapi.roles_enabled", "all_access");
                settings.put(SECURITY + "audit.type", "noop");
                settings.remove("http.type"); // The plugin brings its own.
                settings.remove("transport.type");
            }
        });
        node.setMaxHttpPort(65535); // The first that it may take is one more than the base.
        var configs = OpenSearchRunner.newConfigs().basePath(folder).numOfNode(1).clusterName("seealso")
                .baseHttpPort(Integer.parseInt(http) - 1);
        if (given.length > 6) {
            configs.pluginTypes("org.opensearch.security.OpenSearchSecurityPlugin");
        }
        node.build(configs);
        Thread.currentThread().join();
    }
}
