# TCP_REPAIR (CRIU, live migration): a connection is taken away without a segment, and restored through the states of connect() without a handshake.
tier tracepoint
1 walked
2 connect #8 10.0.0.1:7010<10.0.0.2:4000 by=60/criu +repair
    state CLOSE->SYN_SENT ?#8 10.0.0.1:7010<10.0.0.2:4000 [60/criu] reason=tcp_repair
2.1 est #8 10.0.0.1:7010<10.0.0.2:4000 isn=55/66 SYN_SENT>ESTABLISHED +repair +owned pid=60
    state SYN_SENT->ESTABLISHED ?#8 10.0.0.1:7010<10.0.0.2:4000 [60/criu] reason=tcp_repair in_old_ns=100ms
3 closed #8 10.0.0.1:7010<10.0.0.2:4000 ESTABLISHED>CLOSE +repair +owned pid=60
    state ESTABLISHED->CLOSE ?#8 10.0.0.1:7010<10.0.0.2:4000 [60/criu] reason=tcp_repair in_old_ns=900ms
    close ?#8 10.0.0.1:7010<10.0.0.2:4000 [60/criu] close_reason=taken_away states_ns={ESTABLISHED:900ms SYN_SENT:100ms} bytes_in=0 bytes_out=0 retrans=0
3.2 tick
