# A packet filter drops the SYN-ACK: the request is told by that. Its timer cannot send it again, which ends the request.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 drop reason=netfilter discard=12 10.0.0.1:9502<10.0.0.2:4000 seq=100 q=1:0/2/1 segments=1 +synack
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=synack drop_reason=netfilter kernel_reason=NETFILTER_DROP client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1 drops_total=0
# The SYN comes again: the listener's counter moves for it, and nobody is refused, even while its queue is full.
10.5 drop reason=netfilter discard=12 10.0.0.1:9502<10.0.0.2:4000 seq=100 q=1:3/2/1 segments=1 +synack +syn_came
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=synack drop_reason=netfilter kernel_reason=NETFILTER_DROP client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1 drops_total=0
11 drop reason=netfilter discard=12 10.0.0.1:9502<10.0.0.2:4000 seq=100 q=1:3/2/1 drops=1 segments=1 +synack +given_up
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=synack drop_reason=netfilter kernel_reason=NETFILTER_DROP client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1 drops_total=1
    state SYN_RECV->CLOSE server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=request_expired in_old_ns=1000ms
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 drop_reason=request_expired client_isn=100 server_isn=200 synack_retrans=0 accept_queue=3 backlog=2 syn_queue=0
    close server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=timeout client_isn=100 server_isn=200 accepted=false life_ns=1000ms states_ns={SYN_RECV:1000ms}
# Where a hook sees that, too.
11.1 expired 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/0 drops=1
# One that is older than the tracer.
12 drop reason=netfilter discard=12 #8 10.0.0.1:9502<10.0.0.2:4002 seq=300 q=1:0/2/1 drops=1 segments=1 +synack +given_up
    drop server#8@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] count=1 segment=synack drop_reason=netfilter kernel_reason=NETFILTER_DROP accept_queue=0 backlog=2 syn_queue=1 drops_total=1
    state SYN_RECV->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] reason=request_expired
    drop server#8@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] count=1 drop_reason=request_expired synack_retrans=0 accept_queue=0 backlog=2 syn_queue=0
    close server#8@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] close_reason=timeout accepted=false preexisting=true
# That of a steered request names the listener that nobody was told of.
13 drop reason=netfilter discard=12 10.0.0.1:80<10.0.0.2:4004 seq=500 q=2:0/5/1 segments=1 +synack
    drop server@2 10.0.0.1:80<10.0.0.2:4004 count=1 segment=synack drop_reason=netfilter kernel_reason=NETFILTER_DROP accept_queue=0 backlog=5 syn_queue=1 drops_total=0
20 end
    summary accepts=0 connections=1 preexisting_connections=2 never_accepted=0 still_queued=0 drops_by_reason={netfilter:5 request_expired:2} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
        #2 port=80 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
