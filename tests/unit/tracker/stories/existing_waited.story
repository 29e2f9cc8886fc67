# The kernel knows when a queued connection was complete, also where that was before the tracer: its wait is at least that long,
# in the verdict and at accept(). It is no figure of the distribution: the others that waited so long were not seen.
10 existing #1 0.0.0.0:9502 q=1:2/5/0 state=LISTEN by=50/srv fd=3 inode=9
    socket listener#1 0.0.0.0:9502 [50/srv] state=LISTEN fd=3 accept_queue=2 backlog=5 syn_queue=0 drops_total=0 preexisting=true
10 existing #3 10.0.0.1:9502<10.0.0.2:4001 state=ESTABLISHED of=1 since=2
    socket server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] state=ESTABLISHED role_basis=listener accept_wait_ns=8000ms wait_basis=at_least queued=true preexisting=true
10 existing #4 10.0.0.1:9502<10.0.0.2:4002 state=CLOSE_WAIT of=1 since=3
    socket server#4@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] state=CLOSE_WAIT role_basis=listener accept_wait_ns=7000ms wait_basis=at_least queued=true preexisting=true
10 walked
11 tick
    listener listener#1 0.0.0.0:9502 [50/srv] wait_basis=at_least accept_queue=2 backlog=5 accept_queue_limit=6 syn_queue=0 accept_queue_peak=2 drops_total=0 refused=0 completed=0 accepts=0 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=0 verdict=app_slow advice="the oldest connection has waited at least 9.0 s for accept(): the program calls it too late, a longer queue only hides it" oldest_wait_ns=9000ms
12 accept #3 10.0.0.1:9502<10.0.0.2:4001 q=1:1/5/0 by=50/srv called=11.9 fd=6
    accept server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=6 accept_wait_ns=10000ms wait_basis=at_least call_ns=100ms completed_before_accept=true accept_queue=1 backlog=5
13 accept #4 10.0.0.1:9502<10.0.0.2:4002 q=1:0/5/0 by=50/srv fd=7
    accept server#4@1 10.0.0.1:9502<10.0.0.2:4002 [50:50/srv] state=CLOSE_WAIT fd=7 accept_wait_ns=10000ms wait_basis=at_least accept_queue=0 backlog=5
14 closed #3 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4001 err=ECONNRESET
    state ESTABLISHED->CLOSE server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] errno=ECONNRESET reason=rst_received
    close server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] errno=ECONNRESET close_reason=rst_received accept_wait_ns=10000ms wait_basis=at_least accepted=true bytes_in=0 bytes_out=0 retrans=0 preexisting=true
14 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=5 accept_queue_limit=6 syn_queue=0 accept_queue_peak=2 drops_total=0 refused=0 completed=0 accepts=2 accepts_departed=1 completed_per_s=0 accepted_per_s=1 handshake_buckets=0 accept_wait_buckets=0 verdict=ok
15 end
    summary accepts=2 accepts_departed=1 stuck_close_wait=1 stuck_close_wait_ns=5000ms stuck_close_wait_pid=50 stuck_close_wait_comm=srv connections=0 preexisting_connections=2 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=2 drops=0 handshake=0 accept_wait=0
