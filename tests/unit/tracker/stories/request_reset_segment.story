# Tracepoint tier: a RST that is dropped with its listener ends a request if its number is the next that the request expects.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/5/0 by=50/srv asked=5 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=5 backlog_asked=5 somaxconn=4096 syn_queue=0
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/5/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=5 syn_queue=1
2.1 reset 10.0.0.1:9502<10.0.0.2:4000 state=NEW_SYN_RECV pid=9 +segment
2.2 reset 10.0.0.1:9502<10.0.0.2:4000 state=NEW_SYN_RECV pid=8 +segment
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=received
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=rst_received in_old_ns=200ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=rst_received client_isn=7 server_isn=200 accepted=false life_ns=200ms states_ns={SYN_RECV:200ms}
2.3 tick
