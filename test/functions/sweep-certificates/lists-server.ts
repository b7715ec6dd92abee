import { Buffer } from 'node:buffer';
import { sign } from 'node:crypto';
import { bytesOf, childrenOf, readDer, tags } from '../../../shared/x509/der.ts';
import { der, sequence } from '../../../shared/x509/der-writer.ts';
import { makeCrl, type CrlOptions, type Issued } from '../../shared/x509/pki.ts';
import { startServer } from '../../shared/x509/server.ts';

const HOUR_MS = 3_600_000;

/** What a list says, and how the place behaves where it is. */
export interface TestList {
  readonly ca: Issued;
  /** Serial numbers, each with its reason. */
  readonly revoked: Map<string, number>;
  /** Serial numbers of `revoked` whose entries nobody can read: their time is none. */
  readonly unreadable: Set<string>;
  /** Answers 503. */
  isDown: boolean;
  /** Anything else about the list, such as another signer. */
  more: CrlOptions;
}

/** The list with an entry whose time has the tag of something else, signed again. */
function breakEntry(list: Uint8Array, serialNumber: string, { keys }: Issued): Uint8Array {
  const [tbs, algorithm] = childrenOf(readDer(list));
  if (tbs === undefined || algorithm === undefined) throw new Error('there is no list to break');
  const serial = Buffer.from(serialNumber, 'hex');
  const broken = Buffer.from(bytesOf(tbs));
  broken[broken.indexOf(serial) + serial.length] = tags.octetString;
  const signature = sign('sha256', broken, keys.privateKey);
  return sequence(broken, bytesOf(algorithm), der(tags.bitString, Uint8Array.of(0), signature));
}

/** Revocation lists on a web server, always an hour old. */
export async function startListsServer(now: () => number) {
  const server = await startServer();
  const lists = new Map<string, TestList>();
  server.answers(({ path }) => {
    const list = lists.get(path);
    if (list === undefined) return { status: 404 };
    if (list.isDown) return { status: 503 };
    const serials = [...list.revoked.keys()].map((serial) => Buffer.from(serial, 'hex'));
    const times = { thisUpdateMs: now() - HOUR_MS, nextUpdateMs: now() + 24 * HOUR_MS };
    const made = makeCrl(list.ca, { serials, reasons: [...list.revoked.values()], ...times, ...list.more });
    return { body: [...list.unreadable].reduce((body, serial) => breakEntry(body, serial, list.ca), made) };
  });
  return {
    url: server.url,
    asked: server.asked,
    /** A list of a CA, empty at first. */
    add(path: string, ca: Issued): TestList {
      const list = {
        ca,
        revoked: new Map<string, number>(),
        unreadable: new Set<string>(),
        isDown: false,
        more: {},
      };
      lists.set(path, list);
      return list;
    },
    stop: () => server.stop(),
  };
}

export type ListsServer = Awaited<ReturnType<typeof startListsServer>>;
