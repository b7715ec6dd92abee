import { Buffer } from 'node:buffer';
import { isIPv6 } from 'node:net';
import {
  childrenOf,
  contentOf,
  contextTag,
  readDer,
  required,
  tags,
  type DerValue,
} from '../../../shared/x509/der.ts';
import { der, sequence } from '../../../shared/x509/der-writer.ts';
import { nameText } from './distinguished-name.ts';

/** The kinds of alternative names that AWS IoT's policy variables know, and their numbers (RFC 5280 §4.2.1.6). */
const kinds = {
  RFC822Name: 1,
  DNSName: 2,
  DirectoryName: 4,
  UniformResourceIdentifier: 6,
  IPAddress: 7,
} as const;

export type AlternativeNameKind = keyof typeof kinds;

/** Every kind of alternative name that is read here. */
export const alternativeNameKinds: readonly AlternativeNameKind[] = Object.keys(kinds).filter(isKind);

/** The alternative names of a subject or an issuer, in the order in which the certificate has them. */
export type AlternativeNames = Readonly<Partial<Record<AlternativeNameKind, readonly string[]>>>;

/**
 * Reads a GeneralNames. Kinds that policies cannot ask for are left out.
 *
 * @throws X509Error MALFORMED_DER
 */
export function readAlternativeNames(bytes: Uint8Array): AlternativeNames {
  const names: Partial<Record<AlternativeNameKind, string[]>> = {};
  for (const value of childrenOf(required(readDer(bytes), tags.sequence, 'the alternative names'))) {
    const kind = alternativeNameKinds.find(
      (one) => value.tag === contextTag(kinds[one], one === 'DirectoryName'),
    );
    if (kind !== undefined) (names[kind] ??= []).push(readOne(kind, value));
  }
  return names;
}

/** Writes the names that a server is reached by. Addresses are told from host names by their form. */
export function writeHostNames(hosts: readonly string[]): Uint8Array {
  return sequence(
    ...hosts.map((host) => {
      const address = addressBytes(host);
      return address === undefined
        ? der(contextTag(kinds.DNSName, false), Buffer.from(host, 'latin1'))
        : der(contextTag(kinds.IPAddress, false), address);
    }),
  );
}

function readOne(kind: AlternativeNameKind, value: DerValue): string {
  const content = contentOf(value);
  if (kind === 'DirectoryName') return nameText(content);
  if (kind === 'IPAddress') return addressText(content);
  return Buffer.from(content).toString('latin1');
}

/** An address in the usual form; one of no known length in hexadecimal digits. */
function addressText(content: Uint8Array): string {
  if (content.length === 4) return content.join('.');
  const bytes = Buffer.from(content);
  if (bytes.length !== 16) return bytes.toString('hex');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  // A URL writes an IPv6 address in its shortest form (RFC 5952).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function addressBytes(host: string): Uint8Array | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return Uint8Array.from(host.split('.').map(Number));
  if (!isIPv6(host)) return undefined;
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Uint8Array.from(
    [...before, ...zeros, ...after].flatMap((group) => [
      parseInt(group, 16) >> 8,
      parseInt(group, 16) & 0xff,
    ]),
  );
}

function isKind(text: string): text is AlternativeNameKind {
  return Object.hasOwn(kinds, text);
}
