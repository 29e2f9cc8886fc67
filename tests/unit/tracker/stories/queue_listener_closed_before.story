# The final ACK makes a child as its listener closes: the child cannot be queued, and the kernel resets it at once.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.05 closed #1 LISTEN>CLOSE 0.0.0.0:9502 +owned pid=50
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=9050ms accept_queue=0 backlog=2 syn_queue=1
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.10001 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=listener_closed in_old_ns=0.01ms
10.10002 reset #7 10.0.0.1:9502<10.0.0.2:4000 +sent reason=state
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=listener_closed kernel_reason=TCP_STATE
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=never_accepted client_isn=7 server_isn=200 handshake_ns=100ms accepted=false life_ns=100.01ms states_ns={ESTABLISHED:0.01ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
11 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=1 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
