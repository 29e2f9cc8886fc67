# tcp_abort_on_overflow: the final ACK finds the queue full and is answered by a RST, then given up. The client believes nothing.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/0/0 by=50/srv asked=0 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=0 backlog_asked=0 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:1/0/1 +synack
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=1 backlog=0 syn_queue=1
10.1 reset 10.0.0.1:9502<10.0.0.2:4000 +sent
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=rst_sent in_old_ns=100ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=rst_sent client_isn=100 server_isn=200 accepted=false life_ns=100ms states_ns={SYN_RECV:100ms}
10.1 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:1/0/0 drops=1 reason=accept_queue_full +acked
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full accept_queue=1 backlog=0 syn_queue=0 drops_total=1
# another, long after: of a request that nobody knew
11 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:1/0/0 drops=3 reason=accept_queue_full +acked
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true accept_queue=1 backlog=0 syn_queue=0 drops_total=3
12 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:2} lost=0
        #1 port=9502 completed=0 accepted=0 drops=2 handshake=0 accept_wait=0
