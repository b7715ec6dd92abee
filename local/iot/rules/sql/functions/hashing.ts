import { createHash } from 'node:crypto';
import type { SqlFunction } from './function.ts';
import { md2 } from './md2.ts';
import { ofTexts } from './operands.ts';

/** Hashes of a String's UTF-8 bytes, in lower-case hexadecimal digits. */
export const hashingFunctions: readonly SqlFunction[] = [
  ofTexts('md2', 'md2(String)', ([text = '']) => Buffer.from(md2(Buffer.from(text))).toString('hex')),
  ...['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((name) =>
    ofTexts(name, `${name}(String)`, ([text = '']) => createHash(name).update(text).digest('hex')),
  ),
];
