import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DescribeCertificateCommand, DescribeThingCommand } from '@aws-sdk/client-iot';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptCertificates } from '../../cli/certificate/vault.ts';
import { principalOf } from '../../cli/certificate/wait-for-connect.ts';
import { idIn, startCertificateCloud, type CertificateCloud } from './certificate-cloud.ts';

let place: CertificateCloud;
let cloud: CertificateCloud['cloud'];
let client: CertificateCloud['client'];
let s3: CertificateCloud['s3'];
let folder: string;
let bucket: string;

beforeAll(async () => {
  place = await startCertificateCloud();
  ({ cloud, client, s3, folder, bucket } = place);
}, 30_000);
afterAll(() => place.stop());

const certificate = (...words: string[]) => place.certificate(...words);
const certificatesOf = (thingName: string) => place.certificatesOf(thingName);
const recordOf = (thingName: string) => place.recordOf(thingName);

/** Connects as the thing, with the files in a folder, and leaves. */
async function connect(thingName: string, name: string): Promise<void> {
  const { cert, key } = filesIn(name);
  const ca = readFileSync(cloud.running.caFile);
  const options = { cert, key, ca, clientId: thingName, reconnectPeriod: 0 };
  await (await connectAsync(cloud.running.mqttsUrl, options)).endAsync();
}

function filesIn(name: string) {
  const key = readdirSync(path.join(folder, name)).find((file) => file.endsWith('-private-key.pem')) ?? '';
  return {
    cert: readFileSync(path.join(folder, name, 'certificate.pem')),
    key: readFileSync(path.join(folder, name, key)),
    mode: statSync(path.join(folder, name, key)).mode & 0o777,
  };
}

test('A certificate is issued, kept with its key, and renewed without a moment in which the device has none.', async () => {
  const first = await certificate('issue', 'lamp-1', '--policy', 'devices', '--out', 'first');
  expect(first).toMatchObject({ code: 0, err: '' });
  const old = idIn(first.out);
  expect(await certificatesOf('lamp-1')).toEqual([
    { certificateId: old, status: 'ACTIVE', policyNames: ['devices'] },
  ]);
  expect(await keptCertificates({ client: s3, bucket }, 'lamp-1')).toMatchObject([
    { certificateId: old, policyNames: ['devices'], replaces: [] },
  ]);
  expect(filesIn('first').mode).toBe(0o600);

  const renewal = certificate('renew', 'lamp-1', '--out', 'second', '--wait', '60');
  await expect.poll(async () => (await certificatesOf('lamp-1')).length).toBe(2);
  await expect
    .poll(async () => (await certificatesOf('lamp-1')).map(({ status }) => status))
    .toEqual(['ACTIVE', 'ACTIVE']);
  await expect
    .poll(() => readdirSync(folder).includes('second') && readdirSync(path.join(folder, 'second')).length)
    .toBe(2);

  // The old one may connect as often as it likes: that proves nothing of the new one.
  await connect('lamp-1', 'first');
  expect((await certificatesOf('lamp-1')).length).toBe(2);
  expect(await recordOf('lamp-1')).toMatchObject({ certificateId: old, state: 'ACTIVE' });
  await connect('lamp-1', 'second');
  const renewed = await renewal;
  expect(renewed.code).toBe(0);
  expect(renewed.out).toContain(`retired ${old}\n`);
  expect(await certificatesOf('lamp-1')).toEqual([
    { certificateId: idIn(renewed.out), status: 'ACTIVE', policyNames: ['devices'] },
  ]);
  const { certificateDescription } = await client.send(
    new DescribeCertificateCommand({ certificateId: old }),
  );
  expect(certificateDescription?.status).toBe('INACTIVE');
  const { attributes } = await client.send(new DescribeThingCommand({ thingName: 'lamp-1' }));
  expect(attributes).toMatchObject({ certificateId: idIn(renewed.out) });
  const { history, ...record } = (await recordOf('lamp-1')) ?? { history: [] };
  expect(record).toMatchObject({ certificateId: idIn(renewed.out), state: 'ACTIVE' });
  expect(history.map(({ state, reason, certificateId }) => [state, reason, certificateId])).toEqual([
    ['ACTIVATING', 'issued', old],
    ['ACTIVE', 'issued', old],
    ['ACTIVATING', 'renewed', idIn(renewed.out)],
    ['ACTIVE', 'renewed', idIn(renewed.out)],
  ]);
}, 60_000);

test('With too few digits `why` says how many it takes, and the ids that it knows one a line.', async () => {
  const { code, err } = await place.why('ce729f1');
  expect(code).toBe(1);
  expect(err).toMatch(/^a certificate needs 8 digits of its id at least, and ce729f1 has 7\. /);
  const known = err.trimEnd().split('\n').slice(1);
  expect(known).toContain('  lamp-1');
  for (const line of known) expect(line).toMatch(/^ {2}(?:[^\s,]+)$/);
  for (const line of known) expect(line).not.toMatch(/[0-9a-f]{13}/);
});

test('A new certificate that does not connect leaves the old one as it is, and the renewal waits.', async () => {
  const old = idIn((await certificate('issue', 'lamp-2', '--policy', 'devices', '--out', 'lamp-2')).out);
  const first = await certificate('renew', 'lamp-2', '--wait', '1', '--out', 'lamp-2-new');
  const id = idIn(first.out);
  expect(first.code).toBe(3);
  expect(first.err).toMatch(/has not connected within 1 s: both it and the old one are ACTIVE/);
  expect(first.err.split('\n').slice(-4)).toEqual([
    '  to wait on:               npx glasshouse certificate renew lamp-2 --wait 1',
    '  when the device has it:   npx glasshouse certificate renew lamp-2 --finish',
    `  to give it up:            npx glasshouse certificate delete lamp-2 --certificate ${id.slice(0, 8)}`,
    '',
  ]);
  expect((await certificatesOf('lamp-2')).map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  expect(await recordOf('lamp-2')).toMatchObject({ certificateId: old, state: 'ACTIVE' });
  const which = await certificate('revoke', 'lamp-2');
  expect(which).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^the thing "lamp-2" has 2 certificates: name one/),
  });

  // Another run waits on for the same one, and its files are there already.
  const second = await certificate('renew', 'lamp-2', '--wait', '1', '--out', 'lamp-2-new');
  expect({ code: second.code, id: idIn(second.out) }).toEqual({ code: 3, id });
  await connect('lamp-2', 'lamp-2');
  expect((await certificate('renew', 'lamp-2', '--wait', '1')).code).toBe(3);
  // The device comes while nobody listens.
  await connect('lamp-2', 'lamp-2-new');
  const third = await certificate('renew', 'lamp-2', '--wait', '60');
  expect(third).toMatchObject({ code: 0, out: expect.stringContaining(`retired ${old}\n`) });
  expect((await certificatesOf('lamp-2')).map(({ certificateId }) => certificateId)).toEqual([id]);
}, 30_000);

test('A renewal is finished at once where somebody says so, and given up by deleting the new certificate.', async () => {
  const old = idIn((await certificate('issue', 'lamp-6', '--policy', 'devices')).out);
  const none = await certificate('renew', 'lamp-6', '--finish');
  expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/^no renewal of "lamp-6" waits/) });
  const given = idIn((await certificate('renew', 'lamp-6')).out);
  expect(await certificate('delete', 'lamp-6', '--certificate', given)).toMatchObject({ code: 0 });
  expect((await certificatesOf('lamp-6')).map(({ certificateId }) => certificateId)).toEqual([old]);
  expect(await recordOf('lamp-6')).toMatchObject({ certificateId: old, state: 'ACTIVE' });

  const renewed = await certificate('renew', 'lamp-6');
  expect(renewed).toMatchObject({
    code: 0,
    err: expect.stringContaining('certificate renew lamp-6 --finish'),
  });
  expect(await certificate('renew', 'lamp-6', '--finish')).toMatchObject({
    code: 0,
    out: `retired ${old}\n`,
  });
  expect(await certificatesOf('lamp-6')).toMatchObject([{ certificateId: idIn(renewed.out) }]);
}, 30_000);

test('A revoked certificate stays, a deleted one is gone with its key.', async () => {
  const issued = await certificate('issue', 'lamp-3', '--policy', 'devices');
  const certificateId = idIn(issued.out);
  expect(await certificate('revoke', 'lamp-3')).toMatchObject({ code: 0, out: `revoked ${certificateId}\n` });
  expect(await certificatesOf('lamp-3')).toMatchObject([{ certificateId, status: 'REVOKED' }]);
  expect(await recordOf('lamp-3')).toMatchObject({
    state: 'REVOKED',
    history: [{}, {}, { state: 'REVOKED', reason: 'revoked by hand' }],
  });
  const deleted = await certificate('delete', 'lamp-3', '--certificate', certificateId.slice(0, 8));
  expect(deleted).toMatchObject({ code: 0, out: `deleted ${certificateId}\n` });
  await expect(client.send(new DescribeCertificateCommand({ certificateId }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(await keptCertificates({ client: s3, bucket }, 'lamp-3')).toEqual([]);
  expect(await recordOf('lamp-3')).toMatchObject({ state: 'REVOKED' });
  // The name is free again, for whoever issues another certificate.
  const another = await certificate('issue', 'lamp-3', '--policy', 'devices');
  expect(await recordOf('lamp-3')).toMatchObject({ state: 'ACTIVE', certificateId: idIn(another.out) });
}, 30_000);

test('What cannot be kept is not issued.', async () => {
  const ended = await certificate('issue', 'lamp-4', '--policy', 'devices', '--bucket', 'nowhere-at-all');
  expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('NoSuchBucket') });
  await expect(client.send(new DescribeThingCommand({ thingName: 'lamp-4' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
}, 30_000);

test('A thing that has a certificate is not issued another one.', async () => {
  await certificate('issue', 'lamp-5', '--policy', 'devices');
  const again = await certificate('issue', 'lamp-5', '--policy', 'devices');
  expect(again.code).toBe(1);
  expect(again.err).toMatch(/^the thing "lamp-5" has a certificate already: renew gives it another one/);
  expect(again.err).toContain(`aws s3 cp --recursive s3://${bucket}/devices/lamp-5/ lamp-5\n`);
  expect((await certificatesOf('lamp-5')).length).toBe(1);
}, 30_000);

test.each([
  ['nothing to do', [], /needs what to do: issue, renew, revoke, delete/],
  ['something else to do', ['renue', 'a'], /certificate does issue, renew, revoke, delete, not "renue"/],
  ['no thing', ['issue'], /needs the name of a thing/],
  ['a name that is none', ['issue', '../a'], /no thing can be called/],
  ['two things', ['issue', 'a', 'b'], /takes one thing/],
  ['--wait where nothing is waited for', ['issue', 'a', '--wait', '1'], /--wait goes with renew/],
  ['--wait on AWS', ['renew', 'a', '--wait', '1', '--aws'], /does not go with --aws/],
  ['--finish where nothing is renewed', ['issue', 'a', '--finish'], /--finish goes with renew/],
  ['--finish and --wait', ['renew', 'a', '--finish', '--wait', '1'], /leave out --wait/],
  ['an id that is none', ['revoke', 'a', '--certificate', 'zz'], /hexadecimal digits/],
])('With %s it is wrongly called.', async (_what, words, message) => {
  const { code, err } = await certificate(...words);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test.each([
  ['{"principalIdentifier":"ab"}', 'ab'],
  ['{"clientId":"a"}', undefined],
  ['[]', undefined],
  ['{', undefined],
])('The certificate in the event %s is %s.', (payload, expected) => {
  expect(principalOf(Buffer.from(payload))).toBe(expected);
});
