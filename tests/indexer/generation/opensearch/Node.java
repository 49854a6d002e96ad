import java.nio.file.Path;
import java.util.List;

import org.codelibs.opensearch.runner.OpenSearchRunner;

/** A node of a cluster in a process of its own: NAME FOLDER HTTP_PORT TRANSPORT_PORT SEEDS MANAGERS, lists by commas. */
public class Node {
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
        });
        node.setMaxHttpPort(65535); // The first that it may take is one more than the base.
        node.build(OpenSearchRunner.newConfigs().basePath(folder).numOfNode(1).clusterName("seealso")
                .baseHttpPort(Integer.parseInt(http) - 1));
        Thread.currentThread().join();
    }
}
