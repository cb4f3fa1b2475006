"""The scripts that teach bash, zsh and fish to ask a program of ours for completion (`kcli completions SHELL`)."""

from __future__ import annotations

from kcli.cli.registry import TOOLS

_BASH = """\
_kcli_complete() {
    local candidate IFS=$'\\n'
    COMPREPLY=()
    while read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(_KCLI_COMPLETE=bash _KCLI_LINE="${COMP_LINE:0:COMP_POINT}" _KCLI_BREAKS="$COMP_WORDBREAKS" \\
        "$1" 2>/dev/null </dev/null)
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/,:] ]]; then
        compopt -o nospace
    fi
}
complete -o nosort -F _kcli_complete %(names)s 2>/dev/null || complete -F _kcli_complete %(names)s
"""

_ZSH = """\
_kcli_complete() {
    local line word
    local -a plain plain_shown open open_shown
    while IFS= read -r line; do
        word=${line%%%%$'\\t'*}
        line=${line#*$'\\t'}
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
compdef _kcli_complete %(names)s
"""

_FISH = """\
function __kcli_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    _KCLI_COMPLETE=fish $words[1] $words[2..-1] (string unescape -- $current; or echo $current) 2>/dev/null </dev/null
end
for name in %(names)s
    complete -c $name -f -k -a '(__kcli_complete)'
end
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(shell: str) -> str:
    """The completion script for `kcli`, every tool, and every tool's name with .sh."""
    names = ["kcli", *(tool.program + suffix for tool in TOOLS for suffix in ("", ".sh"))]
    head = f"# Completion for kcli and its tools in {shell}, made by: kcli completions {shell}\n"
    return head + _SCRIPTS[shell] % {"names": " ".join(names)}
