# A server forks for each connection and closes its own copy: once it has forked nobody is named until the child acts, or a walk meets it.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/5/0 by=50/srv asked=5 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=5 backlog_asked=5 somaxconn=4096 syn_queue=0
1.1 walked
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/5/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=5 syn_queue=1
2.1 enqueue #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/5/0
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/5
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=5 syn_queue=0
2.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/5/0 by=50/srv called=2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=200ms completed_before_accept=false accept_queue=0 backlog=5
2.3 process of=50 by=60/srv
# The client's FIN, in softirq: the parent has no copy any more, perhaps.
3 state #7 10.0.0.1:9502<10.0.0.2:4000 ESTABLISHED>CLOSE_WAIT
    state ESTABLISHED->CLOSE_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 in_old_ns=900ms
# A walk meets the child, which has named itself.
3.5 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=CLOSE_WAIT by=60/worker fd=5 inode=9
4 process by=60/worker
4 state #7 10.0.0.1:9502<10.0.0.2:4000 CLOSE_WAIT>LAST_ACK +owned pid=60
    state CLOSE_WAIT->LAST_ACK server#7@1 10.0.0.1:9502<10.0.0.2:4000 [60/worker] in_old_ns=1000ms
4.1 closed #7 10.0.0.1:9502<10.0.0.2:4000 LAST_ACK>CLOSE +peer_fin +fin_sent
    state LAST_ACK->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [60/worker] in_old_ns=100ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [60/worker] close_reason=fin_passive client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=2100ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms CLOSE_WAIT:1000ms LAST_ACK:100ms} bytes_in=0 bytes_out=0 retrans=0
# A RST in softirq names nobody either.
5 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 q=1:0/5/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=200 accept_queue=0 backlog=5 syn_queue=1
5.1 enqueue #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 q=1:1/5/0
5.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 copy=0/5
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=5 syn_queue=0
5.2 accept #8 10.0.0.1:9502<10.0.0.2:4001 q=1:0/5/0 by=50/srv called=5 fd=5
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=200ms completed_before_accept=false accept_queue=0 backlog=5
5.3 process of=50 by=61/srv
6 reset #8 10.0.0.1:9502<10.0.0.2:4001
    reset server#8@1 10.0.0.1:9502<10.0.0.2:4001 dir=received
6 closed #8 10.0.0.1:9502<10.0.0.2:4001 ESTABLISHED>CLOSE err=ECONNRESET
    state ESTABLISHED->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4001 errno=ECONNRESET reason=rst_received in_old_ns=900ms
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 errno=ECONNRESET close_reason=rst_received client_isn=8 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
