# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# bash completion for sockstate-lab, from its table of options by `make generate`.

# Words that may stand here.
_sockstate_lab_offer()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_sockstate_lab()
{
	local cur=$2 prev=$3 command='' skip='' options='' word

	COMPREPLY=()
	# --side=server comes as three words: --side, = and server.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	# The command is the first word that is neither an option nor an option's value.
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if [[ $skip ]]; then
			skip=
			continue
		fi
		case $word in
		--addr | --port | --backlog | --fastopen | --defer-accept | --accept-after | --accept-delay | \
			--accept-every | --accept-max | --stall | --mode | --threads | --workers | --reply | --close-after | \
			--relisten | --close-listener-after | --fd-limit | --fd-room | --exit-keep | --name | --duration | \
			--ready-fd | --stamps | --bind | --bind-port | --count | --every | --parallel | --timeout | --send | \
			--hold | --close | --flood | --rate | --raw) skip=1 ;;
		server | client)
			command=$word
			break
			;;
		esac
	done
	case "$command $prev" in
	"server --addr" | "server --port" | "server --backlog" | "server --fastopen" | "server --defer-accept" | \
		"server --accept-after" | "server --accept-delay" | "server --accept-every" | "server --accept-max" | \
		"server --stall" | "server --threads" | "server --workers" | "server --reply" | "server --close-after" | \
		"server --relisten" | "server --close-listener-after" | "server --fd-limit" | "server --fd-room" | \
		"server --exit-keep" | "server --name" | "server --duration" | "server --ready-fd" | \
		"client --addr" | "client --port" | "client --bind" | "client --bind-port" | "client --count" | \
		"client --every" | "client --parallel" | "client --timeout" | "client --duration" | \
		"client --send" | "client --read" | "client --hold" | "client --flood" | "client --rate" | \
		"client --raw" | "client --name") : ;;
	"server --mode") _sockstate_lab_offer "blocking epoll" ;;
	"server --io-uring") _sockstate_lab_offer "single multishot" ;;
	"server --pass-listener") _sockstate_lab_offer "close keep" ;;
	"server --stamps" | "client --stamps") _sockstate_lab_offer "relative wall ns" ;;
	"client --close") _sockstate_lab_offer "fin rst never shutdown" ;;
	*)
		case $command in
		"server") options="--addr --port --backlog --v6only --freebind --mptcp --fastopen --defer-accept --accept-after
			--accept-delay --accept-every --accept-max --never-accept --stall --mode --accept4
			--accept32 --io-uring --threads --workers --reply --read-first --no-read --close-after
			--hold --reset --relisten --close-listener-after --fd-limit --fd-room --pass-listener
			--exit-keep --name --duration --exit-when-done --ready-fd --stamps --quiet --help -h" ;;
		"client") options="--addr --port --bind --bind-port --count --every --parallel --timeout --keep-going
			--duration --send --read --read-eof --hold --close --fastopen --mptcp --simultaneous
			--half-open --flood --rate --raw --tun --any-netns --name --stamps --quiet --help -h" ;;
		esac
		if [[ $cur == -* ]]; then
			_sockstate_lab_offer "$options"
		elif [[ ! $command ]]; then
			_sockstate_lab_offer "server client"
		fi
		;;
	esac
}
complete -F _sockstate_lab sockstate-lab
