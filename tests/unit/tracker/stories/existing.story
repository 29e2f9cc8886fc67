# What was there before the tracer: listeners, connections, one in the queue since nobody knows when, a client, both ends of one.
5 existing #1 0.0.0.0:9502 q=1:1/2/0 qsk=0 state=LISTEN by=50/srv fd=3 inode=9
    socket listener#1 0.0.0.0:9502 [50/srv] state=LISTEN fd=3 accept_queue=1 backlog=2 drops_total=0 preexisting=true
5 existing #2 10.0.0.1:9502<10.0.0.2:4000 state=ESTABLISHED inode=10 by=50/srv fd=4
    socket server#2@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] state=ESTABLISHED role_basis=listener fd=4 preexisting=true
5 existing #3 10.0.0.1:9502<10.0.0.2:4001 state=ESTABLISHED of=1
    socket server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] state=ESTABLISHED role_basis=listener queued=true preexisting=true
5 existing #4 10.0.0.1:5000<10.0.0.3:80 state=ESTABLISHED inode=11 by=60/cl fd=3
    socket ?#4 10.0.0.1:5000<10.0.0.3:80 [60/cl] state=ESTABLISHED fd=3 preexisting=true
5 existing #5 10.0.0.1:9502<10.0.0.1:6000 state=ESTABLISHED inode=12 by=50/srv fd=5
    socket server#5@1 10.0.0.1:9502<10.0.0.1:6000 [50/srv] state=ESTABLISHED role_basis=listener fd=5 preexisting=true
5 existing #6 10.0.0.1:6000<10.0.0.1:9502 state=ESTABLISHED inode=13 by=60/cl fd=4
    socket client#6 10.0.0.1:6000<10.0.0.1:9502 [60/cl] state=ESTABLISHED role_basis=peer fd=4 preexisting=true
5 existing #8 10.0.0.1:9502<10.0.0.2:4002 state=FIN_WAIT2
    socket server#8@1 10.0.0.1:9502<10.0.0.2:4002 state=FIN_WAIT2 role_basis=listener preexisting=true
# facts that came between the hooks and the walk: known already, or ended already
5.1 syn #7 10.0.0.1:9502<10.0.0.2:4003 isn=1/2 q=1:1/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4003 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=1 backlog=2 syn_queue=1
5.2 existing #7 10.0.0.1:9502<10.0.0.2:4003 state=SYN_RECV of=1
5.3 closed #9 10.0.0.1:9502<10.0.0.2:4004 ESTABLISHED>CLOSE err=ECONNRESET
    state ESTABLISHED->CLOSE server#9@1 10.0.0.1:9502<10.0.0.2:4004 role_basis=listener errno=ECONNRESET reason=rst_received
    close server#9@1 10.0.0.1:9502<10.0.0.2:4004 role_basis=listener errno=ECONNRESET close_reason=rst_received bytes_in=0 bytes_out=0 retrans=0 preexisting=true
5.4 existing #9 10.0.0.1:9502<10.0.0.2:4004 state=ESTABLISHED inode=14
5.5 closed #2 10.0.0.1:9502<10.0.0.2:4000 ESTABLISHED>CLOSE err=ECONNRESET
    state ESTABLISHED->CLOSE server#2@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] role_basis=listener errno=ECONNRESET reason=rst_received
    close server#2@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] role_basis=listener errno=ECONNRESET close_reason=rst_received accepted=true bytes_in=0 bytes_out=0 retrans=0 preexisting=true
5.6 existing #2 10.0.0.1:9502<10.0.0.2:4000 state=ESTABLISHED inode=10 by=50/srv fd=4
6 walked
# on demand: figures, no line; what is unknown now is a race
7 existing #1 0.0.0.0:9502 q=1:2/2/0 qsk=0 state=LISTEN by=50/srv fd=3 inode=9 drops=1
7 existing #10 10.0.0.1:9502<10.0.0.2:4005 state=ESTABLISHED inode=15
8 accept #3 10.0.0.1:9502<10.0.0.2:4001 q=1:0/2/0 drops=1 by=50/srv called=7.9 fd=6
    accept server#3@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=6 call_ns=100ms completed_before_accept=true accept_queue=0 backlog=2
9 state #5 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.1:6000 +owned pid=50
    state ESTABLISHED->FIN_WAIT1 server#5@1 10.0.0.1:9502<10.0.0.1:6000 [50/srv] role_basis=listener
# its facts were lost: not older than us, and whether accept() took it is not known
10 closed #11 10.0.0.1:9502<10.0.0.2:4006 ESTABLISHED>CLOSE err=ECONNRESET
    state ESTABLISHED->CLOSE server#11@1 10.0.0.1:9502<10.0.0.2:4006 role_basis=listener errno=ECONNRESET reason=rst_received
    close server#11@1 10.0.0.1:9502<10.0.0.2:4006 role_basis=listener errno=ECONNRESET close_reason=rst_received bytes_in=0 bytes_out=0 retrans=0
11 timewait_end #12 10.0.0.1:9502<10.0.0.2:4007 state=TIME_WAIT
    state TIME_WAIT->CLOSE server#12@1 10.0.0.1:9502<10.0.0.2:4007 role_basis=listener
    close server#12@1 10.0.0.1:9502<10.0.0.2:4007 role_basis=listener close_reason=unknown
12 end
    summary accepts=1 connections=3 preexisting_connections=6 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=1 drops=0 handshake=0 accept_wait=0
