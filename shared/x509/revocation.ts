import type { Certificate } from './certificate.ts';
import type { Crl, CrlEntry } from './crl.ts';
import type { CrlSource } from './crl-source.ts';
import { RevocationUnavailableError } from './errors.ts';
import { crlAddressesOf, ocspAddressesOf } from './extensions.ts';
import { askOcsp, type OcspOptions } from './ocsp.ts';

/** What is known about the revocation of a certificate. */
export type RevocationStatus =
  /** Everybody who was asked says so. */
  | { readonly status: 'good'; readonly asked: readonly RevocationSourceName[] }
  /** For good, or until its CA takes it back from hold. */
  | {
      readonly status: 'revoked' | 'on-hold';
      readonly by: RevocationSourceName;
      readonly revokedAtMs: number;
      readonly reasonCode: number;
    }
  /** Neither the certificate nor the settings name anybody to ask. */
  | { readonly status: 'unchecked' };

export type RevocationSourceName = 'CRL' | 'OCSP';

export interface RevocationOptions extends OcspOptions {
  readonly crls: CrlSource;
  /**
   * Where the lists are, in place of where certificates say; `{caCertificateId}` in it becomes that of the CA.
   *
   * @default where the certificate says
   */
  readonly crlAddress?: string;
  /** Whether a certificate for which nobody can be asked counts as `unchecked`, or as an outage. */
  readonly whenNotNamed: 'accept' | 'refuse';
}

/** RFC 5280 §5.3.1: the only reason that may be taken back. */
export const CERTIFICATE_HOLD = 6;

/**
 * Asks everybody who can say whether a certificate is revoked: the list of its CA, by issuer and serial number, and
 * then the OCSP responder that it names. One who says so is enough; one who cannot be asked is an outage.
 *
 * `certificate` must have been found to be signed by `ca`: the addresses that are asked come from it.
 *
 * @throws RevocationUnavailableError
 */
export async function checkRevocation(
  certificate: Certificate,
  ca: Certificate,
  options: RevocationOptions,
): Promise<RevocationStatus> {
  const asked: RevocationSourceName[] = [];
  const lists = crlAddresses(certificate, ca, options.crlAddress);
  if (lists !== undefined) {
    const entry = findEntry(await options.crls.read(lists, ca), certificate);
    if (entry !== undefined) return revoked('CRL', entry.revokedAtMs, entry.reasonCode);
    asked.push('CRL');
  }
  const responders = ocspAddressesOf(certificate.extensions);
  if (responders.length > 0) {
    const { status, revokedAtMs, reasonCode } = await askOcsp(responders, certificate, ca, options);
    if (status === 'revoked') return revoked('OCSP', revokedAtMs ?? options.now(), reasonCode ?? 0);
    asked.push('OCSP');
  }
  if (asked.length > 0) return { status: 'good', asked };
  if (options.whenNotNamed === 'accept') return { status: 'unchecked' };
  throw new RevocationUnavailableError(
    'REVOCATION_NOT_NAMED',
    'The certificate names neither a revocation list nor a responder, and none is set.',
    { data: { certificateId: certificate.certificateId } },
  );
}

function findEntry(crl: Crl, { serial, serialNumber }: Certificate): CrlEntry | undefined {
  try {
    return crl.find(serial);
  } catch (cause) {
    throw new RevocationUnavailableError(
      'CRL_UNUSABLE',
      `The list's entry of ${serialNumber} cannot be read.`,
      {
        data: { serialNumber },
        cause,
      },
    );
  }
}

function crlAddresses(
  certificate: Certificate,
  ca: Certificate,
  address: string | undefined,
): readonly string[] | undefined {
  if (address !== undefined) return [crlAddressOfCa(address, ca.certificateId)];
  return crlAddressesOf(certificate.extensions);
}

/** An address as `RevocationOptions.crlAddress` has it, for one CA. */
export function crlAddressOfCa(address: string, caCertificateId: string): string {
  return address.replaceAll('{caCertificateId}', caCertificateId);
}

function revoked(by: RevocationSourceName, revokedAtMs: number, reasonCode: number): RevocationStatus {
  return { status: reasonCode === CERTIFICATE_HOLD ? 'on-hold' : 'revoked', by, revokedAtMs, reasonCode };
}
