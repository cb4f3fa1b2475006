"""Record batches (magic 2): build, parse, compress with bounds, CRC, control records."""
