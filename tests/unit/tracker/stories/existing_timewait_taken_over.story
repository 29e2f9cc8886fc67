# A TIME_WAIT older than us, whose ends a new SYN has taken before its row came: it is gone, and its cookie is not the request's.
tier tracepoint
1.31 syn 10.0.0.1:9502<10.0.0.2:4002 isn=5/6 q=1:1/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4002 basis=synack client_isn=5 server_isn=6 accept_queue=1 backlog=2 syn_queue=1
1.32 existing #11 10.0.0.1:9502<10.0.0.2:4002 state=TIME_WAIT
1.325 again 10.0.0.1:9502<10.0.0.2:4002 state=NEW_SYN_RECV isn=5/6 q=1:1/2/1 attempt=1
    retransmit server@1 10.0.0.1:9502<10.0.0.2:4002 what=synack attempt=1 client_isn=5 server_isn=6 accept_queue=1 backlog=2 syn_queue=1
1.33 est #12 sk=71 10.0.0.1:9502<10.0.0.2:4002 isn=5/6 copy=1/2
    state SYN_RECV->ESTABLISHED server#12@1 10.0.0.1:9502<10.0.0.2:4002 in_old_ns=20ms basis=synack client_isn=5 server_isn=6 handshake_ns=20ms synack_retrans=0 queued=true accept_queue=2 backlog=2 syn_queue=0
1.33 enqueue #12 sk=71 q=1:2/2/0
1.4 walked
2 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=1 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=1:20ms/20ms/20ms/20ms accept_wait=0
