# Another CPU takes the child out of the queue before its transition to ESTABLISHED is stamped.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.100001 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV q=1:0/2/0 by=50/srv called=9 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=SYN_RECV fd=5 call_ns=1100.001ms completed_before_accept=false accept_queue=0 backlog=2
10.100002 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100.002ms basis=syn client_isn=100 server_isn=200 handshake_ns=100.002ms synack_retrans=0 accept_queue=0 backlog=2 syn_queue=0
