# --role server: lines of the other side are left out.
side server
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
9.999 connect #6 10.0.0.2:0<10.0.0.1:9502 by=60/cl
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.0001 est #6 SYN_SENT>ESTABLISHED 10.0.0.2:4000<10.0.0.1:9502 isn=100/200 +owned pid=60
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2 pid=60
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 drop 10.0.0.1:9502<10.0.0.2:4001 seq=555 q=1:3/2/1 drops=1 reason=accept_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] count=1 segment=syn drop_reason=accept_queue_full client_isn=555 accept_queue=3 backlog=2 syn_queue=1 drops_total=1
10.3 accept err=EMFILE q=1:1/2/0 drops=1 by=50:51/srv
    accept_error listener#1 0.0.0.0:9502 [50:51/srv] errno=EMFILE count=1 accept_queue=1 backlog=2 syn_queue=0
11 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=1 drops_by_reason={accept_queue_full:1} lost=0
        #1 port=9502 completed=1 accepted=0 drops=1 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
