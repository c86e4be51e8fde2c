// Reads or writes one item with omron-fins and prints what omron-fins says of it
// as one line of JSON. Without an address it only opens a session.
//
//	node omron-fins.js HOST PORT udp|tcp
//	node omron-fins.js HOST PORT udp|tcp ADDRESS COUNT
//	node omron-fins.js HOST PORT udp|tcp ADDRESS COUNT VALUE
const { FinsClient } = require('omron-fins');

const [host, port, protocol, address, count, value] = process.argv.slice(2);

let stage = 'connect';

function say(result) {
  console.log(JSON.stringify({ stage, ...result }));
  process.exit(0);
}

function answered(err, msg) {
  if (err) return say({ error: err.message || String(err) });
  const { endCode, endCodeDescription, NetworkRelayError, NonFatalCPUUnitErr, FatalCPUUnitErr, values } = msg.response;
  say({ endCode, endCodeDescription, NetworkRelayError, NonFatalCPUUnitErr, FatalCPUUnitErr, values });
}

process.on('uncaughtException', (err) => say({ thrown: err.message }));

const client = new FinsClient(Number(port), host, { protocol, timeout: 700, SA1: 9, DA1: 1 }, false);
client.on('error', (err) => say({ error: err.message || String(err) }));
client.on('close', () => say({ closed: true }));
client.on('open', () => {
  if (address === undefined) return say({ open: true });
  // It says that it is open before it notes that it is.
  setImmediate(() => {
    if (value !== undefined) {
      stage = 'write';
      client.write(address, Number(value), answered);
    } else {
      stage = 'read';
      client.read(address, Number(count), answered);
    }
  });
});
// It waits for the answer to the handshake without an end.
setTimeout(() => say({ waits: true }), 1500);
client.connect();
