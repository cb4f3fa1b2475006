# Completion for kcli and its tools in zsh, made by: kcli completions zsh
_kcli_complete() {
    local line word
    local -a plain plain_shown open open_shown
    while IFS= read -r line; do
        word=${line%%$'\t'*}
        line=${line#*$'\t'}
        [[ -n $line ]] && line="$word  -- $line" || line=$word
        if [[ $word == *[=/,:] ]]; then
            open+=("$word")
            open_shown+=("$line")
        else
            plain+=("$word")
            plain_shown+=("$line")
        fi
    done < <(_KCLI_COMPLETE=zsh "${(Q)words[1]}" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)
    (( $#plain )) && compadd -Q -l -V kcli -d plain_shown -a plain
    (( $#open )) && compadd -Q -l -V kcli -S '' -d open_shown -a open
    (( $#plain + $#open ))
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _kcli_complete kcli kafka-topics kafka-topics.sh kafka-console-producer kafka-console-producer.sh kafka-console-consumer kafka-console-consumer.sh kafka-console-share-consumer kafka-console-share-consumer.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-get-offsets kafka-get-offsets.sh kafka-delete-records kafka-delete-records.sh kafka-groups kafka-groups.sh kafka-share-groups kafka-share-groups.sh kafka-streams-groups kafka-streams-groups.sh kafka-broker-api-versions kafka-broker-api-versions.sh kafka-cluster kafka-cluster.sh kafka-features kafka-features.sh kafka-metadata-quorum kafka-metadata-quorum.sh kafka-configs kafka-configs.sh kafka-log-dirs kafka-log-dirs.sh kafka-leader-election kafka-leader-election.sh kafka-transactions kafka-transactions.sh kafka-producer-perf-test kafka-producer-perf-test.sh kafka-acls kafka-acls.sh kafka-storage kafka-storage.sh kafka-consumer-perf-test kafka-consumer-perf-test.sh kafka-share-consumer-perf-test kafka-share-consumer-perf-test.sh kafka-client-metrics kafka-client-metrics.sh kafka-delegation-tokens kafka-delegation-tokens.sh kafka-reassign-partitions kafka-reassign-partitions.sh kafka-e2e-latency kafka-e2e-latency.sh kafka-replica-verification kafka-replica-verification.sh zookeeper-shell zookeeper-shell.sh kafka-verifiable-producer kafka-verifiable-producer.sh kafka-verifiable-consumer kafka-verifiable-consumer.sh kafka-verifiable-share-consumer kafka-verifiable-share-consumer.sh kafka-dump-log kafka-dump-log.sh kafka-metadata-shell kafka-metadata-shell.sh kafka-streams-application-reset kafka-streams-application-reset.sh kafka-server-start kafka-server-start.sh kafka-server-stop kafka-server-stop.sh
