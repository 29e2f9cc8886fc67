#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate report and explain: pages of recordings, read by parsers that are not ours and by a
# browser; prose; what makes no sense is refused in one line. No root.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

make_recording=${SOCKSTATE_GENERATE:-$root/build/generate}
make_recording=${make_recording%/generate}/tests/cli/make_recording
recordings=$root/tests/replay

# What a page is made of, by python's parsers: well-formed as XML and as HTML, no script, nothing
# that is loaded, no attribute that acts, the hash of its style sheet, charts with marks in them.
cat >"$work/check.py" <<'PY'
import base64, hashlib, html.parser, re, sys, unicodedata, xml.dom.minidom

path = sys.argv[1]
text = open(path, encoding='utf-8').read()
faults = []
doc = xml.dom.minidom.parse(path)

class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
    def handle_starttag(self, tag, attrs):
        self.seen(tag, attrs)
        if tag not in ('meta',):
            self.open.append(tag)
    def handle_startendtag(self, tag, attrs):
        self.seen(tag, attrs)
    def seen(self, tag, attrs):
        if tag in ('script', 'img', 'iframe', 'link', 'object', 'a', 'b') and (tag != 'b' or attrs):
            faults.append('element ' + tag)
        for name, value in attrs:
            if name.startswith('on') or name in ('src', 'href', 'style'):
                faults.append('attribute ' + name)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            faults.append('end of ' + tag)

reader = Reader()
reader.feed(text)
if reader.open:
    faults.append('not closed: %s' % reader.open)
style = re.search(r'<style>(.*?)</style>', text, re.S).group(1)
want = 'sha256-' + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
policy = doc.getElementsByTagName('meta')[1].getAttribute('content')
if policy != "default-src 'none'; style-src '%s'" % want:
    faults.append('policy: %s, the sheet has %s' % (policy, want))
for char in set(text) - {'\n', '\t'}:
    if unicodedata.category(char) in ('Cc', 'Cf', 'Co', 'Cs'):
        faults.append('character %r' % char)
for svg in doc.getElementsByTagName('svg'):
    marks = svg.getElementsByTagName('path') + svg.getElementsByTagName('line') + svg.getElementsByTagName('rect')
    if not [m for m in marks if m.getAttribute('d') or m.tagName != 'path'] or not svg.getElementsByTagName('text'):
        faults.append('an empty %s' % svg.getAttribute('class'))
    for name in ('nan', 'inf'):
        if name + '"' in svg.toxml() or name + ' ' in svg.toxml():
            faults.append('a number that is none')
print('; '.join(faults) or 'well-formed, %d charts' % len(doc.getElementsByTagName('svg')))
PY
parsed() # page, name
{
	local got
	got=$(python3 "$work/check.py" "$1" 2>&1 | tail -n 1)
	[[ $got == well-formed,* ]]
	ok $? "$2: $got"
}

# ---- usage ----
run 2 report
says "report: name the recording: sockstate report FILE -o page.html"
run 2 report "$recordings/textbook.rec"
says "report: say where the page goes: -o page.html, or -o - for standard output"
run 2 report a.rec b.rec -o x
says "RECORDING: 'a.rec' and 'b.rec': give one recording"
run 1 report /nonexistent.rec -o "$work/x.html"
says "report: cannot open '/nonexistent.rec': No such file or directory"
run 1 report "$0" -o "$work/x.html"
says "report: '$0' is not a recording of sockstate: make one with --record"
run 1 report "$recordings/textbook.rec" -o /nonexistent/x.html
says "report: cannot write '/nonexistent/x.html': No such file or directory"
run 1 report "$recordings/textbook.rec" -P 81 -o "$work/x.html"
says "report: '$recordings/textbook.rec' has no listener and no connection that matches: leave --port out to see what it has"
is "$(find "$work" -name "x.html*")" "" "of a page that failed nothing remains"
run 2 explain
says "explain: name the recording: sockstate explain FILE"
run 2 explain "$recordings/textbook.rec" --connection nowhere
says "--connection: 'nowhere' is not a client: give its address and port, as in 192.0.2.1:40000 or [2001:db8::1]:40000"
run 1 explain "$recordings/textbook.rec" --connection 192.0.2.1:1
says "explain: no connection of 192.0.2.1:1 in '$recordings/textbook.rec'"
run 1 explain "$recordings/textbook.rec" --port 1
says "explain: the filter hides every connection of '$recordings/textbook.rec': leave --port and the like out to see what it has"

# ---- pages ----
for recording in "$recordings"/*.rec "$recordings"/old/*.rec; do
	name=$(basename "$recording" .rec)
	"$sockstate" report "$recording" -o "$work/$name.html" 2>"$work/err"
	parsed "$work/$name.html" "the page of $name.rec"
done
"$sockstate" report "$recordings/overflow_rst.rec" -o - >"$work/stdout.html"
cmp -s "$work/stdout.html" "$work/overflow_rst.html"
ok $? "standard output gets the same page"
is "$(grep -oE '<dt>never accepted</dt><dd[^>]*>[0-9]+' "$work/overflow_rst.html" | sed 's/.*>//' | xargs)" "2 2" \
	"a request whose ACK was refused is no connection that nobody accepted: run and listener agree"
head -c 5000 "$recordings/overflow_rst.rec" >"$work/cut.rec"
"$sockstate" report "$work/cut.rec" -o "$work/cut.html" 2>"$work/err"
is "$? $(grep -c 'The recording is cut' "$work/cut.html") $(grep -c 'cut inside a record\|end mark' "$work/err")" "1 1 1" \
	"of a cut recording there is a page that says so"

refused() # page
{
	grep -o '<dt>refused[^<]*</dt><dd>\(<[^>]*>\)\?[^<]*' "$1" | sed 's/.*>//' | sort -u
}
is "$(refused "$work/backlog_full.html")" "not visible" "none refused is no figure where nobody could see that"
is "$(refused "$work/syncookie.html")" 0 "  but it is one where the kernel's counter was read"

# ---- prose ----
says_of() # recording, part of a sentence
{
	"$sockstate" explain "$recordings/$1.rec" 2>&1 | tr '\n' ' ' | grep -qF "$2"
	ok $? "$1: $2"
}
says_of textbook "It then waited 204 ms in the accept queue until the program called accept()"
says_of textbook "The client could not see that wait"
says_of backlog_full "accept() never took it: after 2.69 s in the accept queue its listener was closed"
says_of reset_queued "It was dead by then: it had been reset while it waited"
says_of syncookie "Not known: how long the handshake took. It came from a SYN cookie"
says_of refused "A RST answered its SYN"
says_of expired "The half-open request was given up: no final ACK"
says_of existing "was there before the recording began"
says_of simultaneous "a simultaneous open"
says_of io_uring "through io_uring"
says_of_client() # recording, client, part of a sentence
{
	"$sockstate" explain "$recordings/$1.rec" --connection "$2" | tr '\n' ' ' | grep -qF "$3"
	ok $? "$2 of $1: $3"
}
says_of_client overflow_rst 198.18.0.2:34870 \
	"The listener refused its final ACK: the accept queue held 2 connections, and its limit is 2"
says_of_client backlog_full 127.0.0.1:58272 "to 127.0.0.1:9502, where sockstate-lab[2547] listens"
says_of_client backlog_full 127.0.0.1:58272 \
	"Not known: whether the listener refused its SYN, or no answer came for another reason (fentry refused"
"$sockstate" explain "$recordings/ipv6.rec" --connection '[::1]:33324' | tr '\n' ' ' | grep -qF "[::1]:33324"
ok $? "an IPv6 client"
is "$("$sockstate" explain "$recordings/textbook.rec" --json | jq -r '.client, .accepted, (.text | length > 100)' | paste -sd ' ')" \
	"127.0.0.1:47536 true true" "--json"

# ---- many, and hostile ----
if [ ! -x "$make_recording" ]; then
	skip "large and hostile recordings" "$make_recording is not built"
	done_testing
	exit
fi
"$make_recording" "$work/large.rec" 120000
"$sockstate" report "$work/large.rec" -o "$work/large.html" 2>"$work/err"
parsed "$work/large.html" "the page of 120,000 connections"
ok "$(test "$(stat -c %s "$work/large.html")" -lt 3000000; echo $?)" "it is smaller than 3 MB"
is "$(grep -o '<dt>connections</dt><dd>[0-9,]*' "$work/large.html" | head -n 1)" \
	"<dt>connections</dt><dd>$("$sockstate" --replay "$work/large.rec" --json | tail -n 1 | jq .connections | sed 's/...$/,&/')" \
	"it counts what a replay counts"
ok "$(grep -q 'intervals of' "$work/large.html"; echo $?)" "it says how coarse its charts are"

# Ten times the connections: no larger page, and no memory for each of them. docs/performance.md
# has a million.
"$make_recording" "$work/small.rec" 12000
"$sockstate" report "$work/small.rec" -o "$work/small.html"
bytes=$(stat -c %s "$work/large.html") bytes_small=$(stat -c %s "$work/small.html")
ok $((bytes >= 2 * bytes_small)) "the page of 12,000 is about as large"
if readelf -Ws "$sockstate" | grep -q __asan_init; then
	skip "memory for 120,000 connections" "built with sanitizers, which need memory of their own"
else
	(ulimit -v 100000 && "$sockstate" report "$work/large.rec" -o - >/dev/null 2>"$work/err")
	ok $? "100 MB of address space are enough for 120,000 connections"
fi
rm -f "$work/large.rec" "$work/small.rec"
hostile="$work/a<b>\"'&\$.rec"
"$make_recording" "$hostile" 3000 hostile
"$sockstate" report "$hostile" -o "$work/hostile.html" --title '<i>"&'$'\xe2\x80\xae''</title>' 2>"$work/err"
parsed "$work/hostile.html" "a page of hostile names"
"$sockstate" explain "$hostile" | LC_ALL=C grep -q "[$(printf '\001-\011\013-\037')]"
ok $((! $?)) "no control character reaches the terminal"

# ---- a browser ----
browser=$(command -v chromium chromium-browser google-chrome | head -n 1)
browse() # page, options...
{
	local page=$1
	shift
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$work/profile" --host-resolver-rules='MAP * ~NOTFOUND' \
		--enable-logging=stderr --v=0 "$@" "file://$page" 2>"$work/browser"
}
if [ -z "$browser" ]; then
	skip "the pages in a browser" "chromium is not installed"
else
	for page in overflow_rst hostile; do
		browse "$work/$page.html" --dump-dom >"$work/dom"
		is "$(python3 - "$work/dom" <<-'PY'
			import re, sys
			charts = re.findall(r'<svg.*?</svg>', open(sys.argv[1], encoding='utf-8').read(), re.S)
			empty = [c for c in charts if not re.search(r'<(rect|line|path)[^>]* (d|x1|width)="[^"]', c)]
			print('%s charts, %d empty' % ('some' if len(charts) > 3 else 'few', len(empty)))
		PY
		)" "some charts, 0 empty" "the browser reads $page.html, and each of its charts has marks"
		is "$(grep -c CONSOLE "$work/browser")" 0 "  with nothing to complain of"
		for scheme in 0 1; do
			browse "$work/$page.html" --blink-settings=preferredColorScheme=$scheme \
				--window-size=1280,1400 --screenshot="$work/shot$scheme.png"
		done
		ok "$(test -s "$work/shot0.png" && test -s "$work/shot1.png" && ! cmp -s "$work/shot0.png" "$work/shot1.png"; echo $?)" \
			"  it looks different in the dark"
	done
	browse "$work/overflow_rst.html" --no-pdf-header-footer --print-to-pdf="$work/page.pdf"
	is "$(head -c 5 "$work/page.pdf")" "%PDF-" "it can be printed"
fi
done_testing
