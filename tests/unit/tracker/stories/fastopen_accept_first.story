# Fast open: queued at the SYN, accepted in SYN_RECV, ESTABLISHED later.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 enqueue sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/2/0 +fastopen
10.01 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV q=1:0/2/0 by=50/srv called=9 fd=5
    (at 10000ms) state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn fastopen=true queued=true accept_queue=1 backlog=2
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=SYN_RECV fd=5 call_ns=1010ms completed_before_accept=false fastopen=true accept_queue=0 backlog=2
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.1 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 fastopen=true accept_queue=0 backlog=2 syn_queue=0
11 state #7 sk=70 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4000 +peer_fin
    state ESTABLISHED->CLOSE_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=900ms
