# The accept queue is full (it holds one more than its limit): a SYN is refused, then a final ACK.
# The counter that comes with the facts has them already: nothing is counted twice.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
9 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
9.1 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:3/2/1 drops=1 reason=accept_queue_full +acked
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1 drops_total=1
9.2 drop 10.0.0.1:9502<10.0.0.2:4001 seq=555 q=1:3/2/1 drops=2 reason=accept_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] count=1 segment=syn drop_reason=accept_queue_full client_isn=555 accept_queue=3 backlog=2 syn_queue=1 drops_total=2
10 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1 drops=2 attempt=1
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=1 client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
10.1 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:3/2/1 drops=3 reason=accept_queue_full +acked
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1 drops_total=3
# the SYN queue is full, or a cookie was wrong: that one the counter does not count
10.2 drop 10.0.0.1:9502<10.0.0.2:4002 seq=556 q=1:0/2/2 drops=4 reason=syn_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] count=1 segment=syn drop_reason=syn_queue_full client_isn=556 accept_queue=0 backlog=2 syn_queue=2 drops_total=4
10.3 drop 10.0.0.1:9502<10.0.0.2:4003 seq=557 q=1:0/2/2 drops=4 reason=cookie_invalid
    drop server@1 10.0.0.1:9502<10.0.0.2:4003 [50/srv] count=1 segment=ack drop_reason=cookie_invalid accept_queue=0 backlog=2 syn_queue=2 drops_total=4
10.4 syn #8 10.0.0.1:9502<10.0.0.2:4004 isn=1/2 q=1:0/2/2 drops=4
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4004 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=2
13 expired #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 drops=4 attempt=1
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=request_expired in_old_ns=4000ms
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 drop_reason=request_expired client_believes_established=true client_isn=100 server_isn=200 synack_retrans=1 accept_queue=0 backlog=2 syn_queue=1
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=timeout client_isn=100 server_isn=200 accepted=false life_ns=4000ms states_ns={SYN_RECV:4000ms}
14 end
    summary accepts=0 connections=2 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:3 syn_queue_full:1 cookie_invalid:1 request_expired:1} lost=0
        #1 port=9502 completed=0 accepted=0 drops=5 handshake=0 accept_wait=0
