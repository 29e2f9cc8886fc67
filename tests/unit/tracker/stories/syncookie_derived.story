# Without fentry nobody says cookie: an unknown request at a listener that sends them.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.064 copy=0/2
10 enqueue #7 sk=70 q=1:1/2/0 stamp=1
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 syncookie=true queued=true accept_queue=1 backlog=2 syn_queue=0
# retransmitted: so there was a request, and we have missed it
11 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 srtt=1 retrans=1 copy=1/2
11 enqueue #8 sk=80 q=1:2/2/0 stamp=1
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=100 server_isn=200 synack_retrans=1 queued=true accept_queue=2 backlog=2 syn_queue=0
