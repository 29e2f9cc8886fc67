# Where a hook sees each request begin, one that is not known was lost. (Elsewhere its SYN-ACK may not have left yet.)
tier full
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
2 walked
20 lost count=1 of=0
    lost count=1 lost_at=ringbuf total=1
22 existing 10.0.0.1:9502<10.0.0.2:4005 state=SYN_RECV +again
    verify server@1 10.0.0.1:9502<10.0.0.2:4005 [50/srv] difference="corrected after a loss: it is in SYN_RECV, and was not known"
