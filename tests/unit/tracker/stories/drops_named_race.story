# Two CPUs refuse at once: the first fact carries a counter that has the second refusal already. Where each refusal is named,
# the second is not reported before its own fact comes.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
10 drop 10.0.0.1:9502<10.0.0.2:4000 seq=8 q=1:3/2/0 drops=2 reason=accept_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 segment=syn drop_reason=accept_queue_full client_isn=8 accept_queue=3 backlog=2 syn_queue=0 drops_total=2
10.01 drop 10.0.0.1:9502<10.0.0.2:4001 seq=9 q=1:3/2/0 drops=2 reason=accept_queue_full +segment_syn
    drop server@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] count=1 segment=syn drop_reason=accept_queue_full client_isn=9 accept_queue=3 backlog=2 syn_queue=0 drops_total=2
13 end
    summary accepts=0 connections=0 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={accept_queue_full:2} lost=0
        #1 port=9502 completed=0 accepted=0 drops=2 handshake=0 accept_wait=0
