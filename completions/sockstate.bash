# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# bash completion for sockstate

_sockstate()
{
	local cur=$2 prev=$3
	local options="--port --side --netns --ipv4 --ipv6 --output --json --raw --wide --no-header --color
		--duration --count --interval --record --replay --slow --stuck --flood-min --flood-old
		--verify --summary --name-syn-drops --syscall-fallback --ring-size --max-connections
		--max-requests --force-absent --keep-privileges --quiet --verbose --version --help
		-P -4 -6 -o -w -q -v -V -h"

	COMPREPLY=()
	# --side=server comes as three words: --side, = and server.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $prev in
	--side) mapfile -t COMPREPLY < <(compgen -W "both server client" -- "$cur") ;;
	-o | --output) mapfile -t COMPREPLY < <(compgen -W "table ladder json summary" -- "$cur") ;;
	--color) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur") ;;
	--ring-size) mapfile -t COMPREPLY < <(compgen -W "64K 1M 8M 64M" -- "$cur") ;;
	--record | --replay) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	-P | --port | --duration | --count | --interval | --slow | --stuck | --flood-min | --flood-old | \
		--max-connections | --max-requests | --force-absent) ;;
	*)
		if [[ $cur == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -W "doctor fields" -- "$cur")
		fi
		;;
	esac
}
complete -F _sockstate sockstate
