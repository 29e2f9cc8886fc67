#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The hung connection among 50 busy ones: within ten seconds on the first screen of a terminal of 80x24, three ways, as
# README.md has them. One hangs in a thread that has accepted it, another waits for accept(). Witness: ss.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

# An emulated machine takes longer for everything.
bound=$((10 * patience / 30))

# The first screen of a program in a terminal of 80x24: its first 23 rows, to $work/screen. A stream ends after them, or
# when the time is over.
screen() # sockstate options...
{
	COLUMNS=80 LC_ALL=C.UTF-8 timeout "$bound" "$sockstate" "$@" --netns self 2>"$work/err" |
		head -n 23 >"$work/screen"
}

# Within the time that is bound, and the time is measured.
in_time() # command...
{
	local end=$((SECONDS + bound))
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
	done
	[ $SECONDS -le $end ]
}

shows() # extended regular expression...; on the screen
{
	local pattern
	for pattern; do
		grep -qE -- "$pattern" "$work/screen" || return 1
	done
}

list_shows() # options, patterns...
{
	# shellcheck disable=SC2086 # words
	screen list $1
	shift
	shows "$@"
}

peer_of() # ss filter; the peer of the one connection
{
	ss -Htan state established "$@" | awk '{ print $4 }'
}

# These are shown, and of such rows one alone. On a machine that stalls a busy connection waits as long, for one look.
alone() # pattern of such rows, list options, patterns...
{
	local which=$1
	shift
	list_shows "$@" && [ "$(grep -cE -- "$which" "$work/screen")" = 1 ]
}

seen() # name; fails with what was on the screen
{
	local status=$?
	ok $status "$1" || sed 's/^/# screen: /' "$work/screen"
}

busy()
{
	[ "$(ss -Htan state time-wait | wc -l)" -gt 500 ]
}

idle_for() # ms, ss filter...
{
	local ms=$1 last
	shift
	last=$(ss -Htani "$@" | sed -nE 's/.* lastrcv:([0-9]+).*/\1/p' | sort -n | head -n 1)
	[ "${last:-0}" -ge "$ms" ]
}

# A server of eight threads, one of which hangs on one connection.
serve --threads 8 --reply 18 --read-first --quiet
call_bg --count 1 --send 0 --hold forever --close never
until_true in_state established 1 "( sport = :$port )"
held=$(peer_of "( sport = :$port )")
busy_port=$port
# Another one, beside it, that does not come to accept the second.
port=$((port + 1))
serve --never-accept
call_bg --count 1 --send 7 --hold forever --close never
until_true in_state established 1 "( sport = :$port )"
waits=$(peer_of "( sport = :$port )")
"$lab" client --port "$busy_port" --count 1000000 --parallel 50 --read --keep-going --quiet --duration 120 \
	>/dev/null 2>&1 </dev/null &
pids+=("$!")
until_true busy
until_true idle_for 1100 "( sport = :$busy_port and dport = :${held##*:} )"
until_true idle_for 1100 "( sport = :$port )"

in_time list_shows '' "^QUEUED .* $port +${waits//./\\.} .*sockstate-lab" " $busy_port +${held//./\\.} .*sockstate-lab"
seen "1. list: both are on the first screen, with their owner"
is "$(sed -n '2p' "$work/screen" | awk '{ print $1 }')" QUEUED "  the one that waits for accept() is its first row"
is "$(awk 'length($0) > 80' "$work/screen" | wc -l)" 0 "  no row is wider than the screen"

in_time alone '^QUEUED' '--min-wait 1s' "^QUEUED .* ${waits//./\\.} "
seen "2. list --min-wait 1s: who waits for accept()"
is "$(grep -c "^QUEUED" "$work/screen")" 1 "  and nobody else"
in_time alone "^[A-Z0-9_]+ .* $busy_port +127" "--min-idle 1s --lport $busy_port" " ${held//./\\.} "
seen "   list --min-idle 1s: who hangs in the server"
is "$(grep -cE "^[A-Z0-9_]+ .* $busy_port +127" "$work/screen")" 1 "  and nobody else"

third_way()
{
	local begin=$SECONDS
	screen --notable --slow 1s --duration $((bound / 2))
	[ $((SECONDS - begin)) -le $bound ] && shows "$port←${waits//./\\.} " && ! shows "$busy_port←"
}
third_way || third_way || third_way
seen "3. --notable --slow 1s: the story of the one that waits"
is "$(grep -cE "$busy_port←" "$work/screen")" 0 "  and none of the busy ones"
done_testing
