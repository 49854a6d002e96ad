"""Which questions are one, and what decides between two. A public face: how the open clusters are asked for."""

from indexer.duplicates.listing import ClusterRequest, ClusterSort

__all__ = ["ClusterRequest", "ClusterSort"]
