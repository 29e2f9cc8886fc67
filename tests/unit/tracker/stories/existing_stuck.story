# The program was stuck before we came: the oldest has been waiting at least since then.
5 existing #1 0.0.0.0:9502 q=1:1/2/0 state=LISTEN by=50/srv fd=3 inode=9
    socket listener#1 0.0.0.0:9502 [50/srv] state=LISTEN fd=3 accept_queue=1 backlog=2 syn_queue=0 drops_total=0 preexisting=true
5 existing #3 10.0.0.1:9502<10.0.0.2:4001 state=CLOSE_WAIT of=1
    socket server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] state=CLOSE_WAIT role_basis=listener queued=true preexisting=true
5 walked
6 tick
    listener listener#1 0.0.0.0:9502 [50/srv] wait_basis=at_least accept_queue=1 backlog=2 accept_queue_limit=3 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=0 accepts=0 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=0 verdict=app_slow advice="the oldest connection has waited at least 1.0 s for accept(): the program calls it too late, a longer queue only hides it" oldest_wait_ns=1000ms
9 tick
11 tick
    listener listener#1 0.0.0.0:9502 [50/srv] wait_basis=at_least accept_queue=1 backlog=2 accept_queue_limit=3 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=0 accepts=0 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=0 verdict=app_stuck advice="no accept() while 1 connection waits, for at least 6.0 s: look at what the program is doing, not at the network" oldest_wait_ns=6000ms
12 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] accept_queue=1 backlog=2 syn_queue=0
12.00001 closed #3 CLOSE_WAIT>CLOSE 10.0.0.1:9502<10.0.0.2:4001
    state CLOSE_WAIT->CLOSE server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] role_basis=listener reason=listener_closed
12.2 tick
    close server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] role_basis=listener close_reason=never_accepted accepted=false bytes_in=0 bytes_out=0 retrans=0 preexisting=true
13 end
    summary accepts=0 connections=0 preexisting_connections=1 never_accepted=1 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
