import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAuthority } from '../../../../local/iot/x509/authority.ts';
import { readCertificate, readCertificates } from '../../../../local/iot/x509/certificate.ts';
import { isIssuedBy } from '../../../../local/iot/x509/chain.ts';
import { writeName } from '../../../../local/iot/x509/distinguished-name.ts';
import { keyPair } from '../../../support/x509.ts';

const DAY_MS = 86_400_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-authority-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (nowMs = Date.now()) => openAuthority({ folder, nowMs });

test('A client that trusts ca.pem talks to the server by all its names.', async () => {
  const { server, caPath } = await open();
  const listener = createServer(server, (socket) => socket.end('hello'));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const { port } = address;
  for (const servername of ['localhost', '127.0.0.1']) {
    const socket = connect({
      port,
      host: '127.0.0.1',
      ca: readFileSync(caPath, 'utf8'),
      ...(servername === 'localhost' ? { servername } : {}),
    });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
  }
  listener.close();
});

test('The root and the server certificate stay the same from one start to the next.', async () => {
  const first = await open();
  const second = await open();
  expect(second.ca.certificateId).toBe(first.ca.certificateId);
  expect(second.server).toEqual(first.server);
});

test('The server certificate is renewed when it is near its end, and the root is not.', async () => {
  const nowMs = Date.now();
  const first = await open(nowMs);
  const [before] = readCertificates(first.server.cert);
  const kept = await open(nowMs + 300 * DAY_MS);
  const renewed = await open(nowMs + 380 * DAY_MS);
  const [after] = readCertificates(renewed.server.cert);
  expect(kept.server).toEqual(first.server);
  expect(after?.notAfterMs).toBeGreaterThan(before?.notAfterMs ?? Infinity);
  expect(renewed.ca.certificateId).toBe(first.ca.certificateId);
});

test('A broken server certificate is made anew.', async () => {
  await open();
  writeFileSync(path.join(folder, 'server.pem'), 'broken');
  const { server, ca } = await open();
  const [certificate] = readCertificates(server.cert);
  expect(certificate !== undefined && isIssuedBy(certificate, ca)).toBe(true);
});

test('A server certificate of another root is made anew.', async () => {
  await open();
  rmSync(path.join(folder, 'ca.pem'));
  rmSync(path.join(folder, 'ca.key.pem'));
  const { server, ca } = await open();
  const [certificate] = readCertificates(server.cert);
  expect(certificate !== undefined && isIssuedBy(certificate, ca)).toBe(true);
});

test.each(['ca.pem', 'ca.key.pem'])('A root whose %s is broken or gone is refused by name.', async (name) => {
  await open();
  const file = path.join(folder, name);
  writeFileSync(file, 'broken');
  const refused = expect.objectContaining({ code: 'AUTHORITY_UNREADABLE' });
  await expect(open()).rejects.toThrow(refused);
  rmSync(file);
  await expect(open()).rejects.toThrow(refused);
});

test.each(['ca.key.pem', 'server.key.pem'])('Only its owner may read %s.', async (name) => {
  await open();
  expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
});

test('A certificate for a device ends with the year 2049 and is signed by the root.', async () => {
  const authority = await open();
  const nowMs = Date.UTC(2026, 5, 1);
  const subject = writeName({ CommonName: ['AWS IoT Certificate'] });
  const der = authority.issueDeviceCertificate(subject, keyPair().publicKey, nowMs);
  const certificate = readCertificate(der);
  expect(new Date(certificate.notAfterMs).toISOString()).toBe('2049-12-31T23:59:59.000Z');
  expect(certificate.notBeforeMs).toBe(nowMs - 120_000);
  expect(isIssuedBy(certificate, authority.ca)).toBe(true);
  expect(certificate.isCa).toBe(false);
});
