# Without fentry expiry is derived from silence: when it was is not known, so no duration is either.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
11 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 attempt=1
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=1 client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
15 tick
15.4 tick
16 tick
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=request_expired
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 drop_reason=request_expired client_isn=100 server_isn=200 synack_retrans=1 accept_queue=0 backlog=2 syn_queue=0
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=timeout client_isn=100 server_isn=200 accepted=false
# one that sent its SYN-ACK once only may be waiting for data (TCP_DEFER_ACCEPT): not said to be given up
20 syn 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=synack client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
50 tick
50.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=30100ms basis=synack client_isn=1 server_isn=2 handshake_ns=30100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
50.1 enqueue #8 sk=80 q=1:1/2/0
60 syn 10.0.0.1:9502<10.0.0.2:4002 isn=1/2 q=1:1/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] basis=synack client_isn=1 server_isn=2 accept_queue=1 backlog=2 syn_queue=1
123 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=1 backlog=2 accept_queue_limit=3 syn_queue=1 accept_queue_peak=1 drops_total=0 refused=0 completed=1 accepts=0 completed_per_s=0 accepted_per_s=0 handshake=1:30100ms/30100ms handshake_buckets=1 accept_wait_buckets=0 verdict=app_stuck advice="no accept() while 1 connection waits, for 72.9 s: look at what the program is doing, not at the network" oldest_wait_ns=72900ms
125 tick
    state SYN_RECV->CLOSE server@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv]
    close server@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] close_reason=unknown client_isn=1 server_isn=2 accepted=false
126 end
    summary accepts=0 connections=3 preexisting_connections=0 never_accepted=0 still_queued=1 drops_by_reason={request_expired:1} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:30100ms/30100ms/30100ms/30100ms accept_wait=0
