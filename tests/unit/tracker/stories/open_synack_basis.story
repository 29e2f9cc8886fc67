# Without fentry: the begin is stamped as the SYN-ACK leaves, and the enqueue comes after ESTABLISHED.
# The SYN queue no longer holds the request once it is established.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
# the same SYN-ACK on its way through a bond and its device
10.00001 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.1 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=synack client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.100006 enqueue #7 sk=70 q=1:1/2/0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=200ms completed_before_accept=false accept_queue=0 backlog=2
