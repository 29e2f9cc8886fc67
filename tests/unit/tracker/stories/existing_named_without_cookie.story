# A listener that nobody has asked for its cookie yet: a hook names it by its address, the row of the tables by the cookie made
# for that row. It is one listener, and ends once.
tier exact
1 again #0 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=0:0/2/1 qsk=77 attempt=1
    retransmit server 10.0.0.1:9502<10.0.0.2:4000 what=synack attempt=1 client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
1.1 existing #1 0.0.0.0:9502 q=1:0/2/0 qsk=0 state=LISTEN by=50/srv fd=3 inode=9
    socket listener#1 0.0.0.0:9502 [50/srv] state=LISTEN fd=3 accept_queue=0 backlog=2 syn_queue=1 drops_total=0 preexisting=true
1.2 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV
    socket server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] state=SYN_RECV preexisting=true
2 walked
3 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1 qsk=77 attempt=2
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=2 client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
4 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=1
5 end
    summary accepts=0 connections=0 preexisting_connections=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
