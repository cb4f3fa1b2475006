# as USER TOOL OPTION...: a tool with a user's settings, out of a file or, where WAY says so, out of a profile.
# `elsewhere` is a user, too: alice, at the listener that has the certificate of another host.
as() {
  local who=$1 tool=$2 address=$B command=() options; shift 2
  [ "$who" = elsewhere ] && address=$ELSEWHERE
  # kafka-cluster's options belong to its commands.
  [ "$tool" = cluster ] && { command=("$1"); shift; }
  options=(--bootstrap-server "$address" --command-config "$USERS/$who.properties")
  [ "${WAY:-file}" = profile ] && options=(--profile "$who")
  "kafka-$tool.sh" "${command[@]}" "${options[@]}" "$@"
}
