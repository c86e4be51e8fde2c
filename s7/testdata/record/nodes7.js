// Reads and writes with nodes7, for recording: each call is one case.
//
//	npm install nodes7@0.3.18
//	node nodes7.js [port]
const NodeS7 = require('nodes7');

const cases = [
  ['reads tags of several types', ['DB1,INT0', 'DB1,REAL20', 'DB1,X40.3', 'MB5', 'T1', 'C2']],
  ['reads one tag of a missing DB among good ones', ['DB1,INT0', 'DB99,INT0', 'MB5']],
  ['reads beyond the end of a DB', ['DB2,REAL14']],
  ['writes two tags', ['DB1,INT0', 'MB5'], [7, 8]],
  ['writes to a missing DB beside a good one', ['DB1,INT0', 'DB99,INT0'], [7, 8]],
  ['writes beyond the end of a DB', ['DB2,REAL14'], [1.5]],
];

function run(i) {
  if (i === cases.length) process.exit(0);
  const [name, tags, values] = cases[i];
  const conn = new NodeS7({ silent: true });
  conn.initiateConnection({ port: Number(process.argv[2] || 10202), host: '127.0.0.1', rack: 0, slot: 2, doNotOptimize: true, timeout: 3000 }, (err) => {
    if (err) throw err;
    console.log(`case ${name}`);
    const done = (bad, got) => {
      console.log('  nodes7 says', bad, got || '');
      conn.dropConnection(() => setTimeout(run, 200, i + 1));
    };
    if (values) return conn.writeItems(tags, values, done);
    conn.addItems(tags);
    conn.readAllItems(done);
  });
}
run(0);
