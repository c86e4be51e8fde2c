// Reads values with node-opcua-client, each on a connection of its own, and
// prints what it says of them as one line of JSON.
//
//	node node-opcua.js FOLDER NODE HOST:PORT...
//
// FOLDER is where node-opcua-client keeps the certificates that it makes. An
// address that begins with = is written to instead.
const { OPCUAClient, AttributeIds, DataType, MessageSecurityMode, SecurityPolicy } = require('node-opcua-client');
const { OPCUACertificateManager } = require('node-opcua-certificate-manager');

const [folder, nodeId, ...addresses] = process.argv.slice(2);

async function attempt(address, clientCertificateManager) {
  let stage = 'connect';
  const write = address.startsWith('=');
  const client = OPCUAClient.create({
    endpointMustExist: false,
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
    connectionStrategy: { maxRetry: 0, initialDelay: 10, maxDelay: 20 },
    transportTimeout: 3000,
    defaultTransactionTimeout: 1000,
    keepSessionAlive: false,
    clientCertificateManager,
  });
  try {
    await client.connect(`opc.tcp://${write ? address.slice(1) : address}`);
    stage = 'session';
    const session = await client.createSession();
    let code;
    if (write) {
      stage = 'write';
      code = await session.write({ nodeId, attributeId: AttributeIds.Value, value: { value: { dataType: DataType.Double, value: 2.5 } } });
    } else {
      stage = 'read';
      code = (await session.read({ nodeId, attributeId: AttributeIds.Value })).statusCode;
    }
    return { stage, status: { value: code.value, name: code.name } };
  } catch (err) {
    // It numbers its connections, which says nothing about the failure.
    return { stage, error: err.message.replace(/transport\d+/g, 'transport').trim() };
  }
}

(async () => {
  const manager = new OPCUACertificateManager({ rootFolder: folder });
  const results = [];
  for (const address of addresses) {
    results.push(await attempt(address, manager));
  }
  console.log(JSON.stringify({ results }));
  process.exit(0);
})();
