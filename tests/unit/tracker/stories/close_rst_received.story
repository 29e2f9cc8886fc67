# The peer resets.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
11 reset #7 10.0.0.1:9502<10.0.0.2:4000
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=received
11 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000 err=ECONNRESET in=1
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET reason=rst_received in_old_ns=900ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET close_reason=rst_received client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms} bytes_in=1 bytes_out=0 retrans=0
# no line about it after its last
11.00001 reset #7 10.0.0.1:9502<10.0.0.2:4000 +sent reason=other
# of nobody we know: a segment without a socket
12 reset 10.0.0.1:77<10.0.0.2:4000 +sent reason=no_socket
    reset 10.0.0.1:77<10.0.0.2:4000 dir=sent reset_reason=no_socket kernel_reason=NO_SOCKET
12 reset +sent
