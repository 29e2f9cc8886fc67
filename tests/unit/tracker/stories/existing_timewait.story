# A TIME_WAIT older than us, where its end cannot be seen: named once. The owner of a row that we know is learnt.
tier tracepoint
1 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 basis=synack client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
1.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 in_old_ns=100ms basis=synack client_isn=1 server_isn=2 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
1.1 enqueue #7 sk=70 q=1:1/2/0
1.2 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=ESTABLISHED inode=5 by=50/srv
1.3 existing #9 10.0.0.1:9502<10.0.0.2:4001 state=TIME_WAIT
    socket server#9@1 10.0.0.1:9502<10.0.0.2:4001 state=TIME_WAIT role_basis=listener preexisting=true
1.4 walked
2 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 accept_queue=1 backlog=2 syn_queue=0
2.1 existing #1 0.0.0.0:9502 q=1:1/2/0 qsk=0 state=LISTEN
3 end
    summary accepts=0 connections=1 preexisting_connections=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
