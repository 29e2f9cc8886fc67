# The same ends, three times: a cookie that no fact named finds the one in TIME_WAIT. What nobody knows ends nothing twice.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
2 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
    socket server#7@1 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT role_basis=listener preexisting=true
2.1 walked
3 syn #8 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
4 timewait_end 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
    state TIME_WAIT->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 role_basis=listener
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 role_basis=listener close_reason=unknown preexisting=true
5 timewait #99 10.0.0.1:9502<10.0.0.2:4000 state=FIN_WAIT2
6 timewait_end #8 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
