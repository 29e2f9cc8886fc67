# The listener closes with two in its queue, one of them half closed by its peer: each gets a RST.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
11 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 q=1:1/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=200 accept_queue=1 backlog=2 syn_queue=1
11.1 enqueue #8 sk=80 q=1:2/2/0
11.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 copy=1/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=2 backlog=2 syn_queue=0
11.5 state #8 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4001 +peer_fin
    state ESTABLISHED->CLOSE_WAIT server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=400ms
12 closed #1 LISTEN>CLOSE 0.0.0.0:9502 +owned pid=50
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=11000ms accept_queue=2 backlog=2 syn_queue=0
12.00001 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=listener_closed in_old_ns=1900.01ms
12.00002 reset #7 10.0.0.1:9502<10.0.0.2:4000 +sent reason=state
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=listener_closed kernel_reason=TCP_STATE
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=never_accepted client_isn=7 server_isn=200 handshake_ns=100ms accepted=false life_ns=2000.01ms states_ns={ESTABLISHED:1900.01ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
12.00003 closed #8 CLOSE_WAIT>CLOSE 10.0.0.1:9502<10.0.0.2:4001 +peer_fin in=3
    state CLOSE_WAIT->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] reason=listener_closed in_old_ns=500.03ms
12.00004 reset #8 10.0.0.1:9502<10.0.0.2:4001 +sent reason=state
    reset server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] dir=sent reset_reason=listener_closed kernel_reason=TCP_STATE
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] close_reason=never_accepted client_isn=8 server_isn=200 handshake_ns=100ms accepted=false life_ns=1000.03ms states_ns={ESTABLISHED:400ms SYN_RECV:100ms CLOSE_WAIT:500.03ms} bytes_in=3 bytes_out=0 retrans=0
12.2 tick
13 end
    summary accepts=0 connections=2 preexisting_connections=0 never_accepted=2 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=2 accepted=0 drops=0 handshake=2:100ms/100ms/100ms/100ms accept_wait=0
