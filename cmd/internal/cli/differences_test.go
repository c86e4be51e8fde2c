package cli

// A difference is where decode and expect.tsv say different things about a
// packet, and why that is right. Absent is what is expected and not reported,
// extra a failure that is reported and not expected. Every mark is a packet
// and a number, or the symbol of an outcome without one.
type difference struct{ file, kind, reason, marks string }

var differences = []difference{
	{"enip/ab_server-failures.pcapng", "extra", "PCCC status inside an Execute PCCC reply, which Wireshark does not read", "153:0xf0 155:0xf0 157:0xf0 161:0xf0 163:0xf0 165:0xf0"},
	{"enip/ab_server-failures.pcapng", "extra", "the reply contradicts its own lengths", "167:Malformed"},
	{"enip/cpppo-failures.pcapng", "extra", "the server ends the connection instead of answering", "9:EOF 22:EOF 51:EOF 66:Reset 75:EOF 102:Reset 139:Reset 150:Reset"},
	{"enip/cpppo-failures.pcapng", "extra", "a request to which the capture holds no answer", "88:Deadline 113:Deadline 125:Deadline 163:Deadline 203:Deadline"},
	{"enip/gologix-server-failures.pcapng", "extra", "a request to which the capture holds no answer", "8:Deadline 22:Deadline 46:Deadline 170:Deadline 205:Deadline"},
	{"enip/gologix-server-failures.pcapng", "extra", "the reply contradicts its own lengths", "45:Malformed"},
	{"enip/gologix-server-failures.pcapng", "extra", "the server ends the connection instead of answering", "63:Reset 110:EOF 121:EOF 132:EOF 143:EOF 180:EOF 193:EOF"},
	{"enip/opener-failures.pcapng", "absent", "the attributes of the list have a status each; general status 0x0A only says so", "73:0xa"},
	{"enip/opener-failures.pcapng", "extra", "a request to which the capture holds no answer", "36:Deadline 48:Deadline 106:Deadline"},
	{"enip/opener-failures.pcapng", "extra", "the attributes of the list have a status each; general status 0x0A only says so", "73:0x14"},
	{"fins/constructed_tcp.pcap", "extra", "the answer to the handshake lacks the addresses, but not its error code", "21:0x20"},
	{"fins/constructed_udp.pcap", "extra", "Wireshark shows no end code for this command", "15:0x2211 16:0x402 18:0x1101 22:0x8201 24:0x1100 25:0x110c"},
	{"fins/constructed_udp.pcap", "extra", "too short for a response, or its first byte lacks the response bit", "19:Malformed 20:Malformed 21:Malformed"},
	{"fins/loopback_brony_sim_tcp.pcap", "extra", "the server answers the handshake with command 0, which is that of clients", "6:0x0"},
	{"fins/loopback_l1va_sim.pcap", "extra", "Wireshark shows no end code for this command", "10:0x402"},
	{"fins/loopback_ruby_sim.pcap", "extra", "the simulator answers from another port than it was asked on, or not at all", "1:Deadline 3:Deadline 5:Deadline 7:Deadline 8:Deadline"},
	{"focas/fwlib_connection_faults.pcapng", "extra", "the server ends the connection instead of answering", "20:EOF 45:Reset 87:EOF"},
	{"focas/fwlib_connection_faults.pcapng", "extra", "a request to which the capture holds no answer", "67:Deadline"},
	{"focas/fwlib_dir3_abort.pcapng", "absent", "the refusal of a session is told as FANUC's library tells it, -17 with the detail 8 and the status word 4", "138:0x4"},
	{"focas/fwlib_dir3_abort.pcapng", "extra", "the refusal of a session is told as FANUC's library tells it, -17 with the detail 8 and the status word 4", "138:0xffef"},
	{"focas/fwlib_frame_faults.pcapng", "extra", "a frame fault is told as FANUC's library tells it, -17 with a detail", "20:0xffef 48:0xffef 76:0xffef 106:0xffef 136:0xffef 166:0xffef 196:0xffef"},
	{"focas/fwlib_frame_faults.pcapng", "extra", "a request to which the capture holds no answer", "223:Deadline"},
	{"knx/calimero-al-return-codes.pcapng", "extra", "a request to which the capture holds no answer", "15:Deadline 153:Deadline"},
	{"knx/calimero-al-return-codes.pcapng", "extra", "the negative answer is inside the telegram: a property error, a return code, or an empty answer", "30:0xfd 55:0xfd 67:0xfb 89:0x2c9 102:0x2c9 113:0xfd 126:0xf4 139:0xfd 151:0x2"},
	{"knx/calimero-retransmit-funcprop-tcp.pcapng", "extra", "the server ends the channel with a request, which has no status", "11:0x209 75:0x209"},
	{"knx/calimero-retransmit-funcprop-tcp.pcapng", "extra", "a request to which the capture holds no answer", "" +
		"14:Deadline 16:Deadline 18:Deadline 20:Deadline 22:Deadline 23:Deadline 24:Deadline 25:Deadline " +
		"26:Deadline 60:Deadline 62:Deadline "},
	{"knx/calimero-retransmit-funcprop-tcp.pcapng", "extra", "the negative answer is inside the telegram: a property error, a return code, or an empty answer", "31:0xa1 35:0xf8 39:0xa1 43:0xff 47:0x0"},
	{"knx/calimero-status-0x25-0x02.pcapng", "extra", "a request to which the capture holds no answer", "5:Deadline 14:Deadline"},
	{"knx/calimero-subnet-loss-begin.pcapng", "extra", "a request to which the capture holds no answer", "34:Deadline 36:Deadline 37:Deadline"},
	{"knx/examples-all.pcap", "absent", "the frame is longer than its header says, so that its status is not read", "39:0x21"},
	{"knx/examples-all.pcap", "extra", "the server ends the channel with a request, which has no status", "12:0x209"},
	{"knx/examples-all.pcap", "extra", "transport layer of KNX: the device has closed the connection or refused the telegram", "16:0x81 17:0xff"},
	{"knx/examples-all.pcap", "extra", "confirmation bit of cEMI: nobody on the bus has acknowledged the telegram", "18:0x1 19:0x1 20:0x1"},
	{"knx/examples-all.pcap", "extra", "the negative answer is inside the telegram: a property error, a return code, or an empty answer", "21:0x3d6 22:0xfd 23:0xfb 24:0xf4 25:0x2 26:0x7 27:0x8 28:0xa1 29:0xfa"},
	{"knx/examples-all.pcap", "extra", "feature \"bus connected\" with the value no", "30:0x0"},
	{"knx/examples-all.pcap", "extra", "lost routing messages are told by a counter, not by a status", "33:0x531"},
	{"knx/examples-all.pcap", "extra", "status of a secure session", "36:0x1"},
	{"knx/examples-all.pcap", "extra", "the frame breaks the rules of KNXnet/IP or cEMI", "38:TruncatedBody 39:TotalLengthMismatch 40:AdditionalInfoOverrun"},
	{"knx/knxd-0.14.54-failures.pcapng", "extra", "a request to which the capture holds no answer", "" +
		"35:Deadline 36:Deadline 38:Deadline 47:Deadline 62:Deadline 63:Deadline 64:Deadline " +
		"68:Deadline 73:Deadline "},
	{"knx/knxd-0.14.54-failures.pcapng", "extra", "the negative answer is inside the telegram: a property error, a return code, or an empty answer", "54:0x0 58:0x0"},
	{"knx/knxd-0.14.54-failures.pcapng", "extra", "the server ends the channel with a request, which has no status", "70:0x209 72:0x209 74:0x209"},
	{"opcua/lab-gopcua-server.pcapng", "absent", "the request writes a value together with this status: the client says it, not the device", "138:0x808a0000"},
	{"opcua/lab-gopcua-server.pcapng", "extra", "Wireshark has no field of its own for the result of each operation of this service", "" +
		"121:0x801f0000 124:0x80340000 127:0x80340000 136:0x80340000 145:0x80350000 148:0x80350000 " +
		"151:0x80340000 154:0x80340000 157:0x80340000 160:0x801f0000 160:0x80340000 227:0x80280000 "},
	{"opcua/lab-gopcua-server.pcapng", "extra", "a request to which the capture holds no answer", "" +
		"344:Deadline 365:Deadline 382:Deadline 401:Deadline 416:Deadline 433:Deadline 466:Deadline " +
		"519:Deadline 540:Deadline 565:Deadline "},
	{"opcua/lab-node-opcua-client.pcapng", "absent", "the request writes a value together with this status: the client says it, not the device", "140:0x808a0000"},
	{"opcua/lab-node-opcua-client.pcapng", "extra", "Wireshark has no field of its own for the result of each operation of this service", "" +
		"123:0x803b0000 126:0x801f0000 129:0x80340000 132:0x80740000 135:0x80740000 138:0x803c0000 " +
		"147:0x80350000 150:0x803b0000 153:0x80370000 156:0x80360000 159:0x80360000 162:0x80340000 " +
		"162:0x803b0000 186:0x80420000 474:0x80280000 "},
	{"opcua/lab-open62541-client.pcapng", "absent", "the request writes a value together with this status: the client says it, not the device", "138:0x808a0000"},
	{"opcua/lab-open62541-client.pcapng", "extra", "Wireshark has no field of its own for the result of each operation of this service", "" +
		"121:0x801f0000 124:0x80340000 127:0x80340000 130:0x80740000 133:0x80740000 136:0x80340000 " +
		"139:0x80730000 145:0x80350000 148:0x80730000 151:0x80370000 154:0x80360000 157:0x80360000 " +
		"160:0x801f0000 160:0x80340000 184:0x80420000 460:0x80280000 "},
	{"opcua/lab-open62541-raw.pcapng", "extra", "the server ends the connection instead of answering", "145:Closed 156:Closed"},
	{"opcua/lab-open62541-raw.pcapng", "extra", "a request to which the capture holds no answer", "235:Deadline"},
	{"opcua/lab-open62541-raw.pcapng", "extra", "Wireshark has no field of its own for the result of each operation of this service", "557:0x80280000 565:0x80280000"},
	{"s7/constructed_frames.pcap", "extra", "a success without a value is none; the return code is 0xFF", "4:EmptyValue"},
	{"s7/constructed_frames.pcap", "extra", "reason of a COTP disconnect, a layer below S7 in Wireshark", "5:0x3"},
	{"s7/constructed_frames.pcap", "extra", "cause of a COTP reject, a layer below S7 in Wireshark", "6:0x2"},
	{"s7/pysnap7server_raw_failures.pcapng", "extra", "return code in the data of user data, where the header says success", "165:0x81 193:0x81"},
	{"s7/pysnap7server_raw_failures.pcapng", "extra", "the request asks for no item and the answer has one", "221:ItemCountMismatch"},
	{"s7/snap7server_gos7_failures.pcapng", "extra", "an answer that begins with 0x00 instead of the protocol identifier 0x32", "249:0x0 263:0x0"},
	{"s7/snap7server_gos7_failures.pcapng", "extra", "a request to which the capture holds no answer", "498:ReadTimeout 512:ReadTimeout"},
	{"s7/snap7server_gos7_failures.pcapng", "extra", "confirmation of a COTP disconnect: the connection is gone", "553:0xc0"},
}
