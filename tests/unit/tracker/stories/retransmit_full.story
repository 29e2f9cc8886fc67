# No hook saw the SYN refused. The listener's counter rose by as many as wait for an answer, so it was. Without that, or with fewer: not known.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/1/0 by=50/srv asked=1 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 backlog_asked=1 somaxconn=4096 syn_queue=0
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:2/1/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=2 backlog=1 syn_queue=1
3 connect #8 10.0.0.2:0<10.0.0.1:9502 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.2<10.0.0.1:9502 [60/cl]
# The queue is full, the counter is not: this SYN was lost on its way.
4 again #8 10.0.0.2:5000<10.0.0.1:9502 state=SYN_SENT isn=5/0 attempt=1
    retransmit client#8 10.0.0.2:5000<10.0.0.1:9502 [60/cl] what=syn attempt=1
4.5 existing #1 0.0.0.0:9502 q=1:2/1/1 state=LISTEN drops=1
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 segment=syn drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1 drops_total=1
6 again #8 10.0.0.2:5000<10.0.0.1:9502 state=SYN_SENT isn=5/0 attempt=2
    retransmit client#8 10.0.0.2:5000<10.0.0.1:9502 [60/cl] what=syn attempt=2 drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1
# Two wait, one was refused: which one?
7 connect #9 10.0.0.2:0<10.0.0.1:9502 by=60/cl
    state CLOSE->SYN_SENT client#9 10.0.0.2<10.0.0.1:9502 [60/cl]
7.5 existing #1 0.0.0.0:9502 q=1:2/1/1 state=LISTEN drops=2
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 segment=syn drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1 drops_total=2
8 again #9 10.0.0.2:5001<10.0.0.1:9502 state=SYN_SENT isn=5/0 attempt=1
    retransmit client#9 10.0.0.2:5001<10.0.0.1:9502 [60/cl] what=syn attempt=1
# The first got its connection: one waits, and one more was refused.
8.1 est #8 10.0.0.2:5000<10.0.0.1:9502 isn=5/6 SYN_SENT>ESTABLISHED
    state SYN_SENT->ESTABLISHED client#8 10.0.0.2:5000<10.0.0.1:9502 [60/cl] in_old_ns=5100ms client_isn=5 server_isn=6 connect_ns=5100ms
9 existing #1 0.0.0.0:9502 q=1:2/1/1 state=LISTEN drops=3
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 segment=syn drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1 drops_total=3
10 again #9 10.0.0.2:5001<10.0.0.1:9502 state=SYN_SENT isn=5/0 attempt=2
    retransmit client#9 10.0.0.2:5001<10.0.0.1:9502 [60/cl] what=syn attempt=2 drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1
