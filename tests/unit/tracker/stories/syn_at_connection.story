# A SYN for a connection that exists is discarded; the listener has no part in it. The client's end may get one, too.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
11 drop reason=connection discard=13 #7 10.0.0.1:9502<10.0.0.2:4000 state=ESTABLISHED seq=900 segments=1 +segment_syn
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=syn drop_reason=connection_exists kernel_reason=TCP_INVALID_SYN client_isn=7 server_isn=200
12 connect #9 10.0.0.1:5000<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl]
12.1 est #9 10.0.0.1:5000<10.0.0.3:80 SYN_SENT>ESTABLISHED isn=1/2
    state SYN_SENT->ESTABLISHED client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms client_isn=1 server_isn=2 connect_ns=100ms
13 drop reason=connection discard=13 #9 10.0.0.1:5000<10.0.0.3:80 state=ESTABLISHED seq=900 segments=1 +segment_syn
    drop client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] count=1 segment=syn drop_reason=connection_exists kernel_reason=TCP_INVALID_SYN client_isn=1 server_isn=2
# One that nobody has told of: at a listener's port, and at another, where it is not known which end it is.
14 drop reason=connection #11 10.0.0.1:9502<10.0.0.2:4004 state=CLOSE_WAIT seq=1 +segment_syn
    drop server#11@1 10.0.0.1:9502<10.0.0.2:4004 role_basis=listener count=1 segment=syn drop_reason=connection_exists
15 drop reason=connection #12 10.0.0.1:6000<10.0.0.2:4006 state=ESTABLISHED seq=1 +segment_syn
# A recording that is not sound.
16 drop reason=connection 10.0.0.1:9502<10.0.0.2:4008 state=LISTEN seq=1 +segment_syn
20 end
    summary accepts=0 stuck_close_wait=1 stuck_close_wait_ns=19000ms connections=2 preexisting_connections=2 never_accepted=0 still_queued=1 drops_by_reason={connection_exists:5} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
