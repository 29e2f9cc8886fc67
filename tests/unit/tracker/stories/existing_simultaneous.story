# Both ends were in SYN_SENT before the tracer: neither is a server, also where something listens at the port of one.
1 existing #1 10.0.0.1:6000 q=1:0/5/0 qsk=0 state=LISTEN
    socket listener#1 10.0.0.1:6000 state=LISTEN accept_queue=0 backlog=5 drops_total=0 preexisting=true
2 existing #2 state=SYN_SENT 10.0.0.1:6000>10.0.0.2:7000
    socket client#2 10.0.0.1:6000<10.0.0.2:7000 state=SYN_SENT preexisting=true
2.1 existing #3 state=SYN_SENT 10.0.0.2:7000>10.0.0.1:6000
    socket client#3 10.0.0.2:7000<10.0.0.1:6000 state=SYN_SENT preexisting=true
3 end
    summary accepts=0 connections=0 preexisting_connections=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=6000 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
