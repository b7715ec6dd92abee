import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A file is set aside as `<name>.1` when it has grown to this; the one before that is gone then. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * A file of lines that only grows at its end, up to a size: then it is set aside and begun anew. A line is written
 * when `append` returns, so that what was answered for is there even after a crash of this process.
 */
export class AppendFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string, maxBytes = MAX_FILE_BYTES) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  /** Appends text that ends in a line feed, in one write. Throws what the file system says. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#descriptor === undefined) this.#open();
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#maxBytes) this.#rotate();
    const descriptor = this.#descriptor ?? this.#open();
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    this.#bytes += bytes.length;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    const descriptor = openSync(this.#path, 'a');
    this.#descriptor = descriptor;
    this.#bytes = fstatSync(descriptor).size;
    return descriptor;
  }

  #rotate(): void {
    this.close();
    renameSync(this.#path, `${this.#path}.1`);
  }
}
