"""Whoosh decides which: documents, the dictionary and the positions of words on disk; arrays decide in what order."""
