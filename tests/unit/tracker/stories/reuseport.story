# Two listeners on one port: which one is known from the request, and for a request that is not, from the enqueue.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
1 listen #2 0.0.0.0:9502 q=2:0/2/0 by=51/srv
    state CLOSE->LISTEN listener#2 0.0.0.0:9502 [51/srv] accept_queue=0 backlog=2 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=2:0/2/1 +synack
    state LISTEN->SYN_RECV server@2 10.0.0.1:9502<10.0.0.2:4000 [51/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@2 10.0.0.1:9502<10.0.0.2:4000 [51/srv] in_old_ns=100ms basis=synack client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1 enqueue #7 sk=70 q=2:1/2/0
11 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 copy=0/2
11 enqueue #8 sk=80 q=1:1/2/0
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
12 accept #8 10.0.0.1:9502<10.0.0.2:4001 q=1:0/2/0 by=50/srv called=11.5 fd=5
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=1000ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
12 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=2:0/2/0 by=51/srv called=11.5 fd=5
    accept server#7@2 10.0.0.1:9502<10.0.0.2:4000 [51:51/srv] state=ESTABLISHED fd=5 accept_wait_ns=1900ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
# of either: a server connection of no known listener
13 state #9 10.0.0.1:9502<10.0.0.2:4002 ESTABLISHED>CLOSE_WAIT
    state ESTABLISHED->CLOSE_WAIT server#9 10.0.0.1:9502<10.0.0.2:4002 role_basis=listener
14 end
    summary accepts=2 stuck_close_wait=1 stuck_close_wait_ns=1000ms connections=2 preexisting_connections=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=1 drops=0 handshake=0 accept_wait=1:1000ms/1000ms/1000ms/1000ms
        #2 port=9502 completed=1 accepted=1 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=1:1900ms/1900ms/1900ms/1900ms
