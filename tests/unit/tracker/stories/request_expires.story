# The client never answers: SYN-ACK again, and again, then the kernel gives the request up and says so.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
11 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 attempt=1
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=1 client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
13 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 attempt=2
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=2 client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
17 expired #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/0 attempt=2
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=request_expired in_old_ns=7000ms
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 drop_reason=request_expired client_isn=100 server_isn=200 synack_retrans=2 accept_queue=0 backlog=2 syn_queue=0
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=timeout client_isn=100 server_isn=200 accepted=false life_ns=7000ms states_ns={SYN_RECV:7000ms}
18 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={request_expired:1} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
