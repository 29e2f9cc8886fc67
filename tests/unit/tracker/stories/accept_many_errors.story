# More kinds of error than are kept apart; one without a socket is nobody's, and none is its port's.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
2 accept err=EMFILE by=50/srv
2.1 accept err=EMFILE 10.0.0.1:77 by=50/srv
    accept_error listener 10.0.0.1:77 [50:50/srv] state=ESTABLISHED errno=EMFILE count=1
2.2 accept err=ETIMEDOUT q=1:0/2/0 by=50/srv
    accept_error listener#1 0.0.0.0:9502 [50:50/srv] errno=ETIMEDOUT count=1 accept_queue=0 backlog=2 syn_queue=0
