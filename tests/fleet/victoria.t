#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A Prometheus on a host writes on to VictoriaMetrics, as for a fleet: what arrives there, against ss and nstat.
# shellcheck source-path=SCRIPTDIR source=../live/live.sh
needs="curl prometheus victoria-metrics"
. "$(dirname "$0")/../live/live.sh"

"$sockstate" export --once --duration 0.1 >/dev/null 2>"$work/err" || skip_all "$(cat "$work/err")"
home=$((port + 1)) prometheus=$((port + 2)) fleet=$((port + 3))
"$sockstate" export --netns self --listen "127.0.0.1:$home" 2>"$work/err" </dev/null &
exporter=$!
pids+=("$exporter")
until_true grep -q serving "$work/err"
victoria-metrics -storageDataPath "$work/victoria" -httpListenAddr "127.0.0.1:$fleet" -search.latencyOffset 0s -memory.allowedBytes 64MB \
	-retentionPeriod 1 >"$work/victoria.log" 2>&1 </dev/null &
pids+=($!)
api=http://127.0.0.1:$fleet/api/v1
until_true curl -sf -o /dev/null "http://127.0.0.1:$fleet/health"
cat >"$work/prometheus.yml" <<P
global: {scrape_interval: 1s, external_labels: {datacenter: ams}}
scrape_configs:
  - job_name: sockstate
    static_configs: [{targets: ["127.0.0.1:$home"], labels: {instance: one}}]
remote_write:
  - url: $api/write
    queue_config: {batch_send_deadline: 500ms}
P
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="127.0.0.1:$prometheus" \
	>"$work/prometheus.log" 2>&1 </dev/null &
pids+=($!)

# The value of the one sample that answers.
query() { curl -sG "$api/query" --data-urlencode "query=$1" | jq -r '.data.result | if length == 1 then .[0].value[1] else "\(length) answers" end'; }
gives() { [ "$(query "$1")" = "$2" ]; }
drops() { nstat -asz TcpExtListenDrops | awk '$1 == "TcpExtListenDrops" { print $2 }'; }

serve --backlog 2 --never-accept
until_true gives "sockstate_listeners{port=\"$port\"}" 1
is "$(query "sockstate_listeners{port=\"$port\",datacenter=\"ams\",instance=\"one\"}")" 1 "a listener of the host, with the labels of its Prometheus"
on_one_cpu=$one_cpu call_bg --count 6 --timeout 1500 --keep-going --hold 60000
until_true has_line "$work/client" EINPROGRESS 3
refused=$(drops)
until_true gives "sockstate_refused_total{port=\"$port\",reason=\"accept_queue_full\"}" "$refused"
ok "$([ "$refused" -gt 0 ]; echo $?)" "clients are refused"
is "$(query "sockstate_refused_total{port=\"$port\",reason=\"accept_queue_full\"}")" "$refused" "refusals, as nstat counts them"
is "$(query "sockstate_accept_queue_connections{port=\"$port\"}")" "$(ss -Htln "sport = :$port" | awk '{ print $2 }')" "the queue, as ss has it"
until_true gives "count(sockstate_listener_why_info{port=\"$port\"})" 1
ok $? "and why nobody accepts"
until_true gives "sockstate_listener_verdict{port=\"$port\",verdict=\"app_stuck\"}" 1
is "$(curl -sG "$api/query" --data-urlencode "query=sockstate_listener_verdict{port=\"$port\"} == 1" | jq -r '.data.result[].metric.verdict')" app_stuck "the verdict"
call --port "$home" --count 1 >/dev/null 2>&1
is "$(query 'histogram_quantile(0.99, sum by (le) (sockstate_handshake_seconds_bucket)) > bool 0')" 1 "histograms are histograms there"
# Every family that the exporter has arrives.
curl -sS "http://127.0.0.1:$home/metrics" | sed -n 's/^\([a-z_]*\)[{ ].*/\1/p' | sort -u >"$work/here"
curl -sG "$api/label/__name__/values" --data-urlencode 'match[]={instance="one"}' | jq -r '.data[]' | sort -u >"$work/there"
is "missing:$(comm -23 "$work/here" "$work/there")" "missing:" "every metric arrives"
end "$client" "$server"
done_testing
