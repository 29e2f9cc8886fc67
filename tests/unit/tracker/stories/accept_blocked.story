# accept() was called before the SYN came: the handshake was not complete then.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1002 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=5 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=0.2ms call_ns=5100.2ms completed_before_accept=false accept_queue=0 backlog=2
# a duplicate: nothing
10.1002 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=5 fd=5
