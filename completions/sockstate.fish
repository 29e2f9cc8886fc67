# SPDX-License-Identifier: BSD-2-Clause
# fish completion for sockstate, from its table of options by `make generate`.

# Whether the command on this line is one of the arguments; - is none.
function __sockstate_is
    set -l found -
    for word in (commandline -opc)[2..]
        if contains -- $word doctor fields check why list top export report explain
            set found $word
            break
        end
    end
    contains -- $found $argv
end

# The arguments behind what stands before the last comma.
function __sockstate_list
    set -l value (commandline -ct | string replace -r '^--?[a-zA-Z-]+=' '')
    set -l before (string match -r '^.*,' -- $value)
    printf '%s\n' "$before"$argv
end

# Ports that somebody listens on here.
function __sockstate_ports
    ss -Htln 2>/dev/null | awk '{ sub(/.*:/, "", $4); print $4 }' | sort -nu
end

complete -c sockstate -f
complete -c sockstate -n '__sockstate_is -' -a doctor -d 'what this kernel lets sockstate see, and why not more'
complete -c sockstate -n '__sockstate_is -' -a fields -d 'every field of the output, as Markdown, JSON Schema or SQL'
complete -c sockstate -n '__sockstate_is -' -a check -d 'hold listeners against rules while a load test or a rollout runs'
complete -c sockstate -n '__sockstate_is -' -a why -d 'what a program does instead of accept(), from two looks at it'
complete -c sockstate -n '__sockstate_is -' -a list -d 'what is open now, what waits longest for accept() first'
complete -c sockstate -n '__sockstate_is -' -a top -d 'a full screen: listeners and what waits at them, live'
complete -c sockstate -n '__sockstate_is -' -a export -d 'metrics of every listener for Prometheus, over HTTP'
complete -c sockstate -n '__sockstate_is -' -a report -d 'one HTML page of a recording, to look at and to send'
complete -c sockstate -n '__sockstate_is -' -a explain -d 'the life of one connection of a recording, in a paragraph'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -s P -l port -x -a '(__sockstate_list (__sockstate_ports))' -d 'ports of either end: 9502, http or 80,443,9500-9510; may be repeated'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -l lport -x -a '(__sockstate_list (__sockstate_ports))' -d 'ports of the local end'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -l rport -x -d 'ports of the remote end; a listener has none'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -l laddr -x -d 'local address: 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32, or several'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -l host -x -d 'address of either end, given in the same way'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -l side -x -a 'both server client' -d 'server: passive opens, the port is local; client: active opens, the port is remote; both (default)'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -l netns -x -a 'self (ls /run/netns 2>/dev/null)' -d 'one network namespace: self, a pid, a name of ip-netns(8), a path or an inode'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -s 4 -l ipv4 -d 'IPv4 only'
complete -c sockstate -n '__sockstate_is - check why list top export report explain' -s 6 -l ipv6 -d 'IPv6 only'
complete -c sockstate -n '__sockstate_is - list top' -l pid -x -d 'sockets that this process owns, or several: 4711,4712'
complete -c sockstate -n '__sockstate_is - list top' -l comm -x -d 'sockets of processes with this name, as /proc/PID/comm has it; may be repeated'
complete -c sockstate -n '__sockstate_is - list top' -l cgroup -x -d 'sockets of processes in a cgroup: a path, or a unit such as nginx.service'
complete -c sockstate -n '__sockstate_is -' -s o -l output -x -a 'table ladder json summary' -d 'table (default), ladder, json or summary'
complete -c sockstate -n '__sockstate_is -' -l json -d 'the same as -o json: one object per line, made for jq'
complete -c sockstate -n '__sockstate_is -' -l existing -x -a 'brief all' -d 'table: sockets that existed before: brief (default), TIME_WAIT is counted; or all'
complete -c sockstate -n '__sockstate_is -' -l raw -d 'every kernel transition as it fired, unchanged'
complete -c sockstate -n '__sockstate_is - list' -s w -l wide -d 'table: room for IPv6 addresses'
complete -c sockstate -n '__sockstate_is - list' -l no-header -d 'table: no heading'
complete -c sockstate -n '__sockstate_is - doctor check why list top' -l color -x -a 'auto always never' -d 'auto (default: on a terminal, unless NO_COLOR is set), always or never'
complete -c sockstate -n '__sockstate_is -' -l only -x -d 'only lines of these types, as in accept,drop'
complete -c sockstate -n '__sockstate_is -' -l min-wait -x -d 'of the lines of connections only those that tell of a wait for accept() this long: accept and close'
complete -c sockstate -n '__sockstate_is -' -l min-age -x -d 'of the lines of connections only the close lines of those that lived this long'
complete -c sockstate -n '__sockstate_is -' -l sample -x -d 'one connection in N, with all its lines'
complete -c sockstate -n '__sockstate_is -' -l notable -d 'only connections that turn out to be worth it, each with its whole story'
complete -c sockstate -n '__sockstate_is -' -l slow-handshake -x -d '--notable: a handshake or connect() that lasted so long (default 1 s)'
complete -c sockstate -n '__sockstate_is -' -l strict -d 'exit code 7 if facts were lost'
complete -c sockstate -n '__sockstate_is -' -l label -x -d 'json: copied to every line, under labels; may be repeated'
complete -c sockstate -n '__sockstate_is - check list export' -l duration -x -d 'stop after TIME: 10 (seconds), 500ms, 1m'
complete -c sockstate -n '__sockstate_is -' -l count -x -d 'stop after N state and accept lines'
complete -c sockstate -n '__sockstate_is -' -l interval -x -d 'a line per listener every TIME (default: only at changes)'
complete -c sockstate -n '__sockstate_is -' -l record -r -F -d 'also keep the facts in FILE; -: on standard output, instead of text'
complete -c sockstate -n '__sockstate_is -' -l replay -r -F -d 'read the facts from FILE instead of the kernel; needs no rights; -: from standard input'
complete -c sockstate -n '__sockstate_is - check top export report explain' -l slow -x -d 'app_slow: half of the connections wait this long for accept() (default 100 ms)'
complete -c sockstate -n '__sockstate_is - check top export report explain' -l stuck -x -d 'app_stuck: none is accepted for this long while some wait (default 5 s)'
complete -c sockstate -n '__sockstate_is - check top export report explain' -l flood-min -x -d 'syn_flood: from this many half-open requests (default 16)'
complete -c sockstate -n '__sockstate_is - check top export report explain' -l flood-old -x -d 'syn_flood: share of them that did not answer at once (default 50)'
complete -c sockstate -n '__sockstate_is -' -l verify -d 'compare with the kernel\'s own socket tables while tracing'
complete -c sockstate -n '__sockstate_is -' -l no-why -d 'do not look at what a program does that does not accept'
complete -c sockstate -n '__sockstate_is -' -l why-after -x -d 'look when a connection has waited this long (default: at the verdict)'
complete -c sockstate -n '__sockstate_is -' -l summary -d 'count in the kernel, print only the summary: for the busiest machines'
complete -c sockstate -n '__sockstate_is - doctor check top export' -l name-syn-drops -d 'name the clients whose SYN was refused; costly: a hook on every packet the machine drops'
complete -c sockstate -n '__sockstate_is - doctor check top export' -l syscall-fallback -d 'where no better hook may be attached, see accept() through one that slows down every system call'
complete -c sockstate -n '__sockstate_is - check top' -l ring-size -x -d 'buffers between kernel and sockstate, together: a power of two (default: 8M, and 512K for each CPU where they are many)'
complete -c sockstate -n '__sockstate_is - check top' -l max-connections -x -d 'connections kept in memory; beyond it the oldest is forgotten, and a lost line says so'
complete -c sockstate -n '__sockstate_is - check top' -l max-requests -x -d 'the same for half-open requests'
complete -c sockstate -n '__sockstate_is - doctor check why top export' -l force-absent -x -a '(__sockstate_list fentry state retransmit reset syn_begin synack_leaves expired unreachable syn_refused cookie_made_v4 cookie_made_v6 syn_freed ack_refused ack_dropped cookie_v4 cookie_v6 enqueue listener_ready accept accept_failed io_accept accept_syscall accept_any_syscall io_uring io_submit fork listen listen_asked listen_syscall timewait timewait_real timewait_end)' -d 'treat these hooks as refused by the kernel; fentry: all of that kind'
complete -c sockstate -n '__sockstate_is - doctor check why top export' -l keep-privileges -d 'do not give up capabilities and user id after attaching'
complete -c sockstate -n '__sockstate_is - doctor fields check why list top export report explain' -s v -l verbose -d 'say on standard error what is loaded and attached'
complete -c sockstate -n '__sockstate_is - doctor fields check why list top export report explain' -l no-sandbox -d 'do not limit system calls and files once everything is open'
complete -c sockstate -n '__sockstate_is - doctor fields check why list top export report explain' -s V -l version -d 'print the version'
complete -c sockstate -n '__sockstate_is - doctor fields check why list top export report explain' -s h -l help -d 'print this text'
complete -c sockstate -n '__sockstate_is doctor' -l json -d 'one JSON object, for a fleet of hosts'
complete -c sockstate -n '__sockstate_is doctor' -s q -l quiet -d 'print nothing, only set the exit code'
complete -c sockstate -n '__sockstate_is fields' -l json-schema -d 'a JSON Schema (draft 2020-12) of a line of --json'
complete -c sockstate -n '__sockstate_is fields' -l sql -x -a 'clickhouse duckdb' -d 'CREATE TABLE for clickhouse or duckdb, a column for each key'
complete -c sockstate -n '__sockstate_is check' -l all-listeners -d 'every listener, instead of those of --port'
complete -c sockstate -n '__sockstate_is check' -l max-wait -x -d 'wait for accept(): p99=50ms, p99.9=1s or max=2s'
complete -c sockstate -n '__sockstate_is check' -l max-handshake -x -d 'the same for the handshake, from the SYN to the final ACK'
complete -c sockstate -n '__sockstate_is check' -l max-refused -x -d 'SYNs and final ACKs that the listener refused'
complete -c sockstate -n '__sockstate_is check' -l max-queue -x -d 'longest accept queue: connections, or 80% of what it holds'
complete -c sockstate -n '__sockstate_is check' -l max-never-accepted -x -d 'connections that ended without accept()'
complete -c sockstate -n '__sockstate_is check' -l max-dead-in-queue -x -d 'connections that were reset while they waited for accept()'
complete -c sockstate -n '__sockstate_is check' -l max-accept-errors -x -d 'accept() calls that failed, as with EMFILE'
complete -c sockstate -n '__sockstate_is check' -l max-synack-retrans -x -d 'SYN-ACKs that were sent again'
complete -c sockstate -n '__sockstate_is check' -l no-verdict -x -d 'verdicts that must not occur, as app_stuck,out_of_fds'
complete -c sockstate -n '__sockstate_is check' -l min-connections -x -d 'fewer of them are too little to judge (default 1)'
complete -c sockstate -n '__sockstate_is check' -l rules -r -F -d 'read more rules from FILE, a line each, as max-wait p99=50ms'
complete -c sockstate -n '__sockstate_is check' -l json -d 'one JSON object; what the command prints goes to standard error'
complete -c sockstate -n '__sockstate_is check' -l junit -r -F -d 'also write the result as JUnit XML'
complete -c sockstate -n '__sockstate_is check' -s q -l quiet -d 'print nothing, only set the exit code'
complete -c sockstate -n '__sockstate_is check' -l settle -x -d 'once the command has ended, wait this long for accept() of what still waits (default 1 s)'
complete -c sockstate -n '__sockstate_is check' -l user -x -d 'run the command as this user (default: who called sudo)'
complete -c sockstate -n '__sockstate_is check' -l record -r -F -d 'also keep the facts in FILE'
complete -c sockstate -n '__sockstate_is check' -l replay -r -F -d 'judge a recording; needs no rights'
complete -c sockstate -n '__sockstate_is why' -l pid -x -d 'only the listeners that this process holds'
complete -c sockstate -n '__sockstate_is why' -l json -d 'one object for each listener, of the type why'
complete -c sockstate -n '__sockstate_is why' -l stacks -d 'also the kernel\'s functions that each thread is in, the innermost first'
complete -c sockstate -n '__sockstate_is why' -s q -l quiet -d 'print nothing, only set the exit code'
complete -c sockstate -n '__sockstate_is why' -l look -x -d 'time between the two looks (default 500 ms)'
complete -c sockstate -n '__sockstate_is list' -l state -x -d 'states: QUEUED, CLOSE_WAIT or ESTABLISHED,LISTEN (default: all but TIME_WAIT)'
complete -c sockstate -n '__sockstate_is list' -l min-wait -x -d 'only connections that have been waiting for accept() for TIME or longer'
complete -c sockstate -n '__sockstate_is list' -l min-idle -x -d 'only connections without data in either direction for TIME or longer'
complete -c sockstate -n '__sockstate_is list' -l json -d 'one JSON object per socket'
complete -c sockstate -n '__sockstate_is list' -l rows -x -d 'at most N sockets, 0 for all (default: on a terminal as many as it holds)'
complete -c sockstate -n '__sockstate_is list' -l watch -x -d 'again every TIME: 1 (second), 500ms; on a terminal in the same place'
complete -c sockstate -n '__sockstate_is top' -l replay -r -F -d 'play a recording instead of this machine; needs no rights'
complete -c sockstate -n '__sockstate_is export' -l listen -x -d 'serve at ADDRESS:PORT, unix:PATH, or systemd for the socket of a socket unit (default: 127.0.0.1:9435)'
complete -c sockstate -n '__sockstate_is export' -l once -d 'print the metrics to standard output at the end, serve nothing'
complete -c sockstate -n '__sockstate_is export' -l max-listeners -x -d 'listening addresses with series of their own (default 500); the others share one'
complete -c sockstate -n '__sockstate_is report' -s o -l output -r -F -d 'where the page goes; - for standard output'
complete -c sockstate -n '__sockstate_is report' -l title -x -d 'heading of the page (default: the name of the recording)'
complete -c sockstate -n '__sockstate_is explain' -l connection -x -d 'the client\'s end of it (default: the connection that had it worst)'
complete -c sockstate -n '__sockstate_is explain' -l json -d 'one JSON object for each connection, with the sentences as text'
