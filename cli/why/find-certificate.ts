import { ListCACertificatesCommand, ListCertificatesCommand, type IoTClient } from '@aws-sdk/client-iot';
import { CommandError } from '../errors.ts';
import { counted } from '../terminal.ts';

/** What a beginning of an id stands for. */
export interface Found {
  readonly kind: 'certificate' | 'ca';
  readonly certificateId: string;
}

/** Fewer digits could be anything. */
const LEAST_DIGITS = 8;
const ID = new RegExp(`^[0-9a-f]{${LEAST_DIGITS},64}$`);

const PAGE_SIZE = 250;
/** Certificates that are looked through for a beginning: whoever has more names the whole id. */
const MAX_PAGES = 80;
/** Ids that are told of where several begin alike. */
const SHOWN = 5;

/** Whether a word may be the id of a certificate, or the beginning of one. */
export function isCertificateId(word: string): boolean {
  return ID.test(word);
}

/** What to say to a few hexadecimal digits that may be meant as the beginning of an id; undefined for any other word. */
export function tooFewDigits(word: string): string | undefined {
  if (!/^[0-9a-f]{4,}$/.test(word) || word.length >= LEAST_DIGITS) return undefined;
  return `a certificate needs ${LEAST_DIGITS} digits of its id at least, and ${word} has ${word.length}`;
}

/**
 * Finds the certificate or the CA whose id begins like this. A whole id needs no search: it stands for a certificate,
 * whether there is one or not.
 *
 * @returns undefined when nothing begins like this
 * @throws CommandError ID_NOT_UNIQUE when several do; ID_TOO_SHORT when there are too many to look through
 */
export async function findCertificate(
  client: IoTClient,
  beginning: string,
  cas: readonly string[],
): Promise<Found | undefined> {
  const isCa = (certificateId: string): Found => ({ kind: 'ca', certificateId });
  if (beginning.length === 64) {
    return cas.includes(beginning) ? isCa(beginning) : { kind: 'certificate', certificateId: beginning };
  }
  const ids = await certificatesBeginningWith(client, beginning);
  const found: Found[] = [
    ...cas.filter((id) => id.startsWith(beginning)).map(isCa),
    ...ids.map((certificateId) => ({ kind: 'certificate' as const, certificateId })),
  ];
  if (found.length <= 1) return found[0];
  const shown = found.slice(0, SHOWN).map(({ certificateId }) => `\n  ${certificateId}`);
  throw new CommandError(
    'ID_NOT_UNIQUE',
    `${counted(found.length, 'certificate')} begin with ${beginning}:${shown.join('')}${found.length > SHOWN ? '\n  …' : ''}`,
  );
}

/** Ids of all CAs of the account. */
export async function listCas(client: IoTClient): Promise<readonly string[]> {
  const ids: string[] = [];
  let marker: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.send(new ListCACertificatesCommand({ pageSize: PAGE_SIZE, marker }));
    ids.push(...(answer.certificates ?? []).flatMap(({ certificateId }) => certificateId ?? []));
    marker = answer.nextMarker;
    if (marker === undefined) break;
  }
  return ids;
}

async function certificatesBeginningWith(client: IoTClient, beginning: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let marker: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.send(new ListCertificatesCommand({ pageSize: PAGE_SIZE, marker }));
    const listed = (answer.certificates ?? []).flatMap(({ certificateId }) => certificateId ?? []);
    ids.push(...listed.filter((id) => id.startsWith(beginning)));
    marker = answer.nextMarker;
    if (marker === undefined) return ids;
  }
  throw new CommandError(
    'ID_TOO_SHORT',
    `there are more than ${PAGE_SIZE * MAX_PAGES} certificates: give the whole id in place of ${beginning}`,
  );
}
