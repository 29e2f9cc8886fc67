# Two children of SYN cookies on two CPUs, and the end of another connection between ESTABLISHED and enqueue: each has
# its listener and owner, and the lines keep the order of time.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/9/0 by=50/srv asked=9 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=9 backlog_asked=9 somaxconn=4096 syn_queue=0
2 enqueue sk=60 q=1:1/9/0 stamp=1 +syncookie
2 est #6 sk=60 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 copy=0/9 +syncookie
    state SYN_RECV->ESTABLISHED server#6@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=1 server_isn=2 synack_retrans=0 syncookie=true queued=true accept_queue=1 backlog=9 syn_queue=0
3 accept #6 10.0.0.1:9502<10.0.0.2:4000 by=50/srv called=2 fd=5 q=1:0/9/0
    accept server#6@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=1000ms call_ns=1000ms completed_before_accept=true accept_queue=0 backlog=9
10 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 copy=0/9
10.0000001 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4002 isn=3/4 copy=0/9
10.0000002 state #6 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4000
10.0000003 enqueue #8 sk=80 q=1:2/9/0 stamp=1
10.0000004 enqueue #7 sk=70 q=1:1/9/0 stamp=1
    (at 10000ms) state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=1 server_isn=2 synack_retrans=0 syncookie=true queued=true accept_queue=1 backlog=9 syn_queue=0
    (at 10000.0001ms) state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] client_isn=3 server_isn=4 synack_retrans=0 syncookie=true queued=true accept_queue=2 backlog=9 syn_queue=0
    (at 10000.0002ms) state ESTABLISHED->CLOSE_WAIT server#6@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=8000.0002ms
