"""Generations: an index as a folder of finished versions, one of which is current; never a version half written."""
