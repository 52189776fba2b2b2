// A Sparkplug host application made with the npm packages mqtt and sparkplug-payload: `node host.cjs PORT`. Says each
// message of Sparkplug as a line of JSON, {topic, retained, payload}, and asks an edge node for its birth for each line
// `rebirth GROUP NODE` of its standard input.
const readline = require('node:readline');
const mqtt = require('mqtt');
const { encodePayload, decodePayload } = require('sparkplug-payload').get('spBv1.0');

const client = mqtt.connect(`mqtt://127.0.0.1:${process.argv[2]}`, { clientId: `host-${process.pid}` });
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
// 64-bit numbers are objects of a library there.
const plain = (_key, value) => (value && typeof value.toNumber === 'function' ? value.toNumber() : value);

client.on('connect', () =>
  client.subscribe('spBv1.0/#', { qos: 1 }, (error) => {
    if (error) throw error;
    say({ topic: 'ready' });
  }),
);
client.on('message', (topic, payload, packet) => {
  const decoded = topic.includes('/STATE/') ? payload.toString() : decodePayload(payload);
  process.stdout.write(`${JSON.stringify({ topic, retained: packet.retain, qos: packet.qos, payload: decoded }, plain)}\n`);
});
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [action, group, node] = line.split(' ');
  if (action !== 'rebirth') throw new Error(`unknown: ${line}`);
  const metrics = [{ name: 'Node Control/Rebirth', type: 'Boolean', value: true }];
  client.publish(`spBv1.0/${group}/NCMD/${node}`, Buffer.from(encodePayload({ timestamp: Date.now(), metrics })));
});
