# A final ACK was refused: the request stays as long as the kernel's attempts take, though its SYN-ACK finds no way to go out again.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
10.1 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:3/2/1 drops=2 reason=accept_queue_full +acked
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1 drops_total=2
11 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1 attempt=1
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=1 client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
74 tick
76 tick
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=request_expired
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 drop_reason=request_expired client_believes_established=true client_isn=100 server_isn=200 synack_retrans=1 accept_queue=3 backlog=2 syn_queue=0
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=timeout client_isn=100 server_isn=200 accepted=false
77 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:1 request_expired:1} lost=0
        #1 port=9502 completed=0 accepted=0 drops=1 handshake=0 accept_wait=0
