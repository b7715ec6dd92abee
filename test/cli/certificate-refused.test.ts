import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UpdateCertificateCommand } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idIn, startCertificateCloud, type CertificateCloud } from './certificate-cloud.ts';

let place: CertificateCloud;

beforeAll(async () => {
  place = await startCertificateCloud();
}, 30_000);
afterAll(() => place.stop());

test.each(['renew', 'revoke', 'delete'])(
  '`%s` of a thing that has no certificate is refused as that.',
  async (action) => {
    const ended = await place.certificate(action, 'nobody');
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/^the thing "nobody" has no (such )?certificate/);
  },
);

test('An --out that is a file is refused before anything is issued, and nothing in it is written over.', async () => {
  writeFileSync(path.join(place.folder, 'file'), 'mine');
  const refused = await place.certificate('issue', 'lamp-7', '--policy', 'devices', '--out', 'file');
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toBe(
    `--out "${path.join(place.folder, 'file')}" cannot be used: it is a file: name a folder; nothing was issued\n`,
  );
  expect(await place.certificatesOf('lamp-7').catch(() => [])).toEqual([]);

  // What cannot be written after all is there, and it is said where.
  const first = await place.certificate('issue', 'lamp-7', '--policy', 'devices', '--out', 'lamp-7');
  const old = idIn(first.out);
  const inUse = readFileSync(path.join(place.folder, 'lamp-7', 'certificate.pem'), 'utf8');
  const renewed = await place.certificate('renew', 'lamp-7', '--out', 'lamp-7');
  const id = idIn(renewed.out);
  expect(readFileSync(path.join(place.folder, 'lamp-7', 'certificate.pem'), 'utf8')).toBe(inUse);
  expect(readdirSync(path.join(place.folder, 'lamp-7')).sort()).toEqual(
    [
      'certificate.pem',
      `${old.slice(0, 12)}-private-key.pem`,
      `${id.slice(0, 12)}-certificate.pem`,
      `${id.slice(0, 12)}-private-key.pem`,
    ].sort(),
  );
  writeFileSync(path.join(place.folder, 'lamp-7', `${id.slice(0, 12)}-private-key.pem`), 'another');
  const failed = await place.certificate('renew', 'lamp-7', '--out', 'lamp-7');
  expect(failed.code).toBe(1);
  expect(failed.err).toContain('private-key.pem" holds another one; the certificate');
  expect(failed.err).toContain(`aws s3 cp --recursive s3://${place.bucket}/devices/lamp-7/${id}/ lamp-7\n`);
}, 30_000);

test.each(['REVOKED', 'INACTIVE'] as const)(
  'A device whose certificate is %s is not brought back by a renewal, and `devices` tells what its record does not.',
  async (newStatus) => {
    const thingName = `lamp-${newStatus}`;
    const certificateId = idIn((await place.certificate('issue', thingName, '--policy', 'devices')).out);
    expect((await place.devices(thingName)).out).not.toContain('in AWS IoT');
    await place.client.send(new UpdateCertificateCommand({ certificateId, newStatus }));
    const refused = await place.certificate('renew', thingName);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain(`the certificate ${certificateId} of "${thingName}" is ${newStatus}`);
    expect(refused.err).toContain(`npx glasshouse certificate issue ${thingName}\n`);
    expect(await place.certificatesOf(thingName)).toMatchObject([{ certificateId, status: newStatus }]);
    const { out } = await place.devices(thingName);
    expect(out).toContain('state        ACTIVE\n');
    expect(out).toMatch(new RegExp(`^in AWS IoT   ${newStatus}, which counts`, 'm'));
    expect(JSON.parse((await place.devices(thingName, '--json')).out)).toMatchObject({
      state: 'ACTIVE',
      registry: { status: newStatus },
    });
    expect((await place.why(certificateId.slice(0, 8))).out).toContain(
      `It was activated, and made ${newStatus} later`,
    );
  },
  30_000,
);

test('A certificate that was deleted is in the history of its device, and `why` knows it by its beginning.', async () => {
  const certificateId = idIn((await place.certificate('issue', 'lamp-8', '--policy', 'devices')).out);
  await place.certificate('revoke', 'lamp-8');
  await place.certificate('delete', 'lamp-8');
  expect(
    (await place.recordOf('lamp-8'))?.history.map(({ state, reason }) => [state, reason]).slice(-2),
  ).toEqual([
    ['REVOKED', 'revoked by hand'],
    ['REVOKED', 'its certificate was deleted'],
  ]);
  for (const id of [certificateId, certificateId.slice(0, 12)]) {
    const { out } = await place.why(id);
    expect(out).toContain(
      'It was deleted from the registry. Before that: its device is on record as REVOKED.',
    );
  }
  await place.certificate('issue', 'lamp-8', '--policy', 'devices');
  expect((await place.why(certificateId)).out).toContain(
    'The device "lamp-8" had it, and is on record with another',
  );
  expect((await place.why('ffffffff')).code).toBe(1);
}, 30_000);

test('A cloud that ends while a renewal waits is told of once, with what to do.', async () => {
  const other = await startCertificateCloud();
  const { folder: at } = other;
  await other.certificate('issue', 'lamp-1', '--policy', 'devices');
  const renewal = other.certificate('renew', 'lamp-1', '--out', 'ended', '--wait', '600');
  await expect
    .poll(() => readdirSync(at).includes('ended') && readdirSync(path.join(at, 'ended')).length, {
      timeout: 10_000,
    })
    .toBe(2);
  await other.cloud.stop();
  const { code, out, err } = await renewal;
  expect(code).toBe(1);
  expect(err.trimEnd().split('\n').slice(-1)).toEqual([
    `the cloud ended while the renewal waited for ${idIn(out)} to connect; nothing was taken out of use. ` +
      'When it runs again: npx glasshouse certificate renew lamp-1 --wait 600',
  ]);
  expect(err).not.toContain('has not connected');
  await other.stop();
}, 30_000);
