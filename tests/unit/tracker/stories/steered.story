# TPROXY: the connection has another port than its listener, and the facts name that one. Another listener has the port.
tier tracepoint
1 listen #2 0.0.0.0:80 q=2:0/5/0 by=60/other
    state CLOSE->LISTEN listener#2 0.0.0.0:80 [60/other] accept_queue=0 backlog=5 syn_queue=0
4 walked
# Port 80 is asked for, and 8080 is not: a hook tells the listener with its first connection, the walk its owner.
10 existing #1 0.0.0.0:8080 q=1:0/2/1 state=LISTEN
10 syn 10.99.0.1:80<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.99.0.1:80<10.0.0.2:4000 basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 est #7 sk=70 10.99.0.1:80<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.99.0.1:80<10.0.0.2:4000 in_old_ns=100ms basis=synack client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1 enqueue #7 sk=70 q=1:1/2/0
11 existing #1 0.0.0.0:8080 q=1:1/2/0 state=LISTEN by=50/srv fd=3 inode=9
12 accept #7 10.99.0.1:80<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=11.5 fd=5
    accept server#7@1 10.99.0.1:80<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=1900ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
# One to the other listener.
13 syn 10.0.0.1:80<10.0.0.2:4001 isn=100/200 q=2:0/5/1 +synack
    state LISTEN->SYN_RECV server@2 10.0.0.1:80<10.0.0.2:4001 [60/other] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=5 syn_queue=1
13.1 est #8 sk=80 10.0.0.1:80<10.0.0.2:4001 isn=100/200 copy=0/5
    state SYN_RECV->ESTABLISHED server#8@2 10.0.0.1:80<10.0.0.2:4001 [60/other] in_old_ns=100ms basis=synack client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=5 syn_queue=0
13.1 enqueue #8 sk=80 q=2:1/5/0
# The first comes back: a fact of it that names no listener.
14 closed #7 ESTABLISHED>CLOSE 10.99.0.1:80<10.0.0.2:4000 err=ECONNRESET
    state ESTABLISHED->CLOSE server#7@1 10.99.0.1:80<10.0.0.2:4000 [50/srv] errno=ECONNRESET reason=rst_received in_old_ns=3900ms
    close server#7@1 10.99.0.1:80<10.0.0.2:4000 [50/srv] errno=ECONNRESET close_reason=rst_received client_isn=100 server_isn=200 handshake_ns=100ms accept_wait_ns=1900ms accepted=true life_ns=4000ms states_ns={ESTABLISHED:3900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
15 closed #1 LISTEN>CLOSE 0.0.0.0:8080
    state LISTEN->CLOSE listener#1 0.0.0.0:8080 [50/srv] accept_queue=0 backlog=2 syn_queue=0
16 end
    summary accepts=1 connections=2 preexisting_connections=0 never_accepted=0 still_queued=1 drops_by_reason={} lost=0
        #2 port=80 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
        #1 port=8080 completed=1 accepted=1 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=1:1900ms/1900ms/1900ms/1900ms
