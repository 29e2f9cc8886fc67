# The request is not known and no enqueue comes: the line waits two milliseconds, then goes without. It
# does not wait when a later fact of the socket comes first.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
10.001 tick
10.003 tick
    (at 10000ms) state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
11 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 copy=1/2
11.001 state #8 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4001
    (at 11000ms) state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=2 backlog=2 syn_queue=0
    state ESTABLISHED->CLOSE_WAIT server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=1ms
12 est #9 sk=90 10.0.0.1:9502<10.0.0.2:4002 isn=100/200 copy=2/2
12.001 end
    (at 12000ms) state SYN_RECV->ESTABLISHED server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=3 backlog=2 syn_queue=0
    summary accepts=0 connections=3 preexisting_connections=0 never_accepted=0 still_queued=3 drops_by_reason={} lost=0
        #1 port=9502 completed=3 accepted=0 drops=0 handshake=0 accept_wait=0
