import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateCertificateFromCsrCommand,
  DescribeCertificateCommand,
  GetRegistrationCodeCommand,
  RegisterCACertificateCommand,
  RegisterCertificateCommand,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAuthority, type Authority } from '../../local/iot/x509/authority.ts';
import { startSecurity } from '../local/iot/registry/security-support.ts';
import { programPath } from './programs.ts';

let folder: string;
let cloud: Awaited<ReturnType<typeof startSecurity>>;
let authority: Authority;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-openssl-'));
  authority = await openAuthority({ folder: path.join(folder, 'cloud'), nowMs: Date.now() });
  cloud = await startSecurity({ authority });
});

afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

function openssl(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(programPath('openssl'), words, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`openssl ${words.join(' ')}: ${stderr}`);
  return stdout;
}

const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

const CA_WORDS = ['-new', '-x509', '-nodes', '-days', '3650', '-subj', '/C=DE/O=Lamps/CN=Lamp CA'];

/** A CA as AWS IoT's developer guide has it made, and a certificate of it. */
function makeCa(name: string): void {
  openssl('req', ...CA_WORDS, '-newkey', 'rsa:2048', '-keyout', `${name}.key`, '-out', `${name}.pem`);
}

function sign(ca: string, name: string, subject: string, extensions: string): string {
  write(`${name}.ext`, extensions);
  openssl(
    'req',
    '-new',
    '-nodes',
    '-newkey',
    'rsa:2048',
    '-subj',
    subject,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  const signer = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-set_serial', '0x921285cbb7a5e086'];
  openssl(
    'x509',
    '-req',
    '-days',
    '500',
    '-in',
    `${name}.csr`,
    ...signer,
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  );
  return read(`${name}.pem`);
}

test('A CA that OpenSSL has made is registered, and what it signs is read as OpenSSL wrote it.', async () => {
  makeCa('ca');
  const { registrationCode } = await cloud.client.send(new GetRegistrationCodeCommand({}));
  const { certificateId: caCertificateId } = await cloud.client.send(
    new RegisterCACertificateCommand({
      caCertificate: read('ca.pem'),
      verificationCertificate: sign('ca', 'verification', `/CN=${registrationCode}`, ''),
      setAsActive: true,
    }),
  );
  const extensions = [
    'basicConstraints=CA:FALSE',
    'subjectAltName=DNS:example.com,IP:1.2.3.4,IP:2001:db8::1,URI:ResourceIdentifier001,email:device1@example.com,dirName:place',
    '[place]',
    'C=US',
    'O=IoT',
    'OU=SmartHome',
    'CN=LightBulbCert',
  ].join('\n');
  const subject =
    '/C=US/O=IoT Devices/OU=LightBulb/OU=Second/ST=NY/CN=LightBulb Device Cert/dnQualifier=Bulb001/serialNumber=123';
  const certificatePem = sign('ca', 'device', subject, extensions);
  const { certificateId = '' } = await cloud.client.send(new RegisterCertificateCommand({ certificatePem }));
  const { certificateDescription } = await cloud.client.send(
    new DescribeCertificateCommand({ certificateId }),
  );
  expect(certificateDescription).toMatchObject({ caCertificateId, certificatePem });
  const fingerprint = openssl('x509', '-in', 'device.pem', '-noout', '-fingerprint', '-sha256');
  expect(fingerprint.replaceAll(':', '').toLowerCase()).toContain(certificateId);
  expect(cloud.identities.factsOf(certificateId)).toEqual({
    subject: {
      Country: ['US'],
      Organization: ['IoT Devices'],
      OrganizationalUnit: ['LightBulb', 'Second'],
      State: ['NY'],
      CommonName: ['LightBulb Device Cert'],
      DistinguishedNameQualifier: ['Bulb001'],
      SerialNumber: ['123'],
    },
    issuer: { Country: ['DE'], Organization: ['Lamps'], CommonName: ['Lamp CA'] },
    subjectAlternativeNames: {
      DNSName: ['example.com'],
      IPAddress: ['1.2.3.4', '2001:db8::1'],
      UniformResourceIdentifier: ['ResourceIdentifier001'],
      RFC822Name: ['device1@example.com'],
      DirectoryName: ['cn=LightBulbCert,ou=SmartHome,o=IoT,c=US'],
    },
    issuerAlternativeNames: {},
    serialNumber: '10525622389124227206',
  });
});

test.each([
  ['RSA', ['-newkey', 'rsa:2048']],
  ['elliptic curve', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
])('OpenSSL verifies what the cloud makes of its signing request with an %s key.', async (_, key) => {
  openssl(
    'req',
    '-new',
    '-nodes',
    ...key,
    '-subj',
    '/O=Lamps/CN=lamp-7',
    '-keyout',
    'own.key',
    '-out',
    'own.csr',
  );
  const certificateSigningRequest = read('own.csr');
  const made = await cloud.client.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest }));
  write('own.pem', made.certificatePem ?? '');
  expect(openssl('verify', '-x509_strict', '-CAfile', authority.caPath, 'own.pem')).toContain('OK');
  const text = openssl('x509', '-in', 'own.pem', '-noout', '-text');
  expect(text).toContain('Not After : Dec 31 23:59:59 2049 GMT');
  expect(text).toContain('CA:FALSE');
  expect(text).toMatch(/Subject: O\s?=\s?Lamps, CN\s?=\s?lamp-7/);
});

test.each(['localhost', '127.0.0.1', '::1'])('OpenSSL verifies the server certificate for %s.', (host) => {
  write('server.pem', authority.server.cert);
  const option = host === 'localhost' ? '-verify_hostname' : '-verify_ip';
  const words = [
    'verify',
    '-x509_strict',
    '-purpose',
    'sslserver',
    option,
    host,
    '-CAfile',
    authority.caPath,
  ];
  expect(openssl(...words, 'server.pem')).toContain('OK');
});
