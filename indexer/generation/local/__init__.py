"""A generation on this machine's disk: a Whoosh index of the documents, and arrays that rank them."""
