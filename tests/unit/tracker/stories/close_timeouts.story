# Data that is never acknowledged; a SYN that is never answered.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
900 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000 err=ETIMEDOUT out=100 retrans=15
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ETIMEDOUT reason=timeout in_old_ns=889900ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ETIMEDOUT close_reason=timeout client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=890000ms states_ns={ESTABLISHED:889900ms SYN_RECV:100ms} bytes_in=0 bytes_out=100 retrans=15
1000 connect #8 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.1<10.0.0.3:80 [60/cl]
1001 again #8 10.0.0.1:5000<10.0.0.3:80 state=SYN_SENT isn=5/0 attempt=1
    retransmit client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] what=syn attempt=1
1003 again #8 10.0.0.1:5000<10.0.0.3:80 state=SYN_SENT isn=5/0 attempt=2
    retransmit client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] what=syn attempt=2
1127 closed #8 SYN_SENT>CLOSE 10.0.0.1:5000<10.0.0.3:80 err=ETIMEDOUT
    state SYN_SENT->CLOSE client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] errno=ETIMEDOUT reason=timeout in_old_ns=127000ms
    close client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] errno=ETIMEDOUT close_reason=timeout life_ns=127000ms states_ns={SYN_SENT:127000ms} bytes_in=0 bytes_out=0 retrans=0
# one that we do not know
1128 again #9 10.0.0.1:5001<10.0.0.3:80 state=SYN_SENT isn=5/0 attempt=4
    retransmit ?#9 10.0.0.1:5001<10.0.0.3:80 what=syn attempt=4
