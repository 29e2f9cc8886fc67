# listen() again with another backlog; then where no hook sees it; then a shutdown and the socket listens again.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
2 listen #1 0.0.0.0:9502 q=1:0/7/0 by=50/srv asked=7 somaxconn=4096 +again
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=7 accept_queue_limit=8 backlog_asked=7 somaxconn=4096 syn_queue=0 accept_queue_peak=0 drops_total=0 refused=0 completed=0 accepts=0 verdict=ok
# once more with the same backlog: nothing is new
2.5 listen #1 0.0.0.0:9502 q=1:0/7/0 by=50/srv asked=7 somaxconn=4096 +again
3 accept err=EAGAIN q=1:0/9/0 by=50/srv
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=9 accept_queue_limit=10 syn_queue=0 accept_queue_peak=0 drops_total=0 refused=0 completed=0 accepts=0 verdict=ok
4 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=3000ms accept_queue=0 backlog=9 syn_queue=0
5 listen #1 0.0.0.0:9502 q=1:0/4/0 by=50/srv asked=4 somaxconn=4096 +mptcp
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=4 backlog_asked=4 somaxconn=4096 syn_queue=0 mptcp=true
# unknown to us
6 closed #3 LISTEN>CLOSE 0.0.0.0:9504
    state LISTEN->CLOSE listener#3 0.0.0.0:9504
7 end
    summary accepts=0 connections=0 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
