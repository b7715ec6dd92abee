import { once } from '../../shared/once.ts';
import { readCertificate, type Certificate } from '../../shared/x509/certificate.ts';
import type { Registry } from './registry.ts';
import type { Tolerate } from './services.ts';

/** A CA whose certificates are kept. */
export interface KeptCa {
  readonly caCertificateId: string;
  /** A CA that is INACTIVE brings no new devices; those that it has brought go on, and so do its lists. */
  readonly isActive: boolean;
  readonly certificate: Certificate;
}

/** The CAs, each asked for once in an invocation. */
export interface CaDirectory {
  /** Ids in their order: those that are registered, and are to be kept. */
  ids(): Promise<readonly string[]>;
  /** undefined for one that has gone meanwhile, or cannot be read. */
  find(caCertificateId: string): Promise<KeptCa | undefined>;
}

/**
 * @param acceptedCas the CAs whose devices are activated; those of others in the account are none of ours, and nobody
 *   here revokes their certificates. undefined: all
 */
export function createCaDirectory(
  registry: Registry,
  acceptedCas: readonly string[] | undefined,
  tolerate: Tolerate,
): CaDirectory {
  const ids = once(async () =>
    (await registry.caIds()).filter((id) => acceptedCas === undefined || acceptedCas.includes(id)),
  );
  const found = new Map<string, Promise<KeptCa | undefined>>();

  async function load(caCertificateId: string): Promise<KeptCa | undefined> {
    const ca = await registry.describeCa(caCertificateId);
    if (ca === undefined) return undefined;
    return tolerate(`CA ${caCertificateId}`, async () => ({
      caCertificateId,
      isActive: ca.status === 'ACTIVE',
      certificate: readCertificate(ca.pem),
    }));
  }

  return {
    ids,
    find(caCertificateId) {
      const known = found.get(caCertificateId) ?? load(caCertificateId);
      found.set(caCertificateId, known);
      return known;
    },
  };
}
