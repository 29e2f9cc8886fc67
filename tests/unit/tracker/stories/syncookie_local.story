# Both ends of a connection by a SYN cookie: the client's is established before the server's is known. It is one connection.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 connect #6 10.0.0.2:4000>10.0.0.1:9502 by=60/cli
    state CLOSE->SYN_SENT client#6 10.0.0.2:4000<10.0.0.1:9502 [60/cli]
10.1 est #6 10.0.0.2:4000>10.0.0.1:9502 SYN_SENT>ESTABLISHED isn=100/200 srtt=0.1
    state SYN_SENT->ESTABLISHED client#6 10.0.0.2:4000<10.0.0.1:9502 [60/cli] in_old_ns=100ms client_isn=100 server_isn=200 connect_ns=100ms
10.2 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.064 copy=0/2
10.2 enqueue #7 sk=70 q=1:1/2/0 stamp=1
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 syncookie=true queued=true accept_queue=1 backlog=2 syn_queue=0
11 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv called=10.5 fd=5 q=1:0/2/0
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=800ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
12 end
    summary accepts=1 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=1 drops=0 handshake=0 accept_wait=1:800ms/800ms/800ms/800ms
