# MPTCP: subflows are marked as such.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv +mptcp
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0 mptcp=true
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=1:0/2/1 +mptcp
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1 mptcp=true
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 copy=0/2 +mptcp
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=1 server_isn=2 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0 mptcp=true
11 connect #8 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.1<10.0.0.3:80 [60/cl]
11.1 est #8 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:80 isn=3/4 +mptcp
    state SYN_SENT->ESTABLISHED client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms client_isn=3 server_isn=4 connect_ns=100ms mptcp=true
