# Two connections and two requests at most: the least recently touched are evicted, and counted as lost.
max 2 2
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
10.1 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 q=1:0/2/2
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=2
10.2 syn #9 10.0.0.1:9502<10.0.0.2:4002 isn=1/2 q=1:0/2/3
    state LISTEN->SYN_RECV server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=3
10.3 tick
    lost count=1 lost_at=evicted total=1
# requests become connections: these are bounded too
11 syn #20 10.0.0.1:9502<10.0.0.2:5000 isn=20/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#20@1 10.0.0.1:9502<10.0.0.2:5000 [50/srv] basis=syn client_isn=20 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
11.1 enqueue #20 sk=200 q=1:1/2/0
11.1 est #20 sk=200 10.0.0.1:9502<10.0.0.2:5000 isn=20/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#20@1 10.0.0.1:9502<10.0.0.2:5000 [50/srv] in_old_ns=100ms basis=syn client_isn=20 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
12 syn #21 10.0.0.1:9502<10.0.0.2:5001 isn=21/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#21@1 10.0.0.1:9502<10.0.0.2:5001 [50/srv] basis=syn client_isn=21 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
12.1 enqueue #21 sk=210 q=1:1/2/0
12.1 est #21 sk=210 10.0.0.1:9502<10.0.0.2:5001 isn=21/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#21@1 10.0.0.1:9502<10.0.0.2:5001 [50/srv] in_old_ns=100ms basis=syn client_isn=21 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
13 syn #22 10.0.0.1:9502<10.0.0.2:5002 isn=22/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#22@1 10.0.0.1:9502<10.0.0.2:5002 [50/srv] basis=syn client_isn=22 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
13.1 enqueue #22 sk=220 q=1:1/2/0
13.1 est #22 sk=220 10.0.0.1:9502<10.0.0.2:5002 isn=22/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#22@1 10.0.0.1:9502<10.0.0.2:5002 [50/srv] in_old_ns=100ms basis=syn client_isn=22 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
13.5 tick
    lost count=2 lost_at=evicted total=3
13.6 state #22 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:5002
    state ESTABLISHED->CLOSE_WAIT server#22@1 10.0.0.1:9502<10.0.0.2:5002 [50/srv] in_old_ns=500ms
13.7 state #20 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:5000
    state ESTABLISHED->CLOSE_WAIT server#20@1 10.0.0.1:9502<10.0.0.2:5000 role_basis=listener
14 lost count=5 where=ring
    lost count=5 lost_at=ringbuf total=8
14 lost count=1 where=recursion
    lost count=1 lost_at=recursion total=9
14 lost count=1 where=map
    lost count=1 lost_at=map_full total=10
14 lost count=1 where=decode
    lost count=1 lost_at=decode total=11
15 end
    lost count=1 lost_at=evicted total=12
    summary accepts=1 accepts_unseen=1 stuck_close_wait=1 stuck_close_wait_ns=1300ms connections=6 preexisting_connections=1 never_accepted=0 still_queued=1 drops_by_reason={} lost=12
        #1 port=9502 completed=3 accepted=1 drops=0 handshake=3:100ms/100ms/100ms/100ms accept_wait=0
