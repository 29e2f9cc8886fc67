# A client that believes to be connected sends data: its segments come in one packet, and each is in the listener's counter.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/1/0 by=50/srv asked=1 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 backlog_asked=1 somaxconn=4096 syn_queue=0
2 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:2/1/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=2 backlog=1 syn_queue=1
2.1 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:2/1/1 drops=2 reason=accept_queue_full segments=1 +acked
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true client_isn=100 server_isn=200 accept_queue=2 backlog=1 syn_queue=1 drops_total=2
2.2 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:2/1/1 drops=13 reason=accept_queue_full segments=10 +acked
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true client_isn=100 server_isn=200 accept_queue=2 backlog=1 syn_queue=1 drops_total=13
# Counted twice, and once more for another client's SYN, that no hook saw.
2.4 drop 10.0.0.1:9502<10.0.0.2:4000 seq=101 q=1:2/1/1 drops=16 reason=accept_queue_full segments=1 +acked
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 segment=syn drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1 drops_total=16
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=ack drop_reason=accept_queue_full client_believes_established=true client_isn=100 server_isn=200 accept_queue=2 backlog=1 syn_queue=1 drops_total=16
