# A fast open that TPROXY steers: it is queued by its listener's port, and accepted with its own before it is established.
1 listen #1 0.0.0.0:8080 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:8080 [50/srv] accept_queue=0 backlog=2 syn_queue=0
10 enqueue sk=70 10.99.0.1:8080<10.0.0.2:4000 q=1:1/2/0 +fastopen
11 accept #7 sk=70 10.99.0.1:80<10.0.0.2:4000 state=SYN_RECV q=1:0/2/0 by=50/srv called=9 fd=5
    (at 10000ms) state LISTEN->SYN_RECV server#7@1 10.99.0.1:80<10.0.0.2:4000 [50/srv] basis=syn fastopen=true queued=true accept_queue=1 backlog=2
    accept server#7@1 10.99.0.1:80<10.0.0.2:4000 [50:50/srv] state=SYN_RECV fd=5 call_ns=2000ms completed_before_accept=false fastopen=true accept_queue=0 backlog=2
12 est #7 sk=70 10.99.0.1:80<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.99.0.1:80<10.0.0.2:4000 [50/srv] in_old_ns=2000ms basis=syn client_isn=100 server_isn=200 handshake_ns=2000ms synack_retrans=0 fastopen=true accept_queue=0 backlog=2 syn_queue=0
