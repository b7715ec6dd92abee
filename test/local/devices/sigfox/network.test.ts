import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { SimulatedDevice, SIMULATED_PAYLOAD_CONFIG } from '../../../../local/devices/sigfox/device.ts';
import {
  httpDoor,
  type Door,
  type DoorAnswer,
  type SigfoxCall,
} from '../../../../local/devices/sigfox/door.ts';
import { fastClock } from '../../../../local/devices/sigfox/fast-clock.ts';
import type { Faults } from '../../../../local/devices/sigfox/faults.ts';
import { SigfoxNetwork } from '../../../../local/devices/sigfox/network.ts';
import { compilePayloadDecoder } from '../../../../shared/sigfox/payload-decoder.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

const OK: DoorAnswer = { status: 204, body: '' };

function start(
  respond: (call: SigfoxCall) => DoorAnswer = () => OK,
  faults: Partial<Faults> = {},
  maxMessages = Infinity,
) {
  const clock = new ManualClock();
  const startMs = clock.now();
  const calls: { atSeconds: number; type: string; variables: Readonly<Record<string, unknown>> }[] = [];
  const door: Door = async (call) => {
    calls.push({ atSeconds: (clock.now() - startMs) / 1000, ...call });
    return respond(call);
  };
  const random = seededRandom(7);
  const network = new SigfoxNetwork({ clock, door, random, faults, maxMessages });
  return {
    calls,
    network,
    device: new SimulatedDevice('1A2B3C', random, 4_095),
    clock,
    advance: async (seconds: number): Promise<void> => {
      for (let passed = 0; passed < seconds; passed += 1) {
        await network.delivery.idle();
        clock.advance(1_000);
      }
      await network.delivery.idle();
    },
    times: (type: string): number[] =>
      calls.filter((call) => call.type === type).map(({ atSeconds }) => atSeconds),
  };
}

test('Devices that run send as many messages as they may, and not one more.', async () => {
  const { network, device, advance } = start(undefined, {}, 3);
  network.run(device, 2_000, 0);
  network.run(new SimulatedDevice('1A2B3D', seededRandom(8)), 2_000, 0);
  await advance(20);
  expect(network.sent).toHaveLength(3);
});

test('A message is told at once, and completed 25 seconds later under the same time and number.', async () => {
  const { network, device, calls, advance } = start();
  network.uplink(device);
  await advance(60);
  expect(calls.map(({ type, atSeconds }) => [type, atSeconds])).toEqual([
    ['uplink', 0],
    ['data-advanced', 25],
  ]);
  const [uplink, advanced] = calls.map(({ variables }) => variables);
  expect(uplink).toMatchObject({ device: '1A2B3C', seqNumber: 4_095, deviceTypeId: 'glasshouse-simulated' });
  expect(advanced).toMatchObject({ device: '1A2B3C', time: uplink?.['time'], seqNumber: 4_095 });
  const values = compilePayloadDecoder(SIMULATED_PAYLOAD_CONFIG)(String(uplink?.['data']));
  expect(values).toMatchObject({ battery: 3_000, echo: 0 });
  network.uplink(device);
  expect(network.sent.map(({ seqNumber }) => seqNumber)).toEqual([4_095, 0]);
});

test('What is refused is tried again after one, two and four minutes, and then given up.', async () => {
  const { network, device, advance, times } = start(() => ({ status: 500, body: '' }));
  network.uplink(device);
  await advance(600);
  expect(times('uplink')).toEqual([0, 60, 180, 420]);
  expect(network.delivery.counts).toMatchObject({ retries: 6, lost: 2 });
});

test('What is answered too late is tried again although it arrived; what never arrived, too.', async () => {
  const late = start(undefined, { lateAnswers: 1 });
  late.network.uplink(late.device);
  await late.advance(600);
  expect(late.times('uplink')).toEqual([0, 60, 180, 420]);
  const failing = start(undefined, { failures: 1 });
  failing.network.uplink(failing.device);
  await failing.advance(600);
  expect([failing.calls.length, failing.network.delivery.counts.lost]).toEqual([0, 2]);
});

test('Duplicates arrive twice; what is held up is overtaken.', async () => {
  const twice = start(undefined, { duplicates: 1 });
  twice.network.uplink(twice.device);
  await twice.advance(5);
  expect(twice.times('uplink')).toHaveLength(2);
  const heldUp = start(undefined, { disorder: 1 });
  heldUp.network.uplink(heldUp.device);
  await heldUp.advance(5);
  expect([heldUp.calls.length, heldUp.network.delivery.waiting]).toEqual([0, 1]);
  await heldUp.advance(1_300);
  expect(heldUp.times('uplink')).toHaveLength(1);
});

const offer = (data: string) => () => ({
  status: 200,
  body: JSON.stringify({ '1A2B3C': { downlinkData: data } }),
});

test.each([
  ['a downlink', offer('0700112233445566'), ['0700112233445566'], 0],
  ['a downlink of seven bytes', offer('07001122334455'), [], 2],
  ['an error', () => ({ status: 500, body: '' }), [], 1],
  ['no JSON', () => ({ status: 200, body: 'hello' }), [], 1],
])(
  'A device that listens and gets %s hears it or not, and the network says so.',
  async (_what, respond, heard, infoCode) => {
    const { network, device, calls, advance } = start(respond);
    network.uplink(device, true);
    await advance(55);
    expect(device.heard).toEqual(heard);
    const acknowledge = calls.find(({ type }) => type === 'acknowledge');
    expect(acknowledge).toMatchObject({ atSeconds: 50, variables: { device: '1A2B3C', infoCode } });
  },
);

test.each([
  ['no content', OK],
  ['noData', { status: 200, body: '{"1A2B3C":{"noData":true}}' }],
  ['another device', { status: 200, body: '{"FF":{"downlinkData":"0011223344556677"}}' }],
])('An answer with %s is none, and there is nothing to acknowledge.', async (_what, answer) => {
  const { network, device, advance, times } = start(() => answer);
  network.uplink(device, true);
  await advance(100);
  expect([device.heard, times('acknowledge')]).toEqual([[], []]);
});

test('A device repeats what it heard in its next message; a deaf one does not, though the network sent it.', async () => {
  const decode = compilePayloadDecoder(SIMULATED_PAYLOAD_CONFIG);
  for (const [deaf, echo] of [
    [0, 7],
    [1, 0],
  ] as const) {
    const { network, device, advance, calls } = start(offer('0700112233445566'), { deaf });
    network.uplink(device, true);
    await advance(60);
    network.uplink(device);
    expect(decode(network.sent[1]?.data ?? '')).toMatchObject({ echo });
    expect(calls.find(({ type }) => type === 'acknowledge')).toMatchObject({ variables: { infoCode: 0 } });
  }
});

test('Devices go on by themselves until they are stopped.', async () => {
  const { network, device, advance } = start();
  network.run(device, 60_000, 2);
  await advance(600);
  const { length } = network.sent;
  expect(length).toBeGreaterThanOrEqual(9);
  network.stop();
  await advance(600);
  expect([network.sent.length, network.waiting]).toEqual([length, 0]);
});

test('A fast clock passes so many seconds in one, and waits so much less.', () => {
  const real = new ManualClock();
  const fast = fastClock(real, 60);
  const startMs = fast.now();
  let rung = false;
  fast.schedule(60_000, () => (rung = true));
  real.advance(999);
  expect(rung).toBe(false);
  real.advance(1);
  expect([rung, fast.now() - startMs]).toEqual([true, 60_000]);
});

test('Over HTTP a callback is a POST of JSON to its type, with the headers of the form.', async () => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push([request.method, request.url, request.headers.authorization, body]);
      response.writeHead(200).end('{"A1":{"noData":true}}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/sigfox/`;
  const door = httpDoor(url, { authorization: 'Basic eA==' });
  expect(await door({ type: 'bidir', variables: { device: 'A1' } })).toEqual({
    status: 200,
    body: '{"A1":{"noData":true}}',
  });
  expect(seen).toEqual([['POST', '/sigfox/bidir', 'Basic eA==', '{"device":"A1"}']]);
  server.close();
  server.closeAllConnections();
  await expect(door({ type: 'uplink', variables: {} })).rejects.toThrow('fetch failed');
});
