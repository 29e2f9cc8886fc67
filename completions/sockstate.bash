# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# bash completion for sockstate, from its table of options by `make generate`.

# Words that may stand here.
_sockstate_offer()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# The same in a list with commas: what stands before the last comma is kept.
_sockstate_offer_list()
{
	local before=

	if [[ $cur == *,* ]]; then before=${cur%,*},; fi
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${cur##*,}")
}

# Ports that somebody listens on here.
_sockstate_ports()
{
	ss -Htln 2>/dev/null | awk '{ sub(/.*:/, "", $4); print $4 }' | sort -nu
}

_sockstate()
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
		--port | -P | --lport | --rport | --laddr | --host | --side | --netns | --pid | --comm | --cgroup | --output | -o | \
			--existing | --color | --only | --min-wait | --min-age | --sample | --slow-handshake | --label | \
			--duration | --count | --interval | --record | --replay | --slow | --stuck | --flood-min | --flood-old | \
			--why-after | --overload | --ring-size | --max-connections | --max-requests | --force-absent | \
			--sql | --max-wait | --max-handshake | --max-refused | --max-queue | --max-never-accepted | \
			--max-dead-in-queue | --max-accept-errors | --max-synack-retrans | --no-verdict | --min-connections | \
			--rules | --junit | --settle | --user | --look | --state | --min-idle | --rows | --watch | --listen | \
			--textfile | --otlp | --otlp-header | --story | --keep | --max-listeners | --title | --connection | \
			--spool | --batch | --every | --retry | --timeout | --never-code | --drain) skip=1 ;;
		doctor | fields | check | why | list | top | export | report | explain | ship)
			command=$word
			break
			;;
		esac
	done
	case "$command $prev" in
	" --port" | " -P" | " --lport" | "check --port" | "check -P" | "check --lport" | "why --port" | "why -P" | \
		"why --lport" | "list --port" | "list -P" | "list --lport" | "top --port" | "top -P" | \
		"top --lport" | "export --port" | "export -P" | "export --lport" | "report --port" | "report -P" | \
		"report --lport" | "explain --port" | "explain -P" | "explain --lport") _sockstate_offer_list "$(_sockstate_ports)" ;;
	" --rport" | " --laddr" | " --host" | " --pid" | " --comm" | " --cgroup" | " --min-wait" | " --min-age" | \
		" --sample" | " --slow-handshake" | " --label" | " --duration" | " --count" | " --interval" | \
		" --slow" | " --stuck" | " --flood-min" | " --flood-old" | " --why-after" | " --ring-size" | \
		" --max-connections" | " --max-requests" | "check --rport" | "check --laddr" | "check --host" | \
		"check --max-wait" | "check --max-handshake" | "check --max-refused" | "check --max-queue" | \
		"check --max-never-accepted" | "check --max-dead-in-queue" | "check --max-accept-errors" | \
		"check --max-synack-retrans" | "check --min-connections" | "check --duration" | \
		"check --settle" | "check --user" | "check --slow" | "check --stuck" | "check --flood-min" | \
		"check --flood-old" | "check --ring-size" | "check --max-connections" | "check --max-requests" | \
		"why --rport" | "why --laddr" | "why --host" | "why --pid" | "why --look" | "list --rport" | \
		"list --laddr" | "list --host" | "list --min-wait" | "list --min-idle" | "list --pid" | \
		"list --comm" | "list --cgroup" | "list --rows" | "list --watch" | "list --duration" | \
		"top --rport" | "top --laddr" | "top --host" | "top --pid" | "top --comm" | "top --cgroup" | \
		"top --slow" | "top --stuck" | "top --flood-min" | "top --flood-old" | "top --ring-size" | \
		"top --max-connections" | "top --max-requests" | "export --rport" | "export --laddr" | \
		"export --host" | "export --listen" | "export --interval" | "export --otlp" | "export --otlp-header" | \
		"export --keep" | "export --max-listeners" | "export --duration" | "export --slow" | \
		"export --stuck" | "export --flood-min" | "export --flood-old" | "report --rport" | \
		"report --laddr" | "report --host" | "report --title" | "report --slow" | "report --stuck" | \
		"report --flood-min" | "report --flood-old" | "explain --rport" | "explain --laddr" | \
		"explain --host" | "explain --connection" | "explain --slow" | "explain --stuck" | \
		"explain --flood-min" | "explain --flood-old" | "ship --keep" | "ship --batch" | "ship --every" | \
		"ship --retry" | "ship --timeout" | "ship --never-code" | "ship --drain") : ;;
	" --side" | "check --side" | "why --side" | "list --side" | "top --side" | "export --side" | \
		"report --side" | "explain --side") _sockstate_offer "both server client" ;;
	" --netns" | "check --netns" | "why --netns" | "list --netns" | "top --netns" | "export --netns" | \
		"report --netns" | "explain --netns") _sockstate_offer "self $(ls /run/netns 2>/dev/null)" ;;
	" --output" | " -o") _sockstate_offer "table ladder json summary" ;;
	" --existing") _sockstate_offer "brief all" ;;
	" --color" | "doctor --color" | "check --color" | "why --color" | "list --color" | "top --color") _sockstate_offer "auto always never" ;;
	" --only") _sockstate_offer_list "meta socket state accept accept_error listen_error retransmit drop reset close listener why verify lost summary" ;;
	" --record" | " --replay" | "check --rules" | "check --junit" | "check --record" | "check --replay" | \
		"top --replay" | "export --textfile" | "export --story" | "report --output" | "report -o" | \
		"ship --spool") mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	" --overload") _sockstate_offer "thin summary keep" ;;
	" --force-absent" | "doctor --force-absent" | "check --force-absent" | "why --force-absent" | \
		"top --force-absent" | "export --force-absent") _sockstate_offer_list "fentry state retransmit reset syn_begin synack_leaves expired unreachable syn_refused cookie_made_v4 cookie_made_v6 syn_freed syn_filtered dropped ack_refused ack_dropped cookie_v4 cookie_v6 enqueue listener_ready accept accept_failed io_accept accept_syscall accept_any_syscall io_uring io_submit fork listen listen_asked listen_syscall timewait timewait_real timewait_end" ;;
	"fields --sql") _sockstate_offer "clickhouse duckdb" ;;
	"check --no-verdict") _sockstate_offer_list "out_of_fds app_stuck syn_flood backlog_capped backlog_too_small app_slow" ;;
	"list --state") _sockstate_offer_list "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE_WAIT LAST_ACK LISTEN CLOSING QUEUED" ;;
	*)
		case $command in
		"") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --pid
			--comm --cgroup --output -o --json --existing --raw --wide -w --no-header --color
			--only --min-wait --min-age --sample --notable --slow-handshake --strict --label
			--duration --count --interval --record --replay --slow --stuck --flood-min --flood-old
			--verify --no-why --why-after --overload --summary --name-syn-drops --syscall-fallback
			--ring-size --max-connections --max-requests --force-absent --keep-privileges
			--verbose -v --no-sandbox --version -V --help -h" ;;
		"doctor") options="--json --quiet -q --color --name-syn-drops --syscall-fallback --force-absent
			--keep-privileges --verbose -v --no-sandbox --version -V --help -h" ;;
		"fields") options="--json-schema --sql --verbose -v --no-sandbox --version -V --help -h" ;;
		"check") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --all-listeners
			--max-wait --max-handshake --max-refused --max-queue --max-never-accepted --max-dead-in-queue
			--max-accept-errors --max-synack-retrans --no-verdict --min-connections --rules
			--json --junit --quiet -q --color --duration --settle --user --record --replay --slow
			--stuck --flood-min --flood-old --name-syn-drops --syscall-fallback --ring-size
			--max-connections --max-requests --force-absent --keep-privileges --verbose -v
			--no-sandbox --version -V --help -h" ;;
		"why") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --pid
			--json --stacks --quiet -q --color --look --force-absent --keep-privileges --verbose -v
			--no-sandbox --version -V --help -h" ;;
		"list") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --state
			--min-wait --min-idle --pid --comm --cgroup --json --rows --wide -w --no-header
			--color --watch --duration --verbose -v --no-sandbox --version -V --help -h" ;;
		"top") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --pid
			--comm --cgroup --color --replay --slow --stuck --flood-min --flood-old --name-syn-drops
			--syscall-fallback --ring-size --max-connections --max-requests --force-absent
			--keep-privileges --verbose -v --no-sandbox --version -V --help -h" ;;
		"export") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --listen
			--once --textfile --interval --otlp --otlp-header --otlp-logs --story --keep --max-listeners
			--no-why --duration --slow --stuck --flood-min --flood-old --name-syn-drops --syscall-fallback
			--force-absent --keep-privileges --verbose -v --no-sandbox --version -V --help -h" ;;
		"report") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --output -o
			--title --slow --stuck --flood-min --flood-old --verbose -v --no-sandbox --version -V
			--help -h" ;;
		"explain") options="--port -P --lport --rport --laddr --host --side --netns --ipv4 -4 --ipv6 -6 --connection
			--json --slow --stuck --flood-min --flood-old --verbose -v --no-sandbox --version -V
			--help -h" ;;
		"ship") options="--spool --keep --batch --every --retry --timeout --never-code --drain --verbose -v
			--no-sandbox --version -V --help -h" ;;
		esac
		if [[ $cur == -* ]]; then
			_sockstate_offer "$options"
		elif [[ ! $command ]]; then
			_sockstate_offer "doctor fields check why list top export report explain ship"
		fi
		;;
	esac
}
complete -F _sockstate sockstate
