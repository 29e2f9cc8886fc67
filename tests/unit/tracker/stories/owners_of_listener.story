# The listener is its who accepted last. A name changes with exec and prctl. Who has died is met by no walk, and another holder has it then.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/5/0 by=50/activate asked=5 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/activate] accept_queue=0 backlog=5 backlog_asked=5 somaxconn=4096 syn_queue=0
1.1 walked
1.5 existing #1 0.0.0.0:9502 q=1:0/5/0 state=LISTEN by=50/service fd=3 inode=9
1.6 listen #1 0.0.0.0:9502 q=1:0/6/0 by=50/service asked=6 somaxconn=4096 +again
    listener listener#1 0.0.0.0:9502 [50/service] accept_queue=0 backlog=6 accept_queue_limit=7 backlog_asked=6 somaxconn=4096 syn_queue=0 accept_queue_peak=0 drops_total=0 refused=0 completed=0 accepts=0 verdict=ok
# A worker that inherited it accepts.
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/6/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/service] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=6 syn_queue=1
2.1 enqueue #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/6/0
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/6
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/service] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=6 syn_queue=0
2.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/6/0 by=60/worker called=2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [60:60/worker] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=200ms completed_before_accept=false accept_queue=0 backlog=6
3 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=7/200 q=1:0/6/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [60/worker] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=6 syn_queue=1
# Both hold it: nothing changes. Then the worker has died: the third holder, not the master that called listen().
4 existing #1 0.0.0.0:9502 q=1:0/6/0 state=LISTEN by=50/service fd=3 inode=9
4 existing #1 0.0.0.0:9502 q=1:0/6/0 state=LISTEN by=60/worker fd=3 inode=9
4.1 tick
    listener listener#1 0.0.0.0:9502 [60/worker] accept_queue=0 backlog=6 accept_queue_limit=7 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=1 accepts=1 completed_per_s=0 accepted_per_s=0 handshake=1:100ms/100ms accept_wait=1:100ms/100ms handshake_buckets=1 accept_wait_buckets=1 verdict=app_slow advice="connections wait 100 ms for accept(): the program calls it too late, a longer queue only hides it"
5 existing #1 0.0.0.0:9502 q=1:0/6/0 state=LISTEN by=50/service fd=3 inode=9
5 existing #1 0.0.0.0:9502 q=1:0/6/0 state=LISTEN by=61/worker fd=3 inode=9
5.2 tick
    listener listener#1 0.0.0.0:9502 [61/worker] accept_queue=0 backlog=6 accept_queue_limit=7 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=1 accepts=1 completed_per_s=0 accepted_per_s=0 handshake_buckets=1 accept_wait_buckets=1 verdict=ok
6 syn #9 10.0.0.1:9502<10.0.0.2:4002 isn=7/200 q=1:0/6/1
    state LISTEN->SYN_RECV server#9@1 10.0.0.1:9502<10.0.0.2:4002 [61/worker] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=6 syn_queue=1
