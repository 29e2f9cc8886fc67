# --raw prints every transition, of either side, whatever --side asks the story for.
raw
side client
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0 raw=true
2 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE ?#1 0.0.0.0:9502 raw=true
