// Reads or writes one item with nodes7 and prints what nodes7 says of it as one
// line of JSON.
//
//	node nodes7.js HOST PORT ITEM [VALUE]
const NodeS7 = require('nodes7');

const [host, port, item, value] = process.argv.slice(2);

function say(result) {
  console.log(JSON.stringify(result));
  process.exit(0);
}

// A driver dies of what nodes7 throws out of its own event handlers.
process.on('uncaughtException', (err) => say({ stage: 'thrown', error: `uncaught ${err.name}: ${err.message}` }));

const conn = new NodeS7({ silent: true });
conn.initiateConnection({ host, port: Number(port), rack: 0, slot: 2, timeout: 700 }, (err) => {
  // nodes7 hands over an Error, an object with a code, or a string.
  if (err) return say({ stage: 'connect', error: err.message || err.code || String(err) });
  if (value !== undefined) {
    return conn.writeItems(item, Number(value), (bad) => say({ stage: 'write', bad }));
  }
  conn.addItems(item);
  conn.readAllItems((bad, values) => say({ stage: 'read', bad, values }));
});
