# A timer tick between the two programs of one tracepoint: the same transition, a moment later, again.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
1.000001 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv +recovered
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=synack client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.100001 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2 +recovered
10.100002 enqueue #7 sk=70 q=1:1/2/0
# its request is not known: it waits for the enqueue, once
10.2 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 copy=1/2
10.200001 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 copy=1/2 +recovered
10.200002 enqueue #8 sk=80 q=1:2/2/0
    (at 10200ms) state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=2 backlog=2 syn_queue=0
11 connect #9 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#9 10.0.0.1<10.0.0.3:80 [60/cl]
11.000001 connect #9 10.0.0.1:0<10.0.0.3:80 by=60/cl +recovered
11.1 est #9 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:80 isn=3/4
    state SYN_SENT->ESTABLISHED client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms client_isn=3 server_isn=4 connect_ns=100ms
11.100001 est #9 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:80 isn=3/4 +recovered
12 state #9 ESTABLISHED>CLOSE_WAIT 10.0.0.1:5000<10.0.0.3:80 +peer_fin
    state ESTABLISHED->CLOSE_WAIT client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=900ms
12.000001 state #9 ESTABLISHED>CLOSE_WAIT 10.0.0.1:5000<10.0.0.3:80 +peer_fin +recovered
12.1 state #9 CLOSE_WAIT>LAST_ACK 10.0.0.1:5000<10.0.0.3:80
    state CLOSE_WAIT->LAST_ACK client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms
12.2 closed #9 LAST_ACK>CLOSE 10.0.0.1:5000<10.0.0.3:80
    state LAST_ACK->CLOSE client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms
    close client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] close_reason=fin_passive client_isn=3 server_isn=4 connect_ns=100ms life_ns=1200ms states_ns={ESTABLISHED:900ms SYN_SENT:100ms CLOSE_WAIT:100ms LAST_ACK:100ms} bytes_in=0 bytes_out=0 retrans=0
12.200001 closed #9 LAST_ACK>CLOSE 10.0.0.1:5000<10.0.0.3:80 +recovered
12.200002 state #9 CLOSE_WAIT>LAST_ACK 10.0.0.1:5000<10.0.0.3:80 +recovered
13 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=12000ms accept_queue=2 backlog=2 syn_queue=0
13.000001 closed #1 LISTEN>CLOSE 0.0.0.0:9502 +recovered
14 listen #2 0.0.0.0:9503 q=2:0/2/0
    state CLOSE->LISTEN listener#2 0.0.0.0:9503 accept_queue=0 backlog=2 syn_queue=0
15 closed #2 LISTEN>CLOSE 0.0.0.0:9503
    state LISTEN->CLOSE listener#2 0.0.0.0:9503 in_old_ns=1000ms accept_queue=0 backlog=2 syn_queue=0
15.000001 closed #2 LISTEN>CLOSE 0.0.0.0:9503 +recovered
16 end
    summary accepts=0 connections=3 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=2 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
