"""Record batches: build, parse, compress (bounded), check. Knows no sockets, no files and no clock."""
