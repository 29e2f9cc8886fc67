#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The quick run of `make bench-curves` ends, its result makes sense, and the picture of it is drawn. How much something
# costs is not judged here.
# shellcheck source-path=SCRIPTDIR source=../cli/tap.sh
. "$(dirname "$0")/../cli/tap.sh"

[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP needs root"; exit 0; }
for need in bpftool clang jq curl taskset python3; do
	PATH=$PATH:/usr/sbin command -v $need >/dev/null || { echo "1..0 # SKIP $need is not installed"; exit 0; }
done

result=$work/curves.json
SOCKSTATE=$sockstate QUICK=1 "$root/tests/bench/curves" --out "$result" >"$work/out" 2>"$work/err"
is "$?" 0 "the quick run ends well"

all() # filter of a point, name
{
	is "$(jq -c "[$1] | map(select(. | not)) | length" "$result")" 0 "$2"
}
cpus=$(nproc)
is "$(jq -c '[.rates, .held, .listeners, .rings | length]' "$result")" "[$((cpus > 1 ? 16 : 8)),6,6,3]" "every cell is there once"
all '(.rates, .held, .listeners)[] | select(.subject != "none") | .kernel_ns > 300 and .kernel_ns < 1e6 and .transitions > 9.5' \
	"programs take time for each connection, and see its ten transitions"
all '(.rates, .held, .listeners)[] | .rate > 100 and .rate < 1.01 * .x + 3000 and .load_us > 1' "the load did what it was asked for"
all '(.rates, .held, .listeners)[] | select(.subject == "stream") | .tracer_us > 0.2 and .lost_pct >= 0 and .lost_pct <= 100' "the stream takes CPU time"
all '(.rates, .held, .listeners)[] | select(.subject != "none") | .rss_mb > 1 and .rss_mb < 500 and .maps_mb > 0.1 and .start_s > 0.005' \
	"memory and start are measured"
all '(.held, .listeners)[] | .idle_pct >= 0 and .idle_pct < 100' "so is what it takes while nothing happens"
all '(.rates, .held, .listeners)[] | select(.subject == "export") | .scrape_ms > 0.01 and .scrape_kb > 1' "and a scrape"
all '[.listeners[] | select(.subject == "export")] | sort_by(.x) | .[-1].scrape_kb > 10 * .[0].scrape_kb' "a hundred listeners make a longer page than one"
all '.rings[] | .interleaved_unordered == 0 and .beside_unordered == 0 and .flood_unordered == 0' "rings: facts come in the order of time"
all '.rings[] | .interleaved_missing == 0 and .beside_missing == 0 and .flood_missing == .flood_refused' "rings: only what found no room is missing"
all '.rings[] | .interleaved_records >= 1e6 and .interleaved_ns > 1 and .interleaved_ns < 5000' "rings: reading takes time"

"$root/tests/bench/plot-curves" "$result" >"$work/curves.svg" 2>"$work/err"
is "$?" 0 "the picture is drawn"
is "$(python3 - "$work/curves.svg" <<-'END'
	import sys, xml.etree.ElementTree as tree
	root = tree.parse(sys.argv[1]).getroot()
	svg = '{http://www.w3.org/2000/svg}'
	titles = sum(e.get('class') == 'title' for e in root.iter(svg + 'text'))
	lines = sum((e.get('class') or '').startswith('line') for e in root.iter(svg + 'polyline'))
	print(titles, lines > 30)
END
)" "15 True" "it has its fifteen panels"
done_testing
