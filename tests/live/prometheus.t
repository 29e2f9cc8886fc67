#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A real Prometheus beside three exporters, whose network namespaces stand for three hosts: the alerts of
# packaging/prometheus fire for what the lab makes, and every query of the Grafana dashboard has data.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs="curl prometheus promtool"
. "$(dirname "$0")/live.sh"

rules=$root/packaging/prometheus
"$sockstate" export --once --duration 0.1 >/dev/null 2>"$work/err" || skip_all "$(cat "$work/err")"

promtool check rules "$rules/sockstate.rules.yml" >"$work/said" 2>&1
ok $? "the rules are rules" || sed 's/^/# /' "$work/said"
(cd "$rules" && promtool test rules sockstate.rules.test.yml) >"$work/said" 2>&1
ok $? "each alert fires for its figures alone" || sed 's/^/# /' "$work/said"

# ---- three hosts ----

hosts=(one two three)
declare -A pid_of
for i in 0 1 2; do
	unshare -n sh -c 'ip link set lo up && exec sleep 500' &
	pid_of[${hosts[i]}]=$!
	pids+=($!)
done
on() # host, command...
{
	local host=$1
	shift
	nsenter --net="/proc/${pid_of[$host]}/ns/net" "$@"
}
has_lo() { [ "$(stat -Lc %i "/proc/${pid_of[$1]}/ns/net")" != "$ns" ] && on "$1" ip -br link show up | grep -q LOOPBACK; }
for i in 0 1 2; do
	until_true has_lo "${hosts[i]}"
	: >"$work/err.$i"
	"$sockstate" export --netns "${pid_of[${hosts[i]}]}" --listen "127.0.0.1:$((port + 1 + i))" 2>"$work/err.$i" </dev/null &
	pids+=($!)
	until_true grep -q serving "$work/err.$i"
done

cat >"$work/prometheus.yml" <<P
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs:
  - job_name: sockstate
    static_configs:
      - targets: ["127.0.0.1:$((port + 1))"]
        labels: {instance: one}
      - targets: ["127.0.0.1:$((port + 2))"]
        labels: {instance: two}
      - targets: ["127.0.0.1:$((port + 3))"]
        labels: {instance: three}
P
# What holds for a minute in the field need not hold so long here.
sed 's/for: [0-9]*[ms]$/for: 1s/' "$rules/sockstate.rules.yml" >"$work/rules.yml"
chmod 777 "$work"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="127.0.0.1:$port" >"$work/prometheus" 2>&1 </dev/null &
pids+=($!)
api=http://127.0.0.1:$port/api/v1
until_true curl -sf -o /dev/null "http://127.0.0.1:$port/-/ready"
query() { curl -sS --get --data-urlencode "query=$1" "$api/query" | jq -r "${2:-.data.result | length}"; }
gives() { [ "$(query "$1")" = "$2" ]; }
until_true gives 'up == 1' 3
ok $? "three exporters are scraped"
until_true gives 'scrape_samples_post_metric_relabeling > 0' 3
ok $? "and Prometheus takes their samples"

# ---- what the lab makes, and who is called ----

# Started without a function of ours: that would be a shell in the background, and end alone.

firing() { query "ALERTS{alertstate=\"firing\",alertname=\"$1\"}" '[.data.result[].metric | "\(.instance) \(.port // "")"] | unique | join(", ")'; }
fires() { [ -n "$(firing "$1")" ]; }
fires_for() { firing "$1" | grep -q "$2"; }

nsenter --net="/proc/${pid_of[one]}/ns/net" "$lab" server --port 9502 --backlog 2 --never-accept --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
nsenter --net="/proc/${pid_of[two]}/ns/net" "$lab" server --port 9503 --accept-delay 300 --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
nsenter --net="/proc/${pid_of[three]}/ns/net" "$lab" server --port 9504 --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
listens() { [ "$(on "$1" ss -Htln "sport = :$2" | wc -l)" = 1 ]; }
until_true listens one 9502
until_true listens two 9503
until_true listens three 9504
until_true gives 'sockstate_listeners{port=~"950[234]"}' 3
# Before anything is refused there must be a sample of 0: an increase is the difference of two.
until_true gives 'count_over_time(sockstate_refused_total{port="9502"}[1m]) > 2' 2
for host in one two three; do
	case $host in one) to=9502 count=8 ;; two) to=9503 count=40 ;; *) to=9504 count=40 ;; esac
	# shellcheck disable=SC2086 # words
	$one_cpu nsenter --net="/proc/${pid_of[$host]}/ns/net" "$lab" client --port $to --count $count --hold 100000 --keep-going --timeout 2000 --quiet >/dev/null 2>&1 </dev/null &
	pids+=($!)
done
until_true fires SockstateClientsRefused
is "$(firing SockstateClientsRefused)" "one 9502" "refused clients: the host that refuses them, and no other"
# The slow one may be called as well for a while, and first: its last connections wait twelve seconds.
until_true fires_for SockstateProgramStuck "one 9502"
ok $? "a program that does not call accept()" || firing SockstateProgramStuck | sed 's/^/# /'
until_true fires SockstateAcceptQueueNearLimit
is "$(firing SockstateAcceptQueueNearLimit)" "one 9502" "a queue that is nearly full"
patience=60
until_true fires SockstateAcceptWaitHigh
is "$(firing SockstateAcceptWaitHigh)" "two 9503" "connections that wait for accept()"
as_ss()
{
	[ "$(query 'sum(sockstate_listen_drops_total{instance="one",port="9502"})' '.data.result[0].value[1]')" = \
		"$(on one ss -Htlnm 'sport = :9502' | sed -n 's/.*,d\([0-9]*\)).*/\1/p')" ]
}
until_true as_ss
ok $? "Prometheus has the drops that ss shows"
is "none:$(firing SockstateLosesFacts)$(firing SockstateBlind)$(firing SockstateSynFlood)$(firing SockstateBacklogCapped)" "none:" "and nothing else is said"

# ---- the dashboard ----

mapfile -t queries < <(jq -r '.panels[].targets[].expr' "$root/packaging/grafana/sockstate.json" |
	sed 's/\$__rate_interval/1m/g; s/\$instance/.*/g; s/\$port/.*/g')
ordered "the dashboard has queries" 10 ${#queries[@]} 100
empty=
for q in "${queries[@]}"; do
	[ "$(query "$q")" != 0 ] || empty+="$q"$'\n'
done
is "empty:$empty" "empty:" "each query has data"

done_testing
