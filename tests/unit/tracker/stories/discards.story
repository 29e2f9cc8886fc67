# Segments that the listener itself discards move its counter, and are no refusals, even while its queue is full.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/1/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=1 syn_queue=0
2 drop reason=signature discard=1 0.0.0.0:9502<10.0.0.2:4000 +segment_syn q=1:2/1/0 drops=1
    drop server@1 0.0.0.0:9502<10.0.0.2:4000 [50/srv] count=1 segment=other drop_reason=bad_signature kernel_reason=TCP_MD5NOTFOUND client_isn=0 accept_queue=2 backlog=1 syn_queue=0 drops_total=1
2.1 drop reason=filter 0.0.0.0:9502<10.0.0.2:4002 q=1:2/1/0 drops=4 segments=3
    drop server@1 0.0.0.0:9502<10.0.0.2:4002 [50/srv] count=3 segment=other drop_reason=socket_filter accept_queue=2 backlog=1 syn_queue=0 drops_total=4
# One more: that was a refusal.
2.2 syn 10.0.0.1:9502<10.0.0.2:4004 isn=100/200 q=1:2/1/1 drops=5 +synack
    drop listener#1 0.0.0.0:9502 [50/srv] count=1 segment=syn drop_reason=accept_queue_full accept_queue=2 backlog=1 syn_queue=1 drops_total=5
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4004 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=2 backlog=1 syn_queue=1
3 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:1 bad_signature:1 socket_filter:3} lost=0
        #1 port=9502 completed=0 accepted=0 drops=1 handshake=0 accept_wait=0
