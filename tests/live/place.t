#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Where the owner of a listener runs: cgroup, unit, container, pod and host's name on its lines. The witnesses are
# /proc/PID/cgroup and the cgroups and names that the test itself gave. The exporter's labels: export.t.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
uid=8e7f1c2a-1b3d-4e5f-8a9b-$(printf %012x $$)
pod=kubepods-sockstate$$-pod${uid//-/_}.slice
id=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
scope=cri-containerd-$id.scope
group=$unified/$pod/$scope
elsewhere=$unified/sockstate-$$.service
leave_groups()
{
	local dir left=1 i
	for ((i = 0; i < 100 && left; i++)); do
		left=
		for dir in "$group" "${group%/*}" "$elsewhere"; do
			[ ! -d "$dir" ] || rmdir "$dir" 2>/dev/null || left=1
		done
		[ -z "$left" ] || read -rt 0.1 -u "$never" || true # a process that ends leaves in a moment
	done
	[ -z "$left" ]
}
[ -n "$unified" ] && mkdir -p "$group" "$elsewhere" 2>/dev/null || skip_all "no cgroup of the unified hierarchy can be made here"
trap 'finish; leave_groups' EXIT

# The server listens in the pod: the shell goes there, and becomes the server.
serve_in_pod() # server options...
{
	rm -f "$work/ready" && mkfifo "$work/ready"
	# shellcheck disable=SC2016
	unshare -u sh -c 'echo $$ >"$1/cgroup.procs" && hostname web-0 && shift && exec "$@"' sh "$group" \
		"$lab" server --port "$port" --duration 500 --ready-fd 7 "$@" >"$work/server" 2>&1 7>"$work/ready" </dev/null &
	server=$!
	pids+=("$server")
	read -r _ <"$work/ready" || ok 1 "the lab serves: $(tail -n 1 "$work/server")"
}
path_of() { sed -n 's/^0:://p' "/proc/$1/cgroup"; } # pid
# Of each line that the filter leaves.
places() # filter
{
	q 'map(select('"$1"') | [.cgroup, .unit, .container_id, .pod_uid, .hostname] | join(" ")) | unique | .[]'
}

# ---- a listener that is there before ----

serve_in_pod --never-accept --backlog 1
before=$server
here="$(path_of "$before") $scope $id $uid web-0"
trace --port "$port" --interval 1
comes 1 '.type == "socket" and .state == "LISTEN"'
is "$(places '.type == "socket"')" "$here" "its socket line says where its owner runs, as /proc has it"
comes 1 '.type == "listener"'
is "$(places '.type == "listener"')" "$here" "so does its listener line"

# ---- it moves ----

echo "$before" >"$elsewhere/cgroup.procs"
there="$(path_of "$before") ${elsewhere##*/}   web-0"
until_true came 1 '*"type":"listener"*' "*\"unit\":\"${elsewhere##*/}\"*"
is "$(q 'map(select(.type == "listener")) | last | [.cgroup, .unit, .container_id, .pod_uid, .hostname] | join(" ")')" "$there" \
	"a process that moves is where it is now, and no pod's any more"
end "$before"

# ---- a listener that begins ----

serve_in_pod --never-accept
comes 1 "to(\"LISTEN\") and .pid == $server"
is "$(places "to(\"LISTEN\") and .pid == $server")" "$(path_of "$server") $scope $id $uid web-0" "the line of listen() has it at once"
call
comes 1 "to(\"ESTABLISHED\") and .role == \"server\""
is "$(places ".role == \"server\" and .pid == $server")" "$(path_of "$server") $scope $id $uid web-0" "and so has each line of a connection that is the server's"
stop_trace

# ---- the other forms ----

"$sockstate" list --json --netns self --port "$port" >"$work/list" 2>"$work/err"
is "$(jq -r 'select(.pid) | [.pid, .cgroup, .unit, .container_id, .pod_uid, .hostname] | join(" ")' "$work/list" | sort -u)" \
	"$server $(path_of "$server") $scope $id $uid web-0" "list --json"
launch --netns self --summary --interval 1
ready
comes 1 '.type == "listener"'
is "$(places '.type == "listener"')" "$(path_of "$server") $scope $id $uid web-0" "--summary --json"
stop_trace

# ---- why, and a recording ----

launch --netns self --port "$port" --why-after 200 --record "$work/why.rec"
ready
call_bg --count 1 --hold forever --close never
comes 1 '.type == "why"'
is "$(places '.type == "why"')" "$(path_of "$server") $scope $id $uid web-0" "a why line"
stop_trace
"$sockstate" --json --replay "$work/why.rec" >"$work/again"
is "$(jq -c 'select(.type != "meta")' "$work/again")" "$(jq -c 'select(.type != "meta")' "$out")" "a recording has it: the replay prints the same lines"
end "$client" "$server"
leave_groups
ok $? "the cgroups are not held"
done_testing
