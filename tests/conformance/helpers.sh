# Sourced by every transcript. The runner sets B (the bootstrap servers), DATA (the broker's log dir) and PATH.

# same: on standard input, what may differ between two good runs is replaced, and what the JVM adds is dropped: its log,
# stack traces, and notices about deprecated options, which it prints among the data.
same() {
  sed -E \
    -e '/^SLF4J|^log4j|^WARNING: /d; /deprecated and will be removed|^The consumer rebalance protocol \(KIP-848\)/d' \
    -e '/^\[?[0-9-]{10}[ T][0-9:,.]+\]? (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) /d' \
    -e '/^[[:space:]]+(at [A-Za-z_.$]+|\.\.\. [0-9]+ (more|common))/d; /^Caused by: /d; /^ \([A-Za-z0-9_.$]+\)$/d' \
    -e 's/^Exception in thread "main" //; s/java\.util\.concurrent\.(ExecutionException|CompletionException): //g' \
    -e 's/^joptsimple\.[A-Za-z]+: //' \
    -e 's/(only supports operations \[|Valid (states|types) are: |these options: |following (options|scenarios): ).*/\1IN ANY ORDER/' \
    -e "s#$PWD#HERE#g; s#${B//./\\.}#BOOTSTRAP#g" \
    -e 's/TopicId: [A-Za-z0-9_-]{22}/TopicId: ID/; s/(CreateTime|LogAppendTime):[0-9]{13}/\1:TIME/g' \
    -e 's/[[:space:]]+$//'
}
# try COMMAND...: its exit code, what is on stdout, what is on stderr.
try() { local code=0; "$@" > .out 2> .err < /dev/null || code=$?; echo "exit $code"; cat .out .err | same; rm -f .out .err; }
# fails COMMAND...: its exit code and the first line of its message; the JVM's tools go on with all their options.
fails() { try "$@" | grep -v '^$' | sed 2q; }
# code COMMAND...: the exit code alone, where the texts are of argparse4j's own making.
code() { try "$@" | sed 1q; }
# quietly COMMAND...: preparation and cleaning up.
quietly() { "$@" > /dev/null 2>&1 < /dev/null || true; }
# until_shown PATTERN COMMAND...: a broker has answered, and knows of it a moment later: that is waited for.
until_shown() {
  local pattern=$1 round
  shift
  for round in {1..50}; do
    "$@" 2>&1 < /dev/null | grep -q -- "$pattern" && return
    sleep 0.2
  done
}
