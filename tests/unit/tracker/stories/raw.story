# --raw: each transition as the kernel's tracepoint fired, instead of the story.
raw
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0 raw=true
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
10.1 state LISTEN>SYN_RECV 10.0.0.1:9502
    state LISTEN->SYN_RECV 10.0.0.1:9502 raw=true
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED ?#7 10.0.0.1:9502<10.0.0.2:4000 raw=true
10.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.15 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=50ms completed_before_accept=true accept_queue=0 backlog=2
11 state #7 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state ESTABLISHED->FIN_WAIT1 ?#7 10.0.0.1:9502<10.0.0.2:4000 raw=true
11 state #7 FIN_WAIT1>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state FIN_WAIT1->FIN_WAIT1 ?#7 10.0.0.1:9502<10.0.0.2:4000 raw=true
12 state #7 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4000
    state FIN_WAIT1->FIN_WAIT2 ?#7 10.0.0.1:9502<10.0.0.2:4000 raw=true
12.1 timewait #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
12.1 closed #7 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4000 +peer_fin
    state FIN_WAIT2->CLOSE ?#7 10.0.0.1:9502<10.0.0.2:4000 raw=true
13 connect #8 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT ?#8 10.0.0.1<10.0.0.3:80 raw=true
14 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE ?#1 0.0.0.0:9502 raw=true
