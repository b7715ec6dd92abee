import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { outboxFile, type OutboxKind } from './kinds.ts';

/** One kept record. */
export interface OutboxLine {
  /** As it stands in the file, without its line feed: JSON. */
  readonly text: string;
  readonly kind: OutboxKind;
  /** ISO 8601. */
  readonly time: string;
}

/** Reads what was kept: all of it first, then what has come since the last time. */
export interface OutboxReader {
  read(): OutboxLine[];
}

/** Reads several kinds together, in the order of time. A folder that is not there has nothing in it. */
export function createOutboxReader(folder: string, kinds: readonly OutboxKind[]): OutboxReader {
  const files = kinds.map((kind) => ({ kind, file: new GrowingFile(path.join(folder, outboxFile(kind))) }));
  return {
    read() {
      const lines = files.flatMap(({ kind, file }) =>
        file.read().map((text): OutboxLine => ({ kind, text, time: timeOf(text) })),
      );
      // The order within a kind stays: sorting is stable.
      return lines.sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
    },
  };
}

function timeOf(text: string): string {
  return /^\{"time":"([^"]{1,40})"/.exec(text)?.[1] ?? '';
}

const LINE_FEED = 0x0a;

/** A file that another process appends to, and now and then sets aside as `<name>.1` to begin anew. */
class GrowingFile {
  readonly #path: string;
  /** Which file was read last and how far; undefined before the first. */
  #position: { readonly inode: number; readonly offset: number } | undefined;
  /** The beginning of a line whose end has not been written yet. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(filePath: string) {
    this.#path = filePath;
  }

  /** The whole lines that are new. */
  read(): string[] {
    // The current file is opened first: if it is set aside meanwhile, it is still the one that is read.
    const current = openOrMissing(this.#path);
    try {
      const isAnother = current === undefined || fstatSync(current).ino !== this.#position?.inode;
      const before = isAnother ? this.#readSetAside(current) : Buffer.alloc(0);
      const now = current === undefined ? Buffer.alloc(0) : this.#readOn(current);
      return this.#takeLines(Buffer.concat([this.#rest, before, now]));
    } finally {
      if (current !== undefined) closeSync(current);
    }
  }

  /** The end of the file that was read last, or all of what was set aside before the first time. */
  #readSetAside(current: number | undefined): Buffer {
    const descriptor = openOrMissing(`${this.#path}.1`);
    if (descriptor === undefined) return Buffer.alloc(0);
    try {
      const { ino } = fstatSync(descriptor);
      const isCurrent = current !== undefined && fstatSync(current).ino === ino;
      const isKnown = this.#position === undefined || this.#position.inode === ino;
      return isKnown && !isCurrent ? this.#readOn(descriptor) : Buffer.alloc(0);
    } finally {
      closeSync(descriptor);
    }
  }

  #readOn(descriptor: number): Buffer {
    const { ino, size } = fstatSync(descriptor);
    const { inode, offset } = this.#position ?? { inode: ino, offset: 0 };
    const from = inode === ino && offset <= size ? offset : 0;
    this.#position = { inode: ino, offset: size };
    const bytes = Buffer.alloc(size - from);
    const length = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, from);
    return bytes.subarray(0, length);
  }

  #takeLines(bytes: Buffer): string[] {
    const end = bytes.lastIndexOf(LINE_FEED);
    this.#rest = bytes.subarray(end + 1);
    return end === -1 ? [] : bytes.toString('utf8', 0, end).split('\n');
  }
}

function openOrMissing(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
