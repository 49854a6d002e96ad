"""How good the order is: measures over judged queries, runs on disk, two runs side by side."""
