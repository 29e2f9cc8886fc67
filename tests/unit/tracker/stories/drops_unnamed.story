# Without fentry no hook sees the refused SYN; the listener's counter says how many. The final ACK is named, without
# the listener's figures, before the counter is read again: it is not counted twice.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
9 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
9.1 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 reason=accept_queue_full +acked
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1 drops_total=0
# one named, which the counter has twice, and one unnamed
10 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1 drops=3 attempt=1
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 segment=syn drop_reason=accept_queue_full accept_queue=3 backlog=2 syn_queue=1 drops_total=3
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=1 client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
# the client's SYN came again: the counter moves for it, and nobody was refused
10.2 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1 drops=3 attempt=2 +syn_came
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=2 client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
10.3 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:3/2/1 drops=4 attempt=3
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] what=synack attempt=3 client_believes_established=true client_isn=100 server_isn=200 accept_queue=3 backlog=2 syn_queue=1
# the program has taken one meanwhile: the queue was full nevertheless
10.5 accept #20 10.0.0.1:9502<10.0.0.2:3999 q=1:2/2/1 drops=5 by=50/srv called=10.4 fd=5
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 segment=syn drop_reason=accept_queue_full accept_queue=2 backlog=2 syn_queue=1 drops_total=5
    accept server#20@1 10.0.0.1:9502<10.0.0.2:3999 [50:50/srv] state=ESTABLISHED fd=5 call_ns=100ms completed_before_accept=true accept_queue=2 backlog=2
# no queue was full: the counter moved for something else
11 accept #21 10.0.0.1:9502<10.0.0.2:3998 q=1:1/2/1 drops=6 by=50/srv called=10.9 fd=6
    accept server#21@1 10.0.0.1:9502<10.0.0.2:3998 [50:50/srv] state=ESTABLISHED fd=6 call_ns=100ms completed_before_accept=true accept_queue=1 backlog=2
# an older reading that comes late changes nothing
11.1 accept #22 10.0.0.1:9502<10.0.0.2:3997 q=1:0/2/1 drops=5 by=50/srv called=10.9 fd=6
    accept server#22@1 10.0.0.1:9502<10.0.0.2:3997 [50:50/srv] state=ESTABLISHED fd=6 call_ns=200ms completed_before_accept=true accept_queue=0 backlog=2
# cookies are sent: it may have been an ACK
11.5 accept #23 10.0.0.1:9502<10.0.0.2:3996 q=1:3/2/1 drops=7 stamp=9 by=50/srv called=10.9 fd=7
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 drop_reason=accept_queue_full accept_queue=3 backlog=2 syn_queue=1 drops_total=7
    accept server#23@1 10.0.0.1:9502<10.0.0.2:3996 [50:50/srv] state=ESTABLISHED fd=7 call_ns=600ms completed_before_accept=true accept_queue=3 backlog=2
12 end
    summary accepts=4 connections=1 preexisting_connections=4 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:4} lost=0
        #1 port=9502 completed=0 accepted=4 drops=4 handshake=0 accept_wait=0
