import { randomBytes, sign, verify } from 'node:crypto';
import { createCrlSource } from '../../shared/x509/crl-source.ts';
import { checkRevocation } from '../../shared/x509/revocation.ts';
import { makeCa, makeCertificate, makeCrl, NOW_MS } from '../../test/shared/x509/pki.ts';
import { median, percentile, type BenchCase, type Measurement } from '../measurement.ts';

const ENTRIES = 100_000;
const CHECKS = 2_000;
const COLD_ROUNDS = 9;
const LIST = 'http://lists.example/devices.crl';

export const revocation: BenchCase = {
  name: 'revocation',
  summary: 'a certificate against a revocation list of 100,000, beside a look-up in a Set',
  async run() {
    const ca = makeCa('Makers root');
    const serials = Array.from({ length: ENTRIES }, () => randomBytes(16));
    const reasons = serials.map((_, index) => (index % 2 === 0 ? 1 : undefined));
    const list = makeCrl(ca, { serials, reasons });
    const [revokedSerial] = serials;
    const good = makeCertificate({ issuer: ca }).certificate;
    const revoked = makeCertificate({ issuer: ca, ...(revokedSerial && { serial: revokedSerial }) });

    /** As the function does it in a container: the first check fetches the list. */
    function newContainer(): () => Promise<void> {
      const now = (): number => NOW_MS;
      const fetch = (): Promise<Response> =>
        Promise.resolve(new Response(Uint8Array.from(list), { headers: { etag: '"1"' } }));
      const crls = createCrlSource({ fetch, now });
      const options = { crls, fetch, now, crlAddress: LIST, whenNotNamed: 'refuse' } as const;
      let isRevokedNext = true;
      return async () => {
        isRevokedNext = !isRevokedNext;
        const certificate = isRevokedNext ? revoked.certificate : good;
        const { status } = await checkRevocation(certificate, ca.certificate, options);
        if (status !== (isRevokedNext ? 'revoked' : 'good')) throw new Error(`a certificate is ${status}`);
      };
    }

    const check = newContainer();
    await check();
    const set = new Set(serials.map(textOf));
    const warm: number[] = [];
    const floor: number[] = [];
    for (let index = 0; index < CHECKS; index += 1) {
      warm.push(await millisecondsOf(check));
      floor.push(await millisecondsOf(() => set.has(textOf(good.serial))));
    }
    warm.sort((a, b) => a - b);

    const signature = sign('sha256', list, ca.keys.privateKey);
    const cold: number[] = [];
    const coldFloor: number[] = [];
    for (let round = 0; round < COLD_ROUNDS; round += 1) {
      cold.push(await millisecondsOf(newContainer()));
      coldFloor.push(await millisecondsOf(() => verify('sha256', list, ca.keys.publicKey, signature)));
    }
    const measurements: Measurement[] = [
      {
        what: `a certificate against a list of ${ENTRIES.toLocaleString('en-GB')}, warm, p99`,
        value: percentile(warm, 0.99),
        unit: 'ms',
        bound: { of: 'value', at: 'most', limit: 5 },
      },
      {
        what: 'the same, p50',
        value: percentile(warm, 0.5) * 1_000,
        unit: 'µs',
        against: { what: 'a look-up in a Set, p50', value: median(floor) * 1_000 },
      },
      {
        what: `cold: ${Math.round(list.length / 1_024).toLocaleString('en-GB')} KB fetched, checked and indexed first`,
        value: median(cold),
        unit: 'ms',
        against: { what: 'a signature of as much', value: median(coldFloor) },
      },
    ];
    return measurements;
  },
};

function textOf(serial: Uint8Array): string {
  return Buffer.from(serial.buffer, serial.byteOffset, serial.byteLength).toString('latin1');
}

async function millisecondsOf(work: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
