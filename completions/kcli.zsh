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
