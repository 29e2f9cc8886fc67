# A SYN cookie: no request, so no begin and no duration.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 enqueue sk=70 q=1:1/2/0 stamp=1 +syncookie
10 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.064 copy=0/2 +syncookie
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 syncookie=true queued=true accept_queue=1 backlog=2 syn_queue=0
11 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv called=10.5 fd=5 q=1:0/2/0
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=1000ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
12 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000 err=ECONNRESET srtt=0.064
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET reason=rst_received in_old_ns=2000ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET close_reason=rst_received client_isn=100 server_isn=200 accept_wait_ns=1000ms syncookie=true accepted=true states_ns={ESTABLISHED:2000ms} bytes_in=0 bytes_out=0 retrans=0
12 end
    summary accepts=1 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=1 drops=0 handshake=0 accept_wait=1:1000ms/1000ms/1000ms/1000ms
