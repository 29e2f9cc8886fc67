# ECONNREFUSED has two causes: a RST, and ICMP port unreachable (no segment has arrived).
1 connect #8 10.0.0.2:0<10.0.0.1:7032 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.2<10.0.0.1:7032 [60/cl]
1.1 closed #8 10.0.0.2:5000<10.0.0.1:7032 SYN_SENT>CLOSE err=ECONNREFUSED +unreachable
    state SYN_SENT->CLOSE client#8 10.0.0.2:5000<10.0.0.1:7032 [60/cl] errno=ECONNREFUSED reason=refused_by_icmp in_old_ns=100ms
    close client#8 10.0.0.2:5000<10.0.0.1:7032 [60/cl] errno=ECONNREFUSED close_reason=refused_by_icmp life_ns=100ms states_ns={SYN_SENT:100ms} bytes_in=0 bytes_out=0 retrans=0
2 connect #9 10.0.0.2:0<10.0.0.1:7032 by=60/cl
    state CLOSE->SYN_SENT client#9 10.0.0.2<10.0.0.1:7032 [60/cl]
2.1 reset #9 10.0.0.2:5001<10.0.0.1:7032 state=SYN_SENT
    reset client#9 10.0.0.2:5001<10.0.0.1:7032 [60/cl] dir=received
2.1 closed #9 10.0.0.2:5001<10.0.0.1:7032 SYN_SENT>CLOSE err=ECONNREFUSED
    state SYN_SENT->CLOSE client#9 10.0.0.2:5001<10.0.0.1:7032 [60/cl] errno=ECONNREFUSED reason=rst_received in_old_ns=100ms
    close client#9 10.0.0.2:5001<10.0.0.1:7032 [60/cl] errno=ECONNREFUSED close_reason=refused life_ns=100ms states_ns={SYN_SENT:100ms} bytes_in=0 bytes_out=0 retrans=0
