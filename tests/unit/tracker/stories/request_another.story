# A client's request went unseen, and its next SYN made another: known by its SYN-ACK sent again.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
14 again #9 10.0.0.1:9502<10.0.0.2:4000 isn=100/300 q=1:0/2/1 attempt=1
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv]
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=unknown client_isn=100 server_isn=200 accepted=false
    retransmit server#9@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=1 client_isn=100 server_isn=300 accept_queue=0 backlog=2 syn_queue=1
15 end
    summary accepts=0 connections=1 preexisting_connections=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
