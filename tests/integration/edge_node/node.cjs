// A Sparkplug edge node made with the npm package sparkplug-client: `node node.cjs PORT`. Publishes births when it is
// asked to (also by a rebirth command), then does what each line of its standard input says, and answers each with a line:
//   birth | node VALUE | device VALUE | device-death | stop
const readline = require('node:readline');
const sparkplug = require('sparkplug-client');

const client = sparkplug.newClient({
  serverUrl: `tcp://127.0.0.1:${process.argv[2]}`,
  username: '',
  password: '',
  groupId: 'plant',
  edgeNode: 'edge',
  clientId: `edge-${process.pid}`,
  version: 'spBv1.0',
  publishDeath: true,
});
const say = (text) => process.stdout.write(`${text}\n`);
let temperature = 20.5;
let births = 0;

function publishBirths() {
  client.publishNodeBirth({
    timestamp: Date.now(),
    metrics: [
      { name: 'temperature', alias: 1, type: 'Double', value: temperature },
      { name: 'level', alias: 2, type: 'Int32', value: -7 },
      { name: 'running', alias: 3, type: 'Boolean', value: true },
      { name: 'total', alias: 4, type: 'UInt64', value: 123456789012 },
      { name: 'note', alias: 5, type: 'String', value: 'started' },
      { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
    ],
  });
  client.publishDeviceBirth('press', {
    timestamp: Date.now(),
    metrics: [{ name: 'oil/pressure', alias: 6, type: 'Float', value: 1.5 }],
  });
  births += 1;
  say(`born ${births}`);
}

client.on('birth', publishBirths);
client.on('ncmd', (payload) => {
  if (payload.metrics.some((metric) => metric.name === 'Node Control/Rebirth' && metric.value)) publishBirths();
});
client.on('error', (error) => say(`error ${error}`));

const actions = {
  birth: () => publishBirths(),
  node: (value) =>
    client.publishNodeData({
      timestamp: Date.now(),
      metrics: [{ name: 'temperature', alias: 1, type: 'Double', value: Number(value) }],
    }),
  device: (value) =>
    client.publishDeviceData('press', {
      timestamp: Date.now(),
      metrics: [{ alias: 6, type: 'Float', value: Number(value) }],
    }),
  'device-death': () => client.publishDeviceDeath('press', { timestamp: Date.now() }),
  stop: () => client.stop(),
};
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [action, value] = line.split(' ');
  actions[action](value);
  say(`done ${action}`);
});
