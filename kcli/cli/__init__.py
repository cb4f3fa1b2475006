"""What the tools share: option tables, environment, .properties, tables, errors and exit codes, completion."""
