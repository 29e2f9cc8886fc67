# A program pauses for half a second and then accepts quickly: others were refused because it paused, not because of the backlog.
1 listen #1 0.0.0.0:9502 q=1:0/1/0 by=50/srv asked=1 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 backlog_asked=1 somaxconn=4096 syn_queue=0
1.1 tick
2.1 enqueue #7 sk=70 q=1:1/1/0
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/1
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=7 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=1 syn_queue=0
2.11 enqueue #8 sk=80 q=1:2/1/0
2.11 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=7/200 copy=1/1
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=7 server_isn=200 synack_retrans=0 queued=true accept_queue=2 backlog=1 syn_queue=0
2.4 drop 10.0.0.1:9502<10.0.0.2:4002 seq=555 q=1:2/1/0 drops=1 reason=accept_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] count=1 segment=syn drop_reason=accept_queue_full client_isn=555 accept_queue=2 backlog=1 syn_queue=0 drops_total=1
2.5 drop 10.0.0.1:9502<10.0.0.2:4003 seq=555 q=1:2/1/0 drops=2 reason=accept_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4003 [50/srv] count=1 segment=syn drop_reason=accept_queue_full client_isn=555 accept_queue=2 backlog=1 syn_queue=0 drops_total=2
2.6 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/1/0 by=50/srv called=2.6 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=500ms call_ns=0ms completed_before_accept=true accept_queue=1 backlog=1
2.601 accept #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 q=1:0/1/0 by=50/srv called=2.601 fd=6
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=6 accept_wait_ns=491ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=1
2.602 enqueue #9 sk=90 q=1:1/1/0
2.602 est #9 sk=90 10.0.0.1:9502<10.0.0.2:4004 isn=7/200 copy=0/1
    state SYN_RECV->ESTABLISHED server#9@1 10.0.0.1:9502<10.0.0.2:4004 [50/srv] client_isn=7 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=1 syn_queue=0
2.603 accept #9 sk=90 10.0.0.1:9502<10.0.0.2:4004 q=1:0/1/0 by=50/srv called=2.602 fd=7
    accept server#9@1 10.0.0.1:9502<10.0.0.2:4004 [50:50/srv] state=ESTABLISHED fd=7 accept_wait_ns=1ms call_ns=1ms completed_before_accept=true accept_queue=0 backlog=1
2.604 enqueue #10 sk=91 q=1:1/1/0
2.604 est #10 sk=91 10.0.0.1:9502<10.0.0.2:4005 isn=7/200 copy=0/1
    state SYN_RECV->ESTABLISHED server#10@1 10.0.0.1:9502<10.0.0.2:4005 [50/srv] client_isn=7 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=1 syn_queue=0
2.605 accept #10 sk=91 10.0.0.1:9502<10.0.0.2:4005 q=1:0/1/0 by=50/srv called=2.604 fd=8
    accept server#10@1 10.0.0.1:9502<10.0.0.2:4005 [50:50/srv] state=ESTABLISHED fd=8 accept_wait_ns=1ms call_ns=1ms completed_before_accept=true accept_queue=0 backlog=1
2.606 enqueue #11 sk=92 q=1:1/1/0
2.606 est #11 sk=92 10.0.0.1:9502<10.0.0.2:4006 isn=7/200 copy=0/1
    state SYN_RECV->ESTABLISHED server#11@1 10.0.0.1:9502<10.0.0.2:4006 [50/srv] client_isn=7 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=1 syn_queue=0
2.607 accept #11 sk=92 10.0.0.1:9502<10.0.0.2:4006 q=1:0/1/0 by=50/srv called=2.606 fd=9
    accept server#11@1 10.0.0.1:9502<10.0.0.2:4006 [50:50/srv] state=ESTABLISHED fd=9 accept_wait_ns=1ms call_ns=1ms completed_before_accept=true accept_queue=0 backlog=1
2.608 enqueue #12 sk=93 q=1:1/1/0
2.608 est #12 sk=93 10.0.0.1:9502<10.0.0.2:4007 isn=7/200 copy=0/1
    state SYN_RECV->ESTABLISHED server#12@1 10.0.0.1:9502<10.0.0.2:4007 [50/srv] client_isn=7 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=1 syn_queue=0
2.609 accept #12 sk=93 10.0.0.1:9502<10.0.0.2:4007 q=1:0/1/0 by=50/srv called=2.608 fd=9
    accept server#12@1 10.0.0.1:9502<10.0.0.2:4007 [50:50/srv] state=ESTABLISHED fd=9 accept_wait_ns=1ms call_ns=1ms completed_before_accept=true accept_queue=0 backlog=1
3.2 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 accept_queue_limit=2 syn_queue=0 accept_queue_peak=2 drops_total=2 refused=2 completed=6 accepts=6 completed_per_s=3 accepted_per_s=3 accept_wait=6:1.048575ms/500ms handshake_buckets=0 accept_wait_buckets=6 verdict=app_slow advice="a connection had waited 400 ms for accept() when 2 were refused: accept() came too late, a longer queue only hides it"
4.3 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 accept_queue_limit=2 syn_queue=0 accept_queue_peak=2 drops_total=2 refused=2 completed=6 accepts=6 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=6 verdict=ok
5 end
    summary accepts=6 connections=6 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:2} lost=0
        #1 port=9502 completed=6 accepted=6 drops=2 handshake=0 accept_wait=6:1.015807ms/500ms/500ms/500ms
