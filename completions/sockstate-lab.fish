# SPDX-License-Identifier: BSD-2-Clause
# fish completion for sockstate-lab, from its table of options by `make generate`.

# Whether the command on this line is one of the arguments; - is none.
function __sockstate_lab_is
    set -l found -
    for word in (commandline -opc)[2..]
        if contains -- $word server client
            set found $word
            break
        end
    end
    contains -- $found $argv
end

complete -c sockstate-lab -f
complete -c sockstate-lab -n '__sockstate_lab_is -' -a server -d 'a TCP server that misbehaves as told and narrates its calls'
complete -c sockstate-lab -n '__sockstate_lab_is -' -a client -d 'makes TCP connections of every kind and narrates them'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l addr -x -d 'numeric address; \'::\' serves IPv4 too'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l port -x -d 'port; 0 lets the kernel choose and tells which'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l backlog -x -d 'second argument of listen(); the queue holds N + 1'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l v6only -d '\'::\' does not serve IPv4'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l freebind -d 'bind an address that does not exist yet'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l mptcp -d 'a Multipath TCP listener'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l fastopen -x -d 'accept data in the SYN, at most QLEN such connections half open'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l defer-accept -x -d 'TCP_DEFER_ACCEPT: a connection counts when its first data come'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l accept-after -x -d 'first accept() MS after listen()'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l accept-delay -x -d 'wait until a connection is ready, then MS, then call accept()'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l accept-every -x -d 'at least MS between two accepts'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l accept-max -x -d 'call accept() for N connections'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l never-accept -d 'never call accept()'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l stall -x -d 'before anything is accepted, do something else, for MS or for ever: recv, pipe, file, lock, sleep, spin, pinned (to a CPU that others want), child, vfork, fault, stop, trace, oneshot, paused, edge, unwatched, member (the other one of a SO_REUSEPORT group is served), left (the listener, to a child), or by a cgroup of its own: quota, memory, freeze'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l mode -x -a 'blocking epoll' -d 'how to wait for connections'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l accept4 -d 'use accept4(SOCK_NONBLOCK | SOCK_CLOEXEC)'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l io-uring -x -a 'single multishot' -d 'accept through io_uring'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l threads -x -d 'threads that accept on one listener'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l workers -x -d 'processes, each with its own listener by SO_REUSEPORT'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l reply -x -d 'write BYTES, at once'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l read-first -d 'reply after the client\'s first data'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l no-read -d 'never read what comes'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l close-after -x -d 'close MS after accept(), with --read-first MS after the reply; data that come later are answered with RST, so for a clean end use client --send 0'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l hold -d 'do not close, though the client did'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l reset -d 'close with SO_LINGER 0: the client gets RST'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l relisten -x -d 'call listen() again after MS with another backlog; may be repeated'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l close-listener-after -x -d 'close the listener after MS, with what is queued'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l fd-limit -x -d 'RLIMIT_NOFILE once it listens; accept() then fails with EMFILE'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l fd-room -x -d 'set RLIMIT_NOFILE so that N accepted sockets fit, no more'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l pass-listener -x -a 'close keep' -d 'pass the listener by SCM_RIGHTS to a process named lab-acceptor that accepts; this one closes or keeps its copy'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l exit-keep -x -d 'who called listen() exits after MS; a child serves on (needs --duration)'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l name -x -d 'process name (PR_SET_NAME)'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l duration -x -d 'end after S seconds; else SIGINT, SIGTERM'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l exit-when-done -d 'end when --accept-max connections are closed'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l ready-fd -x -d 'once listening write port and newline to FD, then close it'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l stamps -x -a 'relative wall ns' -d 'time shown; ns is raw CLOCK_MONOTONIC'
complete -c sockstate-lab -n '__sockstate_lab_is server' -l quiet -d 'tell errors only'
complete -c sockstate-lab -n '__sockstate_lab_is server' -s h -l help -d 'print this text'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l addr -x -d 'numeric address [127.0.0.1; with the TUN peer a free 198.18.N.1]'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l port -x -d 'port'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l bind -x -d 'own address; of the TUN peer: one beside ADDR'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l bind-port -x -d 'own port of the first connection, the next has the next'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l count -x -d 'connections, or runs of a script'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l every -x -d 'start one each MS; else as fast as can be'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l parallel -x -d 'at most N at a time; 1 makes them one after another'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l timeout -x -d 'give up a connect() after MS'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l keep-going -d 'a failed connection is no failure: start the others, status 0'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l duration -x -d 'end after S seconds, whatever is left'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l send -x -d 'write BYTES, "hello\\r\\n" over and over'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l read -x -d 'wait for the reply: any, or BYTES at least'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l read-eof -d 'read until the server closes'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l hold -x -d 'wait; \'forever\' until SIGINT or SIGTERM'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l close -x -a 'fin rst never shutdown' -d 'how it ends: close(), close() with SO_LINGER 0, not before a signal, or shutdown(SHUT_WR), read to the end, close()'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l fastopen -d 'sendto(MSG_FASTOPEN); the first fetches the cookie, so use --parallel 1'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l mptcp -d 'Multipath TCP'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l simultaneous -d 'connect a socket to itself: a simultaneous open, no server needed'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l half-open -d '--count SYNs whose SYN-ACKs nobody answers'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l flood -x -d 'N such SYNs from 200 addresses'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l rate -x -d 'SYNs per second of a flood, which may last 60 s'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l raw -x -d 'segments step by step, see below'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l tun -d 'only make the peer and hold it: connections to it find silence'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l any-netns -d 'allow this where an outside device is up'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l name -x -d 'process name (PR_SET_NAME)'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l stamps -x -a 'relative wall ns' -d 'time shown; ns is raw CLOCK_MONOTONIC'
complete -c sockstate-lab -n '__sockstate_lab_is client' -l quiet -d 'tell the tally and errors only'
complete -c sockstate-lab -n '__sockstate_lab_is client' -s h -l help -d 'print this text'
