import { Buffer } from 'node:buffer';
import { makeCrl, type CrlOptions, type Issued } from '../../shared/x509/pki.ts';
import { startServer } from '../../shared/x509/server.ts';

const HOUR_MS = 3_600_000;

/** What a list says, and how the place behaves where it is. */
export interface TestList {
  readonly ca: Issued;
  /** Serial numbers, each with its reason. */
  readonly revoked: Map<string, number>;
  /** Answers 503. */
  isDown: boolean;
  /** Anything else about the list, such as another signer. */
  more: CrlOptions;
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
    return {
      body: makeCrl(list.ca, { serials, reasons: [...list.revoked.values()], ...times, ...list.more }),
    };
  });
  return {
    url: server.url,
    asked: server.asked,
    /** A list of a CA, empty at first. */
    add(path: string, ca: Issued): TestList {
      const list = { ca, revoked: new Map<string, number>(), isDown: false, more: {} };
      lists.set(path, list);
      return list;
    },
    stop: () => server.stop(),
  };
}

export type ListsServer = Awaited<ReturnType<typeof startListsServer>>;
