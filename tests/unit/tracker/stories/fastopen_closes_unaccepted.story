# Fast open: the first fact that names the ends is a FIN, or accept() by io_uring; a stale enqueue is not taken for another.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
10 enqueue sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/2/0 +fastopen
10.1 state #7 sk=70 SYN_RECV>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4000 +peer_fin
    (at 10000ms) state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn fastopen=true queued=true accept_queue=1 backlog=2
    state SYN_RECV->CLOSE_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
11 enqueue sk=80 10.0.0.1:9502<10.0.0.2:4001 q=1:2/2/0 +fastopen
11.1 accept #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 state=SYN_RECV by=50/srv fd=6 +io_uring
    (at 11000ms) state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn fastopen=true queued=true accept_queue=2 backlog=2
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=SYN_RECV fd=6 fastopen=true accept_queue=1 backlog=2 via=io_uring
12 enqueue sk=90 10.0.0.1:9502<10.0.0.2:4002 q=1:2/2/0 +fastopen
13 est #9 sk=90 10.0.0.1:9502<10.0.0.2:4003 isn=1/2 copy=0/2
    state SYN_RECV->ESTABLISHED server#9@1 10.0.0.1:9502<10.0.0.2:4003 [50/srv] client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=2 backlog=2 syn_queue=0
13.1 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=2 backlog=2 accept_queue_limit=3 syn_queue=0 accept_queue_peak=2 drops_total=0 refused=0 completed=1 accepts=1 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=0 verdict=app_slow advice="the oldest connection has waited 3.1 s for accept(): the program calls it too late, a longer queue only hides it" oldest_wait_ns=3100ms
14 enqueue sk=100 q=1:1/2/0
15 est #10 sk=100 10.0.0.1:9502<10.0.0.2:4004 isn=1/2 copy=0/2
15.1 tick
    (at 15000ms) state SYN_RECV->ESTABLISHED server#10@1 10.0.0.1:9502<10.0.0.2:4004 [50/srv] client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
