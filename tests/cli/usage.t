#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Bad input: exit code 2, and one line that names option, value and remedy. No root.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

bad() # line, arguments...
{
	local line=$1
	shift
	run 2 "$@"
	says "$line"
	ok "$(test -s "$work/out"; echo $((! $?)))" "  and prints nothing"
}

bad "--port: '0' is not a port: give a number from 1 to 65535" --port 0
bad "--port: '65536' is not a port: give a number from 1 to 65535" --port 65536
bad "--port: '80x' is not a port: give a number from 1 to 65535" --port 80x
bad "--port: the list '80,,90' has an empty part: remove the extra comma" --port 80,,90
bad "--port: the range '90-80' is the wrong way round: give 80-90" --port 90-80
bad "--port: the list of ports is empty: give for example 9502 or 80,443,9500-9510" --port ""
bad "--port: the value is missing: give LIST" --port
bad "unknown option '--prot': did you mean '--port'?" --prot 80
bad "unknown option '--frobnicate': see 'sockstate --help'" --frobnicate
bad "unknown option '-p': did you mean '-P' (--port)?" -p 80
bad "unexpected word '9502': a port is given as --port 9502" 9502
bad "--side: 'left' is unknown: choose both, server or client" --side left
bad "--duration: 'soon' is not a time: give seconds, or a unit as in 500ms or 1m" --duration soon
bad "--count: '0' is not a count: give a number from 1" --count 0
bad "--ring-size: '3M' is not a power of two: give for example 1M, 2M, 4M or 8M" --ring-size 3M
bad "--record and --replay: a replay cannot be recorded, copy the file instead" --record a --replay b
bad "--quiet: only for 'sockstate doctor' or 'sockstate check' or 'sockstate why'" --quiet
bad "--duration and --replay: a recording ends by itself, use --count" --duration 1 --replay b
bad "--force-absent: 'foo' is no hook: fentry, or names of the table in user/fact/hooks.c" --force-absent fentry,foo
bad "--raw: not an option of 'sockstate doctor': see 'sockstate doctor --help'" doctor --raw
bad "unexpected word 'ladder': did you mean -o ladder?" ladder
bad "'trace' is what runs without a command: leave it out" trace --port 80
bad "two forms asked for, json and ladder: leave one out" --json -o ladder
bad "--port: 'nonsense' is neither a port nor a service: give a number from 1 to 65535" --port nonsense
bad "--only: 'accpt' is no type of line: choose from meta, socket, state, accept, accept_error, listen_error, retransmit, drop, reset, close, listener, why, verify, lost, summary" --only drop,accpt
bad "--only: the list 'accept,' has an empty part: remove the extra comma" --only accept,
bad "--only: the list is empty" --only ""
bad "--pid: the list '1,' has an empty part: remove the extra comma" --pid 1,
bad "--state: the list 'LISTEN,,QUEUED' has an empty part: remove the extra comma" list --state LISTEN,,QUEUED
bad "--no-verdict: the list 'app_slow,' has an empty part: remove the extra comma" check --port 1 --no-verdict app_slow, -- true
bad "--sample: '0.1' is no share: give for example 1/100" --sample 0.1
bad "--sample: '1/0' is no share: give for example 1/100" --sample 1/0
bad "--slow-handshake: only with --notable" --slow-handshake 1s
bad "--notable and --raw: a story is made of whole lives" --notable --raw
bad "--only and -o ladder: a ladder is drawn from all lines, use --notable" --only accept -o ladder
bad "--pid: 'nginx' is no process: give its number, as in 4711" --pid nginx

bad "--host: '10.0.0.1/8' has bits behind its prefix: give 10.0.0.0/8, or 10.0.0.1" --host 10.0.0.1/8
bad "--laddr: 'here' is no address: give for example 10.0.0.0/8, 192.0.2.1 or 2001:db8::/32" --laddr here
bad "--lport: '0' is not a port: give a number from 1 to 65535" --lport 0
bad "--state: 'OPEN' is no state: give for example QUEUED, CLOSE_WAIT or ESTABLISHED,LISTEN" list --state OPEN
bad "--duration: a list ends by itself, give --watch too" list --duration 3
bad "--min-wait and --state: only QUEUED connections wait for accept()" list --min-wait 1s --state LISTEN

bad "--listen: 'nowhere' is no address: give 127.0.0.1:9435, [::1]:9435, unix:PATH or systemd" export --listen nowhere
bad "--listen: the path of a socket has at most 107 bytes: give another" export --listen "unix:/$(printf '%0107d' 0)"
bad "--interval: '0.5' is too short: give at least 1s" export --textfile x --interval 0.5
run 0 export --textfile x --interval 5 --help
bad "--look: '5ms' is too short: give at least 10ms" why --look 5ms
bad "--otlp: 'foo' is no URL: give http://HOST:4318 or https://HOST, or env" export --otlp foo

run 0 --help
ok "$(grep -q -- '--port LIST' "$work/out"; echo $?)" "  and prints the options"
run 0 -h
run 0 doctor --help
ok "$(grep -q -- '--quiet' "$work/out" && ! grep -q -- '--port' "$work/out"; echo $?)" "  and prints the options of doctor alone"
if getent services http >/dev/null; then
	run 0 --port http --version
else
	skip "--port http" "/etc/services has no http"
fi
run 0 --version
ok "$(grep -qE '^sockstate [0-9]+\.[0-9]+\.[0-9]+' "$work/out"; echo $?)" "  and prints the version"
run 0 -V
run 0 fields
ok "$(grep -q 'accept_wait_ns' "$work/out"; echo $?)" "  and prints the fields"
done_testing
