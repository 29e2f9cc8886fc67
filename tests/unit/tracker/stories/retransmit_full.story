# No hook saw the SYN refused. It goes out again to a listener of this machine whose queue is full: the client has a name.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/1/0 by=50/srv asked=1 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 backlog_asked=1 somaxconn=4096 syn_queue=0
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:2/1/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=2 backlog=1 syn_queue=1
3 connect #8 10.0.0.2:0<10.0.0.1:9502 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.2<10.0.0.1:9502 [60/cl]
4 again #8 10.0.0.2:5000<10.0.0.1:9502 state=SYN_SENT isn=5/0 attempt=1
    retransmit client#8 10.0.0.2:5000<10.0.0.1:9502 [60/cl] what=syn attempt=1 drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1
