# 6.1 without fentry: no hook sees the enqueue. The child's copy of its listener's queue stands in, and the line does not
# wait; with two listeners on the port, which one it was is not known, but that it is queued is.
tier tracepoint
know enqueue absent
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
10 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv called=10.05 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=50ms completed_before_accept=true accept_queue=0 backlog=2
11 listen #2 0.0.0.0:9502 q=2:0/2/0 by=51/srv
    state CLOSE->LISTEN listener#2 0.0.0.0:9502 [51/srv] accept_queue=0 backlog=2 syn_queue=0
12 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 copy=1/2
    state SYN_RECV->ESTABLISHED server#8 10.0.0.1:9502<10.0.0.2:4001 client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=2 backlog=2
13 accept #8 10.0.0.1:9502<10.0.0.2:4001 q=2:1/2/0 by=51/srv called=12.5 fd=5
    accept server#8@2 10.0.0.1:9502<10.0.0.2:4001 [51:51/srv] state=ESTABLISHED fd=5 accept_wait_ns=1000ms call_ns=500ms completed_before_accept=true accept_queue=1 backlog=2
# a request of a listener that had been there before us, and of which we know nothing but this
14 est #9 sk=90 10.0.0.1:9503<10.0.0.2:4001 isn=100/200 copy=4/8
    state SYN_RECV->ESTABLISHED server#9 10.0.0.1:9503<10.0.0.2:4001 client_isn=100 server_isn=200 synack_retrans=0 queued=true accept_queue=5 backlog=8
14 end
    summary accepts=2 connections=3 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=1 drops=0 handshake=0 accept_wait=1:100ms/100ms/100ms/100ms
        #2 port=9502 completed=0 accepted=1 drops=0 handshake=0 accept_wait=1:1000ms/1000ms/1000ms/1000ms
