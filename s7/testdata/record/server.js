// The S7 server that the recorded frames come from: the S7Server of node-snap7
// on 127.0.0.1, with DB 1 (512 bytes), DB 2 (16 bytes), and small M, I, Q, T, C areas.
//
//	npm_config_nodedir=$(dirname $(dirname $(which node))) npm install node-snap7@1.0.9
//	node server.js [port]
const snap7 = require('node-snap7');

const server = new snap7.S7Server();
server.SetParam(server.LocalPort, Number(process.argv[2] || 10102));

const bytes = (n) => Buffer.from(Array.from({ length: n }, (_, i) => i & 0xff));
server.RegisterArea(server.srvAreaDB, 1, bytes(512));
server.RegisterArea(server.srvAreaDB, 2, bytes(16));
for (const area of [server.srvAreaMK, server.srvAreaPE, server.srvAreaPA, server.srvAreaTM, server.srvAreaCT]) {
  server.RegisterArea(area, bytes(64));
}
if (!server.StartTo('127.0.0.1')) {
  console.error('cannot listen:', server.ErrorText(server.LastError()));
  process.exit(1);
}
console.log('listening');
// It ends with its standard input, so that a test that dies takes it along.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
