# Completion for kcli and its tools in zsh, made by: kcli completions zsh

#compdef kcli

_kcli_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kcli] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KCLI_COMPLETE=zsh_complete kcli)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kcli_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kcli_completion kcli
fi

#compdef kafka-topics

_kafka_topics_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-topics] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_TOPICS_COMPLETE=zsh_complete kafka-topics)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_topics_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_topics_completion kafka-topics
fi

#compdef kafka-topics.sh

_kafka_topicssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-topics.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_TOPICS_COMPLETE=zsh_complete kafka-topics.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_topicssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_topicssh_completion kafka-topics.sh
fi

#compdef kafka-console-producer

_kafka_console_producer_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-console-producer] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSOLE_PRODUCER_COMPLETE=zsh_complete kafka-console-producer)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_console_producer_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_console_producer_completion kafka-console-producer
fi

#compdef kafka-console-producer.sh

_kafka_console_producersh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-console-producer.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSOLE_PRODUCER_COMPLETE=zsh_complete kafka-console-producer.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_console_producersh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_console_producersh_completion kafka-console-producer.sh
fi

#compdef kafka-console-consumer

_kafka_console_consumer_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-console-consumer] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSOLE_CONSUMER_COMPLETE=zsh_complete kafka-console-consumer)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_console_consumer_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_console_consumer_completion kafka-console-consumer
fi

#compdef kafka-console-consumer.sh

_kafka_console_consumersh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-console-consumer.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSOLE_CONSUMER_COMPLETE=zsh_complete kafka-console-consumer.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_console_consumersh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_console_consumersh_completion kafka-console-consumer.sh
fi

#compdef kafka-consumer-groups

_kafka_consumer_groups_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-consumer-groups] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSUMER_GROUPS_COMPLETE=zsh_complete kafka-consumer-groups)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_consumer_groups_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_consumer_groups_completion kafka-consumer-groups
fi

#compdef kafka-consumer-groups.sh

_kafka_consumer_groupssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-consumer-groups.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSUMER_GROUPS_COMPLETE=zsh_complete kafka-consumer-groups.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_consumer_groupssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_consumer_groupssh_completion kafka-consumer-groups.sh
fi

#compdef kafka-get-offsets

_kafka_get_offsets_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-get-offsets] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_GET_OFFSETS_COMPLETE=zsh_complete kafka-get-offsets)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_get_offsets_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_get_offsets_completion kafka-get-offsets
fi

#compdef kafka-get-offsets.sh

_kafka_get_offsetssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-get-offsets.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_GET_OFFSETS_COMPLETE=zsh_complete kafka-get-offsets.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_get_offsetssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_get_offsetssh_completion kafka-get-offsets.sh
fi

#compdef kafka-delete-records

_kafka_delete_records_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-delete-records] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_DELETE_RECORDS_COMPLETE=zsh_complete kafka-delete-records)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_delete_records_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_delete_records_completion kafka-delete-records
fi

#compdef kafka-delete-records.sh

_kafka_delete_recordssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-delete-records.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_DELETE_RECORDS_COMPLETE=zsh_complete kafka-delete-records.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_delete_recordssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_delete_recordssh_completion kafka-delete-records.sh
fi

#compdef kafka-groups

_kafka_groups_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-groups] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_GROUPS_COMPLETE=zsh_complete kafka-groups)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_groups_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_groups_completion kafka-groups
fi

#compdef kafka-groups.sh

_kafka_groupssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-groups.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_GROUPS_COMPLETE=zsh_complete kafka-groups.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_groupssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_groupssh_completion kafka-groups.sh
fi

#compdef kafka-share-groups

_kafka_share_groups_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-share-groups] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_SHARE_GROUPS_COMPLETE=zsh_complete kafka-share-groups)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_share_groups_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_share_groups_completion kafka-share-groups
fi

#compdef kafka-share-groups.sh

_kafka_share_groupssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-share-groups.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_SHARE_GROUPS_COMPLETE=zsh_complete kafka-share-groups.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_share_groupssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_share_groupssh_completion kafka-share-groups.sh
fi

#compdef kafka-streams-groups

_kafka_streams_groups_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-streams-groups] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_STREAMS_GROUPS_COMPLETE=zsh_complete kafka-streams-groups)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_streams_groups_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_streams_groups_completion kafka-streams-groups
fi

#compdef kafka-streams-groups.sh

_kafka_streams_groupssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-streams-groups.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_STREAMS_GROUPS_COMPLETE=zsh_complete kafka-streams-groups.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_streams_groupssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_streams_groupssh_completion kafka-streams-groups.sh
fi

#compdef kafka-broker-api-versions

_kafka_broker_api_versions_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-broker-api-versions] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_BROKER_API_VERSIONS_COMPLETE=zsh_complete kafka-broker-api-versions)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_broker_api_versions_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_broker_api_versions_completion kafka-broker-api-versions
fi

#compdef kafka-broker-api-versions.sh

_kafka_broker_api_versionssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-broker-api-versions.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_BROKER_API_VERSIONS_COMPLETE=zsh_complete kafka-broker-api-versions.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_broker_api_versionssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_broker_api_versionssh_completion kafka-broker-api-versions.sh
fi

#compdef kafka-cluster

_kafka_cluster_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-cluster] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CLUSTER_COMPLETE=zsh_complete kafka-cluster)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_cluster_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_cluster_completion kafka-cluster
fi

#compdef kafka-cluster.sh

_kafka_clustersh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-cluster.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CLUSTER_COMPLETE=zsh_complete kafka-cluster.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_clustersh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_clustersh_completion kafka-cluster.sh
fi

#compdef kafka-features

_kafka_features_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-features] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_FEATURES_COMPLETE=zsh_complete kafka-features)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_features_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_features_completion kafka-features
fi

#compdef kafka-features.sh

_kafka_featuressh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-features.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_FEATURES_COMPLETE=zsh_complete kafka-features.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_featuressh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_featuressh_completion kafka-features.sh
fi

#compdef kafka-metadata-quorum

_kafka_metadata_quorum_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-metadata-quorum] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_METADATA_QUORUM_COMPLETE=zsh_complete kafka-metadata-quorum)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_metadata_quorum_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_metadata_quorum_completion kafka-metadata-quorum
fi

#compdef kafka-metadata-quorum.sh

_kafka_metadata_quorumsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-metadata-quorum.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_METADATA_QUORUM_COMPLETE=zsh_complete kafka-metadata-quorum.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_metadata_quorumsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_metadata_quorumsh_completion kafka-metadata-quorum.sh
fi

#compdef kafka-configs

_kafka_configs_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-configs] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONFIGS_COMPLETE=zsh_complete kafka-configs)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_configs_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_configs_completion kafka-configs
fi

#compdef kafka-configs.sh

_kafka_configssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-configs.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONFIGS_COMPLETE=zsh_complete kafka-configs.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_configssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_configssh_completion kafka-configs.sh
fi

#compdef kafka-log-dirs

_kafka_log_dirs_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-log-dirs] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_LOG_DIRS_COMPLETE=zsh_complete kafka-log-dirs)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_log_dirs_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_log_dirs_completion kafka-log-dirs
fi

#compdef kafka-log-dirs.sh

_kafka_log_dirssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-log-dirs.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_LOG_DIRS_COMPLETE=zsh_complete kafka-log-dirs.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_log_dirssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_log_dirssh_completion kafka-log-dirs.sh
fi

#compdef kafka-leader-election

_kafka_leader_election_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-leader-election] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_LEADER_ELECTION_COMPLETE=zsh_complete kafka-leader-election)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_leader_election_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_leader_election_completion kafka-leader-election
fi

#compdef kafka-leader-election.sh

_kafka_leader_electionsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-leader-election.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_LEADER_ELECTION_COMPLETE=zsh_complete kafka-leader-election.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_leader_electionsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_leader_electionsh_completion kafka-leader-election.sh
fi

#compdef kafka-transactions

_kafka_transactions_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-transactions] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_TRANSACTIONS_COMPLETE=zsh_complete kafka-transactions)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_transactions_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_transactions_completion kafka-transactions
fi

#compdef kafka-transactions.sh

_kafka_transactionssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-transactions.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_TRANSACTIONS_COMPLETE=zsh_complete kafka-transactions.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_transactionssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_transactionssh_completion kafka-transactions.sh
fi

#compdef kafka-producer-perf-test

_kafka_producer_perf_test_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-producer-perf-test] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_PRODUCER_PERF_TEST_COMPLETE=zsh_complete kafka-producer-perf-test)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_producer_perf_test_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_producer_perf_test_completion kafka-producer-perf-test
fi

#compdef kafka-producer-perf-test.sh

_kafka_producer_perf_testsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-producer-perf-test.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_PRODUCER_PERF_TEST_COMPLETE=zsh_complete kafka-producer-perf-test.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_producer_perf_testsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_producer_perf_testsh_completion kafka-producer-perf-test.sh
fi

#compdef kafka-acls

_kafka_acls_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-acls] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_ACLS_COMPLETE=zsh_complete kafka-acls)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_acls_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_acls_completion kafka-acls
fi

#compdef kafka-acls.sh

_kafka_aclssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-acls.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_ACLS_COMPLETE=zsh_complete kafka-acls.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_aclssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_aclssh_completion kafka-acls.sh
fi

#compdef kafka-storage

_kafka_storage_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-storage] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_STORAGE_COMPLETE=zsh_complete kafka-storage)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_storage_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_storage_completion kafka-storage
fi

#compdef kafka-storage.sh

_kafka_storagesh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-storage.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_STORAGE_COMPLETE=zsh_complete kafka-storage.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_storagesh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_storagesh_completion kafka-storage.sh
fi

#compdef kafka-consumer-perf-test

_kafka_consumer_perf_test_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-consumer-perf-test] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSUMER_PERF_TEST_COMPLETE=zsh_complete kafka-consumer-perf-test)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_consumer_perf_test_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_consumer_perf_test_completion kafka-consumer-perf-test
fi

#compdef kafka-consumer-perf-test.sh

_kafka_consumer_perf_testsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-consumer-perf-test.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CONSUMER_PERF_TEST_COMPLETE=zsh_complete kafka-consumer-perf-test.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_consumer_perf_testsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_consumer_perf_testsh_completion kafka-consumer-perf-test.sh
fi

#compdef kafka-client-metrics

_kafka_client_metrics_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-client-metrics] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CLIENT_METRICS_COMPLETE=zsh_complete kafka-client-metrics)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_client_metrics_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_client_metrics_completion kafka-client-metrics
fi

#compdef kafka-client-metrics.sh

_kafka_client_metricssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-client-metrics.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_CLIENT_METRICS_COMPLETE=zsh_complete kafka-client-metrics.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_client_metricssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_client_metricssh_completion kafka-client-metrics.sh
fi

#compdef kafka-delegation-tokens

_kafka_delegation_tokens_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-delegation-tokens] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_DELEGATION_TOKENS_COMPLETE=zsh_complete kafka-delegation-tokens)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_delegation_tokens_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_delegation_tokens_completion kafka-delegation-tokens
fi

#compdef kafka-delegation-tokens.sh

_kafka_delegation_tokenssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-delegation-tokens.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_DELEGATION_TOKENS_COMPLETE=zsh_complete kafka-delegation-tokens.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_delegation_tokenssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_delegation_tokenssh_completion kafka-delegation-tokens.sh
fi

#compdef kafka-reassign-partitions

_kafka_reassign_partitions_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-reassign-partitions] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_REASSIGN_PARTITIONS_COMPLETE=zsh_complete kafka-reassign-partitions)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_reassign_partitions_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_reassign_partitions_completion kafka-reassign-partitions
fi

#compdef kafka-reassign-partitions.sh

_kafka_reassign_partitionssh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-reassign-partitions.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_REASSIGN_PARTITIONS_COMPLETE=zsh_complete kafka-reassign-partitions.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_reassign_partitionssh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_reassign_partitionssh_completion kafka-reassign-partitions.sh
fi

#compdef kafka-e2e-latency

_kafka_e2e_latency_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-e2e-latency] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_E2E_LATENCY_COMPLETE=zsh_complete kafka-e2e-latency)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_e2e_latency_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_e2e_latency_completion kafka-e2e-latency
fi

#compdef kafka-e2e-latency.sh

_kafka_e2e_latencysh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-e2e-latency.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_E2E_LATENCY_COMPLETE=zsh_complete kafka-e2e-latency.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_e2e_latencysh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_e2e_latencysh_completion kafka-e2e-latency.sh
fi

#compdef kafka-replica-verification

_kafka_replica_verification_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-replica-verification] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_REPLICA_VERIFICATION_COMPLETE=zsh_complete kafka-replica-verification)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_replica_verification_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_replica_verification_completion kafka-replica-verification
fi

#compdef kafka-replica-verification.sh

_kafka_replica_verificationsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-replica-verification.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_REPLICA_VERIFICATION_COMPLETE=zsh_complete kafka-replica-verification.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_replica_verificationsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_replica_verificationsh_completion kafka-replica-verification.sh
fi

#compdef zookeeper-shell

_zookeeper_shell_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[zookeeper-shell] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _ZOOKEEPER_SHELL_COMPLETE=zsh_complete zookeeper-shell)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _zookeeper_shell_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _zookeeper_shell_completion zookeeper-shell
fi

#compdef zookeeper-shell.sh

_zookeeper_shellsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[zookeeper-shell.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _ZOOKEEPER_SHELL_COMPLETE=zsh_complete zookeeper-shell.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _zookeeper_shellsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _zookeeper_shellsh_completion zookeeper-shell.sh
fi

#compdef kafka-verifiable-producer

_kafka_verifiable_producer_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-verifiable-producer] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_VERIFIABLE_PRODUCER_COMPLETE=zsh_complete kafka-verifiable-producer)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_verifiable_producer_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_verifiable_producer_completion kafka-verifiable-producer
fi

#compdef kafka-verifiable-producer.sh

_kafka_verifiable_producersh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-verifiable-producer.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_VERIFIABLE_PRODUCER_COMPLETE=zsh_complete kafka-verifiable-producer.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_verifiable_producersh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_verifiable_producersh_completion kafka-verifiable-producer.sh
fi

#compdef kafka-verifiable-consumer

_kafka_verifiable_consumer_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-verifiable-consumer] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_VERIFIABLE_CONSUMER_COMPLETE=zsh_complete kafka-verifiable-consumer)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_verifiable_consumer_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_verifiable_consumer_completion kafka-verifiable-consumer
fi

#compdef kafka-verifiable-consumer.sh

_kafka_verifiable_consumersh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-verifiable-consumer.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_VERIFIABLE_CONSUMER_COMPLETE=zsh_complete kafka-verifiable-consumer.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_verifiable_consumersh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_verifiable_consumersh_completion kafka-verifiable-consumer.sh
fi

#compdef kafka-dump-log

_kafka_dump_log_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-dump-log] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_DUMP_LOG_COMPLETE=zsh_complete kafka-dump-log)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_dump_log_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_dump_log_completion kafka-dump-log
fi

#compdef kafka-dump-log.sh

_kafka_dump_logsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-dump-log.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_DUMP_LOG_COMPLETE=zsh_complete kafka-dump-log.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_dump_logsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_dump_logsh_completion kafka-dump-log.sh
fi

#compdef kafka-streams-application-reset

_kafka_streams_application_reset_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-streams-application-reset] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_STREAMS_APPLICATION_RESET_COMPLETE=zsh_complete kafka-streams-application-reset)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_streams_application_reset_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_streams_application_reset_completion kafka-streams-application-reset
fi

#compdef kafka-streams-application-reset.sh

_kafka_streams_application_resetsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-streams-application-reset.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_STREAMS_APPLICATION_RESET_COMPLETE=zsh_complete kafka-streams-application-reset.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_streams_application_resetsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_streams_application_resetsh_completion kafka-streams-application-reset.sh
fi

#compdef kafka-server-start

_kafka_server_start_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-server-start] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_SERVER_START_COMPLETE=zsh_complete kafka-server-start)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_server_start_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_server_start_completion kafka-server-start
fi

#compdef kafka-server-start.sh

_kafka_server_startsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-server-start.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_SERVER_START_COMPLETE=zsh_complete kafka-server-start.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_server_startsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_server_startsh_completion kafka-server-start.sh
fi

#compdef kafka-server-stop

_kafka_server_stop_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-server-stop] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_SERVER_STOP_COMPLETE=zsh_complete kafka-server-stop)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_server_stop_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_server_stop_completion kafka-server-stop
fi

#compdef kafka-server-stop.sh

_kafka_server_stopsh_completion() {
    local -a completions
    local -a completions_with_descriptions
    local -a response
    (( ! $+commands[kafka-server-stop.sh] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _KAFKA_SERVER_STOP_COMPLETE=zsh_complete kafka-server-stop.sh)}")

    for type key descr in ${response}; do
        if [[ "$type" == "plain" ]]; then
            if [[ "$descr" == "_" ]]; then
                completions+=("$key")
            else
                completions_with_descriptions+=("$key":"$descr")
            fi
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    if [ -n "$completions_with_descriptions" ]; then
        _describe -V unsorted completions_with_descriptions -U
    fi

    if [ -n "$completions" ]; then
        compadd -U -V unsorted -a completions
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # autoload from fpath, call function directly
    _kafka_server_stopsh_completion "$@"
else
    # eval/source/. command, register function for later
    compdef _kafka_server_stopsh_completion kafka-server-stop.sh
fi
