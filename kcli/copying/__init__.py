"""Topics as a whole, from a cluster to a file or to another cluster: what `kcli dump`, `restore`, `cp` and `digest` do.

A topic is a stream: a manifest (`stream`), parts of whole record batches, an end with a digest for each partition.
`source` makes it from a cluster and `file` from a dump; `file` writes it, and `destination` sends it to a cluster.
"""
