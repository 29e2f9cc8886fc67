# A half-open request is answered by a RST, then one that we send (tcp_abort_on_overflow).
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 reset 10.0.0.1:9502<10.0.0.2:4000
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=received
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=rst_received in_old_ns=100ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=rst_received client_isn=100 server_isn=200 accepted=false life_ns=100ms states_ns={SYN_RECV:100ms}
11 syn #8 10.0.0.1:9502<10.0.0.2:4000 isn=101/201 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=101 server_isn=201 accept_queue=0 backlog=2 syn_queue=1
11.1 reset 10.0.0.1:9502<10.0.0.2:4000 +sent reason=other
    reset server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=other
    state SYN_RECV->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=rst_sent in_old_ns=100ms
    close server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=rst_sent client_isn=101 server_isn=201 accepted=false life_ns=100ms states_ns={SYN_RECV:100ms}
# its listener has gone: that is why it ends
12 syn #9 10.0.0.1:9502<10.0.0.2:4000 isn=102/202 q=1:0/2/1
    state LISTEN->SYN_RECV server#9@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=102 server_isn=202 accept_queue=0 backlog=2 syn_queue=1
12.5 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=11500ms accept_queue=0 backlog=2 syn_queue=1
13 expired #9 10.0.0.1:9502<10.0.0.2:4000 isn=102/202 q=1:0/2/0
    state SYN_RECV->CLOSE server#9@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=listener_closed in_old_ns=1000ms
    close server#9@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=unknown client_isn=102 server_isn=202 accepted=false life_ns=1000ms states_ns={SYN_RECV:1000ms}
14 end
    summary accepts=0 connections=3 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
