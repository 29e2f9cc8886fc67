# A client speaks on a connection that the server no longer has: the listener answers by RST. It is named, with who holds it.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
2 reset 10.0.0.1:9502<10.0.0.2:4000 reason=no_connection +sent
    reset server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=no_connection kernel_reason=TCP_FLAGS
3 end
    summary accepts=0 connections=0 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
