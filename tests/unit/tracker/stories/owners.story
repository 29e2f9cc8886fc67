# A pid without a name: known from another fact, or not at all. The listener's owner is the child's until accept();
# a worker that got the listener from another process owns what it accepts.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=77:78/worker called=10.15 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [77:78/worker] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=50ms completed_before_accept=true accept_queue=0 backlog=2
11 state #7 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state ESTABLISHED->FIN_WAIT1 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=900ms
12 state #7 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4000 pid=60
    state FIN_WAIT1->FIN_WAIT2 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=1000ms
13 connect #8 10.0.0.1:0<10.0.0.3:80
    state CLOSE->SYN_SENT client#8 10.0.0.1<10.0.0.3:80
13.1 est #8 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:80 isn=1/2 +owned pid=88
    state SYN_SENT->ESTABLISHED client#8 10.0.0.1:5000<10.0.0.3:80 [88] in_old_ns=100ms client_isn=1 server_isn=2 connect_ns=100ms
13.2 state #8 ESTABLISHED>FIN_WAIT1 10.0.0.1:5000<10.0.0.3:80 +owned pid=77
    state ESTABLISHED->FIN_WAIT1 client#8 10.0.0.1:5000<10.0.0.3:80 [77/worker] in_old_ns=100ms
# nobody knows who listens, until somebody accepts
14 syn #9 10.0.0.1:9503<10.0.0.2:4000 isn=1/2 q=2:0/2/1
    state LISTEN->SYN_RECV server#9@2 10.0.0.1:9503<10.0.0.2:4000 basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
14.1 enqueue #9 sk=90 q=2:1/2/0
14.1 est #9 sk=90 10.0.0.1:9503<10.0.0.2:4000 isn=1/2 copy=0/2
    state SYN_RECV->ESTABLISHED server#9@2 10.0.0.1:9503<10.0.0.2:4000 in_old_ns=100ms basis=syn client_isn=1 server_isn=2 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
14.2 accept #9 10.0.0.1:9503<10.0.0.2:4000 by=77/worker fd=5
    accept server#9@2 10.0.0.1:9503<10.0.0.2:4000 [77:77/worker] state=ESTABLISHED fd=5 accept_wait_ns=100ms completed_before_accept=false accept_queue=0 backlog=2
15 syn #10 10.0.0.1:9503<10.0.0.2:4001 isn=1/2 q=2:0/2/1
    state LISTEN->SYN_RECV server#10@2 10.0.0.1:9503<10.0.0.2:4001 [77/worker] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
