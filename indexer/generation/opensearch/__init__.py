"""A generation on an OpenSearch cluster: where it lies there, how it is sent, how it is asked. The extra `cluster`."""
