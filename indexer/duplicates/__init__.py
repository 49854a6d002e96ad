"""Which questions are one, and what decides between two. A public face: how open clusters are asked for, and told."""

from indexer.duplicates.answers import Cluster, Clusters
from indexer.duplicates.listing import ClusterRequest, ClusterSort

__all__ = ["Cluster", "ClusterRequest", "ClusterSort", "Clusters"]
