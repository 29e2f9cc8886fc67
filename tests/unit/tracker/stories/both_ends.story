# Client and server on this machine: two stories, one connection.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
9.999 connect #6 10.0.0.2:0<10.0.0.1:9502 by=60/cl
    state CLOSE->SYN_SENT client#6 10.0.0.2<10.0.0.1:9502 [60/cl]
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.0001 est #6 SYN_SENT>ESTABLISHED 10.0.0.2:4000<10.0.0.1:9502 isn=100/200 +owned pid=60
    state SYN_SENT->ESTABLISHED client#6 10.0.0.2:4000<10.0.0.1:9502 [60/cl] in_old_ns=1.1ms client_isn=100 server_isn=200 connect_ns=1.1ms
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2 pid=60
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
11 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=1 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
