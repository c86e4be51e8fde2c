// Reads or writes tags with st-ethernet-ip and prints what it says as one line of
// JSON.
//
//	node st-ethernet-ip.js HOST PORT read TAG
//	node st-ethernet-ip.js HOST PORT write TAG DINT
//	node st-ethernet-ip.js HOST PORT group TAG TAG...
const config = require('st-ethernet-ip/dist/config');
const { Controller, Tag, TagGroup, EthernetIP } = require('st-ethernet-ip');

const [host, port, call, ...args] = process.argv.slice(2);
config.EIP_PORT = Number(port); // there is no option for it

let stage = 'connect';

function say(result) {
  console.log(JSON.stringify({ stage, ...result }));
  process.exit(0);
}

// It rejects with an Error or with an object that has the statuses.
function failed(err) {
  say({ error: err instanceof Error ? err.message : err });
}

process.on('uncaughtException', (err) => say({ thrown: err.message }));
process.on('unhandledRejection', failed);

const { DINT } = EthernetIP.CIP.DataTypes.Types;

async function main() {
  const plc = new Controller(true);
  plc.timeout_sp = 700;
  plc.on('close', () => say({ closed: true }));
  await plc.connect(host, 0, false);
  stage = call;
  const tags = (call === 'group' ? args : args.slice(0, 1)).map((name) => new Tag(name, null, DINT));
  if (call === 'group') {
    const group = new TagGroup();
    tags.forEach((tag) => group.add(tag));
    await plc.readTagGroup(group);
  } else if (call === 'write') {
    tags[0].value = Number(args[1]);
    await plc.writeTag(tags[0]);
  } else {
    await plc.readTag(tags[0]);
  }
  say({ values: tags.map((tag) => tag.value) });
}

main().catch(failed);
