# Another SYN with the same ends but another number: the old request is no more.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
11 syn #8 10.0.0.1:9502<10.0.0.2:4000 isn=101/201 q=1:0/2/1
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv]
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=unknown client_isn=100 server_isn=200 accepted=false
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=101 server_isn=201 accept_queue=0 backlog=2 syn_queue=1
11.1 enqueue #8 sk=80 q=1:1/2/0
11.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4000 isn=101/201 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=101 server_isn=201 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
12 end
    summary accepts=0 connections=2 preexisting_connections=0 never_accepted=0 still_queued=1 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
