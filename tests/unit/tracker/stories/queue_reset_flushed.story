# Reset while queued, and never accepted: the listener closes, or the stream ends first (then they are still queued).
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
11 reset #7 10.0.0.1:9502<10.0.0.2:4000
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=received
11 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000 err=ECONNRESET
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET reason=rst_received in_old_ns=900ms
12 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=11000ms accept_queue=1 backlog=2 syn_queue=0
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET close_reason=rst_received client_isn=7 server_isn=200 handshake_ns=100ms accepted=false life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
13 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
14 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
14.1 enqueue #8 sk=80 q=1:1/2/0
14.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
15 closed #8 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4001 err=ECONNRESET
    state ESTABLISHED->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] errno=ECONNRESET reason=rst_received in_old_ns=900ms
16 end
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] errno=ECONNRESET close_reason=rst_received client_isn=8 server_isn=200 handshake_ns=100ms accepted=false life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
    summary accepts=0 connections=2 preexisting_connections=0 never_accepted=1 still_queued=1 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
