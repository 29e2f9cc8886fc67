# A listener's verdict changes; with an interval its line comes anyway.
interval 3
1 listen #1 0.0.0.0:9502 q=1:0/1/0 by=50/srv asked=9999 somaxconn=1
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 backlog_asked=9999 somaxconn=1 syn_queue=0
1.1 tick
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/1/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=1 syn_queue=1
2.1 enqueue #7 sk=70 q=1:1/1/0
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/1
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=1 syn_queue=0
2.5 drop 10.0.0.1:9502<10.0.0.2:4001 seq=555 q=1:2/1/0 drops=1 reason=accept_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] count=1 segment=syn drop_reason=accept_queue_full client_isn=555 accept_queue=2 backlog=1 syn_queue=0 drops_total=1
2.55 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=2 backlog=1 accept_queue_limit=2 syn_queue=0 accept_queue_peak=2 drops_total=1 refused=1 completed=1 accepts=0 completed_per_s=1 accepted_per_s=0 handshake=1:100ms/100ms handshake_buckets=1 accept_wait_buckets=0 verdict=app_slow advice="the oldest connection has waited 450 ms for accept() and others are refused: the program calls it too late, a longer queue only hides it" oldest_wait_ns=450ms
3.5 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/1/0 by=50/srv called=3.5 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=1400ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=1
3.6 tick
4.7 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 accept_queue_limit=2 syn_queue=0 accept_queue_peak=2 drops_total=1 refused=1 completed=1 accepts=1 completed_per_s=0 accepted_per_s=0 accept_wait=1:1400ms/1400ms handshake_buckets=1 accept_wait_buckets=1 verdict=ok
5.8 tick
6.9 tick
