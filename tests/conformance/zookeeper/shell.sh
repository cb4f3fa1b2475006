# What ZooKeeper's shell says of its connection is left out, as are the classes of exceptions, and what differs between
# two good runs is replaced.
shell() {
  same | sed -E \
    -e '/^(Connecting to |Welcome to|JLine |WATCHER::|WatchedEvent )/d; /^$/d' \
    -e 's/^(org\.apache\.commons\.cli|java\.lang)\.[A-Za-z]+: //' \
    -e 's/^(.Zxid = )0x[0-9a-f]+/\1ZXID/; s/^([cm]time = ).*/\1TIME/'
}
# Z COMMAND...: its exit code, and what it prints.
Z() { try zookeeper-shell.sh "$B" "$@" | shell; }
