# A hook names a listener and a request older than us before their rows of the tables come: both get a socket line.
tier tracepoint
1 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1 attempt=1
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 what=synack attempt=1 client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
1.1 existing #1 0.0.0.0:9502 q=1:0/2/0 qsk=0 state=LISTEN by=50/srv fd=3 inode=9
    socket listener#1 0.0.0.0:9502 [50/srv] state=LISTEN fd=3 accept_queue=0 backlog=2 syn_queue=1 drops_total=0 preexisting=true
1.2 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV
    socket server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] state=SYN_RECV preexisting=true
# the table may list them twice
1.3 existing #1 0.0.0.0:9502 q=1:0/2/0 qsk=0 state=LISTEN by=50/srv fd=3 inode=9
1.4 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV
2 walked
