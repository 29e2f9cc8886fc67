# Without fentry the end of TIME_WAIT cannot be seen: the story ends at its begin.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
11 state #7 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state ESTABLISHED->FIN_WAIT1 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=900ms
11.1 state #7 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4000 +fin_sent
    state FIN_WAIT1->FIN_WAIT2 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
11.2 closed #7 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4000 +peer_fin +fin_sent in=1 out=2
    state FIN_WAIT2->TIME_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_active client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1200ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms FIN_WAIT1:100ms FIN_WAIT2:100ms} bytes_in=1 bytes_out=2 retrans=0
11.200001 closed #7 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4000 +peer_fin +fin_sent in=1 out=2 +recovered
