import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readShadowTopic } from '../../../../local/iot/shadows/index.ts';
import { openShadows } from './support.ts';

const CLASSIC = '$aws/things/lamp/shadow';
const NAMED = '$aws/things/lamp/shadow/name/light';
const closes: (() => void)[] = [];
afterEach(() => closes.splice(0).forEach((close) => close()));

function open(...args: Parameters<typeof openShadows>) {
  const opened = openShadows(...args);
  closes.push(() => opened.shadows.close());
  return opened;
}

const topicsOf = (answers: readonly { topic: string }[]) => answers.map(({ topic }) => topic);

test.each([CLASSIC, NAMED])('An update on %s is answered by accepted, delta and documents.', (prefix) => {
  const { ask } = open();
  const answers = ask(`${prefix}/update`, { state: { desired: { on: true } }, clientToken: 't' });
  expect(topicsOf(answers)).toEqual([
    `${prefix}/update/accepted`,
    `${prefix}/update/delta`,
    `${prefix}/update/documents`,
  ]);
  const agreed = ask(`${prefix}/update`, { state: { reported: { on: true } } });
  expect(topicsOf(agreed)).toEqual([`${prefix}/update/accepted`, `${prefix}/update/documents`]);
});

test('An answer is of QoS 1, is not retained, and carries the trace and the author of its request.', () => {
  const { ask, messages } = open();
  ask(`${CLASSIC}/update`, { state: {} });
  expect(messages[0]).toMatchObject({
    qos: 1,
    retain: false,
    publisher: { protocol: 'MQTT', clientId: 'lamp' },
    traceId: 'trace-mqtt',
    republishes: 3,
  });
});

test('A get tells the shadow with its delta, and the token of the request.', () => {
  const { ask, nowSeconds } = open();
  ask(`${CLASSIC}/update`, { state: { desired: { on: true } } });
  const [answer] = ask(`${CLASSIC}/get`, { clientToken: 't' });
  expect(answer).toEqual({
    topic: `${CLASSIC}/get/accepted`,
    content: {
      state: { desired: { on: true }, delta: { on: true } },
      metadata: { desired: { on: { timestamp: nowSeconds() } } },
      version: 1,
      timestamp: nowSeconds(),
      clientToken: 't',
    },
  });
  expect(ask(`${CLASSIC}/get`)[0]?.content).not.toHaveProperty('clientToken');
});

test.each([
  [`${CLASSIC}/get`, '', 404, "No shadow exists with name: 'lamp'"],
  [`${NAMED}/get`, '', 404, "No shadow exists with name: 'lamp~light'"],
  [`${NAMED}/delete`, '', 404, "No shadow exists with name: 'lamp~light'"],
  [`${CLASSIC}/get`, 'x', 400, 'Invalid JSON'],
  [
    `${CLASSIC}/update`,
    Buffer.from([0x7b, 0xff]),
    415,
    'Unsupported documented encoding; supported encoding is UTF-8',
  ],
  [`${CLASSIC}/update`, '{}', 400, 'Missing required node: state'],
])('%s with %j is answered by rejected: %i %s.', (topic, body, code, message) => {
  const { ask, nowSeconds } = open();
  expect(ask(topic, body)).toEqual([
    { topic: `${topic}/rejected`, content: { code, message, timestamp: nowSeconds() } },
  ]);
});

test('A rejection carries the token of its request.', () => {
  const { ask } = open();
  const update = { state: {}, version: 5, clientToken: 't' };
  expect(ask(`${CLASSIC}/update`, update)).toMatchObject([
    { content: { code: 409, message: 'Version conflict', clientToken: 't' } },
  ]);
  expect(ask(`${CLASSIC}/delete`, { clientToken: 't' })).toMatchObject([{ content: { clientToken: 't' } }]);
  expect(ask(`${CLASSIC}/update`, { clientToken: 't' })).toMatchObject([{ content: { clientToken: 't' } }]);
});

test('A delete takes the shadow away; its version goes on for 48 hours and then begins anew.', () => {
  const { ask, clock, nowSeconds } = open();
  const update = () => ask(`${CLASSIC}/update`, { state: { reported: { a: 1 } } })[0]?.content;
  update();
  update();
  expect(ask(`${CLASSIC}/delete`, 'anything')).toEqual([
    { topic: `${CLASSIC}/delete/accepted`, content: { version: 2, timestamp: nowSeconds() } },
  ]);
  expect(ask(`${CLASSIC}/get`)).toMatchObject([{ content: { code: 404 } }]);
  expect(ask(`${CLASSIC}/delete`)).toMatchObject([{ content: { code: 404 } }]);
  clock.advance(48 * 3_600_000 - 1_000);
  expect(update()).toMatchObject({ version: 3 });
  clock.advance(48 * 3_600_000);
  expect(ask(`${CLASSIC}/get`)).toMatchObject([{ content: { version: 3 } }]);
  ask(`${CLASSIC}/delete`);
  clock.advance(48 * 3_600_000);
  expect(update()).toMatchObject({ version: 1 });
});

test('The classic shadow, named ones and other things do not touch each other.', () => {
  const { ask, shadows } = open();
  ask(`${CLASSIC}/update`, { state: { reported: { is: 'classic' } } });
  ask(`${NAMED}/update`, { state: { reported: { is: 'light' } } });
  ask('$aws/things/other/shadow/update', { state: { reported: { is: 'other' } } });
  ask(`${NAMED}/delete`);
  expect(shadows.read('lamp')?.state.reported).toEqual({ is: 'classic' });
  expect(shadows.read('lamp', 'light')).toBeUndefined();
  expect([...shadows.all()].map(({ thingName, shadowName }) => [thingName, shadowName])).toEqual([
    ['lamp', undefined],
    ['other', undefined],
  ]);
});

test('Whoever keeps an index hears of updates and deletes, and of nothing else.', () => {
  const heard: unknown[] = [];
  const { ask } = open({ changed: (id, document) => heard.push([id, document?.version]) });
  ask(`${NAMED}/update`, { state: {} });
  ask(`${NAMED}/get`);
  ask(`${NAMED}/update`, { state: 1 });
  ask(`${NAMED}/delete`);
  const id = { thingName: 'lamp', shadowName: 'light' };
  expect(heard).toEqual([
    [id, 1],
    [id, undefined],
  ]);
});

test('A rule reads the whole shadow as text, with numbers of any size.', () => {
  const { ask, shadows } = open();
  ask(`${CLASSIC}/update`, '{"state":{"reported":{"serial":12345678901234567890}}}');
  expect(shadows.readText('lamp')).toContain('"serial":12345678901234567890');
  expect(shadows.readText('other')).toBeUndefined();
});

test('Shadows survive the end of the program, with what was deleted.', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-shadows-'));
  try {
    const file = path.join(folder, 'shadows.sqlite');
    const first = openShadows({ file });
    first.ask(`${CLASSIC}/update`, { state: { desired: { a: { b: [1, { c: 2 }] } } } });
    first.ask(`${NAMED}/update`, { state: { desired: { a: 1 } } });
    first.ask(`${NAMED}/delete`);
    const before = first.shadows.read('lamp');
    first.shadows.close();
    const second = openShadows({ file });
    expect(second.shadows.read('lamp')).toEqual(before);
    expect(second.ask(`${NAMED}/update`, { state: {} })).toMatchObject([{ content: { version: 2 } }, {}]);
    second.shadows.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('A file that cannot be used is refused by name.', () => {
  expect(() => openShadows({ file: '/nowhere/at/all.sqlite' })).toThrow(
    expect.objectContaining({ code: 'SHADOW_FILE_UNUSABLE' }),
  );
});

test('More than 20 requests a second and thing are refused, when the limit is on.', () => {
  const { ask, clock } = open({ requestsPerSecond: 20 });
  const codes = (count: number, thing: string) =>
    Array.from({ length: count }, () => ask(`$aws/things/${thing}/shadow/get`)[0]?.content);
  expect(codes(20, 'a')).not.toContainEqual(expect.objectContaining({ code: 429 }));
  expect(ask('$aws/things/a/shadow/update', { state: {}, clientToken: 't' })).toMatchObject([
    { content: { code: 429, clientToken: 't' } },
  ]);
  expect(codes(1, 'b')).toMatchObject([{ code: 404 }]);
  clock.advance(1_000);
  expect(codes(1, 'a')).toMatchObject([{ code: 404 }]);
});

test.each<[topic: string, read: object | undefined]>([
  [`${CLASSIC}/get`, { thingName: 'lamp', operation: 'get' }],
  [`${NAMED}/update`, { thingName: 'lamp', shadowName: 'light', operation: 'update' }],
  [
    '$aws/things/a:b_c-1/shadow/name/$package/delete',
    { thingName: 'a:b_c-1', shadowName: '$package', operation: 'delete' },
  ],
  ['$aws/things/name/shadow/name/name/get', { thingName: 'name', shadowName: 'name', operation: 'get' }],
  [`${CLASSIC}/update/accepted`, undefined],
  [CLASSIC, undefined],
  [`${CLASSIC}/list`, undefined],
  [`${CLASSIC}/name/get`, undefined],
  [`x${CLASSIC}/get`, undefined],
  ['$aws/things/a b/shadow/get', undefined],
  [`$aws/things/${'a'.repeat(129)}/shadow/get`, undefined],
  [`${CLASSIC}/name/${'a'.repeat(65)}/get`, undefined],
  ['$aws/things//shadow/get', undefined],
])('The topic %s is read as %j.', (topic, read) => {
  expect(readShadowTopic(topic)).toEqual(read);
});

test('A message on any other topic is none of the service.', () => {
  const { ask, shadows } = open();
  expect(ask(`${CLASSIC}/update/accepted`, { state: {} })).toEqual([]);
  expect(shadows.read('lamp')).toBeUndefined();
});
