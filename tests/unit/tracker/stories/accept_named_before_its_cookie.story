# accept() of a connection that is older than the tracer is its first fact, and the socket has no cookie yet. The facts that
# name it by a cookie are of the same connection: it was accepted, and nothing of it stays behind.
tier tracepoint
1 accept #0 10.0.0.1:9502<10.0.0.2:4000 state=CLOSE_WAIT q=1:0/2/0 qsk=77 by=50/srv called=0 fd=5
    accept server@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=CLOSE_WAIT fd=5 accept_queue=0 backlog=2
2 state #7 10.0.0.1:9502<10.0.0.2:4000 CLOSE_WAIT>LAST_ACK
    state CLOSE_WAIT->LAST_ACK server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv]
3 closed #7 10.0.0.1:9502<10.0.0.2:4000 LAST_ACK>CLOSE
    state LAST_ACK->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=1000ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_passive accepted=true states_ns={LAST_ACK:1000ms} bytes_in=0 bytes_out=0 retrans=0 preexisting=true
4 end
    summary accepts=1 accepts_departed=1 connections=0 preexisting_connections=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=1 drops=0 handshake=0 accept_wait=0
