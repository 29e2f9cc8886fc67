# After a loss the kernel has a connection in TIME_WAIT that was established. No hook sees the end of TIME_WAIT in this tier: it is over.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
2 walked
10 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
10 enqueue #7 sk=70 q=1:1/2/0
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv called=10.15 fd=5 q=1:0/2/0
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=200ms call_ns=50ms completed_before_accept=true accept_queue=0 backlog=2
11 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=101/201 copy=0/2
11 enqueue #8 sk=80 q=1:1/2/0
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=101 server_isn=201 synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
20 lost count=9 of=0
    lost count=9 lost_at=ringbuf total=9
22 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT +again
    verify server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] difference="corrected after a loss: ESTABLISHED to TIME_WAIT"
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=unknown client_isn=100 server_isn=200 accept_wait_ns=200ms accepted=true
# an orphan, and one that its program still holds
22 existing #8 10.0.0.1:9502<10.0.0.2:4001 state=FIN_WAIT2 +again
    verify server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] difference="corrected after a loss: ESTABLISHED to FIN_WAIT2"
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] close_reason=unknown client_isn=101 server_isn=201
22 existing #9 10.0.0.1:9502<10.0.0.2:4002 state=FIN_WAIT2 inode=7 +again
    verify server#9@1 10.0.0.1:9502<10.0.0.2:4002 role_basis=listener difference="corrected after a loss: it is in FIN_WAIT2, and was not known"
30 closed #9 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4002
    state FIN_WAIT2->CLOSE server#9@1 10.0.0.1:9502<10.0.0.2:4002 role_basis=listener
    close server#9@1 10.0.0.1:9502<10.0.0.2:4002 role_basis=listener close_reason=unknown bytes_in=0 bytes_out=0 retrans=0
31 end
    summary accepts=1 connections=2 preexisting_connections=0 connections_doubtful=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=9
        #1 port=9502 completed=2 accepted=1 drops=0 handshake=0 accept_wait=1:200ms/200ms/200ms/200ms
