"""What Kafka's scripts never had: one module per command of `kcli` that is no tool of Kafka's.

Each has its option table, `TABLE`, from which help, completion, man page and reference are derived as for the tools
(the parser is `cli.argparse4j`'s), and `run(arguments, environment)`. `cli.registry` has a row for each.
"""
