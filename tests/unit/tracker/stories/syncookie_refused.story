# The SYN queue is full, cookies are sent; the ACK that brings one back meets a full accept queue: the client believes itself
# connected, and the server knows nothing of it. Unnamed refusals at a full SYN queue follow from the figures.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
10 drop 10.0.0.1:9502<10.0.0.2:4000 seq=8 q=1:3/2/2 drops=1 reason=accept_queue_full +acked +syncookie
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true syncookie=true accept_queue=3 backlog=2 syn_queue=2 drops_total=1
11 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 q=1:0/2/2 drops=1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=2
12 again #8 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 q=1:0/2/3 drops=4 attempt=1
    drop listener#1 0.0.0.0:9502 [50/srv] count=3 segment=syn drop_reason=syn_queue_full accept_queue=0 backlog=2 syn_queue=3 drops_total=4
    retransmit server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] what=synack attempt=1 client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=3
13 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:1 syn_queue_full:3} lost=0
        #1 port=9502 completed=0 accepted=0 drops=4 handshake=0 accept_wait=0
