# The SYN came before tracing began: what the kernel measured (SYN-ACK to ACK) stands in, if the SYN-ACK went out once.
5 existing #1 0.0.0.0:9502 q=1:0/2/1 state=LISTEN by=50/srv fd=3
    socket listener#1 0.0.0.0:9502 [50/srv] state=LISTEN fd=3 accept_queue=0 backlog=2 syn_queue=1 drops_total=0 preexisting=true
5 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV of=1
    socket server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] state=SYN_RECV role_basis=listener preexisting=true
5 existing #8 10.0.0.1:9502<10.0.0.2:4001 state=SYN_RECV of=1 retrans=1
    socket server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] state=SYN_RECV role_basis=listener preexisting=true
5.00001 walked
5.05 enqueue #7 sk=70 q=1:1/2/0
5.05 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.1 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=rtt client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
6.05 enqueue #8 sk=80 q=1:2/2/0
6.05 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 srtt=1.1 retrans=1 copy=1/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=100 server_isn=200 synack_retrans=1 queued=true accept_queue=2 backlog=2 syn_queue=0
7 accept #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 by=50/srv called=6.5 fd=5 q=1:1/2/0
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=950ms call_ns=500ms completed_before_accept=true accept_queue=1 backlog=2
