# A segment from long ago meets TIME_WAIT and is answered by a RST: the connection had ended by FIN all the same.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
11 state #7 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4000
    state ESTABLISHED->FIN_WAIT1 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=900ms
11.1 state #7 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4000
    state FIN_WAIT1->FIN_WAIT2 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
11.2 timewait #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
11.2 closed #7 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4000 +peer_fin
    state FIN_WAIT2->TIME_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
12 reset 10.0.0.1:9502<10.0.0.2:4000 +sent reason=no_socket
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=no_socket kernel_reason=NO_SOCKET
# a SYN for the same ends: TIME_WAIT gives way to a new request
13 timewait_end 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
    state TIME_WAIT->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=1800ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_active client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=3000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms FIN_WAIT1:100ms FIN_WAIT2:100ms TIME_WAIT:1800ms} bytes_in=0 bytes_out=0 retrans=0
13 syn #8 10.0.0.1:9502<10.0.0.2:4000 isn=9/9 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=9 server_isn=9 accept_queue=0 backlog=2 syn_queue=1
