import { Buffer } from 'node:buffer';
import type { Certificate } from '../../shared/x509/certificate.ts';
import type { Crl, CrlEntry } from '../../shared/x509/crl.ts';
import type { CrlSource } from '../../shared/x509/crl-source.ts';
import { RevocationUnavailableError, X509Error } from '../../shared/x509/errors.ts';
import { crlAddressOfCa } from '../../shared/x509/revocation.ts';
import type { CertificateFacts } from './memory-items.ts';
import { listKey, type Memory } from './memory.ts';
import { timeText, type Tell } from './report.ts';

/** The revocation lists of the CAs, in one invocation. */
export interface RevocationLists {
  /** @returns `unknown`: nobody can say at the moment; `not-named`: nobody is named who could ever say */
  find(ca: Certificate, facts: CertificateFacts): Promise<CrlEntry | undefined | 'unknown' | 'not-named'>;
}

export interface RevocationListsOptions {
  readonly crls: CrlSource;
  readonly memory: Pick<Memory, 'trouble' | 'setTrouble' | 'forgetTrouble'>;
  readonly tell: Tell;
  readonly now: () => number;
  /** As RevocationOptions has it. @default where each certificate says */
  readonly crlAddress?: string | undefined;
  readonly count: (metric: string) => void;
}

/**
 * A list that cannot be fetched, that is over, or that the CA has not signed revokes nobody. People are told of it
 * once, again when the reason changes, and once when it is there again. In one invocation it is tried once: a thousand
 * certificates that name the same list do not wait a thousand times. An entry that cannot be read says nothing about
 * the others: it is counted, and nobody can say of its certificate alone.
 */
export function createRevocationLists(options: RevocationListsOptions): RevocationLists {
  const { crls, memory, tell, now, crlAddress, count } = options;
  const unavailable = new Set<string>();
  const available = new Set<string>();

  async function noteTrouble(
    key: string,
    ca: Certificate,
    addresses: readonly string[],
    { code, message: detail }: RevocationUnavailableError,
  ): Promise<void> {
    unavailable.add(key);
    const known = await memory.trouble(key);
    if (known?.code === code) return;
    const { certificateId: caCertificateId } = ca;
    await tell({ reason: 'REVOCATION_LIST_UNAVAILABLE', code, detail, caCertificateId, addresses });
    await memory.setTrouble(key, { code, sinceMs: known?.sinceMs ?? now() });
  }

  async function noteBack(key: string, ca: Certificate, addresses: readonly string[]): Promise<void> {
    if (available.has(key)) return;
    available.add(key);
    const known = await memory.trouble(key);
    if (known === undefined) return;
    const { certificateId: caCertificateId } = ca;
    const unavailableSince = timeText(known.sinceMs);
    await tell({ reason: 'REVOCATION_LIST_BACK', caCertificateId, addresses, unavailableSince });
    await memory.forgetTrouble(key);
  }

  return {
    async find(ca, { serialNumber, crlAddresses }) {
      const addresses =
        crlAddress === undefined ? crlAddresses : [crlAddressOfCa(crlAddress, ca.certificateId)];
      if (addresses === undefined) return 'not-named';
      const key = listKey(ca.certificateId, addresses);
      if (unavailable.has(key)) return 'unknown';
      let crl: Crl;
      try {
        crl = await crls.read(addresses, ca);
      } catch (error) {
        if (!(error instanceof RevocationUnavailableError)) throw error;
        await noteTrouble(key, ca, addresses, error);
        return 'unknown';
      }
      await noteBack(key, ca, addresses);
      try {
        return crl.find(Buffer.from(serialNumber, 'hex'));
      } catch (error) {
        if (!(error instanceof X509Error)) throw error;
        count('RevocationEntryUnreadable');
        return 'unknown';
      }
    },
  };
}
