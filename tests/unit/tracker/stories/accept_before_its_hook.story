# The hooks are attached one after the other, accept()'s late. A child whose listener is not known yet was accepted before: it has a descriptor, and sends a FIN.
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200
    state LISTEN->SYN_RECV server#7 10.0.0.1:9502<10.0.0.2:4000 basis=syn client_isn=7 server_isn=200
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200
    state SYN_RECV->ESTABLISHED server#7 10.0.0.1:9502<10.0.0.2:4000 in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=0
2.2 existing #1 0.0.0.0:9502 q=1:0/9/0 state=LISTEN by=50/srv fd=3 inode=9
    socket listener#1 0.0.0.0:9502 [50/srv] state=LISTEN fd=3 accept_queue=0 backlog=9 syn_queue=0 drops_total=0 preexisting=true
2.3 walked
3 tick
5 state #7 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4000 +peer_fin
    state ESTABLISHED->CLOSE_WAIT server#7 10.0.0.1:9502<10.0.0.2:4000 in_old_ns=2900ms
5.5 state #7 CLOSE_WAIT>LAST_ACK 10.0.0.1:9502<10.0.0.2:4000
    state CLOSE_WAIT->LAST_ACK server#7 10.0.0.1:9502<10.0.0.2:4000 in_old_ns=500ms
6 closed #7 LAST_ACK>CLOSE 10.0.0.1:9502<10.0.0.2:4000
    state LAST_ACK->CLOSE server#7 10.0.0.1:9502<10.0.0.2:4000 in_old_ns=500ms
7 tick
    close server#7 10.0.0.1:9502<10.0.0.2:4000 close_reason=fin_passive client_isn=7 server_isn=200 handshake_ns=100ms life_ns=4000ms states_ns={ESTABLISHED:2900ms SYN_RECV:100ms CLOSE_WAIT:500ms LAST_ACK:500ms} bytes_in=0 bytes_out=0 retrans=0
10 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
